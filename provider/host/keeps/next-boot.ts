import { withArguments } from "../../shell/program";
import { installCallers, resolveCallers } from "../look/callers";
import type { HostFacts } from "../look/facts";
import { parseSnapshot } from "../look/snapshot";
import { recordFile, STATE_DIR } from "../records/state-dir";
import { program } from "../remote/program";
import { restoreSysctls, sysctlsAtBoot } from "../remote/set-sysctls";
import type { Host } from "../session/host";
import { DesiredHost } from "../state/desired";
import type { FrameEdit } from "../state/edit";

/** A frame for a host that must be rebooted before its kernel can have one: guests that start with the host meet it. */

/** Writes what a boot loads the frame from, and nothing into the kernel: with Open vSwitch in use its bridge modules stay where they are. */
export async function prepareBoot(host: Host, facts: HostFacts, edit: FrameEdit): Promise<void> {
  if ((await host.readState(recordFile.frame)) !== undefined) return;
  const nothing = parseSnapshot("@@csp end\n", 0, facts.dialect);
  if (nothing === undefined) throw new Error("an empty snapshot was not understood");
  const desired = new DesiredHost(host.name, facts, nothing);
  desired.edit(edit);
  const { callers } = edit.frame;
  const atBoot = resolveCallers(["boot"], facts).filter((caller) => callers.includes(caller));
  // The frame's own record last: where it is, all of this is.
  const files = [...desired.plan().files.put]
    .filter(([path]) => path !== "ports")
    .sort(([a], [b]) => Number(a === recordFile.frame) - Number(b === recordFile.frame));
  await host.run(`${program("state-folders.sh")}${sysctlsAtBoot()}`, "setting the bridge's sysctls for the next boot");
  if (atBoot.length > 0) await host.run(installCallers(atBoot, edit.frame), "installing the hook for the next boot");
  const words = files.flatMap(([path, content]) => [path, path === "hook" ? "755" : "600", content()]);
  await host.run(withArguments(program("write-records.sh"), ...words), "writing what the next boot loads");
}

/** Takes away what {@link prepareBoot} wrote, on a host that has not been rebooted since. */
export async function unprepareBoot(host: Host, guestPorts: readonly string[]): Promise<void> {
  await host.run(installCallers([], { guestPorts, plane: "xtables" }), "taking the hook away");
  await host.run(restoreSysctls({}), "taking the bridge's sysctls away");
  await host.run(`rm -rf ${STATE_DIR}\n`, "removing what the next boot would have loaded");
}
