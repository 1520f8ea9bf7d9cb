import { type KernelSet, type Sets, TABLE, type Tool } from "./kernel";
import { canonicalMember } from "./member-spelling";
import { isOurs } from "./names";

/** What a tool's saved state says about one table: our chains, and the built-in chains that may lead into them. */
export interface SavedTable {
  /** Chains of ours, each rule without "-A <chain> ", in the tool's spelling. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Rules of chains that are not ours. */
  readonly foreign: ReadonlyMap<string, readonly string[]>;
  /** What becomes of a packet at the end of a chain that is not ours; of the others' own chains, tools say it or not. */
  readonly policies?: ReadonlyMap<string, string>;
}

/** Chains' names seen before: a part of a listing, as each is when it is read, keeps the whole of it in memory. */
const names = new Map<string, string>();
const MOST_NAMES = 65536;

function nameOf(part: string): string {
  let name = names.get(part);
  if (name === undefined) {
    name = Buffer.from(part).toString();
    if (names.size >= MOST_NAMES) names.clear();
    names.set(name, name);
  }
  return name;
}

/** Reads `iptables-save`, `ip6tables-save` or `ebtables-save`; other tables than {@link TABLE} are passed over. */
export function parseSaved(tool: Tool, text: string): SavedTable {
  return tool === "arptables" ? parseArptablesList(text) : parseSave(TABLE[tool], text);
}

function parseSave(table: string, text: string): SavedTable {
  const ours = new Map<string, string[]>();
  const foreign = new Map<string, string[]>();
  const policies = new Map<string, string>();
  let inTable = false;
  // Rules of a chain stand together: the last chain is nearly always the next one too.
  let lastName = "";
  let last: string[] = [];
  const chain = (name: string): string[] => {
    if (name === lastName) return last;
    const side = isOurs(name) ? ours : foreign;
    let rules = side.get(name);
    if (rules === undefined) {
      rules = [];
      side.set(nameOf(name), rules);
    }
    lastName = name;
    last = rules;
    return rules;
  };
  for (const line of text.split("\n")) {
    const first = line.charCodeAt(0);
    if (first === 0x2a /* * */) inTable = line.slice(1).trim() === table;
    else if (!inTable) continue;
    else if (first === 0x3a /* : */) {
      const name = nameOf(line.slice(1, endOfWord(line, 1)));
      chain(name);
      if (!isOurs(name)) {
        const policy = line.slice(name.length + 2).split(" ", 1)[0] ?? "-";
        if (policy !== "-") policies.set(name, policy);
      }
    } else if (first === 0x2d /* - */ && line.startsWith("-A ")) {
      const end = endOfWord(line, 3);
      chain(line.slice(3, end)).push(line.slice(end + 1).trimEnd());
    }
  }
  return { chains: ours, foreign, policies };
}

function endOfWord(line: string, from: number): number {
  const space = line.indexOf(" ", from);
  return space < 0 ? line.length : space;
}

/** Reads `arptables -nL`: arptables-save of the legacy tool is a script around it, and missing from some hosts. */
function parseArptablesList(text: string): SavedTable {
  const ours = new Map<string, string[]>();
  const foreign = new Map<string, string[]>();
  const policies = new Map<string, string>();
  let rules: string[] | undefined;
  for (const line of text.split("\n")) {
    const header = /^Chain (\S+) \((?:policy (\S+)\))?/.exec(line);
    if (header?.[1] !== undefined) {
      rules = [];
      (isOurs(header[1]) ? ours : foreign).set(nameOf(header[1]), rules);
      if (header[2] !== undefined && !isOurs(header[1])) policies.set(nameOf(header[1]), header[2]);
    } else if (line.trim() !== "") rules?.push(line.trim());
  }
  return { chains: ours, foreign, policies };
}

/** Reads `ipset save` (6 and later) or `ipset -S` (4): every set of the host, ours and others'. */
export function parseSets(text: string): Sets {
  const sets: Sets = new Map();
  for (const line of text.split("\n")) {
    const words = line.split(" ").filter((word) => word !== "");
    const [verb, name, ...rest] = words;
    if (name === undefined) continue;
    if (verb === "create" || verb === "-N") sets.set(name, parseCreate(rest));
    else if (verb === "add" || verb === "-A") {
      const set = sets.get(name);
      if (set !== undefined) (set.members as Set<string>).add(canonicalMember(rest.join(" ")));
    }
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
  const range = value("range");
  return {
    type,
    ...(family === "inet" || family === "inet6" ? { family } : {}),
    ...(maxElements === undefined ? {} : { maxElements: Number(maxElements) }),
    ...(timeout === undefined ? {} : { timeout: Number(timeout) }),
    ...(options.includes("comment") ? { comment: true } : {}),
    ...(range === undefined ? {} : { range }),
    members: new Set<string>(),
  } as const;
}
