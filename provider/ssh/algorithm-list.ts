import { matchesPatterns } from "./known-hosts";

/**
 * Lists of algorithms as ssh_config(5) has them. OpenSSH's rules, held against `ssh -G` by test/ssh/algorithm-list.test.ts:
 *
 * - "a,b" replaces the default list
 * - "+a,b" appends to it what is not in it
 * - "-a,*b" removes from it what matches a pattern
 * - "^a,b" puts names to its beginning
 * - In lists of key algorithms, names may be patterns: each stands for all that match, in the order of what can be done at all.
 *
 * What OpenSSH knows and csp cannot do is left out: what is left is as strict as what is written.
 */

/** The names after a list is applied to the default list. `all`: what can be done. */
export function applyList(list: string, defaults: readonly string[], all: readonly string[]): string[] {
  const { sign, names } = readList(list);
  const assembled = {
    "": () => names,
    "+": () => [...defaults, ...names],
    "-": () => defaults.filter((name) => !matchesPatterns(names, name)),
    "^": () => [...names, ...defaults],
  }[sign]();
  const expanded = assembled.flatMap((pattern) => all.filter((name) => matchesPatterns([pattern], name)));
  return [...new Set(expanded)];
}

/** Whether a list says in which order its names are tried. "+" and "-" only change what is in the default list. */
export function keepsOwnOrder(list: string): boolean {
  return ["", "^"].includes(readList(list).sign);
}

export type AlgorithmOption = "KexAlgorithms" | "Ciphers" | "MACs" | "HostKeyAlgorithms" | "PubkeyAcceptedAlgorithms";

/** The names in a list at which ssh stops: no OpenSSH from 3.9 to 10.0 knows them. It does not look at what "-" removes. */
export function unknownNames(option: AlgorithmOption, list: string): string[] {
  const { sign, names } = readList(list);
  if (sign === "-") return [];
  const defaults = OF_OPENSSH[option];
  const keys = option === "HostKeyAlgorithms" || option === "PubkeyAcceptedAlgorithms";
  return names.filter((name) => !(keys ? defaults.some((one) => matchesPatterns([name], one)) : defaults.includes(name)));
}

function readList(list: string): { readonly sign: "" | "+" | "-" | "^"; readonly names: string[] } {
  const sign = (/^[+\-^]/.exec(list)?.[0] ?? "") as "" | "+" | "-" | "^";
  return { sign, names: list.slice(sign.length).split(",") };
}

const withCertificates = (type: string) => [type, type.replace(/(@openssh\.com)?$/, "-cert-v01@openssh.com")];

const KEYS = [
  ...[
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-dss",
    "ssh-rsa",
    "rsa-sha2-256",
    "rsa-sha2-512",
  ].flatMap(withCertificates),
  "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-rsa-cert-v00@openssh.com",
  "ssh-dss-cert-v00@openssh.com",
];

const withEtm = (mac: string) => [mac, mac.replace(/(@openssh\.com)?$/, "-etm@openssh.com")];

/** What `ssh -Q` of OpenSSH 9.2 prints; what older releases knew (their ssh_config(5)); what 9.9 and 10.0 brought (their release notes). */
const OF_OPENSSH: Readonly<Record<AlgorithmOption, readonly string[]>> = {
  KexAlgorithms: [
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group-exchange-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "sntrup4591761x25519-sha512@tinyssh.org",
    "sntrup761x25519-sha512",
    "sntrup761x25519-sha512@openssh.com",
    "mlkem768x25519-sha256",
  ],
  Ciphers: [
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "rijndael-cbc@lysator.liu.se",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "arcfour",
    "arcfour128",
    "arcfour256",
    "blowfish-cbc",
    "cast128-cbc",
  ],
  MACs: [
    ...["hmac-sha1", "hmac-sha1-96", "hmac-sha2-256", "hmac-sha2-512", "hmac-md5", "hmac-md5-96"].flatMap(withEtm),
    ...["umac-64@openssh.com", "umac-128@openssh.com", "hmac-ripemd160"].flatMap(withEtm),
    "hmac-ripemd160@openssh.com",
    "hmac-sha2-256-96",
    "hmac-sha2-512-96",
  ],
  HostKeyAlgorithms: KEYS,
  PubkeyAcceptedAlgorithms: KEYS,
};
