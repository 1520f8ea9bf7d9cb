import { holds, sameRules } from "./agreement";
import { sameRule } from "./canonical";
import { type ChainPart, type Hook, type HookPlace, type KernelSet, type Line, type Sets, TOOLS, type Tool } from "./kernel";
import { memo } from "./memo";
import { isOurs } from "./names";
import type { SavedTable } from "./saved";

/**
 * Compares what a host's kernel should hold with what it holds, and gives the chains and sets that differ. A chain that differs is
 * written anew as a whole: it commits atomically with its table, and what is there afterwards does not depend on what a diff by line
 * numbers assumed to be there before.
 */

export interface ChainChange {
  readonly chain: string;
  /** The rules as the tool printed them; undefined when there is no such chain. */
  readonly before: readonly string[] | undefined;
  /** Undefined when the chain goes. */
  readonly after: readonly string[] | undefined;
}

/** A built-in chain whose rules that lead into ours are missing, changed or not where they should be. */
export interface HookChange {
  readonly chain: string;
  /** Rules of this chain that lead to chains of ours, in order. */
  readonly before: readonly HookRule[];
  readonly after: readonly HookRule[];
}

export interface HookRule {
  readonly text: string;
  /** 1 is the first of the chain. */
  readonly position: number;
}

export interface ToolPlan {
  readonly chains: readonly ChainChange[];
  readonly hooks: readonly HookChange[];
}

export interface SetChange {
  readonly name: string;
  readonly before: KernelSet | undefined;
  readonly after: KernelSet | undefined;
  /**
   * "add-first": the set is used to drop, so while rules change it holds the members of before and after. Otherwise it holds only what
   * is in both. Either way no moment lets through what neither the old nor the new policy would.
   */
  readonly order: "add-first" | "remove-first";
}

export interface KernelPlan {
  readonly tools: Readonly<Record<Tool, ToolPlan>>;
  readonly sets: readonly SetChange[];
}

export interface DesiredKernel {
  /** No chain stands in two of them. */
  readonly parts: readonly ChainPart[];
  /** The tools of the host; of the others nothing is wanted. */
  readonly tools: readonly Tool[];
  readonly hooks: readonly Hook[];
  readonly sets: Sets;
  /** Chains and sets of ours that somebody else answers for: they stay as they are. */
  readonly others: { readonly chains: ReadonlySet<string>; readonly sets: ReadonlySet<string> };
  /** Sets that do not carry our prefix and go. */
  readonly removedSets?: readonly string[];
}

export interface ActualKernel {
  readonly tables: Readonly<Record<Tool, SavedTable>>;
  readonly sets: Sets;
}

export function planKernel(desired: DesiredKernel, actual: ActualKernel): KernelPlan {
  const tools = {} as Record<Tool, ToolPlan>;
  const differing = new Set(desired.parts.filter((part) => !holds(actual.tables, part, desired.tools)));
  for (const tool of TOOLS) {
    tools[tool] = {
      chains: [
        ...chainsToWrite(tool, desired, differing, actual.tables[tool]),
        ...chainsToRemove(tool, desired, differing, actual.tables[tool]),
      ],
      hooks: planHooks(tool, desired.hooks, actual.tables[tool]),
    };
  }
  return { tools, sets: planSets(desired, actual.sets, tools) };
}

export function isEmpty(plan: KernelPlan): boolean {
  return plan.sets.length === 0 && TOOLS.every((tool) => plan.tools[tool].chains.length === 0 && plan.tools[tool].hooks.length === 0);
}

function chainsToWrite(tool: Tool, { tools }: DesiredKernel, differing: Iterable<ChainPart>, actual: SavedTable): ChainChange[] {
  const changes: ChainChange[] = [];
  if (!tools.includes(tool)) return changes;
  for (const part of differing) {
    for (const [chain, lines] of part[tool]) {
      const before = actual.chains.get(chain);
      if (before !== undefined && sameRules(tool, before, lines)) continue;
      changes.push({ chain, before, after: lines.map((line) => line.text) });
    }
  }
  return changes;
}

function chainsToRemove(tool: Tool, desired: DesiredKernel, differing: ReadonlySet<ChainPart>, actual: SavedTable): ChainChange[] {
  const others = desired.others.chains;
  const parts = desired.tools.includes(tool) ? desired.parts : [];
  // Nearly always somebody wants every chain that is there, and a count tells.
  const there = (names: Iterable<string>) => [...names].filter((name) => actual.chains.has(name)).length;
  const wanted = parts.reduce((sum, part) => sum + (differing.has(part) ? there(part[tool].keys()) : part[tool].size), there(others));
  if (wanted === actual.chains.size) return [];
  const kept = new Set(others);
  for (const part of parts) for (const chain of part[tool].keys()) kept.add(chain);
  return [...actual.chains].flatMap(([chain, before]) => (kept.has(chain) ? [] : [{ chain, before, after: undefined }]));
}

