/**
 * What csp owns in a host's kernel, as values: chains of rules in four tools, and sets. The compiler makes one of these from policies,
 * the reader makes one from what the tools print, and the planner compares the two.
 */

/**
 * The tools that hold rules, in the order in which a transaction applies them. ebtables is last: while a port passes from one guest to
 * another, it still lets only the former's addresses in, and no tool commits together with another.
 */
export const TOOLS = ["arptables", "iptables", "ip6tables", "ebtables"] as const;
export type Tool = (typeof TOOLS)[number];

/** The one table of each tool that csp uses. ebtables' nat PREROUTING sees a frame before anything can act on it. */
export const TABLE: Readonly<Record<Tool, string>> = { ebtables: "nat", arptables: "filter", iptables: "filter", ip6tables: "filter" };

/** Where a line of kernel text comes from: a rule of a list, or something csp adds by itself (undefined). */
export interface Origin {
  readonly list: "ingress" | "egress";
  readonly rule: string;
  /** The security group the rule belongs to; absent for a guest's own. */
  readonly group?: string;
}

/** One rule as `iptables-save` would print it behind "-A <chain> ". */
export interface Line {
  readonly text: string;
  readonly origin?: Origin;
}

/** Chain name to rules. */
export type Chains = Map<string, readonly Line[]>;

/** Chains that belong together, by tool: one guest's, the groups' of one resource, the frame's. Never changed once made. */
export type ChainPart = Readonly<Record<Tool, ReadonlyMap<string, readonly Line[]>>>;

export interface KernelSet {
  /** "hash:net" and so on. */
  readonly type: string;
  readonly family?: "inet" | "inet6";
  readonly maxElements?: number;
  readonly timeout?: number;
  readonly comment?: boolean;
  /** Range of a bitmap set, "0-65535". */
  readonly range?: string;
  /** Canonical spelling. */
  readonly members: ReadonlySet<string>;
}

export type Sets = Map<string, KernelSet>;

/**
 * Where a rule of ours stands among the rules of a chain that is not ours, in order: "beforeGuests", the frame's own, "first", everybody
 * else's, "last". Nothing of others can stand between those in front.
 */
export type HookPlace = "beforeGuests" | "frame" | "first" | "last";

/** A rule in a chain that is not ours (FORWARD, PREROUTING) that leads into one of ours. */
export interface Hook {
  readonly tool: Tool;
  readonly chain: string;
  readonly text: string;
  /** Default "frame". */
  readonly place?: HookPlace;
}

export function emptyChains(): Record<Tool, Chains> {
  return { ebtables: new Map(), arptables: new Map(), iptables: new Map(), ip6tables: new Map() };
}

export function addChains(to: Record<Tool, Chains>, from: ChainPart): void {
  for (const tool of TOOLS) for (const [chain, lines] of from[tool]) to[tool].set(chain, lines);
}
