import { type Sets, type Table, type Tool, nameOf as tableName, toolOf } from "../model/kernel";
import { POSTROUTING, PREROUTING } from "../model/names";
import type { Verdict as RuleVerdict } from "../model/rule";
import type { ActualKernel } from "../plan/plan";
import { readRule } from "../planes/read";
import type { SavedTable } from "../planes/xtables/saved";
import { contentOf, ETHERTYPE, type Packet } from "./packet";
import { type BaseChain, matches } from "./rule-match";

/**
 * What a host's rules do with one packet. It walks the chains as the kernel does, in the order in which a bridged packet meets them.
 * Pure; test/host/explain.test.ts compares it with the kernel.
 */
export interface Explanation {
  readonly verdict: Verdict;
  /** The rule that decided; absent if no rule did, and the packet passes because no rule drops it. */
  readonly decidedBy?: Step & Station;
  readonly layers: readonly Layer[];
  /** What else may drop or change the packet on its way; absent if it makes no difference to the verdict. */
  readonly besides?: readonly string[];
}

/** "undecided": a rule on its way asks for something that csp cannot know, or there are rules that csp does not read. */
export type Verdict = "passes" | "dropped" | "rejected" | "undecided";

/** A place where a packet meets rules: a table of a tool, and the chain in which the packet's way through it begins. */
export interface Station {
  readonly tool: Tool;
  /** The tool's name for it. */
  readonly table: string;
  readonly base: BaseChain;
}

export interface Layer extends Station {
  readonly verdict: Verdict;
  /** The rules that matched, in order. */
  readonly matched: readonly Step[];
}

export interface Step {
  readonly chain: string;
  /** 1 is the first rule of the chain, 0 is the chain's policy. */
  readonly position: number;
  readonly rule: string;
}

/** Rules of others on a packet's way. */
export interface Others {
  /** Tables that csp keeps no rules in: "iptables.security". */
  readonly tables: ReadonlyMap<string, SavedTable>;
  /** Rules that csp does not read, one sentence each. */
  readonly unread: readonly Unread[];
}

export interface Unread {
  readonly what: string;
  /** It may send a packet somewhere else before csp's rules see it. */
  readonly rewrites: boolean;
}

const NOBODY: Others = { tables: new Map(), unread: [] };

/**
 * The way of a bridged packet (net/bridge/br_input.c, br_netfilter_hooks.c). Address translation looks only at the first packet of a connection
 * and changes it, which cannot be followed here.
 */
function wayOf(packet: Packet): readonly Station[] {
  const layer3 = packet.ip === undefined ? undefined : packet.ip.family === "inet" ? ("iptables" as const) : ("ip6tables" as const);
  const at = (tool: Tool, base: BaseChain, ...tables: readonly string[]): Station[] => tables.map((table) => ({ tool, table, base }));
  const ip = (base: BaseChain, ...tables: readonly string[]) => (layer3 === undefined ? [] : at(layer3, base, ...tables));
  const nat = packet.ip?.state === "new" ? ["nat"] : [];
  return [
    ...at("ebtables", "BROUTING", "broute"),
    ...at("ebtables", "PREROUTING", "nat"),
    ...at("nft", "PREROUTING", "bridge"),
    ...ip("PREROUTING", "raw", "mangle", ...nat),
    ...at("ebtables", "FORWARD", "filter"),
    ...(contentOf(packet) !== ETHERTYPE.arp ? [] : at("arptables", "FORWARD", "filter")),
    ...ip("FORWARD", "mangle", "filter", "security"),
    ...at("ebtables", "POSTROUTING", "nat"),
    ...at("nft", "POSTROUTING", "bridge"),
    ...ip("POSTROUTING", "mangle", ...nat),
  ];
}

/** The chain in which a packet's way through a table begins. nft's chains have names of csp's. */
function entryOf({ tool, base }: Station): string {
  return tool === "nft" ? (NFT_ENTRIES[base] ?? base) : base;
}

const NFT_ENTRIES: Readonly<Partial<Record<BaseChain, string>>> = { PREROUTING, POSTROUTING };

/** `tools`: the tools whose rules the packet meets (on an unfiltered bridge only ebtables). */
export function explain(packet: Packet, kernel: ActualKernel, tools: readonly Tool[], { tables, unread }: Others = NOBODY): Explanation {
  const layers: Layer[] = [];
  for (const station of wayOf(packet)) {
    const name = `${station.tool}.${station.table}`;
    const rules: SavedTable | undefined = kernel.tables[name as Table] ?? tables.get(name);
    if (rules === undefined || !tools.includes(station.tool)) continue;
    const layer = walkLayer(station, packet, rules, kernel.sets);
    // A table without rules in that place is not one of the packet's layers.
    if (layer.matched.length > 0 || (rules.foreign.get(entryOf(station)) ?? rules.chains.get(entryOf(station)) ?? []).length > 0)
      layers.push(layer);
    if (layer.verdict !== "passes") break;
  }
  const last = layers.at(-1);
  const said = last?.verdict ?? "passes";
  const besides = unread.filter(({ rewrites }) => rewrites || said === "passes").map(({ what }) => what);
  const verdict = besides.length > 0 ? "undecided" : said;
  // If a packet passes, the layer that knows most about it has decided.
  const deciding = said === "passes" ? (layers.find(isMain) ?? layers.find(({ matched }) => matched.length > 0)) : last;
  const step = deciding?.matched.at(-1);
  return {
    verdict,
    ...(deciding === undefined || step === undefined
      ? {}
      : { decidedBy: { tool: deciding.tool, table: deciding.table, base: deciding.base, ...step } }),
    layers,
    ...(besides.length === 0 ? {} : { besides }),
  };
}

