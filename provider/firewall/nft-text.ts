import { frameTemplates } from "./frame";
import type { TablePlan } from "./plan";

/** Of nft's there is one table, and all of it is ours. */
const TABLE = "inet csp";

/** Where packets come to a chain of the frame's; chains of others are none of ours. */
function baseOf(chain: string): string | undefined {
  return frameTemplates({ guestPorts: [], zones: "nft" }).chains.find((one) => one.table === "nft.csp" && one.chain === chain)?.base;
}

/** A plan as text for `nft -f`, which commits it at once. A table without chains goes. */
export function nftText({ chains }: TablePlan): string {
  const lines = [`add table ${TABLE}`];
  for (const { chain, after } of chains) {
    if (after === undefined) continue;
    lines.push(`add chain ${TABLE} ${chain} { ${baseOf(chain) ?? ""} }`, `flush chain ${TABLE} ${chain}`);
    for (const rule of after) lines.push(`add rule ${TABLE} ${chain} ${rule}`);
  }
  // The frame has one chain there, so a table that loses one loses all.
  if (chains.length > 0 && chains.every(({ after }) => after === undefined)) lines.push(`delete table ${TABLE}`);
  return `${lines.join("\n")}\n`;
}
