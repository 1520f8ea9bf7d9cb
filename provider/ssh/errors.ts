import { CspError } from "../errors";
import { shortened } from "../printable";
import { type AlgorithmSettings, acceptedUserKeys, type Kind, type Offer, offerTo, possible } from "./algorithms";
import type { SshTarget } from "./connection";
import { missingKinds } from "./greeting";
import { keyToMake, keyTypeFault } from "./key-ages";
import type { KeyFault } from "./private-key";

/** Errors on the way from here to a shell on a host, each with its cause and remedy. */

type Where = Pick<SshTarget, "name" | "address" | "port">;

/** "hv-01 (192.0.2.10:22)". */
export function where(target: Where): string {
  const endpoint = `${target.address.includes(":") ? `[${target.address}]` : target.address}:${target.port}`;
  return target.name === target.address ? endpoint : `${target.name} (${endpoint})`;
}

/** A host's public key, as csp shows it to the user. */
export interface ShownKey {
  /** "ssh-ed25519 AAAA..." */
  readonly line: string;
  /** "SHA256:..., MD5:..." */
  readonly fingerprints: string;
  readonly type: string;
}

const setting = (target: Where, field: string) => `hosts[${JSON.stringify(target.name)}].${field}`;
/** Much of the text comes from the host (why it disconnects, why it refuses) and may have any length. */
const text = (error: unknown) =>
  shortened(oneLine(error instanceof Error ? error.message || error.name : String(error)), LONGEST_WORDS).replace(/\.$/, "");
const oneLine = (said: string) => said.trim().replace(/\s*\n\s*/g, "; ");
const LONGEST_WORDS = 500;
/** "64 MiB". */
export const size = (count: number): string => (count < 1024 * 1024 ? `${count / 1024} KiB` : `${count / (1024 * 1024)} MiB`);
const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

// Host keys

export function hostKeyUnknown(
  target: Where,
  key: ShownKey,
  knownHosts: { readonly files: readonly string[]; readonly name: string; readonly note?: string },
): CspError {
  const searched = knownHosts.files.length === 0 ? "" : ` and not in ${knownHosts.files.join(" or ")}`;
  return new CspError(
    "host-key-unknown",
    where(target),
    `the host shows a key that is not pinned${searched}: ${key.type} ${key.fingerprints}${knownHosts.note === undefined ? "" : `; ${knownHosts.note}`}`,
    `Compare the fingerprint with the host's own (on its console: ssh-keygen -lf /etc/ssh/ssh_host_${keyFile(key.type)}_key.pub). If they agree, pin it: ` +
      `${setting(target, "hostKey")}: "${key.line}" (or add this line to ~/.ssh/known_hosts: ${knownHosts.name} ${key.line}).`,
  );
}

export function hostKeyChanged(target: Where, key: ShownKey, expected: readonly string[], source: string): CspError {
  return new CspError(
    "host-key-changed",
    where(target),
    `THE HOST KEY HAS CHANGED: the host shows ${key.type} ${key.fingerprints}, but ${source} says ${expected.join(" or ")}. ` +
      "Someone may be answering in the host's place; nothing was sent to it",
    `If the host was reinstalled, compare the fingerprint on its console and then replace the old key in ${source} with "${key.line}". Otherwise find out who answers at this address.`,
  );
}

export function hostKeyRevoked(target: Where, key: ShownKey, source: string): CspError {
  return new CspError(
    "host-key-revoked",
    where(target),
    `the host shows a key that ${source} marks @revoked: ${key.type} ${key.fingerprints}; nothing was sent to it`,
    "Give the host a new host key, or find out who answers at this address.",
  );
}

/** Two keys with one MD5 fingerprint can be made on purpose, so that such a fingerprint does not say which of them was meant. */
export function hostKeyPinnedByMd5(target: Where, key: ShownKey): CspError {
  return new CspError(
    "host-key-pinned-by-md5",
    where(target),
    `the host shows ${key.type} ${key.fingerprints}, which has the MD5 fingerprint in ${setting(target, "hostKey")}; but two keys can be made that have the same one, so it does not pin a host. Nothing was sent to it`,
    `Compare the key with /etc/ssh/ssh_host_${keyFile(key.type)}_key.pub on the host's console, and pin the whole key: ${setting(target, "hostKey")}: "${key.line}".`,
  );
}

