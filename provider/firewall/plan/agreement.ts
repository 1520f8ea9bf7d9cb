import { memory } from "../../memory";
import { type ChainPart, chainsIn, type Line, type Table, type Tool, toolOf } from "../model/kernel";
import { sameRule } from "../planes/same";
import type { SavedTables } from "../planes/xtables/saved";

/**
 * Remembers which parts a kernel was found to hold. A run compares a host with its declaration several times, and of a thousand guests
 * hardly one changes in between, so a comparison that was made once is looked up afterwards.
 */

/** Rules that were found to be the desired ones, by the desired ones. */
const sameAs = memory.byObject<readonly Line[], readonly string[]>({
  name: "chains that are as desired",
  reason: "a host's chains are compared several times in a run",
});

export function sameRules(tool: Tool, actual: readonly string[], desired: readonly Line[]): boolean {
  if (sameAs.get(desired) === actual) return true;
  const same = actual.length === desired.length && desired.every((line, index) => sameRule(tool, actual[index] ?? "", line.text));
  if (same) sameAs.set(desired, actual);
  return same;
}

/** The parts that tables were found to hold. A look that finds something else makes tables of its own. */
const held = memory.byObject<SavedTables, Set<ChainPart>>({
  name: "parts that tables hold",
  reason: "a host is compared with what is declared for it several times in a run",
});

/** Whether the tables `among` hold every chain of the part as it should be. */
export function holds(tables: SavedTables, part: ChainPart, among: readonly Table[]): boolean {
  let parts = held.get(tables);
  if (parts?.has(part)) return true;
  for (const table of among) {
    const { chains } = tables[table];
    for (const [chain, desired] of chainsIn(part, table)) {
      const actual = chains.get(chain);
      if (actual === undefined || !sameRules(toolOf(table), actual, desired)) return false;
    }
  }
  if (parts === undefined) {
    parts = new Set();
    held.set(tables, parts);
  }
  parts.add(part);
  return true;
}

/** For tables after a plan: they hold these parts now. */
export function nowHold(tables: SavedTables, parts: Iterable<ChainPart>): void {
  held.set(tables, new Set(parts));
}
