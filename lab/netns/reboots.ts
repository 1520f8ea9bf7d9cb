/** A host that reboots when something on it asks for it. */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "./host";

/** The file by which xenserver/reboot asks for a reboot. */
const WANTED = "/run/reboot-wanted";
const LOOK_MS = 100;

/** Watches one host from its construction until {@link stop}. */
export class Reboots {
  /** How often it has been rebooted. */
  count = 0;
  private watching = true;
  private readonly watch: Promise<void>;

  constructor(host: LabHost, reboot: () => Promise<void>) {
    this.watch = this.obey(host, reboot);
    // `stop` reports the error.
    this.watch.catch(() => {});
  }

  /** Rejects with the error of a failed reboot. */
  async stop(): Promise<void> {
    this.watching = false;
    await this.watch;
  }

  private async obey(host: LabHost, reboot: () => Promise<void>): Promise<void> {
    for (; this.watching; await sleep(LOOK_MS)) {
      if (!fs.existsSync(host.file(WANTED))) continue;
      this.count++;
      await reboot();
    }
  }
}
