import { memory } from "../../memory";
import { type ChainPart, chainsIn, type Tool, tablesOf } from "../model/kernel";
import { isOurs, PREFIX } from "../model/names";
import type { Family } from "../values/spelling";
import * as nft from "./nft/sets";
import { readRule } from "./read";
import * as xtables from "./xtables/sets";
import { targetsOf } from "./xtables/verbatim";

/** What rules lead to and refer to: chains, and sets. */

/** Whether a rule leads to a chain of csp's. */
export function leadsToOurs(tool: Tool, text: string): boolean {
  if (!text.includes(` ${PREFIX}`) && tool !== "nft") return false;
  if (tool !== "nft") return targetsOf(text).some(isOurs);
  const { verdict } = readRule(tool, text);
  return (verdict?.do === "jump" || verdict?.do === "goto") && isOurs(verdict.chain);
}

/** The sets that a rule matches, in order. */
export function setsOf(tool: Tool, text: string): string[] {
  return tool === "nft" ? nft.setsOf(text) : xtables.setsOf(text);
}

/** The sets that a rule matches before it drops; none if the rule does not drop. */
export function setsOfDropping(tool: Tool, text: string): string[] {
  const sets = setsOf(tool, text);
  if (sets.length === 0) return [];
  const { verdict } = readRule(tool, text);
  return verdict?.do === "drop" || verdict?.do === "reject" ? sets : [];
}

/** A rule's reference to a set. The kernel refuses a table with a rule that names a missing set. */
export interface SetReference {
  readonly name: string;
  readonly family: Family;
  /** The user's rule that refers to it. */
  readonly rule?: string;
}

const LAYER3 = ["iptables", "ip6tables"] as const;

/** The first reference to each ipset, in each family. */
export const setReferences = memory.once(
  { name: "sets that chains refer to", reason: "every line of every guest is looked at for it" },
  (chains: ChainPart): SetReference[] => {
    const found = new Map<string, SetReference>();
    for (const tool of LAYER3) {
      const family = tool === "iptables" ? "inet" : "inet6";
      for (const lines of tablesOf([tool]).flatMap((table) => [...chainsIn(chains, table).values()]))
        for (const { text, origin } of lines)
          for (const name of setsOf(tool, text))
            if (!found.has(`${family} ${name}`)) found.set(`${family} ${name}`, { name, family, rule: origin?.rule });
    }
    return [...found.values()];
  },
);
