import { ChainBook, type Jump, type Line, type Sets } from "../model/kernel";
import { HOST_IN, HOST_OUT, ruleSet } from "../model/names";
import { quoteText, type RuleScope, ruleLines } from "../planes/xtables/render-rule";
import type { EgressRule, IngressRule } from "../policy/fields";
import type { Family } from "../values/spelling";
import { roomFor } from "./guest";
import type { CompiledUnit } from "./unit";

/** What the host itself may be sent and may send. */
export interface HostFirewallDeclaration {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
  readonly egressDefault: "allow" | "drop";
  readonly enforce: "enforce" | "observe";
}

/** A host has one. */
export const HOST_FIREWALL = "host-firewall";

type List = "ingress" | "egress";
export const HOST_CHAIN: Readonly<Record<List, string>> = { ingress: HOST_IN, egress: HOST_OUT };
const FAMILY = { iptables: "inet", ip6tables: "inet6" } as const;
/**
 * Without these a host has no IPv6: solicitations, advertisements and redirects, which no router has passed on (RFC 4861, hop limit 255), and
 * listeners' queries and reports, which stay on the link (RFC 3810, hop limit 1).
 */
const NEIGHBOURS: readonly (readonly [hops: number, types: readonly number[]])[] = [
  [255, [133, 134, 135, 136, 137]],
  [1, [130, 131, 132, 143]],
];

export function compileHostFirewall(declared: HostFirewallDeclaration): CompiledUnit {
  const shared = new ChainBook();
  const sets: Sets = new Map();
  for (const tool of ["iptables", "ip6tables"] as const)
    for (const list of ["ingress", "egress"] as const)
      shared.put(`${tool}.filter`, HOST_CHAIN[list], linesOf(declared, list, FAMILY[tool], sets));
  const jumps = (["iptables.filter", "ip6tables.filter"] as const).flatMap((table): Jump[] => [
    { table, chain: "INPUT", place: "first", text: `-j ${HOST_IN}` },
    { table, chain: "OUTPUT", place: "first", text: `-j ${HOST_OUT}` },
  ]);
  return { id: HOST_FIREWALL, guests: [], shared: shared.part, sets, jumps };
}

function linesOf(declared: HostFirewallDeclaration, list: List, family: Family, sets: Sets): Line[] {
  const scope: RuleScope = {
    list,
    allow: "-j ACCEPT",
    observe: declared.enforce === "observe",
    members: (group) => {
      throw new Error(`a host's own firewall has no groups, and ${JSON.stringify(group)} reached the compiler`);
    },
    longList: (rule, of, cidrs) => {
      const set = ruleSet(HOST_FIREWALL, HOST_FIREWALL, list, rule, of);
      sets.set(set, { type: "hash:net", family: of, maxElements: roomFor(cidrs.length), members: new Set(cidrs) });
      return set;
    },
  };
  const rules = declared[list].flatMap((rule) => {
    const peers = "from" in rule ? rule.from : "to" in rule ? rule.to : undefined;
    return ruleLines({ ...rule, ...(peers === undefined ? {} : { peers }) }, family, scope);
  });
  return [...fixedLines(list, family), ...rules, ...lastLines(declared, list)];
}

/** What no policy is asked about: the host's talk with itself, connections there are, finding neighbours, being given an address. */
function fixedLines(list: List, family: Family): Line[] {
  const [server, client] = family === "inet" ? [67, 68] : [547, 546];
  const [from, to] = list === "ingress" ? [server, client] : [client, server];
  const established = "-m conntrack --ctstate RELATED,ESTABLISHED";
  return [
    list === "ingress" ? "-i lo" : "-o lo",
    // A redirect is related to whatever it quotes: whether it may change the host's routes is for a rule to say.
    ...(family === "inet" ? [`! -p icmp ${established}`, `-p icmp -m icmp ! --icmp-type 5 ${established}`] : [established]),
    ...(family === "inet"
      ? []
      : NEIGHBOURS.flatMap(([hops, types]) => types.map((type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m hl --hl-eq ${hops}`))),
    `-p udp -m udp --sport ${from} --dport ${to}`,
  ].map((match) => ({ text: `${match} -j ACCEPT` }));
}

/** What is allowed by default goes on to the rules of others. */
function lastLines({ enforce, egressDefault }: HostFirewallDeclaration, list: List): Line[] {
  if (list === "egress" && egressDefault === "allow") return [];
  if (enforce === "enforce") return [{ text: "-j DROP" }];
  return [{ text: `-m limit --limit 10/min -j LOG --log-prefix ${quoteText(`csp would drop ${list}: `)}` }];
}
