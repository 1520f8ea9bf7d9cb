import { type Line, type Table, type Tool, toolOf } from "../model/kernel";
import type { Match, Rule } from "../model/rule";
import * as nft from "./nft/print";
import * as xtables from "./xtables/print";

/** A rule in the words of its table's tool. */
export function printRule(tool: Tool, rule: Rule): string {
  return tool === "nft" ? nft.printRule(rule) : xtables.printRule(tool, rule);
}

/** One of a rule's conditions, for people. */
export function printMatch(tool: Tool, match: Match, rule: Rule): string {
  return tool === "nft" ? nft.printMatch(match) : xtables.printMatch(tool, match, rule);
}

/** Rules as the lines of a chain of that table. */
export function printLines(table: Table, rules: readonly Rule[]): Line[] {
  const tool = toolOf(table);
  return rules.map((rule) => ({ text: printRule(tool, rule), ...(rule.origin === undefined ? {} : { origin: rule.origin }) }));
}
