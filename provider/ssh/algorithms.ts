import { getCiphers, getHashes } from "node:crypto";
import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import { applyList, keepsOwnOrder } from "./algorithm-list";

/** What both sides of a connection must have one of in common. */
export const KINDS = ["kex", "hostKey", "cipher", "mac"] as const;
export type Kind = (typeof KINDS)[number];

/** Names of algorithms by kind, best first. */
export type Offer = Readonly<Record<Kind, readonly string[]>>;

/** Values of ssh_config's options, as they are written: "+aes128-cbc", "-*cbc", "aes256-ctr,aes128-ctr". */
export interface ConfiguredAlgorithms extends Readonly<Partial<Record<Kind, string>>> {
  /** PubkeyAcceptedAlgorithms. */
  readonly userKey?: string;
  /** The file, for errors. */
  readonly file: string;
}

export interface AlgorithmSettings {
  readonly legacyAlgorithms?: boolean;
  readonly algorithms?: ConfiguredAlgorithms;
}

/**
 * What csp offers to every host. SHA-1 for key exchange and for RSA host keys is last: XenServer 5.6 needs it, because its OpenSSH 4.3 knows
 * nothing newer.
 */
const USUAL: Offer = {
  kex: [
    "curve25519-sha256@libssh.org",
    "curve25519-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group14-sha1",
  ],
  hostKey: ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "chacha20-poly1305@openssh.com"],
  mac: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ],
};

/** What `legacyAlgorithms` adds, after all others: what OpenSSH itself has off by default, and ssh2 can do. */
const LEGACY: Offer = {
  kex: ["diffie-hellman-group1-sha1"],
  hostKey: ["ssh-dss"],
  cipher: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc", "blowfish-cbc", "cast128-cbc"],
  mac: ["hmac-sha2-256-96", "hmac-sha2-512-96", "hmac-ripemd160", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"],
};

/** What OpenSSL calls those that this machine's OpenSSL may lack (its legacy provider, FIPS). */
const OPENSSL_NAMES: Readonly<Record<string, string>> = {
  "3des-cbc": "des-ede3-cbc",
  "blowfish-cbc": "bf-cbc",
  "cast128-cbc": "cast-cbc",
  "hmac-md5": "md5",
  "hmac-md5-96": "md5",
  "hmac-ripemd160": "ripemd160",
};

let able: Offer | undefined;

/** Everything that csp can do on this machine. ssh2 refuses to start with a name that it cannot do. */
export function possible(): Offer {
  if (able === undefined) {
    const here = new Set([...getCiphers(), ...getHashes()].map((name) => name.toLowerCase()));
    const can = (name: string) => OPENSSL_NAMES[name] === undefined || here.has(OPENSSL_NAMES[name]);
    able = byKind((kind) => [...USUAL[kind], ...LEGACY[kind].filter(can)]);
  }
  return able;
}

/** What csp offers to a host: the usual, with the legacy ones if the host may have them, changed by ssh_config. A kind may end up empty. */
export function offerTo({ legacyAlgorithms, algorithms }: AlgorithmSettings): Offer {
  const base = legacyAlgorithms === true ? possible() : USUAL;
  return byKind((kind) => {
    const list = algorithms?.[kind];
    return list === undefined ? base[kind] : applyList(list, base[kind], possible()[kind]);
  });
}

/** Whether the order of the host key algorithms is the user's. Otherwise csp asks first for a type of key that it can check, as ssh does. */
export function hostKeyOrderIsFixed({ algorithms }: AlgorithmSettings): boolean {
  return algorithms?.hostKey !== undefined && keepsOwnOrder(algorithms.hostKey);
}

/** Every signature algorithm of a user's key. ssh-dss is among them without `legacyAlgorithms`: a weak key of one's own endangers no answer of the host. */
const USER_KEY_ALGORITHMS = [...USUAL.hostKey, "ssh-dss"];

/** The algorithms with which csp may sign its own login; undefined if all of them. */
export function acceptedUserKeys({ algorithms }: AlgorithmSettings): readonly string[] | undefined {
  return algorithms?.userKey === undefined ? undefined : applyList(algorithms.userKey, USER_KEY_ALGORITHMS, USER_KEY_ALGORITHMS);
}

/** The type of the key that signs with an algorithm: "rsa-sha2-512" is one of an "ssh-rsa" key. */
export function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;
}

/**
 * Host key algorithms in the order in which csp asks for them, none of `excluded` types. Those of `knownTypes`, whose keys csp can check, come
 * first unless the order is `fixed`.
 */
export function orderHostKeys(
  algorithms: readonly string[],
  {
    known,
    excluded = [],
    fixed = false,
  }: { readonly known: readonly string[]; readonly excluded?: readonly string[]; readonly fixed?: boolean },
): string[] {
  const rank = (algorithm: string) => (!fixed && !known.includes(keyTypeOf(algorithm)) ? 1 : 0);
  return algorithms.filter((algorithm) => !excluded.includes(keyTypeOf(algorithm))).sort((a, b) => rank(a) - rank(b));
}

/** An offer in the words of ssh2. */
export function inLibraryWords(offer: Offer): Algorithms {
  return {
    kex: offer.kex as KexAlgorithm[],
    serverHostKey: offer.hostKey as ServerHostKeyAlgorithm[],
    cipher: offer.cipher as CipherAlgorithm[],
    hmac: offer.mac as MacAlgorithm[],
  };
}

function byKind(names: (kind: Kind) => readonly string[]): Offer {
  return { kex: names("kex"), hostKey: names("hostKey"), cipher: names("cipher"), mac: names("mac") };
}
