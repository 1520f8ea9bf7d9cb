import type { HostFacts } from "../look/facts";
import { program } from "../remote/program";
import { REBOOT_SCRIPT } from "./waiting";

/** The steps until guests are connected by the Linux bridge, in this order. */
export type BackendStep = "switch" | "reboot";

type Is = Pick<HostFacts, "networkBackend" | "nextBackend">;

export function backendSteps({ networkBackend, nextBackend }: Is): BackendStep[] {
  return [...(nextBackend === "bridge" ? [] : (["switch"] as const)), ...(networkBackend === "bridge" ? [] : (["reboot"] as const))];
}

/** Whether guests are joined by something else than the bridge until the next boot. */
export function isSwitchedByOther(facts: Is): boolean {
  return backendSteps(facts).includes("reboot");
}

/** What the steps are for, as something that is not as it should be. */
export function backendStands({ networkBackend, nextBackend }: Is): string {
  if (networkBackend === "bridge") return "guests are connected by the Linux bridge now, and by Open vSwitch from the next boot on";
  if (nextBackend === "bridge")
    return "guests are connected by Open vSwitch until the next boot: the host was switched to the Linux bridge and not rebooted";
  return "guests are connected by Open vSwitch, whose traffic the kernel's bridge filters never see";
}

/** XenServer 9 has no bridge backend: xen-api c1fd851 removed xe-switch-network-backend, and host-installer 3b27523 removed the answerfile's element. */
export function hasBridgeBackend(product: string, version: string): boolean {
  return product.toLowerCase() !== "xenserver" || !(Number.parseInt(version, 10) >= 9);
}

/** Sets the Linux bridge for the next boot. */
export const SWITCH_SCRIPT = program("switch-backend.sh");

/** Prints what {@link parseGuests} reads. */
export const RUNNING_GUESTS_SCRIPT = program("running-guests.sh");

/** Reboots a moment after it has answered; with `empty`, only if no guest runs at that moment: then it prints them and does nothing. */
export function rebootScript(empty: boolean): string {
  return `${empty ? program("unless-running.sh") : ""}${REBOOT_SCRIPT}`;
}

export function parseGuests(said: string): string[] {
  return [...said.matchAll(/^guest (.+)$/gm)].map(([, name = ""]) => name);
}