/** A pinned key that csp never asks for: whatever the host showed instead would look like a changed key. */
export function hostKeyTypeNotOffered(target: SshTarget, type: string): CspError {
  const can = possible().hostKey.includes(type);
  return new CspError(
    "host-key-type-not-offered",
    where(target),
    `${setting(target, "hostKey")} is a ${type} key, and csp ${can ? "does not ask for keys of this type" : "cannot check keys of this type"}`,
    !can
      ? "Pin another of the host's keys (`ssh-keyscan` prints them)."
      : target.algorithms?.hostKey !== undefined
        ? `Add ${type} to HostKeyAlgorithms in ${target.algorithms.file}, or pin another of the host's keys.`
        : `Pin another of the host's keys (\`ssh-keyscan\` prints them). If it has no other, set ${setting(target, "legacyAlgorithms")}: true.`,
  );
}

export function hostKeyMalformed(target: Where): CspError {
  return new CspError(
    "host-key-malformed",
    where(target),
    `${setting(target, "hostKey")} is neither a public key nor a fingerprint`,
    'Write "ssh-ed25519 AAAA..." (what `ssh-keyscan` prints) or "SHA256:..." (what `ssh-keygen -lf` prints).',
  );
}

// Credentials

export function privateKeyEncrypted(target: Where): CspError {
  return new CspError(
    "private-key-encrypted",
    where(target),
    "the private key is encrypted and no passphrase is given",
    `Set ${setting(target, "privateKeyPassword")}, or load the key into an ssh-agent and leave the key out.`,
  );
}

export function privateKeyPassphraseWrong(target: Where, cause: unknown): CspError {
  return new CspError(
    "private-key-passphrase-wrong",
    where(target),
    "the passphrase does not open the private key",
    `Correct ${setting(target, "privateKeyPassword")}.`,
    { cause },
  );
}

export function privateKeyUnreadable(target: Where, cause: unknown): CspError {
  return new CspError(
    "private-key-unreadable",
    where(target),
    `the private key cannot be used: ${text(cause)}`,
    `Give ${setting(target, "privateKey")} the whole text of an OpenSSH or PEM private key; \`ssh-keygen -p -f FILE\` rewrites other formats.`,
    { cause },
  );
}

type KeyWords = { readonly problem: string; readonly remedy: (target: KeyOwner) => string };
type KeyOwner = Where & Pick<SshTarget, "privateKeyPath">;

const namePath = (target: KeyOwner) => `or name the key's file in ${setting(target, "privateKeyFile")}`;
const rewrite = "`ssh-keygen -p -f FILE` rewrites it in OpenSSH's own format";

