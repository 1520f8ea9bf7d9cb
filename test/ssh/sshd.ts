import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshTarget } from "../../provider/ssh/connection";

/** A real sshd on a loopback port, with users, passwords and a sudoers file that exist only in its own mount namespace. */
export interface Sshd {
  readonly port: number;
  readonly pid: number;
  /** "ssh-ed25519 AAAA..." by type. */
  readonly hostKeys: Readonly<Record<string, string>>;
  /** What it has logged. */
  log(): string;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** Lines of sshd_config, before the others and so stronger. */
  readonly config?: readonly string[];
  readonly hostKeyTypes?: readonly ("ed25519" | "ecdsa" | "rsa" | "dsa")[];
  /** The version in its greeting: "OpenSSH_4.3". Versions before 7.2 do not announce which signatures they accept (server-sig-algs). */
  readonly says?: `OpenSSH_${number}.${number}`;
  readonly withoutSudo?: boolean;
  readonly port?: number;
  /** Its /bin/sh is bash, as on CentOS and XenServer; otherwise it is the machine's. */
  readonly bash?: boolean;
  /** More lines for its sudoers. */
  readonly sudoers?: string;
  /** Root's login shell; otherwise bash. */
  readonly shell?: string;
  /** Files of root's home, by their paths there. */
  readonly home?: Readonly<Record<string, string>>;
}

export const PASSWORD = "correct horse 'battery' $taple";

/** alice: sudo without a password. bob: sudo with one. carol: no sudo. */
const USERS = ["alice", "bob", "carol"] as const;
const SUDOERS = "root ALL=(ALL) ALL\nalice ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) ALL\n";

/** A directory for one suite: keys, configuration, and what to remove after it. */
export class Site {
  readonly directory = mkdtempSync(join(tmpdir(), "csp-ssh-"));
  private readonly ends: (() => Promise<void> | void)[] = [];

