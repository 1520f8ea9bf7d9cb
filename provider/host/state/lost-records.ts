import type { CompiledUnit } from "../../firewall/compile/unit";
import { chainsIn, TABLES } from "../../firewall/model/kernel";
import type { Snapshot } from "../look/snapshot";
import { recordFile } from "../records/state-dir";

/**
 * Records that are gone or cut off while what they describe is still in force. It holds until the host boots, and is then shut: that is drift,
 * which an update mends. To take the resource for gone would have the engine make it anew beside what is there.
 */

const GONE = "is gone: a boot would not load what it says";
const CUT_OFF = "is cut off: a boot would not load what it says";

/** Whether a unit is on the host: by its record, what is left of it, its guests' records, or its chains. */
export function isUnitThere({ records, tables }: Snapshot, { id, guests, shared }: CompiledUnit): boolean {
  if (records.units.has(id) || records.spoilt.includes(recordFile.unit(id))) return true;
  if ([...records.guests.values()].some(({ unit }) => unit === id)) return true;
  const parts = [shared, ...guests.map(({ chains }) => chains)];
  return TABLES.some((table) => parts.some((part) => [...chainsIn(part, table).keys()].some((chain) => tables[table].chains.has(chain))));
}

/** What is wrong with the records of a unit that is there. */
export function lostRecords(snapshot: Snapshot, { id, guests }: CompiledUnit): string[] {
  const { records } = snapshot;
  const unit = records.units.has(id) ? [] : [lost(snapshot, recordFile.unit(id))];
  const lostGuests = guests.filter(({ uuid }) => !records.guests.has(uuid));
  return [...unit, ...lostGuests.map(({ uuid, label }) => `guest ${label}: ${lost(snapshot, recordFile.guest(uuid))}`)];
}

/** The same of an IpSet that is in the kernel. */
export function lostSetRecord(snapshot: Snapshot, name: string): string[] {
  return snapshot.records.sets.has(name) ? [] : [lost(snapshot, recordFile.set(name))];
}

function lost({ records }: Snapshot, file: string): string {
  return `the record ${file} on the host ${records.spoilt.includes(file) ? CUT_OFF : GONE}`;
}