const KEY_FAULTS: Readonly<Record<KeyFault, KeyWords>> = {
  empty: { problem: "it is empty", remedy: (target) => `Give the text of the key, ${namePath(target)}.` },
  path: {
    problem: "it is the path of a file, not the text of a key",
    remedy: (target) => `Put the path into ${setting(target, "privateKeyFile")}, or give the text of that file here.`,
  },
  public: {
    problem: "it is a public key",
    remedy: () => "Give the private key: ssh-keygen writes it into the file of the same name without .pub.",
  },
  escaped: {
    problem: "it has the two characters \\n where its lines should end",
    remedy: (target) => `Give it with real line ends (\`printf '%b'\` turns them back), ${namePath(target)}.`,
  },
  quoted: { problem: "it has quotes around it", remedy: (target) => `Remove the quotes, ${namePath(target)}.` },
  joined: {
    problem: "its lines are joined into one",
    remedy: (target) => `Give it with its line ends (in a shell, write "$KEY" in quotes), ${namePath(target)}.`,
  },
  indented: { problem: "its lines are indented", remedy: (target) => `Remove the spaces before each line, ${namePath(target)}.` },
  "cut-off": {
    problem: "it is cut off: its last line is missing",
    remedy: (target) => `Give the whole text of the key, ${namePath(target)}.`,
  },
  putty: {
    problem: "it is in a format of PuTTY that csp cannot read: csp reads version 2 of RSA and DSA keys",
    remedy: () => "Convert it: `puttygen KEY.ppk -O private-openssh -o KEY`, or in PuTTYgen's window Conversions, Export OpenSSH key.",
  },
  pkcs8: { problem: "it is in the format PKCS#8, which csp cannot read", remedy: () => `Convert it: ${rewrite}.` },
  base64: { problem: "it is in base64 once more", remedy: (target) => `Decode it (\`base64 -d\`), ${namePath(target)}.` },
  "utf-16": {
    problem: "it has zero bytes, like a text in UTF-16 that PowerShell wrote, or a binary file",
    remedy: (target) => `Save it as ASCII or UTF-8, ${namePath(target)}.`,
  },
};

export function privateKeyUnusable(target: KeyOwner, fault: KeyFault): CspError {
  const { problem, remedy } = KEY_FAULTS[fault];
  const path = target.privateKeyPath;
  const subject = path === undefined ? setting(target, "privateKey") : `the file ${path} (${setting(target, "privateKeyFile")})`;
  // Of a file, the remedy cannot be to name the file.
  const what = remedy(target);
  return new CspError(
    "private-key-unreadable",
    where(target),
    `${subject} is no private key that csp can use: ${problem}`,
    path === undefined ? what : what.replace(`, ${namePath(target)}`, ""),
  );
}

export function privateKeyFileUnreadable(target: Where, path: string, cause: unknown): CspError {
  return new CspError(
    "private-key-file-unreadable",
    where(target),
    `the private key file ${path} cannot be read: ${text(cause)}`,
    `Correct ${setting(target, "privateKeyFile")}.`,
    { cause },
  );
}

export function noCredentials(target: Where): CspError {
  return new CspError(
    "no-credentials",
    where(target),
    "there is nothing to log in with: no private key, no password, and no ssh-agent is running",
    `Set ${setting(target, "privateKeyFile")} (for instance "~/.ssh/id_ed25519"), \`privateKey\` or \`password\`, or start an ssh-agent (SSH_AUTH_SOCK).`,
  );
}

export function agentKeyMissing(target: Where, wanted: string): CspError {
  return new CspError(
    "agent-key-missing",
    where(target),
    `the ssh-agent does not hold the key ${wanted}`,
    "Load it with `ssh-add`; `ssh-add -l` shows what the agent holds.",
  );
}

export function agentUnreachable(target: Where, path: string, cause: unknown): CspError {
  return new CspError(
    "agent-unreachable",
    where(target),
    `the ssh-agent at ${path} does not answer: ${text(cause)}`,
    `Start it, correct ${setting(target, "agentSocketPath")}, or give a private key.`,
    { cause },
  );
}

/** What was tried and what is known of the host: its version tells why it refuses a key of a type that came later. */
export interface Refused {
  readonly tried: readonly string[];
  readonly accepted: readonly string[];
  /** "ssh-ed25519", of every key that it was shown. */
  readonly keyTypes: readonly string[];
  /** "OpenSSH_4.3". */
  readonly software: string | undefined;
}

