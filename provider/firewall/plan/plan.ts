import { memory } from "../../memory";
import { type ChainChange, isUntouched, type JumpChange, type SetChange, sameSet, type TablePlan } from "../model/change";
import {
  type ChainPart,
  chainsIn,
  type Jump,
  type JumpPlace,
  type Line,
  type Sets,
  TABLES,
  type Table,
  tablesOf,
  toolOf,
} from "../model/kernel";
import { isOurSet } from "../model/names";
import { leadsToOurs, setsOfDropping } from "../planes/references";
import { sameRule } from "../planes/same";
import type { SavedTable, SavedTables } from "../planes/xtables/saved";
import { holds, sameRules } from "./agreement";

/**
 * Compares what a host's kernel should hold with what it holds, and gives the chains and sets that differ. A chain that differs is
 * written again as a whole. It commits atomically with its table, and the result does not depend on what was there before, as a diff by
 * line numbers would.
 */

export interface KernelPlan {
  readonly tables: Readonly<Record<Table, TablePlan>>;
  readonly sets: readonly SetChange[];
}

export interface DesiredKernel {
  /** No chain is in two of them. */
  readonly parts: readonly ChainPart[];
  /** The tables of the host. csp wants nothing in other tables. */
  readonly tables: readonly Table[];
  readonly jumps: readonly Jump[];
  readonly sets: Sets;
  /** Chains and sets of ours that somebody else answers for: they stay as they are. */
  readonly others: {
    /** In whatever table. */
    readonly chains: ReadonlySet<string>;
    /** In one table. */
    readonly chainsOf: Readonly<Partial<Record<Table, ReadonlySet<string>>>>;
    readonly sets: ReadonlySet<string>;
  };
  /** Sets that do not carry our prefix and go. */
  readonly removedSets?: readonly string[];
}

export interface ActualKernel {
  readonly tables: SavedTables;
  readonly sets: Sets;
}

export function planKernel(desired: DesiredKernel, actual: ActualKernel): KernelPlan {
  const tables = {} as Record<Table, TablePlan>;
  const differing = new Set(desired.parts.filter((part) => !holds(actual.tables, part, desired.tables)));
  for (const table of TABLES) {
    tables[table] = {
      chains: [
        ...chainsToWrite(table, desired, differing, actual.tables[table]),
        ...chainsToRemove(table, desired, differing, actual.tables[table]),
      ],
      jumps: planJumps(table, desired.jumps, actual.tables[table]),
    };
  }
  return { tables, sets: planSets(desired, actual.sets, tables) };
}

export function isEmpty(plan: KernelPlan): boolean {
  return plan.sets.length === 0 && TABLES.every((table) => isUntouched(plan.tables[table]));
}

function chainsToWrite(table: Table, { tables }: DesiredKernel, differing: Iterable<ChainPart>, actual: SavedTable): ChainChange[] {
  const changes: ChainChange[] = [];
  if (!tables.includes(table)) return changes;
  for (const part of differing) {
    for (const [chain, lines] of chainsIn(part, table)) {
      const before = actual.chains.get(chain);
      if (before !== undefined && sameRules(toolOf(table), before, lines)) continue;
      changes.push({ chain, before, after: lines.map((line) => line.text) });
    }
  }
  return changes;
}

function chainsToRemove(table: Table, desired: DesiredKernel, differing: ReadonlySet<ChainPart>, actual: SavedTable): ChainChange[] {
  const others = new Set([...desired.others.chains, ...(desired.others.chainsOf[table] ?? [])]);
  const parts = desired.tables.includes(table) ? desired.parts : [];
  // Nearly always every chain that is there is wanted, and comparing the counts is enough.
  const there = (names: Iterable<string>) => [...names].filter((name) => actual.chains.has(name)).length;
  const wanted = parts.reduce(
    (sum, part) => sum + (differing.has(part) ? there(chainsIn(part, table).keys()) : chainsIn(part, table).size),
    there(others),
  );
  if (wanted === actual.chains.size) return [];
  const kept = new Set(others);
  for (const part of parts) for (const chain of chainsIn(part, table).keys()) kept.add(chain);
  return [...actual.chains].flatMap(([chain, before]) => (kept.has(chain) ? [] : [{ chain, before, after: undefined }]));
}

/** The places before the rules of others, in this order. */
const IN_FRONT: readonly JumpPlace[] = ["beforeGuests", "frame", "first"];

