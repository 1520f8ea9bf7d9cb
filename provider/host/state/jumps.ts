import { type Frame, frameJumps } from "../../firewall/compile/frame";
import type { Jump, Table } from "../../firewall/model/kernel";
import type { SavedTables } from "../../firewall/planes/xtables/saved";
import { activeTables, type HostFacts } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import type { UnitRecord } from "../records/unit";
import { compiledFrame } from "./compiled-frame";

/** Which rules of csp's stand in chains that are not csp's: the frame's, and those of units that have some. */

export interface JumpSources {
  readonly frame: Frame | undefined;
  readonly units: Iterable<UnitRecord>;
  /** IDs of units whose chains are written together with the jumps. */
  readonly written: { has(unit: string): boolean };
  /** The tables in which the host has rules of csp's. */
  readonly tables: readonly Table[];
  /** What the kernel holds now. */
  readonly actual: SavedTables;
}

/** All of them. The frame's come first, and units' by their IDs, so that the order of edits is nothing to it. */
export function desiredJumps({ frame, units, written, tables, actual }: JumpSources): Jump[] {
  // As with trees: a rule that leads to a chain that was lost would be refused with its whole table.
  const leads = (unit: UnitRecord, { table }: Jump) =>
    written.has(unit.id) || unit.chains.every((chain) => actual[table].chains.has(chain));
  const inOrder = [...units].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    ...(frame === undefined ? [] : frameJumps(frame)),
    ...inOrder.flatMap((unit) => unit.jumps.filter((jump) => leads(unit, jump))),
  ].filter(({ table }) => tables.includes(table));
}

/** Those that a host's records ask for, when nothing is about to change. */
export function recordedJumps(facts: Pick<HostFacts, "dialect">, { records, tables }: Pick<Snapshot, "records" | "tables">): Jump[] {
  const frame = records.frame ?? records.waiting;
  return desiredJumps({
    frame: frame === undefined ? undefined : compiledFrame(frame, facts.dialect, records.vifs),
    units: records.units.values(),
    written: new Set(),
    tables: activeTables(facts, frame?.plane),
    actual: tables,
  });
}