export function authenticationFailed(target: SshTarget, { tried, accepted, keyTypes, software }: Refused, cause?: unknown): CspError {
  const offered = accepted.length === 0 ? "" : `; the host accepts ${shortened(accepted.join(", "), LONGEST_WORDS)}`;
  const faults = keyTypes.flatMap((type) => keyTypeFault(software, type) ?? []);
  const none = faults.length > 0 && faults.length === keyTypes.length;
  const withKey = tried.includes("private key") || tried.includes("ssh-agent");
  const remedy = none
    ? `Log in with a key that the host knows: \`${keyToMake(software)}\`, with its public half in ${target.user}'s ~/.ssh/authorized_keys on the host.`
    : withKey
      ? `Add the public key to ${target.user}'s ~/.ssh/authorized_keys on the host, or correct ${setting(target, "user")} and the credentials.`
      : `Correct ${setting(target, "user")} and the credentials.`;
  return new CspError(
    "authentication-failed",
    where(target),
    `the host refused to let ${target.user} in with ${tried.join(" and ")}${offered}${faults.map((fault) => `; ${fault}`).join("")}`,
    remedy,
    { cause },
  );
}

/** `algorithms`: types of keys, or the one by which a key would have to sign. */
export function userKeyNotAccepted(target: SshTarget, algorithms: readonly string[]): CspError {
  const file = target.algorithms?.file ?? "ssh_config";
  const accepted = acceptedUserKeys(target) ?? [];
  const byRsa = algorithms[0] === "ssh-rsa" && accepted.some((name) => name.startsWith("rsa-sha2-"));
  return new CspError(
    "user-key-not-accepted",
    where(target),
    `PubkeyAcceptedAlgorithms in ${file} does not let csp log in with ${algorithms.join(", ")}${
      byRsa ? " (SHA-1), the only signature of an RSA key that this host takes" : ""
    }; it allows ${accepted.length === 0 ? "nothing that csp can do" : accepted.join(", ")}`,
    `Log in with a key of another type, or add ${algorithms.join(",")} to PubkeyAcceptedAlgorithms there.`,
  );
}

export function tooManyAuthenticationFailures(target: SshTarget, cause: unknown): CspError {
  return new CspError(
    "authentication-failed",
    where(target),
    `the host cut ${target.user} off after too many keys`,
    `Name the one key to use: ${setting(target, "agentPublicKey")}, or \`privateKeyFile\`.`,
    { cause },
  );
}

// The way there

export function unreachable(target: Where, cause: unknown, attempts = 1): CspError {
  return new CspError(
    "host-unreachable",
    where(target),
    `no connection${attempts > 1 ? ` after ${attempts} attempts` : ""}: ${text(cause)}`,
    "Check that the host is up, that its sshd listens there, and that no firewall is in the way.",
    { cause },
  );
}

export function dialTimedOut(target: Where, ms: number): CspError {
  return unreachable(target, new Error(`no answer within ${seconds(ms)}`));
}

export function addressUnknown(target: Where, cause: unknown): CspError {
  return new CspError(
    "address-unknown",
    where(target),
    `the address ${target.address} does not resolve`,
    `Correct ${setting(target, "address")} or the DNS.`,
    { cause },
  );
}

/** What ssh_config, sshd_config and readers call each kind. */
const KIND_WORDS: Readonly<Record<Kind, { readonly one: string; readonly many: string; readonly option: string }>> = {
  kex: { one: "key exchange", many: "key exchanges", option: "KexAlgorithms" },
  hostKey: { one: "type of host key", many: "types of host key", option: "HostKeyAlgorithms" },
  cipher: { one: "cipher", many: "ciphers", option: "Ciphers" },
  mac: { one: "MAC", many: "MACs", option: "MACs" },
};

export interface Incompatible {
  readonly missing: readonly Kind[];
  readonly theirs: Offer;
  readonly ours: Offer;
  readonly software: string | undefined;
}

export function noCommonAlgorithm(
  target: Where & AlgorithmSettings,
  { missing, theirs, ours, software }: Incompatible,
  cause: unknown,
): CspError {
  const host = software === undefined ? "the host" : `the host (${shortened(software, 80)})`;
  // First what it failed at.
  const kinds = [...missing, ...(Object.keys(KIND_WORDS) as Kind[]).filter((kind) => !missing.includes(kind))];
  const offers = kinds.map((kind) => `${KIND_WORDS[kind].many} ${names(theirs[kind])}`);
  return new CspError(
    "no-common-algorithm",
    where(target),
    `${host} and csp have no ${missing.map((kind) => KIND_WORDS[kind].one).join(" and no ")} in common. The host offers ${offers.join("; ")}. ` +
      `csp takes ${missing.map((kind) => `${KIND_WORDS[kind].many} ${names(ours[kind])}`).join("; ")}`,
    howToAgree(target, missing, theirs),
    { cause },
  );
}