function planJumps(table: Table, jumps: readonly Jump[], actual: SavedTable): JumpChange[] {
  const changes: JumpChange[] = [];
  const own = jumps.filter((jump) => jump.table === table);
  for (const chain of new Set([...own.map((jump) => jump.chain), ...actual.foreign.keys()])) {
    const at = (place: JumpPlace) => own.filter((jump) => jump.chain === chain && (jump.place ?? "frame") === place);
    const rules = actual.foreign.get(chain) ?? [];
    const before = rules.map((text, index) => ({ text, position: index + 1 })).filter(({ text }) => leadsToOurs(toolOf(table), text));
    const front = IN_FRONT.flatMap(at);
    const others = rules.length - before.length;
    const after = [
      ...front.map(({ text }, index) => ({ text, position: index + 1 })),
      ...at("last").map(({ text }, index) => ({ text, position: front.length + others + index + 1 })),
    ];
    const inPlace =
      before.length === after.length &&
      before.every(
        ({ text, position }, index) => position === after[index]?.position && sameRule(toolOf(table), text, after[index]?.text ?? ""),
      );
    if (!inPlace) changes.push({ chain, before, after });
  }
  return changes;
}

const PLACES: readonly JumpPlace[] = [...IN_FRONT, "last"];

/** The jumps of one chain in the order in which they stand. */
export function inOrder(jumps: readonly Jump[]): Jump[] {
  return PLACES.flatMap((place) => jumps.filter((jump) => (jump.place ?? "frame") === place));
}

/** Whether a jump is in its place among the `rules` of its chain: only other jumps of ours are on the wrong side of it. */
export function standsInPlace(jump: Jump, jumps: readonly Jump[], rules: readonly string[]): boolean {
  const tool = toolOf(jump.table);
  const rank = ({ place = "frame" }: Jump) => PLACES.indexOf(place);
  const at = rules.findIndex((text) => sameRule(tool, text, jump.text));
  if (at < 0) return false;
  const beyond = jump.place === "last" ? rules.slice(at + 1) : rules.slice(0, at);
  const allowed = jumps.filter(
    (other) =>
      other.table === jump.table &&
      other.chain === jump.chain &&
      (jump.place === "last" ? rank(other) >= rank(jump) : rank(other) <= rank(jump)),
  );
  return beyond.every((text) => allowed.some((other) => sameRule(tool, text, other.text)));
}

function planSets(desired: DesiredKernel, actual: Sets, tables: Readonly<Record<Table, TablePlan>>): SetChange[] {
  const changes: SetChange[] = [];
  // Rarely needed, and every chain has to be read for it.
  let dropping: Set<string> | undefined;
  const order = (name: string) => {
    dropping ??= setsUsedToDrop(desired, tables);
    return dropping.has(name) ? "add-first" : "remove-first";
  };
  for (const [name, after] of desired.sets) {
    const before = actual.get(name);
    if (before === undefined || !sameSet(before, after)) changes.push({ name, before, after, order: order(name) });
  }
  for (const [name, before] of actual) {
    const goes = isOurSet(name) ? !desired.sets.has(name) && !desired.others.sets.has(name) : (desired.removedSets ?? []).includes(name);
    if (goes) changes.push({ name, before, after: undefined, order: order(name) });
  }
  return changes;
}

const LAYER3 = ["iptables", "ip6tables"] as const;

function setsUsedToDrop(desired: DesiredKernel, tables: Readonly<Record<Table, TablePlan>>): Set<string> {
  const found = new Set<string>();
  for (const table of tablesOf(LAYER3)) {
    const tool = toolOf(table) as (typeof LAYER3)[number];
    for (const part of desired.parts)
      for (const lines of chainsIn(part, table).values()) for (const set of droppedBy[tool](lines)) found.add(set);
    for (const change of tables[table].chains)
      for (const text of change.before ?? []) for (const set of setsOfDropping(tool, text)) found.add(set);
  }
  return found;
}

const DROPS = { name: "sets that chains drop by", reason: "every line of every guest is looked at for it" };
const droppedBy = {
  iptables: memory.once(DROPS, (lines: readonly Line[]) => lines.flatMap(({ text }) => setsOfDropping("iptables", text))),
  ip6tables: memory.once(DROPS, (lines: readonly Line[]) => lines.flatMap(({ text }) => setsOfDropping("ip6tables", text))),
};
