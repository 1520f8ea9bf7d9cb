import type { LabHost } from "../lab/netns";
import { nameOf, TABLES, type Table, toolOf } from "../provider/firewall/model/kernel";
import { NFT_NAMES, type NftTable } from "../provider/firewall/planes/nft/tables";
import { leadsToOurs } from "../provider/firewall/planes/references";
import { parseSaved, type SavedTable } from "../provider/firewall/planes/xtables/saved";
import { withCommon } from "../provider/host/remote/program";
import { assemble } from "../provider/shell/assemble";

/** Where the rules of each tool come from: as csp itself reads them. */
const SAVE = `arptables=arptables ebtables=nft\n${withCommon(assemble("host/remote/tables.sh"))}\nsave_all`;

/** What csp put on the host, as text for the tools' own restores. arptables has no restore and gets commands. */
export async function bareText(host: LabHost): Promise<[command: string, text: string][]> {
  const texts: [string, string][] = [
    ["ipset restore", linesOf((await host.run("ipset save")).split("\n").filter((line) => / csp-/.test(line)))],
  ];
  for (const table of TABLES) {
    const tool = toolOf(table);
    const saved = parseSaved(tool, await host.run("sh", `${SAVE} ${tool}`))[table];
    const text = saved === undefined ? [] : ourLines(table, saved);
    if (text.length === 0) continue;
    if (tool === "arptables") texts.push(["sh", linesOf(text)]);
    else if (tool === "nft") texts.push(["nft -f -", await host.run(`nft list table ${NFT_NAMES[table as NftTable]}`)]);
    else texts.push([`${tool}-restore --noflush`, linesOf([`*${nameOf(table)}`, ...text, "COMMIT"])]);
  }
  return texts;
}

function ourLines(table: Table, { chains, foreign }: SavedTable): string[] {
  const rules = [
    ...chains,
    ...[...foreign].map(([chain, all]) => [chain, all.filter((text) => leadsToOurs(toolOf(table), text))] as const),
  ];
  if (table === "arptables.filter")
    return [
      ...[...chains.keys()].map((chain) => `arptables -N ${chain}`),
      ...rules.flatMap(([chain, lines]) => lines.map((line) => `arptables -A ${chain} ${line}`)),
    ];
  const tail = toolOf(table) === "ebtables" ? "RETURN" : "- [0:0]";
  return [
    ...[...chains.keys()].map((chain) => `:${chain} ${tail}`),
    ...rules.flatMap(([chain, lines]) => lines.map((line) => `-A ${chain} ${line}`)),
  ];
}

function linesOf(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** Removes everything of csp from a host. */
export const EMPTY = `
rm -rf /var/lib/csp
for t in iptables ip6tables; do for n in filter raw; do $t -t $n -F; $t -t $n -X; done; done
for n in filter nat; do ebtables -t $n -F; ebtables -t $n -X; done
nft delete table inet csp 2>/dev/null
arptables -F; arptables -X
for n in $(ipset list -n); do case $n in csp-*) ipset destroy $n ;; esac; done
`;
