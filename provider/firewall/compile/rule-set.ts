import type { PartiallyKnown, Report } from "../../schema/field";
import { ChainBook, type Jump as ChainJump, type JumpPlace, MAIN_TABLE, nameOf, type Tool } from "../model/kernel";
import { userChain } from "../model/names";
import { matchProblem, ruleProblem, targetsOf, withTarget } from "../planes/xtables/verbatim";
import { quote } from "../policy/fields";
import type { CompiledUnit } from "./unit";

/** Tools whose rules a user may write. */
export type UserTool = Exclude<Tool, "nft">;

/** One chain of the user's own rules, in a tool's own words, and where packets come to it. */
export interface RuleSetDeclaration {
  readonly tool: UserTool;
  readonly chain: string;
  readonly rules: readonly string[];
  readonly jumps: readonly Jump[];
}

export interface Jump {
  readonly from: string;
  readonly position: Exclude<JumpPlace, "frame">;
  readonly match?: string;
}

/** The built-in chains of the one table of each tool that csp keeps rules in. */
export const BUILT_IN: Readonly<Record<UserTool, readonly string[]>> = {
  iptables: ["INPUT", "FORWARD", "OUTPUT"],
  ip6tables: ["INPUT", "FORWARD", "OUTPUT"],
  arptables: ["INPUT", "FORWARD", "OUTPUT"],
  ebtables: ["PREROUTING", "OUTPUT", "POSTROUTING"],
};

/** Targets that let no packet bypass the guests' own rules. */
const TIGHTENING: ReadonlySet<string> = new Set(["DROP", "REJECT", "RETURN", "CONTINUE", "LOG", "NFLOG"]);

export function ruleSetId({ tool, chain }: Pick<RuleSetDeclaration, "tool" | "chain">): string {
  return `rules/${tool}.${chain}`;
}

/** The rule set that a unit is; undefined if the unit belongs to another kind of resource. */
export function ruleSetOf(unit: string): Pick<RuleSetDeclaration, "tool" | "chain"> | undefined {
  const [, tool, chain] = /^rules\/([a-z0-9]+)\.(.+)$/.exec(unit) ?? [];
  return chain === undefined || !isTool(tool) ? undefined : { tool, chain };
}

export function compileRuleSet(declared: RuleSetDeclaration): CompiledUnit {
  const { tool, chain, rules, jumps } = declared;
  const shared = new ChainBook();
  const table = MAIN_TABLE[tool];
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
  if (typeof table === "string" && table !== nameOf(MAIN_TABLE[tool]))
    report(
      ["table"],
      `csp keeps no rules in ${tool}'s table ${quote(table)}`,
      `write "${nameOf(MAIN_TABLE[tool])}", the table that csp uses for ${tool}`,
    );
  if (Array.isArray(rules)) {
    rules.forEach((rule: unknown, index: number) => {
      if (typeof rule !== "string") return;
      const wrong = ruleProblem(tool, rule);
      if (wrong !== undefined) report(["rules", index], ...wrong);
      else if (typeof chain === "string" && targetsOf(rule).includes(userChain(chain)))
        report(["rules", index], "the rule leads into its own chain", "lead to another chain, or leave the rule out");
    });
  }
  if (Array.isArray(jumps)) checkJumps(tool, jumps, rules, report);
}

function checkJumps(tool: UserTool, jumps: readonly PartiallyKnown[], rules: unknown, report: Report): void {
  const seen = new Set<string>();
  jumps.forEach((jump, index) => {
    const { from, match, position } = jump ?? {};
    if (typeof from === "string") {
      if (!BUILT_IN[tool].includes(from))
        report(
          ["jumps", index, "from"],
          `${tool} has no chain ${quote(from)} in table ${nameOf(MAIN_TABLE[tool])}`,
          `write one of ${BUILT_IN[tool].join(", ")}`,
        );
      if (seen.has(from))
        report(["jumps", index, "from"], `another jump already comes from ${from}`, "keep one, with a match that fits both");
      seen.add(from);
    }
    const wrong = typeof match === "string" ? matchProblem(tool, match) : undefined;
    if (wrong !== undefined) report(["jumps", index, "match"], ...wrong);
    if (position === "beforeGuests" && Array.isArray(rules)) checkTightening(rules, report);
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

function isTool(value: unknown): value is UserTool {
  return typeof value === "string" && Object.hasOwn(BUILT_IN, value);
}
