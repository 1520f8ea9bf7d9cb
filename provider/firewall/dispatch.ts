import type { Chains, Line } from "./kernel";
import { dispatchChain } from "./names";

/**
 * From an interface's name to its chain, as a prefix tree: each chain tells the next differing character apart, so that a packet meets
 * tens of rules however many interfaces there are. Every chain ends in DROP: a port nobody claims gets nothing through.
 */

export interface Leaf {
  /** Interface name, "vif12.0". */
  readonly port: string;
  /** What follows the interface match: "-g csp-out-0123456789abcdef". */
  readonly verdict: string;
}

export interface DispatchSyntax {
  /** Root of the chains' names: "csp-egress" gives "csp-egress-vif", "csp-egress-vif1", ... */
  readonly root: string;
  /** The match for an interface name, or for a name ending in "+". */
  readonly match: (port: string) => string;
  /** How one chain hands over to the next: "-g" where the tool has it. */
  readonly go: "-g" | "-j";
}

/**
 * How many chains a name may pass; below the last, ports are told apart one by one. nftables nests at most 16 chains
 * (NFT_JUMP_STACK_SIZE; more are "Too many links"), and a packet from guest to guest walks two trees: FORWARD, csp-forward, the first
 * tree, csp-out, a group, csp-ingress, the second tree, csp-in, a group.
 */
const DEEPEST = 4;

/** Adds the tree below `prefix` ("vif") to `chains`. Leaves whose port does not begin with it are not looked at. */
export function addDispatchTree(chains: Chains, syntax: DispatchSyntax, prefix: string, leaves: readonly Leaf[]): void {
  const own = leaves.filter((leaf) => leaf.port.startsWith(prefix)).sort((a, b) => (a.port < b.port ? -1 : a.port > b.port ? 1 : 0));
  addNode(chains, syntax, prefix, own, 1);
}

function addNode(chains: Chains, syntax: DispatchSyntax, prefix: string, leaves: readonly Leaf[], depth: number): void {
  const lines: Line[] = [];
  // Enters below the longest prefix all share: a host whose ports all begin "vif1" has no chain that tells "vif1" from nothing.
  for (const group of byNextCharacter(leaves, commonPrefix(leaves, prefix).length)) {
    if (group.length === 1 || depth === DEEPEST) {
      for (const { port, verdict } of group) lines.push({ text: `${syntax.match(port)} ${verdict}` });
      continue;
    }
    const below = commonPrefix(group, prefix);
    lines.push({ text: `${syntax.match(`${below}+`)} ${syntax.go} ${dispatchChain(syntax.root, below)}` });
    addNode(chains, syntax, below, group, depth + 1);
  }
  lines.push({ text: "-j DROP" });
  chains.set(dispatchChain(syntax.root, prefix), lines);
}

/** Groups sorted leaves by the character at `position`; a port that ends there is a group of its own. */
function byNextCharacter(leaves: readonly Leaf[], position: number): Leaf[][] {
  const groups: Leaf[][] = [];
  let current: string | undefined;
  for (const leaf of leaves) {
    const character = leaf.port.charAt(position);
    if (groups.length === 0 || character !== current) groups.push([]);
    current = character;
    groups.at(-1)?.push(leaf);
  }
  return groups;
}

function commonPrefix(sorted: readonly Leaf[], atLeast: string): string {
  const first = sorted[0]?.port;
  const last = sorted.at(-1)?.port;
  if (first === undefined || last === undefined) return atLeast;
  let length = atLeast.length;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