  constructor() {
    // The users of the test hosts read their authorized_keys here.
    chmodSync(this.directory, 0o755);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Makes a key pair; gives the private key's text. The public key is authorized on every sshd of the site. */
  key(name: string, options: { readonly passphrase?: string; readonly type?: string; readonly unauthorized?: boolean } = {}): string {
    execFileSync("ssh-keygen", ["-q", "-t", options.type ?? "ed25519", "-N", options.passphrase ?? "", "-C", name, "-f", this.path(name)]);
    if (options.unauthorized !== true) writeFileSync(this.path("authorized_keys"), this.publicKey(name), { flag: "a" });
    return readFileSync(this.path(name), "utf8");
  }

  publicKey(name: string): string {
    return readFileSync(`${this.path(name)}.pub`, "utf8");
  }

  /** Starts an sshd. Its port may be taken between finding it free and using it: then another one. */
  async sshd(options: SshdOptions = {}): Promise<Sshd> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.startSshd(options, options.port ?? (await freePort()));
      } catch (error) {
        if (tries === 3 || options.port !== undefined || !/Address already in use/.test(String(error))) throw error;
      }
    }
  }

  private async startSshd(options: SshdOptions, port: number): Promise<Sshd> {
    const types = options.hostKeyTypes ?? ["ed25519"];
    const hostKeys: Record<string, string> = {};
    for (const type of types) {
      execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", this.path(`host_${port}_${type}`)]);
      hostKeys[type] = this.publicKey(`host_${port}_${type}`).trim();
    }
    const config = this.path(`sshd_${port}`);
    writeFileSync(
      config,
      [
        ...(options.config ?? []),
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        ...types.map((type) => `HostKey ${this.path(`host_${port}_${type}`)}`),
        `AuthorizedKeysFile ${this.path("authorized_keys")}`,
        "StrictModes no",
        "PermitRootLogin yes",
        "PasswordAuthentication yes",
        "KbdInteractiveAuthentication no",
        "UsePAM yes",
        "UseDNS no",
        "PrintMotd no",
        "PidFile none",
        "LogLevel VERBOSE",
      ].join("\n"),
    );
    writeFileSync(this.path("authorized_keys"), "", { flag: "a" });
    // It ends with the test process, however that ends.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "unshare", "-m", "sh", "-c", this.namespace(options, port)], {
      stdio: "ignore",
      env: { ...process.env, CONFIG: config, LOG: `${config}.log` },
    });
    const stop = () => {
      // A connection left open by a failed test would keep the test process alive.
      for (const session of descendantsOf(child.pid as number)) {
        try {
          process.kill(session, "SIGKILL");
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
        }
      }
      return end(child);
    };
    this.ends.push(stop);
    await listening(port, () => (child.exitCode === null ? undefined : `sshd ended: ${readFileSync(`${config}.log`, "utf8")}`));
    return { port, pid: child.pid as number, hostKeys, log: () => readFileSync(`${config}.log`, "utf8"), stop };
  }

  /** A running ssh-agent; gives its socket. */
  async agent(...keys: string[]): Promise<string> {
    const socket = this.path(`agent-${this.ends.length}`);
    const child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    this.ends.push(() => end(child));
    for (const key of keys) {
      for (let tries = 0; ; tries++) {
        try {
          execFileSync("ssh-add", ["-q", this.path(key)], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "ignore" });
          break;
        } catch (error) {
          if (tries === 100) throw error;
          await sleep(20);
        }
      }
    }
    return socket;
  }

  onEnd(end: () => Promise<void> | void): void {
    this.ends.push(end);
  }

  async end(): Promise<void> {
    for (const end of this.ends.reverse()) await end();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * The machine's sshd, or a copy of it with another version in its greeting. The version is part of what both sides sign, so that nothing on the
   * way could change it; and server-sig-algs decides how an RSA key signs.
   */
  private program(says: SshdOptions["says"]): string {
    const real = "/usr/sbin/sshd";
    if (says === undefined) return real;
    const program = readFileSync(real);
    const [, major, minor] = /_(\d+)\.(\d+)/.exec(says) as RegExpExecArray;
    const silent = Number(major) < 7 || (major === "7" && Number(minor) < 2);
    const aged = replaced(program, /OpenSSH_\d+\.\d+p\d[^\0]*(?=\0)/g, says);
    const path = this.path(says);
    if (existsSync(path)) return path;
    writeFileSync(path, silent ? replaced(aged, /server-sig-algs(?=\0)/g, "nothing-to-say") : aged, { mode: 0o755 });
    return path;
  }

  /** The script that hides the machine's accounts from the sshd behind copies with the test users added. */
  private namespace(options: SshdOptions, port: number): string {
    const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: PASSWORD, encoding: "utf8" }).trim();
    // bash reads root's own ~/.bashrc for each command over SSH; what that does on this machine is not under test.
    const home = this.path(`home_${port}`);
    mkdirSync(home, { mode: 0o755 });
    for (const [file, text] of Object.entries(options.home ?? {})) {
      mkdirSync(dirname(join(home, file)), { recursive: true });
      writeFileSync(join(home, file), text);
    }
    const passwd =
      readFileSync("/etc/passwd", "utf8").replace(/^root:.*$/m, `root:x:0:0:root:${home}:${options.shell ?? "/bin/bash"}`) +
      USERS.map((user, i) => `${user}:x:${64001 + i}:${64001 + i}::/tmp:/bin/sh\n`).join("");
    const shadow =
      readFileSync("/etc/shadow", "utf8").replace(/^root:[^:]*:/m, `root:${hash}:`) +
      USERS.map((user) => `${user}:${hash}:19000:0:99999:7:::\n`).join("");
    const files: Record<string, string> = {
      "/etc/passwd": passwd,
      "/etc/shadow": shadow,
      "/etc/group": readFileSync("/etc/group", "utf8") + USERS.map((user, i) => `${user}:x:${64001 + i}:\n`).join(""),
      "/etc/sudoers": `${options.sudoers ?? ""}\n${SUDOERS}`,
      ...(options.withoutSudo === true ? { "/usr/bin/sudo": "" } : {}),
    };
    const lines = [
      "set -e",
      "mount --make-rprivate /",
      "mount -t tmpfs tmpfs /run",
      "mkdir /run/sshd",
      "mount -t tmpfs tmpfs /var/lib/sudo",
    ];
    for (const [path, text] of Object.entries(files)) {
      const copy = this.path(`${port}${path.replaceAll("/", "_")}`);
      writeFileSync(copy, text);
      chmodSync(copy, path.endsWith("shadow") || path.endsWith("sudoers") ? 0o440 : 0o644);
      lines.push(`mount --bind '${copy}' '${path}'`);
    }
    if (options.bash === true) lines.push(`mount --bind /bin/bash "$(readlink -f /bin/sh)"`);
    return [...lines, `exec '${this.program(options.says)}' -D -f "$CONFIG" -E "$LOG"`].join("\n");
  }
}

/** The program with other C strings in place of those that match. They must exist and have the same length. */
function replaced(program: Buffer, texts: RegExp, by: string): Buffer {
  const latin1 = program.toString("latin1");
  let found = 0;
  const result = latin1.replace(texts, (text) => {
    if (text.length < by.length) throw new Error(`${JSON.stringify(text)} has no room for ${JSON.stringify(by)}`);
    found++;
    return by.padEnd(text.length, "\0");
  });
  if (found === 0) throw new Error(`this sshd has no ${texts}: since OpenSSH 9.8 its sessions are a program of their own`);
  return Buffer.from(result, "latin1");
}

/** A target on an sshd, pinned, as root; `fields` wins. */
export function targetOn(sshd: Sshd, fields: Partial<SshTarget> = {}): SshTarget {
  return {
    name: "hv-01",
    address: "127.0.0.1",
    port: sshd.port,
    user: "root",
    hostKey: Object.values(sshd.hostKeys)[0],
    dialAttempts: 1,
    dialTimeoutMs: 15_000,
    ...fields,
  };
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function listening(port: number, failed: () => string | undefined): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const reason = failed();
    if (reason !== undefined) throw new Error(reason);
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (up) return;
    await sleep(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function descendantsOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await ended;
}
