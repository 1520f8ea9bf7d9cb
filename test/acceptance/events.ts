import type { LabStack } from "./stack";

/** What can happen to web, a guest of {@link followLab} on hv-01, to the end of it. */
export const GUEST_EVENTS: Readonly<Record<string, (work: LabStack) => Promise<unknown>>> = {
  reboot: ({ lab }) => lab.guest("web").reboot(),
  "crash, started again before its end is told": async ({ lab }) => {
    const late = await lab.guest("web").crash();
    await lab.guest("web").start();
    await late();
  },
  "shutdown, and start": async ({ lab }) => {
    await lab.guest("web").stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lab.guest("web").start();
  },
  "save, and restore": async ({ lab }) => {
    await lab.guest("web").save();
    await lab.guest("web").restore();
  },
  "pause, and unpause": async ({ lab }) => {
    await lab.guest("web").pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lab.guest("web").unpause();
  },
  "interface unplugged, and plugged in": async ({ lab }) => {
    await lab.guest("web").unplug(0);
    await lab.guest("web").plug(0);
  },
  "reboots, three in a row": async ({ lab }) => {
    for (let n = 0; n < 3; n++) await lab.guest("web").reboot();
  },
  "its peer reboots, on the same host": ({ lab }) => lab.guest("peer").reboot(),
  "the host reboots, its guests start": ({ lab }) => lab.reboot("hv-01"),
};