function howToAgree(target: Where & AlgorithmSettings, missing: readonly Kind[], theirs: Offer): string {
  const { algorithms, ...plain } = target;
  const needed = (kinds: readonly Kind[]) =>
    kinds.map((kind) => names(possible()[kind].filter((name) => theirs[kind].includes(name)))).join("; ");
  const configured = missing.filter((kind) => algorithms?.[kind] !== undefined);
  if (algorithms !== undefined && configured.length > 0 && missingKinds(offerTo(plain), theirs).length === 0)
    return `Correct ${configured.map((kind) => KIND_WORDS[kind].option).join(" and ")} in ${algorithms.file}: csp can do ${needed(configured)}.`;
  const legacy = { ...target, legacyAlgorithms: true };
  const never = missingKinds(possible(), theirs);
  if (never.length > 0) {
    const sshd = never.map((kind) => `${KIND_WORDS[kind].option}: ${names(possible()[kind])}`).join("; ");
    return `csp's SSH library can do none of the host's ${never.map((kind) => KIND_WORDS[kind].many).join(" and ")}, with \`legacyAlgorithms\` or without. Let the host's sshd offer one that it can (${sshd}).`;
  }
  if (missingKinds(offerTo(legacy), theirs).length === 0)
    return `Better let the host's sshd offer something newer. If it cannot, set ${setting(target, "legacyAlgorithms")}: true; csp then takes ${needed(missing)} from this host.`;
  return `Add what is needed in ${algorithms?.file ?? "ssh_config"}: ${needed(missing)}.`;
}

const names = (list: readonly string[]) => (list.length === 0 ? "none" : shortened(list.join(", "), LONGEST_WORDS));

/** ssh_config removes everything of a kind, or names only what csp cannot do. */
export function nothingLeftToOffer(target: SshTarget, kinds: readonly Kind[]): CspError {
  const settings = kinds.map((kind) => `${KIND_WORDS[kind].option} (${target.algorithms?.[kind] ?? ""})`);
  return new CspError(
    "no-algorithm-left",
    where(target),
    `${target.algorithms?.file ?? "ssh_config"} leaves nothing that csp's SSH library can do in ${settings.join(" and ")}`,
    `Add one that it can do: ${kinds.map((kind) => names(possible()[kind])).join("; ")}.`,
  );
}

export function handshakeFailed(target: Where, cause: unknown): CspError {
  return new CspError(
    "handshake-failed",
    where(target),
    `the SSH handshake failed: ${text(cause)}`,
    "Check that an SSH server listens on this port (`ssh -v` shows how far it comes).",
    { cause },
  );
}

export function greetingTooLong(target: Where, limit: number): CspError {
  return new CspError(
    "greeting-too-long",
    where(target),
    `the host sent more than ${size(limit)} before the login was complete, so csp ended the connection`,
    "Check that an SSH server answers there, and shorten the file that Banner names in its sshd_config. A host whose greeting does not end is broken, or cannot be trusted.",
  );
}

export function bastionRefusesForwarding(bastion: Where, target: Where, cause: unknown): CspError {
  return new CspError(
    "bastion-refuses-forwarding",
    where(bastion),
    `the bastion does not forward connections to ${where(target)}: ${text(cause)}`,
    "Set AllowTcpForwarding to yes (or local) in its sshd_config, and permit this destination.",
    { cause },
  );
}

// Becoming root

export function sudoMissing(target: SshTarget): CspError {
  return new CspError(
    "not-root",
    where(target),
    `${target.user} is not root and the host has no sudo`,
    `Log in as root (${setting(target, "user")}: "root"), or install sudo and allow ${target.user} to use it.`,
  );
}

