import { isUntouched, type SetChange, sameShape, type TablePlan } from "../../model/change";
import { type KernelSet, nameOf, type Table, toolOf } from "../../model/kernel";
import { swapSet } from "../../model/names";
import { nftText } from "../nft/restore";
import { isNft } from "../nft/tables";

/**
 * A plan as what the tools read: text for `iptables-restore --noflush` and similar tools, and text for `ipset restore`. arptables.ts has the
 * commands for the one tool without a restore. Each has its way back, made from the same plan.
 */

/** Text for a table's tool, which commits it at once; empty if there is nothing to do. */
export function restoreText(table: Exclude<Table, "arptables.filter">, plan: TablePlan): string {
  if (isUntouched(plan)) return "";
  if (isNft(table)) return nftText(table, plan);
  const bridge = toolOf(table) === "ebtables";
  const lines = [`*${nameOf(table)}`];
  // A header empties the chain; a packet that no rule of it decides about returns. Chains to remove are emptied too, because two of them may
  // lead to each other.
  for (const change of plan.chains) lines.push(`:${change.chain} ${bridge ? "RETURN" : "- [0:0]"}`);
  for (const change of plan.chains) for (const rule of change.after ?? []) lines.push(ruleLine(change.chain, rule));
  for (const { chain, before, after } of plan.jumps) {
    for (const { text } of before) lines.push(`-D ${chain} ${text}`);
    for (const { text, position } of after) lines.push(`-I ${chain} ${position} ${text}`);
  }
  for (const change of plan.chains) if (change.after === undefined) lines.push(`-X ${change.chain}`);
  if (!bridge) lines.push("COMMIT");
  return `${lines.join("\n")}\n`;
}

/** A rule as the tools list it, and as records keep it. */
export function ruleLine(chain: string, rule: string): string {
  return `-A ${chain} ${rule}`;
}

/** A chain's rules as an undo must restore them; `listed`: the tool lists chains too. */
export function chainLines(chain: string, rules: readonly string[], listed: boolean): string[] {
  return [...(listed ? [`-N ${chain}`] : []), ...rules.map((rule) => ruleLine(chain, rule))];
}

/** The same plan backwards: from its result to what was there before. */
export function reversePlan(plan: TablePlan): TablePlan {
  return {
    chains: plan.chains.map(({ chain, before, after }) => ({ chain, before: after, after: before })),
    jumps: plan.jumps.map(({ chain, before, after }) => ({ chain, before: after, after: before })),
  };
}

/** Text for `ipset restore`, in the phases around the change of rules. */
export interface SetText {
  /** New sets, and the half of each change that keeps the rules in between at least as strict as before or after. */
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
