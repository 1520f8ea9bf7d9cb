import { memory } from "../../../memory";
import { type ChainPart, chainsIn, tablesOf } from "../../model/kernel";
import type { Family } from "../../values/spelling";
import { readOptions } from "./canonical";
import { readRule } from "./read";

/** Sets that rules of iptables and ip6tables refer to. */

const LAYER3 = ["iptables", "ip6tables"] as const;
type Layer3 = (typeof LAYER3)[number];

const SET_OPTIONS: ReadonlySet<string> = new Set(["--match-set", "--set"]);

/** The sets that a rule matches, in order. */
export function setsOf(text: string): string[] {
  // Nearly all rules match no set, which their text shows.
  if (!text.includes("set ")) return [];
  return readOptions(text).flatMap(({ name, values }) => (SET_OPTIONS.has(name) ? [values[0] ?? ""] : []));
}

/** The sets that a rule matches before it drops; none if the rule does not drop. */
export function setsOfDropping(tool: Layer3, text: string): string[] {
  const sets = setsOf(text);
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

/** The first reference to each set, in each family. */
export const setReferences = memory.once(
  { name: "sets that chains refer to", reason: "every line of every guest is looked at for it" },
  (chains: ChainPart): SetReference[] => {
    const found = new Map<string, SetReference>();
    for (const tool of LAYER3) {
      const family = tool === "iptables" ? "inet" : "inet6";
      for (const lines of tablesOf([tool]).flatMap((table) => [...chainsIn(chains, table).values()]))
        for (const { text, origin } of lines)
          for (const name of setsOf(text))
            if (!found.has(`${family} ${name}`)) found.set(`${family} ${name}`, { name, family, rule: origin?.rule });
    }
    return [...found.values()];
  },
);
