import type { ConfiguredAlgorithms } from "./algorithms";

/**
 * What csp needs from a connection to a host. `connect()` in dial.ts makes it. `sh` runs commands as root: directly for root, through sudo for
 * any other user.
 */
export interface SshConnection {
  /** Runs one command to its end. Rejects with a {@link CspError} when the connection is lost, the deadline passes or the signal aborts. */
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** Starts a command and leaves its stdin open, for a dialogue. */
  start(command: string, options: StartOptions): Promise<RemoteProcess>;
  /** False once the connection is lost; a new one must be dialled. */
  readonly open: boolean;
  close(): void;
}

/**
 * How much a command may print (bytes), by what it is asked for. A thousand guests with twenty rules each are 9 MB in 100,000 lines. A host that
 * prints more than five times as much is broken or hostile.
 */
export const OUTPUT_LIMITS = {
  /** A few words, a small file. */
  answer: 1024 * 1024,
  /** A line for each of many files, the words of a build. */
  listing: 16 * 1024 * 1024,
  /** Kernel tables, records of all guests. */
  state: 64 * 1024 * 1024,
} as const;
export type Printed = keyof typeof OUTPUT_LIMITS;
/** The limit in lines for any command. Reading line by line makes all other hosts wait, a few seconds for so many lines. */
export const LINES_LIMIT = 500_000;
/** The limit on stderr for any command (bytes). */
export const ERRORS_LIMIT = 1024 * 1024;

export interface StartOptions {
  /** What is being done, for errors: "reading the firewall". */
  readonly purpose: string;
  /**
   * The time from the call to the command's end. When it passes, or `signal` aborts, the promise rejects at once and the command's process group is
   * sent SIGTERM; what must outlive that (an undo timer) runs in a session of its own (`setsid`).
   */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** What it is expected to print; default: an answer. If it prints more, the promise rejects at once and the command is ended as above. */
  readonly prints?: Printed;
}

export interface ExecOptions extends StartOptions {
  readonly stdin?: string | Buffer;
}

export interface ExecResult {
  /** The exit status; undefined if a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RemoteProcess {
  write(data: string | Buffer): Promise<void>;
  end(): void;
  /** Resolves with all output up to and including the first line equal to `line`. */
  readUntil(line: string): Promise<string>;
  /** Resolves when the command has ended, with the output that was not read yet. */
  readonly result: Promise<ExecResult>;
}

/** Where and how to connect: one entry of the provider's `hosts`, with the defaults filled in. */
export interface SshTarget {
  /** The host's key in the inventory; what errors call it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  /** Key text, not a path. */
  readonly privateKey?: string;
  /** The file that the text is from, for errors. */
  readonly privateKeyPath?: string;
  readonly privateKeyPassword?: string;
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, "ssh-ed25519 AAAA..." or "SHA256:..."; without it, all of them. */
  readonly agentPublicKey?: string;
  /** Also algorithms that OpenSSH has off by default. */
  readonly legacyAlgorithms?: boolean;
  /** What ~/.ssh/config says about algorithms, if the host is an alias there. */
  readonly algorithms?: ConfiguredAlgorithms;
  /** "ssh-ed25519 AAAA..." or "SHA256:..."; without it known_hosts decides. An MD5 fingerprint is compared, but does not pin. */
  readonly hostKey?: string;
  /** Default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. */
  readonly knownHostsFiles?: readonly string[];
  /** The name to look for in known_hosts instead of the address. */
  readonly hostKeyAlias?: string;
  /** Accepts any host key, only if the user explicitly asks for it. */
  readonly insecureIgnoreHostKey?: boolean;
  readonly sudoPassword?: string;
  readonly bastion?: SshTarget;
  /** Attempts before csp gives up, with back-off and jitter between them. Default: 10. */
  readonly dialAttempts?: number;
  /** Default 15000. */
  readonly dialTimeoutMs?: number;
}

/** Gives the host's connection, and dials if there is none. Aborting ends this caller's wait. */
export type Dial = (signal?: AbortSignal) => Promise<SshConnection>;