/** "-j csp-forward", "-g csp-forward": the target of a rule, if it is one of ours. */
const OUR_TARGET = /(?:^|\s)(?:-j|-g|--jump|--goto) csp-/;

/** In front of everybody else's rules, in this order. */
const IN_FRONT: readonly HookPlace[] = ["beforeGuests", "frame", "first"];

function planHooks(tool: Tool, hooks: readonly Hook[], actual: SavedTable): HookChange[] {
  const changes: HookChange[] = [];
  const own = hooks.filter((hook) => hook.tool === tool);
  for (const chain of new Set([...own.map((hook) => hook.chain), ...actual.foreign.keys()])) {
    const at = (place: HookPlace) => own.filter((hook) => hook.chain === chain && (hook.place ?? "frame") === place);
    const rules = actual.foreign.get(chain) ?? [];
    const before = rules.map((text, index) => ({ text, position: index + 1 })).filter(({ text }) => OUR_TARGET.test(text));
    const front = IN_FRONT.flatMap(at);
    const others = rules.length - before.length;
    const after = [
      ...front.map(({ text }, index) => ({ text, position: index + 1 })),
      ...at("last").map(({ text }, index) => ({ text, position: front.length + others + index + 1 })),
    ];
    const inPlace =
      before.length === after.length &&
      before.every(({ text, position }, index) => position === after[index]?.position && sameRule(tool, text, after[index]?.text ?? ""));
    if (!inPlace) changes.push({ chain, before, after });
  }
  return changes;
}

const PLACES: readonly HookPlace[] = [...IN_FRONT, "last"];

/** The hooks of one chain in the order in which they stand. */
export function inOrder(hooks: readonly Hook[]): Hook[] {
  return PLACES.flatMap((place) => hooks.filter((hook) => (hook.place ?? "frame") === place));
}

/** Whether a hook stands among the `rules` of its chain with nothing on the wrong side of it but other hooks of ours. */
export function standsInPlace(hook: Hook, hooks: readonly Hook[], rules: readonly string[]): boolean {
  const rank = ({ place = "frame" }: Hook) => PLACES.indexOf(place);
  const at = rules.findIndex((text) => sameRule(hook.tool, text, hook.text));
  if (at < 0) return false;
  const beyond = hook.place === "last" ? rules.slice(at + 1) : rules.slice(0, at);
  const allowed = hooks.filter(
    (other) =>
      other.tool === hook.tool &&
      other.chain === hook.chain &&
      (hook.place === "last" ? rank(other) >= rank(hook) : rank(other) <= rank(hook)),
  );
  return beyond.every((text) => allowed.some((other) => sameRule(hook.tool, text, other.text)));
}

function planSets(desired: DesiredKernel, actual: Sets, tools: Readonly<Record<Tool, ToolPlan>>): SetChange[] {
  const changes: SetChange[] = [];
  // Seldom asked for, and every chain has to be looked at.
  let dropping: Set<string> | undefined;
  const order = (name: string) => {
    dropping ??= setsUsedToDrop(desired, tools);
    return dropping.has(name) ? "add-first" : "remove-first";
  };
  for (const [name, after] of desired.sets) {
    const before = actual.get(name);
    if (before === undefined || !sameSet(before, after)) changes.push({ name, before, after, order: order(name) });
  }
  for (const [name, before] of actual) {
    const goes = isOurs(name) ? !desired.sets.has(name) && !desired.others.sets.has(name) : (desired.removedSets ?? []).includes(name);
    if (goes) changes.push({ name, before, after: undefined, order: order(name) });
  }
  return changes;
}

function setsUsedToDrop(desired: DesiredKernel, tools: Readonly<Record<Tool, ToolPlan>>): Set<string> {
  const found = new Set<string>();
  for (const tool of ["iptables", "ip6tables"] as const) {
    for (const part of desired.parts) for (const lines of part[tool].values()) for (const set of dropSetsOf(lines)) found.add(set);
    for (const change of tools[tool].chains) for (const text of change.before ?? []) for (const set of dropSets(text)) found.add(set);
  }
  return found;
}

const dropSetsOf = memo((lines: readonly Line[]) => lines.flatMap((line) => dropSets(line.text)));

/** The set that a rule matches before it drops. */
function dropSets(text: string): string[] {
  if (!text.includes("--match-set") || !/-j (DROP|REJECT)/.test(text)) return [];
  const set = /--match-set (\S+)/.exec(text)?.[1];
  return set === undefined ? [] : [set];
}

export function sameSet(a: KernelSet, b: KernelSet): boolean {
  return sameShape(a, b) && a.members.size === b.members.size && [...b.members].every((member) => a.members.has(member));
}

/** Whether a set can become the other by adding and removing members. */
export function sameShape(a: KernelSet, b: KernelSet): boolean {
  return (
    a.type === b.type &&
    (b.family === undefined || a.family === undefined || a.family === b.family) &&
    (b.maxElements === undefined || a.maxElements === undefined || a.maxElements === b.maxElements) &&
    a.timeout === b.timeout &&
    Boolean(a.comment) === Boolean(b.comment)
  );
}
