import type { TablePlan } from "../../model/change";
import { BASES } from "./base";

/** csp has one table in nft, and owns all of it. */
const TABLE = "inet csp";

/** A plan as text for `nft -f`, which commits it at once. A table without chains is removed. */
export function nftText({ chains }: TablePlan): string {
  const lines = [`add table ${TABLE}`];
  for (const { chain, after } of chains) {
    if (after === undefined) continue;
    lines.push(`add chain ${TABLE} ${chain} { ${BASES[chain] ?? ""} }`, `flush chain ${TABLE} ${chain}`);
    for (const rule of after) lines.push(`add rule ${TABLE} ${chain} ${rule}`);
  }
  // The frame has one chain there, so a table that loses it has no other.
  if (chains.length > 0 && chains.every(({ after }) => after === undefined)) lines.push(`delete table ${TABLE}`);
  return `${lines.join("\n")}\n`;
}
