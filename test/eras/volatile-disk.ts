import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../../lab/netns";

/** How much of what was not synced a disk may keep when the power is cut (cut.sh). */
export type Loss = "lost" | "journalled" | "written";

/** A command of the host, and the disk as a power cut right before it would leave it. */
export interface Moment {
  readonly image: string;
  readonly command: string;
}

/** The commands before which a cut is tried: those that write files, or that a change waits for. */
const COMMANDS = ["awk", "chmod", "cp", "flock", "iptables-restore", "ipset", "mkdir", "mv", "rm", "rmdir", "sync", "tee", "xargs"];

/**
 * csp's folder of a lab host on a disk of its own, whose content is known at any moment without what is only in memory. A copy of it, mounted again, is
 * what the host finds after a power cut.
 */
export class VolatileDisk {
  private constructor(
    private readonly host: LabHost,
    private readonly fileSystem: string,
  ) {}

  static async mount(host: LabHost, fileSystem: "ext3" | "ext4" | "xfs"): Promise<VolatileDisk> {
    const megabytes = fileSystem === "xfs" ? 300 : 16;
    await host.run(`set -e
      mkdir -p /run/cut/images /var/lib/csp
      [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
      n=0; while [ $n -lt 64 ]; do [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 $n; n=$((n + 1)); done
      truncate -s ${megabytes}M /run/cut/disk
      mkfs.${fileSystem} -q /run/cut/disk
      mount -o loop /run/cut/disk /var/lib/csp`);
    await host.run("cat >/usr/local/bin/cut-power && chmod 755 /usr/local/bin/cut-power", readFileSync(join(__dirname, "cut.sh"), "utf8"));
    await host.run(`for c in ${COMMANDS.join(" ")}; do ln -s cut-power /usr/local/bin/$c; done`);
    return new VolatileDisk(host, fileSystem);
  }

  /** Runs something on the host; gives its moments, in their order. */
  async during(loss: Loss, work: () => Promise<unknown>): Promise<Moment[]> {
    await this.host.run(`sync -f /var/lib/csp; : >/run/cut/log; echo ${loss} >/run/cut/mode`);
    try {
      await work();
    } finally {
      await this.host.run("/bin/rm -f /run/cut/mode");
    }
    const log = await this.host.run("/bin/cat /run/cut/log");
    return log
      .trim()
      .split("\n")
      .map((line) => ({ image: line.slice(0, 32), command: line.slice(33).trim() }));
  }

  /** What is on the disk now if the power goes. */
  async now(): Promise<string> {
    const sum = await this.host.run(`PATH=/usr/bin:/bin; cd /run/cut && exec 8>>lock && flock 8 && cp --sparse=always disk copy
      s=$(md5sum <copy) && s=$(echo "$s" | cut -c 1-32) && mv copy images/$s && echo $s`);
    return sum.trim();
  }

  /** The files of each disk and their contents as one word. Of disks with the same word, only one needs to be tried. */
  async contents(images: readonly string[]): Promise<Map<string, string>> {
    // Two disks with one UUID are mounted at once.
    const options = this.fileSystem === "xfs" ? "loop,nouuid" : "loop";
    const found = await this.host.run(`PATH=/usr/sbin:/usr/bin:/sbin:/bin; mkdir -p /run/cut/seen; cd /run/cut
      for i in ${[...new Set(images)].join(" ")}; do
        cp --sparse=always images/$i look && mount -o ${options} look seen || exit 1
        s=$(cd seen && find . ! -name .other ! -path './lost+found' \\( -type d -print -o -exec md5sum {} + \\) 2>/dev/null | LC_ALL=C sort | md5sum)
        umount seen || exit 1
        echo "$i $s"
      done`);
    return new Map(
      found
        .trim()
        .split("\n")
        .map((line) => line.split(" ") as [string, string]),
    );
  }

  /** From here on the host's `sync` is that of coreutils before 8.24. */
  async oldSync(): Promise<void> {
    await this.host.run(": >/run/cut/old-sync");
  }

  /** Boots the host with a disk as it was: other boot id, no rules, and the hook called as init does. */
  async boot(image: string): Promise<void> {
    await this.host.run(`set -e
      umount /var/lib/csp
      cp --sparse=always /run/cut/images/${image} /run/cut/tried
      mount -o loop /run/cut/tried /var/lib/csp
      echo ${randomUUID()} >/run/boot_id
      nft flush ruleset
      arptables -F
      arptables -X
      ipset destroy
      [ ! -e /var/lib/csp/hook ] || sh /var/lib/csp/hook boot`);
  }

  /** Back to the disk that was there before the cuts. */
  async back(): Promise<void> {
    await this.host.run("umount /var/lib/csp; mount -o loop /run/cut/disk /var/lib/csp; rm -rf /run/cut/images/*");
  }
}
