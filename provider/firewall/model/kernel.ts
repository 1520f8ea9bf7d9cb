import type { Origin, Rule } from "./rule";

/**
 * What csp owns in a host's kernel, as values: chains of rules in the tables of the tools, and sets. The compiler makes one of these from
 * policies, the reader makes one from what the tools print, and the planner compares the two.
 */

export const TOOLS = ["arptables", "nft", "iptables", "ip6tables", "ebtables"] as const;
export type Tool = (typeof TOOLS)[number];

/**
 * The tables that csp can keep rules in, as "TOOL.TABLE", in the order in which a transaction applies them. Each table commits by itself. ebtables'
 * nat is last: while a port passes from one guest to another, it still allows only the addresses of the former. The tables of one tool come in
 * the order in which packets meet them, so that a mark is set before a rule of `filter` asks for it.
 *
 * - `ebtables.nat` sees an Ethernet frame before anything can act on it, and once more before it leaves by a port.
 * - `ebtables.filter` sees what the bridge keeps for itself and never forwards (link-local Ethernet frames).
 * - `nft.bridge` (`table bridge csp`) does what these and arptables do, where a host's plane is "nft-bridge".
 * - `iptables.raw`, `ip6tables.raw` and `nft.csp` (`table inet csp`) see a packet before it is tracked.
 * - `mangle`, `nat` of iptables and ip6tables, and `ebtables.broute` have rules of users only. A host need not have them.
 */
export const TABLES = [
  "arptables.filter",
  "nft.csp",
  "iptables.raw",
  "iptables.mangle",
  "iptables.nat",
  "iptables.filter",
  "ip6tables.raw",
  "ip6tables.mangle",
  "ip6tables.nat",
  "ip6tables.filter",
  "ebtables.broute",
  "ebtables.filter",
  "ebtables.nat",
  "nft.bridge",
] as const;
export type Table = (typeof TABLES)[number];

/**
 * The table that is meant where only a tool is named: in records of versions before tables had names, and in the ID of a rule set's unit, which
 * other tables' rule sets have had only since.
 */
export const UNNAMED_TABLE = {
  arptables: "arptables.filter",
  nft: "nft.csp",
  iptables: "iptables.filter",
  ip6tables: "ip6tables.filter",
  ebtables: "ebtables.nat",
} as const satisfies Readonly<Record<Tool, Table>>;

export function toolOf(table: Table): Tool {
  return table.slice(0, table.indexOf(".")) as Tool;
}

/** The table's name as its tool knows it: "filter". */
export function nameOf(table: Table): string {
  return table.slice(table.indexOf(".") + 1);
}

/** The table of that name; undefined if csp keeps no rules in it. */
export function tableOf(tool: Tool, name: string): Table | undefined {
  const table = `${tool}.${name}`;
  return isTable(table) ? table : undefined;
}

export function tablesOf(tools: readonly Tool[]): Table[] {
  return TABLES.filter((table) => tools.includes(toolOf(table)));
}

export function isTable(text: string): text is Table {
  return (TABLES as readonly string[]).includes(text);
}

/**
 * Which programs of the kernel decide about guests' packets. "xtables": the tables of ebtables and arptables at layer 2, those of iptables and
 * ip6tables above it. "nft-bridge": one table of nft at layer 2, the same above it.
 */
export const PLANES = ["xtables", "nft-bridge"] as const;
export type Plane = (typeof PLANES)[number];

/** One rule as its table's tool would print it (planes/print.ts). Only planes and people read this text. */
export interface Line {
  readonly text: string;
  readonly origin?: Origin;
}

/** Puts rules into the words of a host's tools. The planes make it (planes/print.ts); whoever compiles rules is given one. */
export interface Printer {
  /** Tells it from others: what one has printed is not what another would have printed. */
  readonly name: string;
  /** Which tables the rules go into. */
  readonly plane: Plane;
  /** The lines of a chain of that table. A rule may become several lines, or none. */
  readonly lines: (table: Table, rules: readonly Rule[]) => readonly Line[];
  /** A set as the host keeps it. */
  readonly set: (name: string, set: KernelSet) => KernelSet;
}

/** Chain name to rules. */
export type Chains = Map<string, readonly Line[]>;

/**
 * Chains that belong together, by table: those of one guest, of the groups of one resource, of the frame. Tables without chains are left out.
 * A part never changes once it is made.
 */
export type ChainPart = Readonly<Partial<Record<Table, ReadonlyMap<string, readonly Line[]>>>>;

/** A {@link ChainPart} that is being made. */
export class ChainBook {
  readonly part: Partial<Record<Table, Chains>> = {};

  put(table: Table, chain: string, lines: readonly Line[]): void {
    let chains = this.part[table];
    if (chains === undefined) {
      chains = new Map();
      this.part[table] = chains;
    }
    chains.set(chain, lines);
  }

  add(part: ChainPart): void {
    for (const table of TABLES) for (const [chain, lines] of chainsIn(part, table)) this.put(table, chain, lines);
  }
}

const NONE: ReadonlyMap<string, readonly Line[]> = new Map();

export function chainsIn(part: ChainPart, table: Table): ReadonlyMap<string, readonly Line[]> {
  return part[table] ?? NONE;
}

export interface KernelSet {
  /** "hash:net" and so on. */
  readonly type: string;
  readonly family?: "inet" | "inet6";
  readonly maxElements?: number;
  readonly timeout?: number;
  readonly comment?: boolean;
  /** Range of a bitmap set, "0-65535". */
  readonly range?: string;
  /** The part of an address that the set looks at, "netmask 24". No set of csp has one. */
  readonly mask?: string;
  /** Canonical spelling. */
  readonly members: ReadonlySet<string>;
}

export type Sets = Map<string, KernelSet>;

/**
 * Where a rule of ours stands in a chain that is not ours, in order: "beforeGuests", the frame's own, "first", the rules of others, "last". No
 * rule of others can stand between the first three.
 */
export type JumpPlace = "beforeGuests" | "frame" | "first" | "last";

/** A rule in a chain that is not ours (FORWARD, PREROUTING) that leads into one of ours. */
export interface Jump {
  readonly table: Table;
  readonly chain: string;
  readonly text: string;
  /** Default "frame". */
  readonly place?: JumpPlace;
}
