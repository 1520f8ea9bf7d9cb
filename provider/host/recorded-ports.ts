import { type UnledPort, unledPorts } from "../firewall/dispatch-drift";
import { memo } from "../firewall/memo";
import { claimPorts } from "./ports";
import type { Snapshot } from "./snapshot";

/*
 * What a look at a host says about its ports, by the host's own records. Made once for each look: a thousand guests that are read ask for
 * the same.
 */

/** Which port is which guest's, and which look like one's and are not. */
export const recordedPorts = memo(({ ports, records }: Snapshot) =>
  claimPorts(
    ports,
    [...records.guests.values()].flatMap(({ uuid, vifs }) => vifs.map((vif) => ({ ...vif, uuid }))),
  ),
);

/** The ports that the kernel does not lead to the chains of whose they are, in any tool. */
export const recordedUnled = memo((snapshot: Snapshot): readonly UnledPort[] => {
  const { frame } = snapshot.records;
  return frame === undefined ? [] : unledPorts(snapshot, frame, recordedPorts(snapshot).claims);
});
