import { memory } from "../../../memory";
import { type KernelSet, type Sets, TABLES, type Table, nameOf as tableName, toolOf } from "../../model/kernel";
import { isOurs } from "../../model/names";
import { fewestNetworks } from "../../values/ipv4-networks";
import { canonicalMember } from "../../values/member-spelling";
import { keepsRanges, typeOfIpset4 } from "./ipset4";

/** What a tool's saved state says about one table: our chains, and the built-in chains that may lead into them. */
export interface SavedTable {
  /** Chains of ours, each rule without "-A <chain> ", in the tool's spelling. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Rules of chains that are not ours. */
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** What happens to a packet at the end of a chain that is not ours. For user chains of others, some tools print it and some do not. */
  readonly policies?: ReadonlyMap<string, string>;
}

/** Every table of a host that csp reads. A table that does not exist is empty. */
export type SavedTables = Readonly<Record<Table, SavedTable>>;

export const EMPTY_TABLE: SavedTable = { chains: new Map(), foreign: new Map(), policies: new Map() };

export function tablesWith(found: Readonly<Partial<Record<Table, SavedTable>>>): SavedTables {
  return Object.fromEntries(TABLES.map((table) => [table, found[table] ?? EMPTY_TABLE])) as unknown as SavedTables;
}

const names = memory.byText<{ readonly name: string; readonly ours: boolean }>({
  name: "names of chains",
  reason: "a name that is cut out of a listing keeps the whole listing in memory",
  most: 65536,
});

function known(part: string): { readonly name: string; readonly ours: boolean } {
  let entry = names.get(part);
  if (entry === undefined) {
    const name = Buffer.from(part).toString();
    entry = { name, ours: isOurs(name) };
    names.set(name, entry);
  }
  return entry;
}

/**
 * Reads what a tool saves: `iptables-save`, `ip6tables-save`, `ebtables-save`, and the same form made of `arptables -nvL` and `nft list table`
 * (host/remote/tables.sh). Tables that csp keeps no rules in are skipped.
 */
export function parseSaved(tool: ReturnType<typeof toolOf>, text: string): Partial<Record<Table, SavedTable>> {
  const wanted = new Map(TABLES.filter((table) => toolOf(table) === tool).map((table) => [tableName(table), table]));
  const found: Partial<Record<Table, SavedTable>> = {};
  for (const [name, saved] of parseTables(text, (each) => wanted.has(each))) found[wanted.get(name) as Table] = saved;
  return found;
}

/** The tables in what a tool saves, by the tool's names for them. */
export function parseTables(text: string, wanted: (name: string) => boolean = () => true): Map<string, SavedTable> {
  const found = new Map<string, SavedTable>();
  let reader: TableReader | undefined;
  for (const line of text.split("\n")) {
    const first = line.charCodeAt(0);
    if (first === 0x2a /* * */) {
      const name = line.slice(1).trim();
      reader = wanted(name) ? new TableReader() : undefined;
      if (reader !== undefined) found.set(name, reader.table);
    } else if (reader === undefined) continue;
    else if (first === 0x3a /* : */) reader.head(line);
    else if (first === 0x2d /* - */ && line.startsWith("-A ")) reader.rule(line);
  }
  return found;
}

class TableReader {
  private readonly ours = new Map<string, string[]>();
  private readonly foreign = new Map<string, string[]>();
  private readonly policies = new Map<string, string>();
  readonly table: SavedTable = { chains: this.ours, foreign: this.foreign, policies: this.policies };
  // The rules of a chain follow each other, so the next rule nearly always has the same chain.
  private lastName = "";
  private last: string[] = [];

  head(line: string): void {
    const { name, ours } = known(line.slice(1, endOfWord(line, 1)));
    this.chain(name);
    const policy = line.slice(name.length + 2).split(" ", 1)[0] ?? "-";
    // If a chain of ours has a policy, somebody set it: it shows as the rule that it amounts to.
    if (!ours && policy !== "-") this.policies.set(name, policy);
  }

  rule(line: string): void {
    const end = endOfWord(line, 3);
    this.chain(line.slice(3, end)).push(line.slice(end + 1).trimEnd());
  }

  private chain(name: string): string[] {
    if (name === this.lastName) return this.last;
    const entry = known(name);
    const side = entry.ours ? this.ours : this.foreign;
    let rules = side.get(name);
    if (rules === undefined) {
      rules = [];
      side.set(entry.name, rules);
    }
    this.lastName = entry.name;
    this.last = rules;
    return rules;
  }
}

function endOfWord(line: string, from: number): number {
  const space = line.indexOf(" ", from);
  return space < 0 ? line.length : space;
}

/** Rules of chains, from lines that do not name their table. */
export function rulesByChain(text: string): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const match = /^-A (\S+) (.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const rules = chains.get(match[1]);
    if (rules === undefined) chains.set(match[1], [match[2].trimEnd()]);
    else rules.push(match[2].trimEnd());
  }
  return chains;
}

/** The same, with chains that have no rules: this is how records keep a table. */
export function recordedChains(lines: readonly string[]): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const line of lines) if (line.startsWith(":")) chains.set(line.slice(1).trimEnd(), []);
  for (const [chain, rules] of rulesByChain(lines.join("\n"))) chains.get(chain)?.push(...rules);
  return chains;
}

/** Reads `ipset save` (6 and later) or `ipset -S` (4): every set of the host, ours and others'. */
export function parseSets(text: string): Sets {
  const sets: Sets = new Map();
  const ranges = new Set<string>();
  for (const line of text.split("\n")) {
    const words = line.split(" ").filter((word) => word !== "");
    const [verb, name, ...rest] = words;
    if (name === undefined) continue;
    if (verb === "create" || verb === "-N") {
      sets.set(name, parseCreate(rest));
      if (keepsRanges(rest[0] ?? "")) ranges.add(name);
    } else if (verb === "add" || verb === "-A") {
      const set = sets.get(name);
      if (set !== undefined) (set.members as Set<string>).add(ranges.has(name) ? rest.join(" ") : canonicalMember(rest.join(" ")));
    }
  }
  for (const name of ranges) {
    const set = sets.get(name);
    if (set !== undefined) sets.set(name, { ...set, members: new Set(fewestNetworks(set.members)) });
  }
  return sets;
}

function parseCreate(words: readonly string[]): KernelSet {
  const [type = "", ...options] = words;
  const value = (option: string) => {
    const at = options.indexOf(option);
    return at < 0 ? undefined : options[at + 1];
  };
  const family = value("family");
  // A list of sets calls its limit a size.
  const maxElements = value(type === "list:set" ? "size" : "maxelem");
  const timeout = value("timeout");
  const [from, to] = [value("--from"), value("--to")];
  const range = value("range") ?? (from === undefined || to === undefined ? undefined : `${from}-${to}`);
  const mask = ["netmask", "bitmask", "markmask"].find((option) => options.includes(option));
  return {
    type: typeOfIpset4(type),
    ...(family === "inet" || family === "inet6" ? { family } : {}),
    ...(maxElements === undefined ? {} : { maxElements: Number(maxElements) }),
    ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
    ...(options.includes("comment") ? { comment: true } : {}),
    ...(range === undefined ? {} : { range }),
    ...(mask === undefined ? {} : { mask: `${mask} ${value(mask)}` }),
    members: new Set<string>(),
  } as const;
}
