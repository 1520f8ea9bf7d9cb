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

/** The firewall tools that Debian has in two variants, and what lets one choose. */
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

  /** The words to put before a command line so that a shell of dom0's runs it. Calls share one connection. */
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
    // The login shell's PATH lacks what a service's has.
    return attempt([...this.entryCommand(), `PATH=/usr/local/sbin:$PATH:/usr/sbin:/sbin; ${script}`], stdin);
  }

  /** As {@link exec}, but a status other than 0 throws. Returns stdout. */
  async run(script: string, stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(script, stdin);
    if (code !== 0) throw XenLabErrors.commandFailed(script.slice(0, 200), code, stderr || stdout);
    return stdout;
  }

  /** The five tools' saved state, as the network lab's hosts give it. */
  async snapshotTools(): Promise<SavedTools> {
    const saved: Record<string, string> = {};
    for (const [tool, command] of Object.entries(SAVE_COMMANDS)) saved[tool] = normaliseSaved(await this.run(command));
    return saved as unknown as SavedTools;
  }

  /** Which variant of each tool answers to its plain name. "legacy" is what XenServer and XCP-ng have, "nft" what Debian has. */
  async useTools(variant: Backend): Promise<void> {
    await this.run(VARIANTS.map((tool) => `update-alternatives --quiet --set ${tool} /usr/sbin/${tool}-${variant}`).join(" && "));
  }

  /** Waits until dom0 has booted, xendomains and all; with `notBoot`, a dom0 that has booted since. Says which boot it is. */
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
