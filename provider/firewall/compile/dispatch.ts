import type { ChainBook, Line, Table } from "../model/kernel";
import { dispatchChain } from "../model/names";
import { fill } from "./templates";

/**
 * Leads from an interface's name to its chain, as a prefix tree: each chain decides by the next character that differs. A packet therefore
 * meets tens of rules, however many interfaces there are.
 */

/** What a tree is made of, printed. */
export interface DispatchTree {
  readonly table: Table;
  /** Root of its chains' names: "csp-from" gives "csp-from-vif", "csp-from-vif1". */
  readonly root: string;
  /** Leads to the chain that tells several ports apart. It has the places `@below` and `@chain`. */
  readonly branch: string;
  /** The last rule of each of its chains; undefined if there is none. */
  readonly close?: string;
}

export interface Leaf {
  /** Interface name, "vif12.0". */
  readonly port: string;
  /** The rules that lead it on. */
  readonly texts: readonly string[];
}

/**
 * How many chains a name may pass; the last one has a rule for each port. nftables nests at most 16 chains
 * (NFT_JUMP_STACK_SIZE; more are "Too many links"), and a packet from guest to guest walks two trees: FORWARD, csp-forward, the first
 * tree, csp-out, a group, csp-ingress, the second tree, csp-in, a group.
 */
const DEEPEST = 4;

/** Adds the tree below `prefix` ("vif") to `book`. `leaves` are sorted; those whose port does not begin with `prefix` are ignored. */
export function addDispatchTree(book: ChainBook, tree: DispatchTree, prefix: string, leaves: readonly Leaf[]): void {
  addNode(
    book,
    tree,
    prefix,
    leaves.filter(({ port }) => port.startsWith(prefix)),
    1,
  );
}

function addNode(book: ChainBook, tree: DispatchTree, prefix: string, leaves: readonly Leaf[], depth: number): void {
  const lines: Line[] = [];
  // The tree begins below the longest prefix that all share: if all ports begin with "vif1", no chain has to decide about these characters.
  for (const group of byNextCharacter(leaves, commonPrefix(leaves, prefix).length)) {
    if (group.length === 1 || depth === DEEPEST) {
      for (const { texts } of group) for (const text of texts) lines.push({ text });
      continue;
    }
    const below = commonPrefix(group, prefix);
    lines.push({ text: fill(tree.branch, { below, chain: dispatchChain(tree.root, below) }) });
    addNode(book, tree, below, group, depth + 1);
  }
  if (tree.close !== undefined) lines.push({ text: tree.close });
  book.put(tree.table, dispatchChain(tree.root, prefix), lines);
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
