import type { Tool } from "../model/kernel";
import * as nft from "./nft/canonical";
import * as xtables from "./xtables/canonical";

/** One text for all rules of a tool with the same meaning. */
export function canonicalRule(tool: Tool, text: string): string {
  return tool === "nft" ? nft.canonicalRule(text) : xtables.canonicalRule(tool, text);
}

/** Compares the texts first, because most tools print what csp wrote unchanged. */
export function sameRule(tool: Tool, a: string, b: string): boolean {
  return a === b || canonicalRule(tool, a) === canonicalRule(tool, b);
}

/** Whether rules as a tool printed them afterwards are the ones that were asked for. */
export function sameAsAsked(tool: Tool, printed: readonly string[], asked: readonly string[]): boolean {
  return printed.length === asked.length && asked.every((rule, index) => sameRule(tool, rule, printed[index] ?? ""));
}
