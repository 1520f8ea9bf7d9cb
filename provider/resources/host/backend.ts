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
import { frame } from "../../host/keeps/frame";
import type { Ownership } from "../../host/keeps/noun";
import type { HostFacts } from "../../host/look/facts";
import type { Host } from "../../host/session/host";
import type { Context } from "../../host/session/task";
import type { hostInputs } from "./fields";

/** Switches a host from Open vSwitch to the Linux bridge, with the host's own command and the reboot that it needs. */

type Inputs = z.output<typeof hostInputs>;

export interface BackendPlan {
  readonly steps: readonly BackendStep[];
  /** The guests that run on the host and go down with it. */
  readonly guests: readonly string[];
}

/** What is to be done; refuses what cannot be done, what nobody has allowed, and a host of somebody else's. */
export async function planBackend(
  context: Context,
  host: Host,
  { reboot }: Inputs,
  facts: HostFacts,
  ownership: Ownership,
): Promise<BackendPlan> {
  const steps = backendSteps(facts);
  if (steps.length === 0) return { steps, guests: [] };
  await frame.refuseOwned(context, host, ownership);
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
 * Switches and reboots, as far as either is left to do; gives what the host is afterwards. What loads the frame at boot is put there before,
 * so that guests which start with the host meet it: by `prepare`.
 */
export async function joinByBridge(
  context: Context,
  host: Host,
  inputs: Inputs,
  facts: HostFacts,
  ownership: Ownership,
  prepare: (facts: HostFacts) => Promise<void>,
): Promise<HostFacts> {
  const { steps } = await planBackend(context, host, inputs, facts, ownership);
  if (steps.includes("switch")) {
    context.status(`switching ${host.name} to the Linux bridge`);
    await host.run(SWITCH_SCRIPT, "switching to the Linux bridge (xe-switch-network-backend bridge)");
  }
  if (!steps.includes("reboot")) return steps.length === 0 ? facts : host.look({ fresh: true, signal: context.signal });
  await prepare(facts);
  // The last moment to give it up.
  context.signal.throwIfAborted();
  context.status(`rebooting ${host.name}`);
  const guests = parseGuests(await host.run(rebootScript(inputs.reboot === "when-empty"), "rebooting"));
  if (guests.length > 0) throw adoptErrors.guestsRunning(host.name, guests);
  return comeBack(context, host, inputs.bootMinutes, facts.boot);
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
