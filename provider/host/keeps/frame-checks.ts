import { TABLES } from "../../firewall/model/kernel";
import { FORWARD, isOurSet, PREFIX } from "../../firewall/model/names";
import * as errors from "../adopt/errors";
import type { HostFacts } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import { besides, overridingSysctls, type Surroundings, strayRules } from "../look/surroundings";
import type { Zones } from "../records/records";
import type { Context } from "../session/task";

/** What csp will not take over of a host, and what becomes otherwise on one that it does. */

/** How connections are to be kept apart: as declared, as it is on record, or by bridge on a host that csp has not been to. */
export function zonesOf(declared: Zones | undefined, { records, tables }: Snapshot): Zones {
  const record = records.frame ?? records.waiting;
  // Rules of csp's without a record: it was here, and has been cut off from what it knew.
  const before = record?.zones ?? (tables["iptables.filter"].chains.has(FORWARD) ? "shared" : undefined);
  return declared ?? before ?? "by-bridge";
}

/** `zones`: as declared. */
export function refuseFrame(host: string, zones: Zones | undefined, { dialect }: HostFacts, { records, tables, sets }: Snapshot): void {
  if (zones === "by-bridge" && dialect.zones === undefined) throw errors.zonesImpossible(host);
  if (records.frame !== undefined || records.waiting !== undefined) return;
  const chains = new Set(TABLES.flatMap((table) => [...tables[table].foreign.keys()].filter((chain) => chain.startsWith(PREFIX))));
  const foreign = [...sets.keys()].filter((set) => set.startsWith(PREFIX) && !isOurSet(set) && !records.sets.has(set));
  if (chains.size + foreign.length > 0) throw errors.foreignNames(host, [...chains, ...foreign]);
}

/** Warns of what becomes otherwise for those who are on the host now. */
export function announceFrame(
  context: Context,
  host: string,
  { zones, guestPorts }: { readonly zones?: Zones | undefined; readonly guestPorts: readonly string[] },
  { dialect }: HostFacts,
  { records, ports, network, tables }: Snapshot,
  around: Surroundings,
): void {
  const record = records.frame ?? records.waiting;
  const recorded = record?.besides ?? [];
  for (const text of besides(around, tables, dialect).filter((one) => !recorded.includes(one)))
    context.warn(
      `host ${host}: ${text}. Bridged packets come by there from now on, those of containers and of ports that are nobody's guest too: see that it lets through what must pass`,
    );
  if (record === undefined) {
    const running = new Set(ports.filter(({ uuid }) => !records.guests.has(uuid)).map(({ uuid, port }) => (uuid === "" ? port : uuid)));
    if (running.size > 0)
      context.warn(
        `from now on a guest on ${host} passes traffic only by a policy; ${running.size} ${running.size === 1 ? "is" : "are"} running there now`,
      );
    const routed = network.all.filter(({ port, bridge }) => bridge === undefined && guestPorts.some((prefix) => port.startsWith(prefix)));
    if (routed.length > 0)
      context.warn(
        `host ${host}: ${routed.map(({ port }) => port).join(", ")} ${routed.length === 1 ? "is" : "are"} named like a guest's port and on no bridge: what the host routes from and to there is dropped from now on`,
      );
  } else if (record.zones === "shared" && zones === "by-bridge" && dialect.zones !== undefined)
    context.warn(
      `host ${host}: its bridges get connection tables of their own: established connections through them end, and are made anew`,
    );
  for (const text of overridingSysctls(around)) context.warn(`host ${host}: ${text}`);
  for (const text of strayRules(around, dialect)) context.warn(`host ${host}: ${text}; the update takes them away`);
}
