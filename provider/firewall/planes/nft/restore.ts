import { type ChainChange, type SetChange, sameShape, type TablePlan } from "../../model/change";
import type { KernelSet } from "../../model/kernel";
import { PREROUTING, SAME_OCTETS } from "../../model/names";
import { hookOf, mapKeyOf, SAME_OCTETS_TEXT } from "./base";
import { declarationOf, elementOf } from "./sets";
import { NFT_NAMES, type NftTable } from "./tables";

/**
 * A plan as text for `nft -f`, which commits chains, maps and sets at once. A chain that differs is written again; of a map and of a set only
 * the elements that differ. A table that loses its last base chain is removed with all that is in it.
 *
 * A set whose members become something else is removed and made again. The kernel allows this only if each chain that looks something up in it
 * is in the plan too.
 */
export function nftText(table: NftTable, { chains }: Pick<TablePlan, "chains">, sets: readonly SetChange[] = []): string {
  const name = NFT_NAMES[table];
  const isBase = ({ chain }: ChainChange) => hookOf(table, chain) !== undefined;
  if (chains.some((change) => isBase(change) && change.after === undefined) && !chains.some((change) => isBase(change) && change.after))
    return `add table ${name}\ndelete table ${name}\n`;
  const maps = chains.filter(({ chain }) => mapKeyOf(table, chain) !== undefined);
  const lists = chains.filter((change) => !maps.includes(change));
  const remade = sets.filter(({ before, after }) => before !== undefined && after !== undefined && !sameShape(before, after));
  const lines = [`add table ${name}`];
  if (table === "nft.bridge" && chains.some(asksForSameOctets)) lines.push(SAME_OCTETS_TEXT);
  // Chains and maps may lead to each other: first all of them, then what is in them.
  for (const { chain, before, after = [] } of lists.filter(({ after }) => after !== undefined)) {
    const hook = hookIn(after, hookOf(table, chain));
    // nft changes no hook of a chain that it has.
    if (before !== undefined && hookIn(before, hookOf(table, chain)) !== hook)
      lines.push(`flush chain ${name} ${chain}`, `delete chain ${name} ${chain}`);
    lines.push(`add chain ${name} ${chain} { ${hook} }`, `flush chain ${name} ${chain}`);
  }
  for (const { chain, after } of lists) if (after === undefined) lines.push(`flush chain ${name} ${chain}`);
  for (const { chain, before, after } of maps)
    if (before === undefined && after !== undefined) lines.push(`add map ${name} ${chain} { type ifname : verdict; }`);
  for (const change of sets) lines.push(...setLines(name, change, remade.includes(change)));
  for (const { chain, before = [], after = [] } of maps) lines.push(...mapLines(name, chain, before, after));
  for (const { chain, after = [] } of lists) for (const rule of after) if (!isPseudo(rule)) lines.push(`add rule ${name} ${chain} ${rule}`);
  for (const { chain, after } of maps) if (after === undefined) lines.push(`delete map ${name} ${chain}`);
  for (const { chain, after } of lists) if (after === undefined) lines.push(`delete chain ${name} ${chain}`);
  for (const set of sets) if (set.after === undefined) lines.push(`delete set ${name} ${set.name}`);
  return `${lines.join("\n")}\n`;
}

/** The frame brings the pairs of octets, so that whoever takes them away is found out there. */
function asksForSameOctets({ chain, after = [] }: ChainChange): boolean {
  return chain === PREROUTING || after.some((rule) => rule.includes(`@${SAME_OCTETS}`));
}

/** What a listing shows as a chain's first rules if the chain is not where csp puts it (host/remote/nft.awk). */
const HOOK = /^type \w+ hook \w+ priority \S+; policy \w+;$/;
const NO_HOOK = "no hook";
/** {@link SAME_OCTETS_TEXT} is not there as it should be. */
const NOT_WHOLE = `${SAME_OCTETS} is not whole`;
const DORMANT = /^flags \w+/;

const isPseudo = (rule: string) => HOOK.test(rule) || rule === NO_HOOK || rule === NOT_WHOLE || DORMANT.test(rule);

/** Where the chain is, by its rules as they are listed: csp's place, unless they say another. */
function hookIn(rules: readonly string[], ours = ""): string {
  const said = rules.find((rule) => HOOK.test(rule) || rule === NO_HOOK);
  return said === undefined ? ours : said === NO_HOOK ? "" : said;
}

/** Elements in one command. */
const AT_ONCE = 500;

function mapLines(name: string, chain: string, before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [elementsOf(chain, before), elementsOf(chain, after)];
  const gone = [...was].flatMap(([key, verdict]) => (is.get(key) === verdict ? [] : [key]));
  const come = [...is].flatMap(([key, verdict]) => (was.get(key) === verdict ? [] : [`${key} : ${verdict}`]));
  return [...elementLines("delete", name, chain, gone), ...elementLines("add", name, chain, come)];
}

/** A map's elements, by the name of the port as nft writes it. */
function elementsOf(chain: string, rules: readonly string[]): Map<string, string> {
  return new Map(
    rules.map((rule) => {
      const [, key, verdict] = /^[io]ifname ("[^"]*") (.+)$/.exec(rule) ?? [];
      if (key === undefined || verdict === undefined) throw new Error(`${chain} is a map, and "${rule}" is not an element of one`);
      return [key, verdict];
    }),
  );
}

function setLines(name: string, { name: set, before, after }: SetChange, remade: boolean): string[] {
  if (after === undefined) return [];
  const members = (of: KernelSet | undefined) => (of?.type.startsWith("count:") ? [] : [...(of?.members ?? [])]);
  const add = `add set ${name} ${set} { ${declarationOf(after)} }`;
  if (before === undefined || remade)
    return [...(remade ? [`delete set ${name} ${set}`] : []), add, ...elementLines("add", name, set, members(after).map(elementOf))];
  return [
    ...elementLines(
      "delete",
      name,
      set,
      members(before)
        .filter((member) => !after.members.has(member))
        .map(elementOf),
    ),
    ...elementLines(
      "add",
      name,
      set,
      members(after)
        .filter((member) => !before.members.has(member))
        .map(elementOf),
    ),
  ];
}

function elementLines(verb: "add" | "delete", name: string, set: string, elements: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < elements.length; at += AT_ONCE)
    lines.push(`${verb} element ${name} ${set} { ${elements.slice(at, at + AT_ONCE).join(", ")} }`);
  return lines;
}
