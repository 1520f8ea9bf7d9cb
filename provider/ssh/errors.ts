import { CspError } from "../errors";
import { shortened } from "../printable";
import type { SshTarget } from "./connection";

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
  /** "SHA256:..." */
  readonly fingerprint: string;
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
    `the host shows a key that is not pinned${searched}: ${key.type} ${key.fingerprint}${knownHosts.note === undefined ? "" : `; ${knownHosts.note}`}`,
    `Compare the fingerprint with the host's own (on its console: ssh-keygen -lf /etc/ssh/ssh_host_${keyFile(key.type)}_key.pub). If they agree, pin it: ` +
      `${setting(target, "hostKey")}: "${key.line}" (or add this line to ~/.ssh/known_hosts: ${knownHosts.name} ${key.line}).`,
  );
}

export function hostKeyChanged(target: Where, key: ShownKey, expected: readonly string[], source: string): CspError {
  return new CspError(
    "host-key-changed",
    where(target),
    `THE HOST KEY HAS CHANGED: the host shows ${key.type} ${key.fingerprint}, but ${source} says ${expected.join(" or ")}. ` +
      "Someone may be answering in the host's place; nothing was sent to it",
    `If the host was reinstalled, compare the fingerprint on its console and then replace the old key in ${source} with "${key.line}". Otherwise find out who answers at this address.`,
  );
}

export function hostKeyRevoked(target: Where, key: ShownKey, source: string): CspError {
  return new CspError(
    "host-key-revoked",
    where(target),
    `the host shows a key that ${source} marks @revoked: ${key.type} ${key.fingerprint}; nothing was sent to it`,
    "Give the host a new host key, or find out who answers at this address.",
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
    `Set ${setting(target, "privateKeyFile")} (for instance "~/.ssh/id_ed25519"), privateKey or password, or start an ssh-agent (SSH_AUTH_SOCK).`,
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

export function authenticationFailed(target: SshTarget, tried: readonly string[], accepted: readonly string[], cause?: unknown): CspError {
  const offered = accepted.length === 0 ? "" : `; the host accepts ${shortened(accepted.join(", "), LONGEST_WORDS)}`;
  return new CspError(
    "authentication-failed",
    where(target),
    `the host refused to let ${target.user} in with ${tried.join(" and ")}${offered}`,
    tried.includes("private key") || tried.includes("ssh-agent")
      ? `Add the public key to ${target.user}'s ~/.ssh/authorized_keys on the host, or correct ${setting(target, "user")} and the credentials.`
      : `Correct ${setting(target, "user")} and the credentials.`,
    { cause },
  );
}

export function tooManyAuthenticationFailures(target: SshTarget, cause: unknown): CspError {
  return new CspError(
    "authentication-failed",
    where(target),
    `the host cut ${target.user} off after too many keys`,
    `Name the one key to use: ${setting(target, "agentPublicKey")}, or privateKeyFile.`,
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

export function handshakeFailed(target: Where, cause: unknown): CspError {
  return new CspError(
    "handshake-failed",
    where(target),
    `the SSH handshake failed: ${text(cause)}`,
    "Check that an SSH server listens on this port and that it shares an algorithm with csp (`ssh -v` shows what it offers).",
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
  const said = shortened(oneLine(`${stdout}\n${stderr}`), LONGEST_WORDS);
  const end = exited === undefined ? "it does not end" : exited.code === undefined ? "a signal ended it" : `exit status ${exited.code}`;
  const shell = `\`getent passwd ${target.user}\` on the host shows the login shell, \`usermod -s /bin/sh ${target.user}\` changes it.`;
  const refused = LOGIN_SHELLS.find(({ words }) => words.test(said));
  return new CspError(
    "login-runs-other",
    where(target),
    `${refused === undefined ? `the login of ${target.user} runs another program than the command that csp sends` : `the login shell of ${target.user} ${refused.what}`} ` +
      `(${said === "" ? "it said nothing" : `it said: ${said}`}; ${end}); nothing was done on the host`,
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
  const said = oneLine(stderr.slice(-LONGEST_WORDS));
  return new CspError(
    "command-ended-early",
    where(target),
    `the command ended too soon while ${purpose} (${code === undefined ? "killed by a signal" : `exit status ${code}`}${said === "" ? "" : `: ${said}`})`,
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
  return type.startsWith("ecdsa-") ? "ecdsa" : "rsa";
}
