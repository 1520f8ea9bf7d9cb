import type { ChainPart } from "./kernel";
import { memo } from "./memo";
import type { Family } from "./spelling";

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
  for (const tool of ["iptables", "ip6tables"] as const) {
    const family = tool === "iptables" ? "inet" : "inet6";
    for (const lines of chains[tool].values()) {
      for (const line of lines) {
        if (!line.text.includes("--match-set")) continue;
        const name = / --match-set (\S+) /.exec(line.text)?.[1];
        if (name !== undefined && !found.has(`${family} ${name}`))
          found.set(`${family} ${name}`, { name, family, rule: line.origin?.rule });
      }
    }
  }
  return [...found.values()];
});
