import type { ChainChange, TablePlan } from "../../model/change";
import type { Table } from "../../model/kernel";
import { BASES } from "./base";

export type NftTable = Extract<Table, `nft.${string}`>;

/** csp owns these tables as a whole. */
const TABLES: Readonly<Record<NftTable, string>> = { "nft.csp": "inet csp", "nft.bridge": "bridge csp" };

/**
 * A plan as text for `nft -f`, which commits it at once. Chains come before what leads to them and go after it. A table that loses the chains
 * that packets come to has lost all, and is removed.
 */
export function nftText(table: NftTable, { chains }: TablePlan): string {
  const name = TABLES[table];
  const [made, filled, gone]: [string[], string[], string[]] = [[], [], []];
  const last = chains.some(({ chain, after }) => after === undefined && isHooked(chain));
  for (const change of chains) {
    const { chain, after } = change;
    if (isMap(chain)) {
      if (after === undefined) gone.push(`delete map ${name} ${chain}`);
      else {
        made.push(`add map ${name} ${chain} { type ifname : verdict; }`);
        if (change.before === undefined) filled.push(`flush map ${name} ${chain}`);
        filled.push(...elements(name, change));
      }
    } else if (after === undefined) gone.push(`delete chain ${name} ${chain}`);
    else {
      made.push(`add chain ${name} ${chain} { ${BASES[chain] ?? ""} }`, `flush chain ${name} ${chain}`);
      for (const rule of after) filled.push(`add rule ${name} ${chain} ${rule}`);
    }
  }
  if (last) return `add table ${name}\ndelete table ${name}\n`;
  const emptied = chains.flatMap(({ chain, after }) => (after === undefined && !isMap(chain) ? [`flush chain ${name} ${chain}`] : []));
  return `${[`add table ${name}`, ...made, ...filled, ...emptied, ...gone].join("\n")}\n`;
}

const isHooked = (chain: string): boolean => BASES[chain]?.includes(" hook ") === true;
const isMap = (chain: string): boolean => BASES[chain]?.startsWith("map ") === true;

function elements(name: string, { chain, before = [], after = [] }: ChainChange): string[] {
  const [is, wanted] = [new Set(before), new Set(after)];
  const list = (verb: string, rules: readonly string[]) =>
    rules.length === 0 ? [] : [`${verb} element ${name} ${chain} { ${rules.map(element).join(", ")} }`];
  return [
    ...list(
      "delete",
      before.filter((rule) => !wanted.has(rule)),
    ),
    ...list(
      "add",
      after.filter((rule) => !is.has(rule)),
    ),
  ];
}

/** `iifname "vif1.0" jump csp-vif-...` as the map has it. */
function element(rule: string): string {
  const [, port = "", verdict = ""] = /^[io]ifname (\S+) (.*)$/.exec(rule) ?? [];
  return `${port} : ${verdict}`;
}
