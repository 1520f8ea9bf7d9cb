import { type ChainPart, chainsIn } from "../../model/kernel";
import { memo } from "../../values/memo";
import type { Family } from "../../values/spelling";
import { setsOf } from "./verbatim";

/** A rule's reference to a set: the kernel refuses a table whose rules name one that is not there. */
export interface SetReference {
  readonly name: string;
  readonly family: Family;
  /** The user's rule that refers to it. */
  readonly rule?: string;
}

/** The first reference to each set, in each family. */
export const setReferences = memo((chains: ChainPart): SetReference[] => {
  const found = new Map<string, SetReference>();
  for (const table of ["iptables.filter", "ip6tables.filter"] as const) {
    const family = table === "iptables.filter" ? "inet" : "inet6";
    for (const lines of chainsIn(chains, table).values()) {
      for (const line of lines) {
        if (!line.text.includes("--match-set")) continue;
        for (const name of setsOf(line.text))
          if (!found.has(`${family} ${name}`)) found.set(`${family} ${name}`, { name, family, rule: line.origin?.rule });
      }
    }
  }
  return [...found.values()];
});
