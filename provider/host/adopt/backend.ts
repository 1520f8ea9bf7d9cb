import type { HostFacts } from "../look/facts";
import { REBOOT_SCRIPT } from "./waiting";

/** The steps until guests are connected by the Linux bridge, in this order. */
export type BackendStep = "switch" | "reboot";

type Is = Pick<HostFacts, "networkBackend" | "nextBackend">;

export function backendSteps({ networkBackend, nextBackend }: Is): BackendStep[] {
  return [...(nextBackend === "bridge" ? [] : (["switch"] as const)), ...(networkBackend === "bridge" ? [] : (["reboot"] as const))];
}

/** Why the steps are needed: what is not as it should be. */
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

/**
 * Sets the Linux bridge for the next boot. It runs the command twice if necessary: with a value "vswitch", the first run writes "openvswitch",
 * whatever is asked (host.md, 5).
 */
export const SWITCH_SCRIPT = `PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin; export PATH
said=
for time in 1 2; do
  said=$(xe-switch-network-backend bridge 2>&1 </dev/null) || { echo "$said" >&2; exit 1; }
  [ "$(head -n 1 /etc/xensource/network.conf)" != bridge ] || exit 0
done
echo "xe-switch-network-backend bridge left \\"$(head -n 1 /etc/xensource/network.conf)\\" in /etc/xensource/network.conf: $said" >&2
exit 1
`;

/** Prints a line for each running guest, with its name or else its domain id. */
const GUESTS = `PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/bin; export PATH
domains=$(xenstore-list /local/domain) || exit 1
for d in $domains; do
  [ "$d" != 0 ] || continue
  n=$(xenstore-read "/local/domain/$d/name" 2>/dev/null) || n="domain $d"
  printf 'guest %s\\n' "$n"
done
`;

export const RUNNING_GUESTS_SCRIPT = `${GUESTS}exit 0
`;

/** Reboots a moment after it has answered; with `empty`, only if no guest runs at that moment: then it prints them and does nothing. */
export function rebootScript(empty: boolean): string {
  const check = `running=$( ${GUESTS} ) || exit 1
if [ -n "$running" ]; then printf '%s\\n' "$running"; exit 0; fi
`;
  return `${empty ? check : ""}${REBOOT_SCRIPT}`;
}

export function parseGuests(said: string): string[] {
  return [...said.matchAll(/^guest (.+)$/gm)].map(([, name = ""]) => name);
}
