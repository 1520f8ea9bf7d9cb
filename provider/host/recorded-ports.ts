import { type UnledPort, unledPorts } from "../firewall/dispatch-drift";
import { lastMade, memo } from "../firewall/memo";
import { claimPorts, type PortFinding } from "./ports";
import type { GuestVif } from "./records";
import type { Snapshot } from "./snapshot";

/*
 * What a look at a host says about its ports, by the host's own records. Made once for as long as neither changes: a thousand guests that
 * are read ask for the same, and so does every plan.
 */

const made = lastMade<readonly PortFinding[], ReturnType<typeof claimPorts>>();

/** Which port is which guest's, and which look like one's and are not. */
export function portsOfVifs(ports: readonly PortFinding[], vifs: readonly GuestVif[]): ReturnType<typeof claimPorts> {
  return made(ports, [vifs], () => claimPorts(ports, vifs));
}

export function recordedPorts({ ports, records }: Snapshot): ReturnType<typeof claimPorts> {
  return portsOfVifs(ports, records.vifs);
}

/** The ports that the kernel does not lead to the chains of whose they are, in any tool. */
export const recordedUnled = memo((snapshot: Snapshot): readonly UnledPort[] => {
  const { frame } = snapshot.records;
  return frame === undefined ? [] : unledPorts(snapshot, frame, recordedPorts(snapshot).claims);
});
