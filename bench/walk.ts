import { frameChains } from "../provider/firewall/compile/frame";
import { chainsIn } from "../provider/firewall/model/kernel";
import { dispatchChain, FROM, TO } from "../provider/firewall/model/names";

/**
 * How many dispatch rules a packet from one guest's port to another's meets on a host with these ports. This is the number in ebtables; iptables, whose
 * trees have the same shape, adds the same number.
 */
export function dispatchRulesBetween(ports: readonly string[], from: string, to: string): number {
  const claims = ports.map((port) => ({ port, vif: port, traits: ["rcv"] as const }));
  const chains = chainsIn(frameChains({ guestPorts: ["vif"] }, claims, []), "ebtables.nat");
  return walked(chains, dispatchChain(FROM, "vif"), from) + walked(chains, dispatchChain(TO, "vif"), to);
}

function walked(chains: ReturnType<typeof chainsIn>, chain: string, port: string): number {
  let rules = 0;
  for (const { text } of chains.get(chain) ?? []) {
    rules++;
    const [, name = "", target = ""] = /^-[io] (\S+) -j (\S+)$/.exec(text) ?? [];
    const matches = name.endsWith("+") ? port.startsWith(name.slice(0, -1)) : port === name;
    if (matches) return rules + (chains.has(target) ? walked(chains, target, port) : 0);
  }
  throw new Error(`no rule of ${chain} is for ${port}`);
}

/** Names by their beginnings: all names below a node begin with the node's text. */
interface Trie {
  readonly names: number;
  readonly below: readonly Trie[];
}

/**
 * How many rules a name meets on average in the best possible tree, if each rule knows one name or one beginning of names. A tree is a list of rules,
 * each for a part of the names, with a tree for each part that has more than one name; larger parts come first. The remaining choice is whether a list
 * names a part or the parts of that part one by one; the function takes the better one.
 */
export function fewestRules(names: readonly string[]): number {
  return total(trieOf([...names].sort(), 0)) / names.length;
}

function trieOf(names: readonly string[], length: number): Trie {
  if (names.length === 1) return { names: 1, below: [] };
  const byNext = new Map<string, string[]>();
  for (const name of names) {
    const group = byNext.get(name.charAt(length));
    if (group === undefined) byNext.set(name.charAt(length), [name]);
    else group.push(name);
  }
  // A beginning that all names share distinguishes nothing.
  const [only] = byNext.values();
  if (byNext.size === 1 && only !== undefined) return trieOf(only, length + 1);
  return { names: names.length, below: [...byNext.values()].map((group) => trieOf(group, length + 1)) };
}

/** The total number of rules that the names below this node meet. */
function total(node: Trie): number {
  if (node.below.length === 0) return 0;
  let parts = node.below;
  let best = ofList(parts);
  for (;;) {
    const others = parts.flatMap((part, index) =>
      part.below.length === 0 ? [] : [[...parts.slice(0, index), ...part.below, ...parts.slice(index + 1)]],
    );
    const costs = others.map(ofList);
    const least = Math.min(...costs);
    if (least >= best) return best;
    best = least;
    parts = others[costs.indexOf(least)] ?? parts;
  }
}

const totals = new WeakMap<Trie, number>();

function ofList(parts: readonly Trie[]): number {
  const largestFirst = [...parts].sort((a, b) => b.names - a.names);
  return largestFirst.reduce((sum, part, index) => {
    let below = totals.get(part);
    if (below === undefined) {
      below = total(part);
      totals.set(part, below);
    }
    return sum + (index + 1) * part.names + below;
  }, 0);
}
