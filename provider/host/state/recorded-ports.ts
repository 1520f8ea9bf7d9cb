import type { Frame } from "../../firewall/compile/frame";
import type { Bridge } from "../../firewall/compile/templates";
import { type UnledPort, unledPorts } from "../../firewall/drift/dispatch";
import { memory } from "../../memory";
import { type Claimed, claimPorts, guestBridges, type HostPorts } from "../look/ports";
import type { Snapshot } from "../look/snapshot";
import type { GuestVif } from "../records/vifs";
import { compiledFrame } from "./compiled-frame";

/*
 * What a look at a host says about its ports, by the host's own records. Made once for as long as neither changes: a thousand guests that
 * are read ask for the same, and so does every plan.
 */

const claimed = memory.last<HostPorts, Claimed>({
  name: "claims of ports",
  reason: "each of a thousand guests that are read asks for them, and so does every plan",
});

/** Which port is which guest's, and which look like one's and are not. */
export function portsOfVifs(network: HostPorts, vifs: readonly GuestVif[]): Claimed {
  return claimed(network, [vifs], () => claimPorts(network, vifs));
}

export function recordedPorts({ network, records }: Snapshot): Claimed {
  return portsOfVifs(network, records.vifs);
}

/** The frame that the host's records say it has. */
export function recordedFrame({ records, dialect }: Snapshot): Frame | undefined {
  return records.frame === undefined ? undefined : compiledFrame(records.frame, dialect, records.vifs);
}

/** The ports that the kernel does not lead to the chains of whose they are, in any table. */
export const recordedUnled = memory.once(
  { name: "ports that are not led to their guests", reason: "each of a thousand guests that are read asks for them" },
  (snapshot: Snapshot): readonly UnledPort[] => {
    const frame = recordedFrame(snapshot);
    return frame === undefined ? [] : unledPorts(snapshot, frame, recordedPorts(snapshot).claims, recordedBridges(snapshot));
  },
);

/** The bridges with guests' ports. */
export function recordedBridges(snapshot: Snapshot): Bridge[] {
  const { network, records } = snapshot;
  return guestBridges(network, recordedPorts(snapshot).claims, records.frame?.guestPorts ?? [], records.zones);
}
