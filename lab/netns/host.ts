import { AGES } from "../eras/ages";
import { attempt, type CommandResult } from "./command";
import { LabErrors } from "./errors";
import { labDirectory } from "./names";
import { normaliseSaved, SAVE_COMMANDS, type SavedTools } from "./saved";
import { type HostState, type LabState, refreshState } from "./state";
import type { Host } from "./topology";

/** How to reach a host's sshd from the machine's own namespace. */
export interface SshAccess {
  readonly address: "127.0.0.1";
  readonly port: number;
  readonly user: "root";
  /** OpenSSH text; accepted for root, csp and csp-sudo. */
  readonly privateKey: string;
  readonly privateKeyPath: string;
  /** "ssh-ed25519 AAAA...": the key of the host's sshd. */
  readonly hostKey: string;
  /** Password of root, csp (sudo without one) and csp-sudo (sudo with it). */
  readonly password: string;
  /** Its address on the management network, as the operator namespace and other hosts reach it on port 22. */
  readonly managementAddress: string;
}

const FILLER = "/var/tmp/.csp-lab-filler";

/** One host of a lab, controlled from outside: nothing here uses SSH. */
export class LabHost {
  readonly name: string;

  constructor(
    private readonly state: LabState,
    readonly spec: Host,
  ) {
    this.name = spec.name;
  }

  get ssh(): SshAccess {
    return {
      address: "127.0.0.1",
      port: this.entry.sshPort,
      user: "root",
      privateKey: this.state.privateKey,
      privateKeyPath: `${labDirectory(this.state.topology.name)}/id_lab`,
      hostKey: this.entry.hostKey,
      password: this.state.password,
      managementAddress: this.spec.managementAddress,
    };
  }

  /** Pid of the host's first process, as the machine counts. */
  get pid(): number {
    refreshState(this.state);
    return this.entry.pid;
  }

  /** The words to put before a command so that it runs as root on the host. */
  entryCommand(): string[] {
    const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid"];
    return [
      "nsenter",
      `--target=${this.pid}`,
      ...namespaces,
      "env",
      "-i",
      "-C",
      "/root",
      path,
      "HOME=/root",
      `TERM=${process.env.TERM ?? "dumb"}`,
    ];
  }

  /** Runs a shell script, or a command, on the host; whatever its status. */
  exec(command: string | readonly string[], stdin?: string): Promise<CommandResult> {
    return typeof command === "string"
      ? attempt([...this.entryCommand(), "sh", "-c", command], stdin)
      : attempt([...this.entryCommand(), ...command], stdin);
  }

  /** The same as {@link exec}, but throws if the status is not 0. Returns stdout. */
  async run(command: string | readonly string[], stdin?: string): Promise<string> {
    const result = await this.exec(command, stdin);
    if (result.code !== 0) {
      throw LabErrors.commandFailed(
        `on ${this.name}: ${typeof command === "string" ? command : command.join(" ")}`,
        result.code,
        result.stderr,
      );
    }
    return result.stdout;
  }

  /** Where this machine sees a file of the host. Absolute symbolic links in it lead to the wrong place. */
  file(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  /** The saved state of the five tools, including ip6tables, without counters, times and random values: equal text means equal state. */
  async snapshotTools(): Promise<SavedTools> {
    const { era } = this.spec;
    const words = era !== undefined && AGES[era].tools?.ipset === "4.5" ? { ipset: "ipset -S" } : {};
    const outputs = await Promise.all(Object.values({ ...SAVE_COMMANDS, ...words }).map((command) => this.run(command)));
    return Object.fromEntries(
      Object.keys(SAVE_COMMANDS).map((tool, index) => [tool, normaliseSaved(outputs[index] ?? "")]),
    ) as unknown as SavedTools;
  }

  /** Ends every SSH session, like a cut cable. The listening sshd continues. Processes that the sessions started are not ended. */
  async cutSsh(): Promise<void> {
    await this.run(`${sshdProcesses}
      for pid in $sessions; do kill -9 "$pid" 2>/dev/null || :; done`);
  }

  /** Stops the listening sshd; sessions continue. */
  async stopSshd(): Promise<void> {
    await this.run(`${sshdProcesses}
      [ -z "$listener" ] || kill $listener
      while [ -n "$listener" ] && kill -0 $listener 2>/dev/null; do sleep 0.02; done`);
  }

  async startSshd(): Promise<void> {
    await this.run("/usr/sbin/sshd -E /var/log/sshd.log");
  }

  /**
   * Restarts a service as `systemctl restart` or its SysV script does. If it is a systemd unit, it runs the unit's commands, then the units that are part
   * of it and the inactive units that it wants. Throws if there is no such service, or if its own commands fail. See boot-services.sh.
   */
  async restartService(name: string): Promise<void> {
    await this.run(["sh", "/usr/local/lib/csp-lab/boot-services.sh", "restart", name]);
  }

  /** Fills the host's disk completely (everything except /run and /tmp). */
  async fillDisk(): Promise<void> {
    await this.exec(`dd if=/dev/zero of=${FILLER} bs=1M 2>/dev/null; dd if=/dev/zero of=${FILLER}.rest bs=512 2>/dev/null`);
  }

  async freeDisk(): Promise<void> {
    await this.run(`rm -f ${FILLER} ${FILLER}.rest`);
  }

  /** Removes a tool and its -save and -restore. */
  async hideTool(tool: string): Promise<void> {
    await this.moveTool(tool, "", ".hidden");
  }

  async unhideTool(tool: string): Promise<void> {
    await this.moveTool(tool, ".hidden", "");
  }

  private async moveTool(tool: string, from: string, to: string): Promise<void> {
    const script = `moved=
      for suffix in "" -save -restore; do
        for place in /usr/sbin /usr/bin /usr/local/sbin; do
          file=$place/${tool}$suffix
          if [ -e "$file${from}" ] || [ -L "$file${from}" ]; then mv "$file${from}" "$file${to}" && moved=1; fi
        done
      done
      [ -n "$moved" ] || { echo "there is no ${tool}${from}" >&2; exit 1; }`;
    await this.run(script);
  }

  private get entry(): HostState {
    const entry = this.state.hosts[this.name];
    if (entry === undefined) {
      throw LabErrors.unknown("host", this.name, Object.keys(this.state.hosts));
    }
    return entry;
  }
}

/** Sets $listener and $sessions to pids, which it finds by the titles that sshd gives its processes. */
const sshdProcesses = `listener= sessions=
  for place in /proc/[0-9]*; do
    line=$(tr '\\0' ' ' <"$place/cmdline" 2>/dev/null) || continue
    case $line in
      "sshd: /usr/sbin/sshd"*"[listener]"*) listener=\${place#/proc/} ;;
      "sshd: "*) sessions="$sessions \${place#/proc/}" ;;
    esac
  done`;
