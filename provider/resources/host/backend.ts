import type { z } from "zod";
import { CspError } from "../../errors";
import {
  type BackendStep,
  backendStands,
  backendSteps,
  hasBridgeBackend,
  parseGuests,
  RUNNING_GUESTS_SCRIPT,
  rebootScript,
  SWITCH_SCRIPT,
} from "../../host/adopt/backend";
import * as adoptErrors from "../../host/adopt/errors";
import { standingOf, waitFor } from "../../host/adopt/waiting";
import * as errors from "../../host/errors";
import { installCallers, resolveCallers } from "../../host/look/callers";
import type { HostFacts } from "../../host/look/facts";
import { parseSnapshot } from "../../host/look/snapshot";
import { parseIndex, STATE_DIR } from "../../host/records/records";
import { restoreSysctls, sysctlsAtBoot } from "../../host/remote/sysctls";
import type { Host } from "../../host/session/host";
import type { Context } from "../../host/session/task";
import { DesiredHost, type Edit } from "../../host/state/desired";
import * as admissionErrors from "../../host/state/errors";
import { quote } from "../../ssh/privilege";
import type { hostInputs } from "./fields";

/** Switches a host from Open vSwitch to the Linux bridge, with the host's own command and the reboot that it needs. */

type Inputs = z.output<typeof hostInputs>;

export interface BackendPlan {
  readonly steps: readonly BackendStep[];
  /** The guests that run on the host and go down with it. */
  readonly guests: readonly string[];
}

/** Whether something other than the bridge connects guests until the next boot. */
export function isSwitchedByOther(facts: HostFacts): boolean {
  return backendSteps(facts).includes("reboot");
}

/** Who wants to own the host, and whether a state says that they already do. */
export interface Claim {
  readonly owner: string;
  readonly claim: "new" | "held";
}

/** The steps to do. Refuses what is impossible, what nobody has allowed, and a host with another owner. */
export async function planBackend(host: Host, { reboot }: Inputs, facts: HostFacts, { owner, claim }: Claim): Promise<BackendPlan> {
  const steps = backendSteps(facts);
  if (steps.length === 0) return { steps, guests: [] };
  const { frame } = parseIndex((await host.readState("frame")) ?? "");
  if (claim === "new" && frame !== undefined && frame.owner !== owner) throw admissionErrors.hostOwned(host.name, frame.owner);
  if (!hasBridgeBackend(facts.brand, facts.version) || (steps.includes("switch") && !facts.switchesBackend))
    throw adoptErrors.noBridgeBackend(host.name, facts.product);
  if (reboot === "never") throw adoptErrors.openvswitch(host.name, backendStands(facts), steps);
  if (!steps.includes("reboot")) return { steps, guests: [] };
  const guests = parseGuests(await host.run(RUNNING_GUESTS_SCRIPT, "asking which guests run"));
  if (reboot === "when-empty" && guests.length > 0) throw adoptErrors.guestsRunning(host.name, guests);
  return { steps, guests };
}

/** Warns in the preview, so that no reboot comes unannounced. It is one warning, because Terraform shows only the first of several similar ones. */
export function announceBackend(context: Context, host: string, { steps, guests }: BackendPlan, facts: HostFacts): void {
  if (steps.length === 0) return;
  const reboot = steps.includes("reboot") ? `reboot: required (${backendStands(facts)})` : backendStands(facts);
  const before = steps.includes("switch") ? "; it will be switched to the Linux bridge (xe-switch-network-backend bridge)" : "";
  const down = guests.length === 0 ? "" : `; these guests go down with it: ${guests.join(", ")}`;
  context.warn(`host ${host}: ${reboot}${before}${down}`);
}

/**
 * Switches and reboots, if either is still to do, and returns what the host is afterwards. Before the reboot, it puts the files on the host that
 * load the frame at boot, so that guests that start with the host meet the frame. `frame`: the frame that the Host will install.
 */
