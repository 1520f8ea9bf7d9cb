import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attempt, type CommandResult } from "../netns/command";
import { normaliseSaved, SAVE_COMMANDS, type SavedTools } from "../netns/saved";
import type { Backend } from "../netns/topology";
import { XenLabErrors } from "./errors";

/** How to reach dom0's sshd from this machine. */
export interface XenAccess {
  readonly address: "127.0.0.1";
  readonly port: number;
  readonly user: "root";
  readonly privateKey: string;
  readonly privateKeyPath: string;
  readonly hostKey: string;
}

/** The firewall tools that Debian has in two variants, and the command that chooses one. */
const VARIANTS = ["iptables", "ip6tables", "ebtables", "arptables"] as const;

/** The Xen host: dom0, over SSH. There is no other way in. */
export class XenHost {
  constructor(
    readonly name: string,
    readonly ssh: XenAccess,
    private readonly folder: string,
  ) {
    writeFileSync(join(folder, "known_hosts"), `xen-lab ${ssh.hostKey}\n`);
  }

  /** The words to put before a command line so that a shell on dom0 runs it. Calls share one connection. */
  entryCommand(...options: string[]): string[] {
    const settings = {
      UserKnownHostsFile: join(this.folder, "known_hosts"),
      StrictHostKeyChecking: "yes",
      HostKeyAlias: "xen-lab",
      IdentitiesOnly: "yes",
      BatchMode: "yes",
      LogLevel: "ERROR",
      ConnectTimeout: "10",
      ServerAliveInterval: "5",
      ServerAliveCountMax: "6",
      ControlMaster: "auto",
      ControlPersist: "30",
      ControlPath: join(this.folder, "ssh.sock"),
    };
    return [
      ...["ssh", "-F", "none", "-p", String(this.ssh.port), "-i", this.ssh.privateKeyPath],
      ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
      ...options,
      "root@127.0.0.1",
    ];
  }

  /** Runs a shell script on dom0; whatever its status. */
  exec(script: string, stdin?: string): Promise<CommandResult> {
    // The login shell's PATH lacks folders that a service's PATH has.
    return attempt([...this.entryCommand(), `PATH=/usr/local/sbin:$PATH:/usr/sbin:/sbin; ${script}`], stdin);
  }

  /** The same as {@link exec}, but throws if the status is not 0. Returns stdout. */
  async run(script: string, stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(script, stdin);
    if (code !== 0) throw XenLabErrors.commandFailed(script.slice(0, 200), code, stderr || stdout);
    return stdout;
  }

  /** The saved state of the five tools, in the form of the network lab's hosts. */
  async snapshotTools(): Promise<SavedTools> {
    const saved: Record<string, string> = {};
    for (const [tool, command] of Object.entries(SAVE_COMMANDS)) saved[tool] = normaliseSaved(await this.run(command));
    return saved as unknown as SavedTools;
  }

  /** Chooses the variant of each tool that its plain name starts. XenServer and XCP-ng have "legacy", Debian has "nft". */
  async useTools(variant: Backend): Promise<void> {
    await this.run(VARIANTS.map((tool) => `update-alternatives --quiet --set ${tool} /usr/sbin/${tool}-${variant}`).join(" && "));
  }

  /** Waits until dom0 has booted, including xendomains; with `notBoot`, until it has booted again since then. Returns the id of the boot. */
  async reached(running: () => boolean, notBoot?: string, patienceMs = 300_000): Promise<string> {
    for (const end = Date.now() + patienceMs; Date.now() < end && running(); await sleep(500)) {
      const { code, stdout } = await attempt([
        ...["timeout", "15", ...this.entryCommand("-o", "ControlPath=none"), "[ -e /run/lab-up ] && cat /proc/sys/kernel/random/boot_id"],
      ]);
      if (code === 0 && stdout.trim() !== notBoot) return stdout.trim();
    }
    throw XenLabErrors.commandFailed("waiting for SSH", null, running() ? "no answer" : "QEMU ended");
  }

  /** Closes the shared connection; the next call makes another. */
  async hangUp(): Promise<void> {
    await attempt(this.entryCommand("-O", "exit"));
  }
}
