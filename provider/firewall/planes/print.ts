import { memory } from "../../memory";
import { type Line, type Plane, type Printer, type Tool, toolOf } from "../model/kernel";
import type { Match, Rule } from "../model/rule";
import * as nft from "./nft/print";
import * as nftSay from "./nft/say";
import type { Lack } from "./xtables/dialect";
import { setForIpset4 } from "./xtables/ipset4";
import * as xtables from "./xtables/print";
import { sayable } from "./xtables/say";

/** A rule in the words of its table's tool. */
export function printRule(tool: Tool, rule: Rule): string {
  return tool === "nft" ? nft.printRule(rule) : xtables.printRule(tool, rule);
}

/** One of a rule's conditions, for people. */
export function printMatch(tool: Tool, match: Match, rule: Rule): string {
  return tool === "nft" ? nft.printMatch(match, rule) : xtables.printMatch(tool, match, rule);
}

/**
 * The words of a host whose tools have these lacks. The same lacks and plane give the same printer. It throws {@link Unsayable} for a rule that
 * the tools have no words for.
 */
export function printerOf(lacks: readonly Lack[], plane: Plane = "xtables"): Printer {
  const name = [...(plane === "xtables" ? [] : [plane]), ...[...lacks].sort()].join(" ");
  let printer = printers.get(name);
  if (printer === undefined) {
    printer = makePrinter(name, plane, new Set(lacks));
    printers.set(name, printer);
  }
  return printer;
}

const printers = memory.byText<Printer>({
  name: "printers",
  reason: "what a printer has printed is remembered by the printer",
  most: 64,
});

function makePrinter(name: string, plane: Plane, lacks: ReadonlySet<Lack>): Printer {
  const words = (tool: Tool, rule: Rule) => (tool === "nft" ? nft.printRule(rule) : xtables.printRule(tool, rule, lacks));
  return {
    name,
    plane,
    lines: (table, rules) => {
      const tool = toolOf(table);
      const said = (rule: Rule): readonly Rule[] => {
        if (tool === "nft") return nftSay.sayable(rule);
        return lacks.size === 0 || tool === "arptables" ? [rule] : sayable(tool, rule, lacks);
      };
      return rules.flatMap((rule) =>
        said(rule).map((one): Line => ({ text: words(tool, one), ...(rule.origin === undefined ? {} : { origin: rule.origin }) })),
      );
    },
    set: (set, content) => (lacks.has("ipset.words") ? setForIpset4(set, content) : content),
  };
}

/** The words of current tools. */
export const CURRENT: Printer = makePrinter("", "xtables", new Set());