export async function joinByBridge(
  context: Context,
  host: Host,
  inputs: Inputs,
  facts: HostFacts,
  claim: Claim,
  frame: (facts: HostFacts) => Extract<Edit, { kind: "frame" }>,
): Promise<HostFacts> {
  const { steps } = await planBackend(host, inputs, facts, claim);
  if (steps.includes("switch")) {
    context.status(`switching ${host.name} to the Linux bridge`);
    await host.run(SWITCH_SCRIPT, "switching to the Linux bridge (xe-switch-network-backend bridge)");
  }
  if (!steps.includes("reboot")) return steps.length === 0 ? facts : host.look({ fresh: true, signal: context.signal });
  await prepareBoot(host, facts, frame(facts));
  // The last moment to stop.
  context.signal.throwIfAborted();
  context.status(`rebooting ${host.name}`);
  const guests = parseGuests(await host.run(rebootScript(inputs.reboot === "when-empty"), "rebooting"));
  if (guests.length > 0) throw adoptErrors.guestsRunning(host.name, guests);
  return comeBack(context, host, inputs.bootMinutes, facts.boot);
}

/** Writes the files from which a boot loads the frame, and changes nothing in the kernel, where Open vSwitch and its modules are still in use. */
async function prepareBoot(host: Host, facts: HostFacts, frame: Extract<Edit, { kind: "frame" }>): Promise<void> {
  if ((await host.readState("frame")) !== undefined) return;
  const nothing = parseSnapshot("@@csp end\n", 0, facts.dialect);
  if (nothing === undefined) throw new Error("an empty snapshot was not understood");
  const desired = new DesiredHost(host.name, facts, nothing);
  desired.edit(frame);
  const atBoot = resolveCallers(["boot"], facts).filter((caller) => frame.frame.callers.includes(caller));
  // The frame's own record comes last: if it is there, all the others are.
  const files = [...desired.plan().files.put]
    .filter(([path]) => path !== "ports")
    .sort(([a], [b]) => Number(a === "frame") - Number(b === "frame"));
  const folders = ["guests", "units", "sets"].map((folder) => `${STATE_DIR}/${folder}`);
  await host.run(
    `(umask 077; mkdir -p ${folders.join(" ")}) || exit 1\n${sysctlsAtBoot()}`,
    "setting the bridge's sysctls for the next boot",
  );
  if (atBoot.length > 0) await host.run(installCallers(atBoot, frame.frame.guestPorts), "installing the hook for the next boot");
  await host.run(`umask 077\n${files.map(writes).join("")}sync\n`, "writing what the next boot loads");
}

/** Removes what {@link prepareBoot} wrote, on a host that has not been rebooted since. */
export async function unprepareBoot(host: Host, guestPorts: readonly string[]): Promise<void> {
  await host.run(installCallers([], guestPorts), "taking the hook away");
  await host.run(restoreSysctls({}), "taking the bridge's sysctls away");
  await host.run(`rm -rf ${STATE_DIR}\n`, "removing what the next boot would have loaded");
}

function writes([path, content]: readonly [string, () => string]): string {
  const file = `${STATE_DIR}/${path}`;
  const mode = path === "hook" ? "755" : "600";
  return `printf '%s' ${quote(content())} >${file}.csp-new && chmod ${mode} ${file}.csp-new && mv -f ${file}.csp-new ${file} || exit 1\n`;
}

async function comeBack(context: Context, host: Host, minutes: number, boot: string): Promise<HostFacts> {
  host.forget();
  const seen = await waitFor<HostFacts>(
    async (signal) => {
      const facts = await host.look({ fresh: true, signal });
      return facts.boot === boot ? { standing: "it has not gone down yet" } : { found: facts };
    },
    {
      minutes,
      signal: context.signal,
      status: (standing) => context.status(`waiting for ${host.name} to come back: ${standing}`),
      standing: standingOf,
    },
  ).catch((error: unknown) => {
    throw context.signal.aborted && !(error instanceof CspError) ? errors.cancelled(host.name, "while the host rebooted") : error;
  });
  if ("standing" in seen) throw adoptErrors.notBack(host.name, minutes, seen.standing);
  host.forget();
  if (backendSteps(seen.found).length > 0) throw adoptErrors.notBack(host.name, minutes, backendStands(seen.found));
  return seen.found;
}
