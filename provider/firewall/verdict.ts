import type { Sets, Tool } from "./kernel";
import type { Packet } from "./packet";
import type { ActualKernel } from "./plan";
import { matches, parsedRule } from "./rule-match";
import type { SavedTable } from "./saved";

/**
 * What a host's rules do with one packet: the chains walked as the kernel walks them, in the order in which a bridged frame comes by them.
 * Pure; test/host/explain.test.ts holds it against the kernel. Looked at are the tables that csp keeps rules in, with everybody's rules in
 * them; another table's (raw, mangle, nat of iptables, filter of ebtables) are not.
 */
export interface Explanation {
  readonly verdict: Verdict;
  /** The rule that decided; absent where no rule did, and the packet passes because nothing speaks against it. */
  readonly decidedBy?: Step & { readonly tool: Tool };
  readonly layers: readonly Layer[];
}

/** "undecided": a rule on its way asks something that cannot be told from here. */
export type Verdict = "passes" | "dropped" | "rejected" | "undecided";

export interface Layer {
  readonly tool: Tool;
  /** The built-in chain it begins in. */
  readonly chain: string;
  readonly verdict: Verdict;
  /** The rules that matched, in order. */
  readonly matched: readonly Step[];
}

export interface Step {
  readonly chain: string;
  /** 1 is the chain's first; 0 the chain's own policy. */
  readonly position: number;
  readonly rule: string;
}

/** The way of a bridged frame. `tools`: whose rules it meets (on an unfiltered bridge, ebtables' alone). */
export function explain(packet: Packet, kernel: ActualKernel, tools: readonly Tool[]): Explanation {
  const stations: (readonly [Tool, string])[] = [["ebtables", "PREROUTING"]];
  if (packet.arp !== undefined) stations.push(["arptables", "FORWARD"]);
  if (packet.ip !== undefined) stations.push([packet.ip.family === "inet" ? "iptables" : "ip6tables", "FORWARD"]);
  stations.push(["ebtables", "POSTROUTING"]);
  const layers: Layer[] = [];
  for (const [tool, chain] of stations) {
    if (!tools.includes(tool)) continue;
    const layer = walkLayer(tool, chain, packet, kernel.tables[tool], kernel.sets);
    layers.push(layer);
    if (layer.verdict !== "passes") break;
  }
  const last = layers.at(-1);
  const verdict = last?.verdict ?? "passes";
  // What passes was let through by the layer that knows most of it.
  const deciding = verdict === "passes" ? (layers.find(({ tool }) => tool !== "ebtables") ?? layers[0]) : last;
  const step = deciding?.matched.at(-1);
  return { verdict, ...(deciding === undefined || step === undefined ? {} : { decidedBy: { tool: deciding.tool, ...step } }), layers };
}

type Outcome = Verdict | "returns";

const FINAL: Readonly<Record<string, Outcome>> = {
  ACCEPT: "passes",
  DROP: "dropped",
  REJECT: "rejected",
  RETURN: "returns",
};

/** Targets after which the next rule is asked. */
const PASSING_BY: ReadonlySet<string> = new Set([
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
]);

/** More jumps than any tool allows: rules that lead in a circle. */
const DEEPEST = 64;

/** What the rules of one table do with a packet, beginning in one of its built-in chains. */
export function walkLayer(tool: Tool, chain: string, packet: Packet, table: SavedTable, sets: Sets): Layer {
  const matched: Step[] = [];
  const policy = table.policies?.get(chain) ?? "ACCEPT";

  const walk = (name: string, depth: number): Outcome => {
    const rules = table.chains.get(name) ?? table.foreign.get(name);
    if (rules === undefined || depth > DEEPEST) return "undecided";
    for (const [index, rule] of rules.entries()) {
      const is = matches(tool, rule, packet, sets);
      if (is === false) continue;
      const { target, goes } = parsedRule(tool, rule);
      if (target === undefined || PASSING_BY.has(target)) continue;
      matched.push({ chain: name, position: index + 1, rule });
      if (is === undefined) return "undecided";
      const final = FINAL[target];
      if (final !== undefined) return final;
      if (!table.chains.has(target) && !table.foreign.has(target)) return "undecided";
      const outcome = walk(target, depth + 1);
      if (outcome !== "returns" || goes) return outcome;
    }
    return "returns";
  };

  const outcome = walk(chain, 0);
  if (outcome !== "returns") return { tool, chain, verdict: outcome, matched };
  if (policy !== "ACCEPT") matched.push({ chain, position: 0, rule: `policy ${policy}` });
  return { tool, chain, verdict: policy === "DROP" ? "dropped" : "passes", matched };
}