export function sudoNeedsPassword(target: SshTarget): CspError {
  return new CspError(
    "sudo-needs-password",
    where(target),
    `sudo asks ${target.user} for a password and none is given`,
    `Set ${setting(target, "sudoPassword")}, or add "${target.user} ALL=(ALL) NOPASSWD: ALL" to the host's sudoers.`,
  );
}

export function sudoPasswordWrong(target: SshTarget): CspError {
  return new CspError(
    "sudo-password-wrong",
    where(target),
    `sudo does not accept ${target.user}'s password`,
    `Correct ${setting(target, "sudoPassword")}.`,
  );
}

export function sudoRefuses(target: SshTarget, said: string): CspError {
  const line = shortened(said.trim().split("\n").pop() ?? "", LONGEST_WORDS);
  return new CspError(
    "sudo-refuses",
    where(target),
    `sudo does not let ${target.user} run commands as root${line === "" ? "" : ` ("${line}")`}`,
    /\btty\b/.test(said)
      ? `Take "requiretty" out of the host's sudoers for ${target.user} (Defaults:${target.user} !requiretty).`
      : `Allow it in the host's sudoers: "${target.user} ALL=(ALL) NOPASSWD: ALL", or log in as root.`,
  );
}

// While a command runs

export function connectionLost(target: Where, purpose: string, cause?: unknown): CspError {
  return new CspError(
    "connection-lost",
    where(target),
    `the connection was lost while ${purpose}${cause === undefined ? "" : `: ${text(cause)}`}`,
    "Run the operation again: it first finds out what state the host is in.",
    { cause },
  );
}

export function deadlinePassed(target: Where, purpose: string, ms: number): CspError {
  return new CspError(
    "deadline-passed",
    where(target),
    `${purpose} did not end within ${seconds(ms)}`,
    "Look at the host's load and at processes that hold its firewall locks, then run the operation again.",
  );
}

/** `limit`: "64 MiB", "500,000 lines". */
export function outputTooLong(target: Where, purpose: string, stream: "stdout" | "stderr", limit: string): CspError {
  return new CspError(
    "output-too-long",
    where(target),
    `a command printed more than ${limit} to ${stream} while ${purpose}, so csp ended it`,
    "Look on the host at what it prints: the same output again and again, or far more rules, logs or records than thousands of guests need. A host that does not stop printing is broken, or cannot be trusted. It does not delay other hosts.",
  );
}

export function cancelled(target: Where, purpose: string): CspError {
  return new CspError("cancelled", where(target), `${purpose} was cancelled`, "Run the operation again when you are ready.");
}

export function channelRefused(target: Where, purpose: string, cause: unknown): CspError {
  return new CspError(
    "channel-refused",
    where(target),
    `the host's sshd refused to start a command while ${purpose}: ${text(cause)}`,
    "Check MaxSessions (10 or more), ForceCommand and the user's shell on the host.",
    { cause },
  );
}

/** The login does not run what it is asked to. `stderr` and `stdout`: what came instead. `exited`: undefined as long as it has not ended. */
export function anotherProgram(
  target: SshTarget,
  exited: { readonly code: number | undefined } | undefined,
  stderr: string,
  stdout: string,
): CspError {
  const output = shortened(oneLine(`${stdout}\n${stderr}`), LONGEST_WORDS);
  const end = exited === undefined ? "it does not end" : exited.code === undefined ? "a signal ended it" : `exit status ${exited.code}`;
  const shell = `\`getent passwd ${target.user}\` on the host shows the login shell, \`usermod -s /bin/sh ${target.user}\` changes it.`;
  const refused = LOGIN_SHELLS.find(({ words }) => words.test(output));
  return new CspError(
    "login-runs-other",
    where(target),
    `${refused === undefined ? `the login of ${target.user} runs another program than the command that csp sends` : `the login shell of ${target.user} ${refused.what}`} ` +
      `(${output === "" ? "it said nothing" : `it said: ${output}`}; ${end}); nothing was done on the host`,
    refused === undefined
      ? `Look for ForceCommand in the host's sshd_config, for \`command=\` before csp's key in ${target.user}'s ~/.ssh/authorized_keys, and for \`exec\`, \`read\` or \`cat\` in the login's start-up files. ${shell}`
      : `Give ${target.user} a shell that runs commands. ${shell}`,
  );
}