function isMain({ tool, table }: Station): boolean {
  return tool !== "ebtables" && tool !== "nft" && table === "filter";
}

export function stationOf(table: Table, base: BaseChain): Station {
  return { tool: toolOf(table), table: tableName(table), base };
}

type Outcome = Verdict | "returns";

/** What a chain's policy does with a packet at the chain's end. */
const POLICIES: Readonly<Record<string, Outcome>> = { ACCEPT: "passes", DROP: "dropped", RETURN: "returns" };

const FINAL: Readonly<Partial<Record<RuleVerdict["do"], Outcome>>> = {
  accept: "passes",
  drop: "dropped",
  reject: "rejected",
  return: "returns",
};

/** Other verdicts after which the next rule is evaluated, and which change nothing that rules match. */
const PASSING_BY: ReadonlySet<string> = new Set([
  ...[
    "CONTINUE",
    "LOG",
    "NFLOG",
    "ULOG",
    "MARK",
    "CONNMARK",
    "SET",
    "TRACE",
    "AUDIT",
    "NOTRACK",
    "CT",
    "CHECKSUM",
    "CLASSIFY",
    "DSCP",
    "TOS",
  ],
  ...["TCPMSS", "SECMARK", "CONNSECMARK"],
]);

/** Whether the next rule of the chain is evaluated after this verdict. */
function passesBy(verdict: RuleVerdict | undefined): boolean {
  if (verdict === undefined || verdict.do === "log" || verdict.do === "zone") return true;
  return verdict.do === "words" && PASSING_BY.has(verdict.name);
}

/** More jumps than any tool allows: the rules form a circle. */
const DEEPEST = 64;

/** What the rules of one table do with a packet, beginning in one of its built-in chains. */
export function walkLayer(station: Station, packet: Packet, table: SavedTable, sets: Sets): Layer {
  const { tool, base } = station;
  const matched: Step[] = [];
  /** The first rule for which it is not known whether it matches, and how many rules matched before it. */
  let doubt: { readonly step: Step; readonly behind: number } | undefined;

  /** All possible outcomes: one if everything is known, or if what is not known makes no difference. */
  const walk = (name: string, depth: number): Set<Outcome> => {
    const reached = new Set<Outcome>();
    const rules = table.chains.get(name) ?? table.foreign.get(name);
    if (rules === undefined || depth > DEEPEST) return reached.add(depth === 0 ? "returns" : "undecided");
    for (const [index, text] of rules.entries()) {
      const rule = readRule(tool, text);
      const is = matches(tool, rule, packet, sets, base);
      if (is === false || passesBy(rule.verdict)) continue;
      const verdict = rule.verdict as RuleVerdict;
      const step = { chain: name, position: index + 1, rule: text };
      if (is === undefined) doubt ??= { step, behind: matched.length };
      else matched.push(step);
      const below = leadsTo(verdict, depth);
      const returns = verdict.do === "goto" || verdict.do === "return";
      const comesBack = is === undefined || (below.has("returns") && !returns);
      for (const outcome of below) if (outcome !== "returns" || returns) reached.add(outcome);
      if (!comesBack) return reached;
    }
    return reached.add(endOf(name, depth));
  };
  const leadsTo = (verdict: RuleVerdict, depth: number): Set<Outcome> => {
    const final = FINAL[verdict.do];
    if (final !== undefined) return new Set([final]);
    const chain = verdict.do === "jump" || verdict.do === "goto" ? verdict.chain : undefined;
    const isThere = chain !== undefined && (table.chains.has(chain) || table.foreign.has(chain));
    return isThere ? walk(chain, depth + 1) : new Set(["undecided"]);
  };
  /** ebtables' user chains have policies too. */
  const endOf = (name: string, depth: number): Outcome => {
    const policy = table.policies?.get(name);
    if (depth === 0 || policy === undefined) return "returns";
    matched.push({ chain: name, position: 0, rule: `policy ${policy}` });
    return POLICIES[policy] ?? "undecided";
  };

  const outcomes = walk(entryOf(station), 0);
  if (outcomes.delete("returns")) {
    const policy = table.policies?.get(base) ?? "ACCEPT";
    outcomes.add(POLICIES[policy] ?? "undecided");
    if (policy !== "ACCEPT") matched.push({ chain: base, position: 0, rule: `policy ${policy}` });
  }
  const [only = "undecided"] = outcomes;
  // In broute a DROP routes the frame instead of bridging it, which leaves the way that is followed here.
  const isRouted = station.table === "broute" && only === "dropped";
  const verdict = outcomes.size > 1 || only === "returns" || isRouted ? "undecided" : only;
  if (verdict === "undecided" && doubt !== undefined)
    return { ...station, verdict, matched: [...matched.slice(0, doubt.behind), doubt.step] };
  return { ...station, verdict, matched };
}
