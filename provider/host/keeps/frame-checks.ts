import { TABLES } from "../../firewall/model/kernel";
import { FORWARD, isOurSet, PREFIX } from "../../firewall/model/names";
import * as errors from "../adopt/errors";
import type { HostFacts } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import { besides, overridingSysctls, type Surroundings, strayRules } from "../look/surroundings";
import type { Zones } from "../records/frame";
import type { Context } from "../session/task";

/** What csp refuses to take over of a host, and what changes on a host that it takes over. */

/** How connections are to be kept apart: as declared, as it is on record, or by bridge on a host that csp has not been to. */
export function zonesOf(declared: Zones | undefined, { records, tables }: Snapshot): Zones {
  const record = records.frame ?? records.waiting;
  // There are rules of csp's and no record: csp was here, and its records are lost.
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

/** Warns of what changes for the guests and containers that are on the host now. */
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
      `host ${host}: ${text}. From now on, bridged packets meet these rules too, also those of containers and of ports that belong to no guest: check that the rules let through what must pass`,
    );
  if (record === undefined) {
    const running = new Set(ports.filter(({ uuid }) => !records.guests.has(uuid)).map(({ uuid, port }) => (uuid === "" ? port : uuid)));
    if (running.size > 0)
      context.warn(
        `from now on, csp drops the traffic of every guest on ${host} that has no policy; ${running.size} ${running.size === 1 ? "guest is" : "guests are"} running there now`,
      );
    const routed = network.all.filter(({ port, bridge }) => bridge === undefined && guestPorts.some((prefix) => port.startsWith(prefix)));
    if (routed.length > 0)
      context.warn(
        `host ${host}: ${routed.map(({ port }) => port).join(", ")} ${routed.length === 1 ? "has" : "have"} the name of a guest's port and ${routed.length === 1 ? "is" : "are"} on no bridge: from now on, csp drops what the host routes there and what comes from there`,
      );
  } else if (record.zones === "shared" && zones === "by-bridge" && dialect.zones !== undefined)
    context.warn(
      `host ${host}: each bridge gets a connection table of its own: established connections through the bridges end and must be opened again`,
    );
  for (const text of overridingSysctls(around)) context.warn(`host ${host}: ${text}`);
  for (const text of strayRules(around, dialect)) context.warn(`host ${host}: ${text}; the update removes them`);
}