/** What login shells that run no commands say of it: rbash, nologin. */
const LOGIN_SHELLS: readonly { readonly words: RegExp; readonly what: string }[] = [
  { words: /\brestricted\b/i, what: "is a restricted one, which runs no commands of csp" },
  { words: /account is (currently )?not available|nologin/i, what: "lets nobody run commands" },
];

/** Something in the login reads what csp sends to the command. */
export function inputTaken(target: SshTarget, purpose: string): CspError {
  return new CspError(
    "login-reads-input",
    where(target),
    `a start-up file of ${target.user}'s login reads the input of the command that csp sends while ${purpose}; the command was not run`,
    `Find what reads there (\`read\`, \`cat\`, \`ssh\` in ~/.bashrc, ~/.cshrc, ~/.zshenv, /etc/profile.d), and let it do so only in interactive shells.`,
  );
}

export function endedEarly(target: Where, purpose: string, code: number | undefined, stderr: string): CspError {
  const output = oneLine(stderr.slice(-LONGEST_WORDS));
  return new CspError(
    "command-ended-early",
    where(target),
    `the command ended too soon while ${purpose} (${code === undefined ? "killed by a signal" : `exit status ${code}`}${output === "" ? "" : `: ${output}`})`,
    "Correct what it reports on the host, then run the operation again.",
  );
}

// Names of hosts

export function hostUnknown(name: string, known: readonly string[], sshConfig: string): CspError {
  const list =
    known.length === 0
      ? "it is empty"
      : `it has ${known.slice(0, 20).join(", ")}${known.length > 20 ? ` and ${known.length - 20} more` : ""}`;
  return new CspError(
    "host-unknown",
    name === "" ? "host" : name.length > 80 ? `${name.slice(0, 80)}…` : name,
    `there is no such host in the provider's inventory (${list}) and no alias for it in ${sshConfig}`,
    `Correct the name, or add ${setting({ name, address: "", port: 0 }, "address")} to the provider's configuration.`,
  );
}

export function bastionLoop(path: readonly string[]): CspError {
  return new CspError(
    "bastion-loop",
    path[0] ?? "bastion",
    `its bastions form a loop: ${path.join(" -> ")}`,
    "Remove `bastion` from one of them.",
  );
}

export function proxyCommandUnsupported(name: string, sshConfig: string): CspError {
  return new CspError(
    "proxy-command-unsupported",
    name,
    `${sshConfig} has a ProxyCommand for it, and csp does not run one`,
    `Use ProxyJump there, or add the host to the provider's configuration with \`bastion\`.`,
  );
}

export function sshConfigAlgorithmUnknown(name: string, sshConfig: string, option: string, unknown: readonly string[]): CspError {
  return new CspError(
    "ssh-config-algorithm-unknown",
    name,
    `${option} in ${sshConfig} names ${unknown.map((one) => JSON.stringify(one)).join(", ")}, which neither OpenSSH nor csp knows`,
    "Correct the name (`ssh -Q kex`, `cipher`, `mac` and `key-sig` list them), or add the host to the provider's configuration.",
  );
}

export function sshConfigUnreadable(path: string, cause: unknown): CspError {
  return new CspError(
    "ssh-config-unreadable",
    path,
    `it cannot be read: ${text(cause)}`,
    "Correct its syntax and permissions (`ssh -G HOST` shows how ssh reads it).",
    { cause },
  );
}

function keyFile(type: string): string {
  if (type === "ssh-ed25519") return "ed25519";
  if (type === "ssh-dss") return "dsa";
  return type.startsWith("ecdsa-") ? "ecdsa" : "rsa";
}
