import { canonicalRule } from "./canonical";
import { type KernelSet, TABLE, type Tool } from "./kernel";
import { swapSet } from "./names";
import { type ChainChange, type SetChange, sameShape, type ToolPlan } from "./plan";

/**
 * A plan as what the tools read: text for `iptables-restore --noflush` and its kin, commands for arptables, text for `ipset restore`.
 * Each has its way back, made from the same plan.
 */

/** Text for `ip[6]tables-restore --noflush` or `ebtables-restore --noflush`; empty when there is nothing to do. One table, one commit. */
export function restoreText(tool: Exclude<Tool, "arptables">, plan: ToolPlan): string {
  if (plan.chains.length === 0 && plan.hooks.length === 0) return "";
  const header = tool === "ebtables" ? (chain: string) => `:${chain} ACCEPT` : (chain: string) => `:${chain} - [0:0]`;
  const lines = [`*${TABLE[tool]}`];
  // A header empties the chain. Chains that go are emptied too: two of them may lead to each other.
  for (const change of plan.chains) lines.push(header(change.chain));
  for (const change of plan.chains) for (const rule of change.after ?? []) lines.push(`-A ${change.chain} ${rule}`);
  for (const hook of plan.hooks) {
    for (const { text } of hook.before) lines.push(`-D ${hook.chain} ${text}`);
    for (const { text, position } of hook.after) lines.push(`-I ${hook.chain} ${position} ${text}`);
  }
  for (const change of plan.chains) if (change.after === undefined) lines.push(`-X ${change.chain}`);
  if (tool !== "ebtables") lines.push("COMMIT");
  return `${lines.join("\n")}\n`;
}

/** The same plan backwards: from what it leads to, to what was there. */
export function reversePlan(plan: ToolPlan): ToolPlan {
  return {
    chains: plan.chains.map(({ chain, before, after }) => ({ chain, before: after, after: before })),
    hooks: plan.hooks.map(({ chain, before, after }) => ({ chain, before: after, after: before })),
  };
}

/**
 * Arguments of single arptables commands: the legacy tool has no restore, only a script that does the same. New chains come first, whole:
 * nothing leads to them yet. Chains that end in DROP get their new rules in front before the old ones go, the others are emptied first;
 * neither order lets through what is not allowed.
 */
export function arptablesCommands(plan: ToolPlan): string[] {
  const commands = newChains(plan.chains);
  for (const { chain, before, after } of plan.chains) {
    if (before === undefined || after === undefined) continue;
    if (after.at(-1) === "-j DROP") {
      for (const [index, rule] of after.entries()) commands.push(`-I ${chain} ${index + 1} ${rule}`);
      for (const _ of before) commands.push(`-D ${chain} ${after.length + 1}`);
    } else {
      if (before.length > 0) commands.push(`-F ${chain}`);
      for (const rule of after) commands.push(`-A ${chain} ${rule}`);
    }
  }
  for (const hook of plan.hooks) {
    for (const { position } of [...hook.before].reverse()) commands.push(`-D ${hook.chain} ${position}`);
    for (const { text, position } of hook.after) commands.push(`-I ${hook.chain} ${position} ${text}`);
  }
  for (const { chain, after } of plan.chains) if (after === undefined) commands.push(`-F ${chain}`);
  for (const { chain, after } of plan.chains) if (after === undefined) commands.push(`-X ${chain}`);
  return commands;
}

/**
 * Makes the new chains, each after those it leads to and with its rules at once. A command reads and writes the whole table: chains that were
 * all made first would be carried along by every rule of a thousand guests.
 */
function newChains(changes: readonly ChainChange[]): string[] {
  const commands: string[] = [];
  const left = new Map(
    changes.flatMap(({ chain, before, after }) => (before === undefined && after !== undefined ? [[chain, after]] : [])),
  );
  const make = (chain: string) => {
    const rules = left.get(chain);
    if (rules === undefined) return;
    left.delete(chain);
    for (const rule of rules) make(/(?:^| )-j (\S+)/.exec(rule)?.[1] ?? "");
    commands.push(`-N ${chain}`, ...rules.map((rule) => `-A ${chain} ${rule}`));
  };
  for (const { chain } of changes) make(chain);
  return commands;
}

/** Text for `ipset restore`, in the phases around the change of rules. */
export interface SetText {
  /** New sets, and the half of each change that makes the rules in between no looser than before or after. */
  readonly before: string;
  /** The other half, and the sets that nothing refers to any more. */
  readonly after: string;
}

export function setText(changes: readonly SetChange[]): SetText {
  const before: string[] = [];
  const after: string[] = [];
  for (const { name, before: old, after: next, order } of changes) {
    if (next === undefined) after.push(`destroy ${name}`);
    else if (old === undefined) {
      before.push(createLine(name, next), ...memberLines("add", name, next.members));
    } else if (sameShape(old, next)) {
      const add = memberLines(
        "add",
        name,
        [...next.members].filter((member) => !old.members.has(member)),
      );
      const remove = memberLines(
        "del",
        name,
        [...old.members].filter((member) => !next.members.has(member)),
      );
      before.push(...(order === "add-first" ? add : remove));
      after.push(...(order === "add-first" ? remove : add));
    } else {
      const twin = swapSet(name);
      before.push(createLine(twin, next), ...memberLines("add", twin, next.members), `swap ${twin} ${name}`, `destroy ${twin}`);
    }
  }
  const text = (lines: string[]) => (lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  return { before: text(before), after: text(after) };
}

export function reverseSets(changes: readonly SetChange[]): SetChange[] {
  return changes.map((change) => ({ ...change, before: change.after, after: change.before }));
}

function createLine(name: string, set: KernelSet): string {
  const options = [
    ...(set.family === undefined ? [] : [`family ${set.family}`]),
    ...(set.range === undefined ? [] : [`range ${set.range}`]),
    ...(set.maxElements === undefined ? [] : [`${set.type === "list:set" ? "size" : "maxelem"} ${set.maxElements}`]),
    ...(set.timeout === undefined ? [] : [`timeout ${set.timeout}`]),
    ...(set.comment ? ["comment"] : []),
  ];
  return ["create", name, set.type, ...options].join(" ");
}

function memberLines(verb: "add" | "del", set: string, members: Iterable<string>): string[] {
  return [...members].map((member) => `${verb} ${set} ${member}`);
}

/** Whether rules as a tool printed them afterwards are the ones that were asked for. */
export function sameAsAsked(tool: Tool, printed: readonly string[], asked: readonly string[]): boolean {
  return (
    printed.length === asked.length &&
    asked.every((rule, index) => rule === printed[index] || canonicalRule(tool, rule) === canonicalRule(tool, printed[index] ?? ""))
  );
}
