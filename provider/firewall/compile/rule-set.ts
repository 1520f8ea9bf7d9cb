import type { PartiallyKnown, Report } from "../../schema/field";
import {
  ChainBook,
  type Jump as ChainJump,
  type JumpPlace,
  nameOf,
  type Table,
  type Tool,
  tableOf,
  toolOf,
  UNNAMED_TABLE,
} from "../model/kernel";
import { userChain } from "../model/names";
import { matchProblem, ruleProblem, targetsOf, withTarget } from "../planes/xtables/verbatim";
import { quote } from "../policy/fields";
import type { CompiledUnit } from "./unit";

/** Tools whose rules a user may write. */
export type UserTool = Exclude<Tool, "nft">;

/** One chain of the user's own rules, in a tool's own words, and where packets come to it. */
export interface RuleSetDeclaration {
  readonly tool: UserTool;
  /** The tool's name for it: "filter". */
  readonly table: string;
  readonly chain: string;
  readonly rules: readonly string[];
  readonly jumps: readonly Jump[];
}

export interface Jump {
  readonly from: string;
  readonly position: Exclude<JumpPlace, "frame">;
  readonly match?: string;
}

const LAYER3 = {
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  raw: ["PREROUTING", "OUTPUT"],
};

/** The tables of each tool that a user may write rules for, and their built-in chains (the manual pages iptables(8), ebtables(8), arptables(8)). */
export const BUILT_IN: Readonly<Record<UserTool, Readonly<Record<string, readonly string[]>>>> = {
  iptables: LAYER3,
  ip6tables: LAYER3,
  arptables: { filter: ["INPUT", "FORWARD", "OUTPUT"] },
  ebtables: {
    filter: ["INPUT", "FORWARD", "OUTPUT"],
    nat: ["PREROUTING", "OUTPUT", "POSTROUTING"],
    broute: ["BROUTING"],
  },
};

/** Tables in which no rule of csp's own ever stands. */
const WITHOUT_GUESTS: ReadonlySet<Table> = new Set([
  ...(["iptables.mangle", "iptables.nat", "ip6tables.mangle", "ip6tables.nat", "ebtables.broute"] as const),
]);

/** Targets that let no packet bypass the guests' own rules. */
const TIGHTENING: ReadonlySet<string> = new Set(["DROP", "REJECT", "RETURN", "CONTINUE", "LOG", "NFLOG"]);

/** What tells a rule set from the others of its host. */
export type RuleSetName = Pick<RuleSetDeclaration, "tool" | "table" | "chain">;

/** "rules/iptables.mail" in the table that IDs do not name, "rules/iptables.mangle.mail" in others. */
export function ruleSetId({ tool, table, chain }: RuleSetName): string {
  return table === nameOf(UNNAMED_TABLE[tool]) ? `rules/${tool}.${chain}` : `rules/${tool}.${table}.${chain}`;
}

/** The rule set that a unit is; undefined if the unit belongs to another kind of resource. */
export function ruleSetOf(unit: string): RuleSetName | undefined {
  // A chain's name has no dot.
  const [, tool, table, chain] = /^rules\/([a-z0-9]+)\.(?:([a-z]+)\.)?([^.]+)$/.exec(unit) ?? [];
  if (chain === undefined || !isTool(tool)) return undefined;
  const name = table ?? nameOf(UNNAMED_TABLE[tool]);
  return tableOf(tool, name) === undefined ? undefined : { tool, table: name, chain };
}

/** The table that a rule set stands in. */
export function ruleSetTable({ tool, table }: Pick<RuleSetDeclaration, "tool" | "table">): Table {
  const found = tableOf(tool, table);
  if (found === undefined) throw new Error(`csp keeps no rules in ${tool}'s table ${table}`);
  return found;
}

export function compileRuleSet(declared: RuleSetDeclaration): CompiledUnit {
  const { chain, rules, jumps } = declared;
  const shared = new ChainBook();
  const table = ruleSetTable(declared);
  shared.put(
    table,
    userChain(chain),
    rules.map((text) => ({ text: text.trim() })),
  );
  const leading = jumps.map(
    ({ from, position, match = "" }): ChainJump => ({
      table,
      chain: from,
      place: position,
      text: withTarget(match, userChain(chain)),
    }),
  );
  return { id: ruleSetId(declared), guests: [], shared: shared.part, sets: new Map(), jumps: leading };
}

/** The checks of a RuleSet that need more than one field. */
export function checkRuleSet(inputs: PartiallyKnown, report: Report): void {
  const { tool, table, chain, rules, jumps } = inputs;
  if (!isTool(tool)) return;
  if (typeof table === "string" && !Object.hasOwn(BUILT_IN[tool], table))
    report(["table"], `${tool} has no table ${quote(table)}`, `write ${either(Object.keys(BUILT_IN[tool]).map((name) => `"${name}"`))}`);
  if (Array.isArray(rules)) {
    rules.forEach((rule: unknown, index: number) => {
      if (typeof rule !== "string") return;
      const wrong = ruleProblem(tool, rule);
      if (wrong !== undefined) report(["rules", index], ...wrong);
      else if (typeof chain === "string" && targetsOf(rule).includes(userChain(chain)))
        report(["rules", index], "the rule leads into its own chain", "lead to another chain, or leave the rule out");
    });
  }
  if (Array.isArray(jumps)) checkJumps(tool, typeof table === "string" ? tableOf(tool, table) : undefined, jumps, rules, report);
}

/** `table`: undefined if it is not known yet, or is none. */
function checkJumps(tool: UserTool, table: Table | undefined, jumps: readonly PartiallyKnown[], rules: unknown, report: Report): void {
  const chains = table === undefined ? undefined : BUILT_IN[tool][nameOf(table)];
  const seen = new Set<string>();
  jumps.forEach((jump, index) => {
    const { from, match, position } = jump ?? {};
    if (typeof from === "string") {
      if (table !== undefined && chains !== undefined && !chains.includes(from))
        report(["jumps", index, "from"], `${tool} has no chain ${quote(from)} in table ${nameOf(table)}`, `write ${either(chains)}`);
      if (seen.has(from))
        report(["jumps", index, "from"], `another jump already comes from ${from}`, "keep one, with a match that fits both");
      seen.add(from);
    }
    const wrong = typeof match === "string" ? matchProblem(tool, match) : undefined;
    if (wrong !== undefined) report(["jumps", index, "match"], ...wrong);
    if (position !== "beforeGuests") return;
    if (table !== undefined && WITHOUT_GUESTS.has(table))
      report(["jumps", index, "position"], `${toolOf(table)}'s table ${nameOf(table)} has no rules of guests`, 'write "first" or "last"');
    else if (Array.isArray(rules)) checkTightening(rules, report);
  });
}

/** Before the guests' own rules, a rule may only forbid: an ACCEPT there would bypass anti-spoofing and every policy. */
function checkTightening(rules: readonly unknown[], report: Report): void {
  rules.forEach((rule, index) => {
    const [target] = typeof rule === "string" ? targetsOf(rule) : [];
    if (target !== undefined && !TIGHTENING.has(target))
      report(
        ["rules", index],
        `${quote(target)} could let a packet bypass the guests' own rules, which come after this chain`,
        `use ${[...TIGHTENING].join(", ")} here, or make the jump's \`position\` "first"`,
      );
  });
}

/** "a, b or c" */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function isTool(value: unknown): value is UserTool {
  return typeof value === "string" && Object.hasOwn(BUILT_IN, value);
}
