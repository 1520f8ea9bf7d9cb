import type { ChainBook, Line, Table } from "../model/kernel";
import { dispatchChain } from "../model/names";
import { fill } from "./templates";

/**
 * From an interface's name to its chain, as a prefix tree: each chain tells the next differing character apart, so that a packet meets
 * tens of rules however many interfaces there are.
 */

/** What a tree is made of, printed. */
export interface DispatchTree {
  readonly table: Table;
  /** Root of its chains' names: "csp-from" gives "csp-from-vif", "csp-from-vif1". */
  readonly root: string;
  /** Leads to the chain that tells several ports apart: with the places `@below` and `@chain`. */
  readonly branch: string;
  /** What each of its chains ends in; undefined: in nothing. */
  readonly close?: string;
}

export interface Leaf {
  /** Interface name, "vif12.0". */
  readonly port: string;
  /** The rules that lead it on. */
  readonly texts: readonly string[];
}

/**
 * How many chains a name may pass; below the last, ports are told apart one by one. nftables nests at most 16 chains
 * (NFT_JUMP_STACK_SIZE; more are "Too many links"), and a packet from guest to guest walks two trees: FORWARD, csp-forward, the first
 * tree, csp-out, a group, csp-ingress, the second tree, csp-in, a group.
 */
const DEEPEST = 4;

/** Adds the tree below `prefix` ("vif") to `book`. `leaves` are sorted; those whose port does not begin with it are not looked at. */
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
  // Enters below the longest prefix all share: a host whose ports all begin "vif1" has no chain that tells "vif1" from nothing.
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
