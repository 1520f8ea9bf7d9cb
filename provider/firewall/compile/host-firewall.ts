import { ChainBook, type Jump, type Printer, type Sets, type Table } from "../model/kernel";
import { HOST_IN, HOST_OUT, ruleSet } from "../model/names";
import {
  ACCEPT,
  comesBy,
  DROP,
  hopLimit,
  ICMP,
  ICMPV6,
  icmpType,
  icmpv6Type,
  jump,
  leavesBy,
  type Match,
  not,
  ports,
  protocol,
  type Rule,
  rule,
  state,
  UDP,
} from "../model/rule";
import type { EgressRule, IngressRule } from "../policy/fields";
import type { Family } from "../values/spelling";
import { roomFor } from "./guest";
import { LOG_RATE, policyRule, type RuleScope } from "./policy-rule";
import { type CompiledUnit, printed } from "./unit";

/** What the host itself may receive and send. */
export interface HostFirewallDeclaration {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
  readonly egressDefault: "allow" | "drop";
  readonly enforce: "enforce" | "observe";
}

/** A host has only one. */
export const HOST_FIREWALL = "host-firewall";

type List = "ingress" | "egress";
export const HOST_CHAIN: Readonly<Record<List, string>> = { ingress: HOST_IN, egress: HOST_OUT };
const FAMILY = { "iptables.filter": "inet", "ip6tables.filter": "inet6" } as const;
/**
 * Without these packets, a host has no IPv6: solicitations, advertisements and redirects, which did not pass a router (RFC 4861, hop limit
 * 255), and listeners' queries and reports, which stay on the link (RFC 3810, hop limit 1).
 */
const NEIGHBOURS: readonly (readonly [hops: number, types: readonly number[]])[] = [
  [255, [133, 134, 135, 136, 137]],
  [1, [130, 131, 132, 143]],
];

export function compileHostFirewall(declared: HostFirewallDeclaration, print: Printer): CompiledUnit {
  const shared = new ChainBook();
  const sets: Sets = new Map();
  const tables = ["iptables.filter", "ip6tables.filter"] as const;
  for (const table of tables)
    for (const list of ["ingress", "egress"] as const)
      shared.put(table, HOST_CHAIN[list], print.lines(table, rulesOf(declared, list, FAMILY[table], sets)));
  const leads = (table: Table, chain: string, target: string): Jump[] =>
    print.lines(table, [rule([], jump(target))]).map(({ text }) => ({ table, chain, place: "first", text }));
  const jumps = tables.flatMap((table) => [...leads(table, "INPUT", HOST_IN), ...leads(table, "OUTPUT", HOST_OUT)]);
  return { id: HOST_FIREWALL, guests: [], shared: shared.part, sets: printed(sets, print), jumps };
}

function rulesOf(declared: HostFirewallDeclaration, list: List, family: Family, sets: Sets): Rule[] {
  const scope: RuleScope = {
    list,
    allow: ACCEPT,
    observe: declared.enforce === "observe",
    members: (group) => {
      throw new Error(`a host's own firewall has no groups, and ${JSON.stringify(group)} reached the compiler`);
    },
    longList: (name, of, cidrs) => {
      const set = ruleSet(HOST_FIREWALL, HOST_FIREWALL, list, name, of);
      sets.set(set, { type: "hash:net", family: of, maxElements: roomFor(cidrs.length), members: new Set(cidrs) });
      return set;
    },
  };
  const own = declared[list].flatMap((each) => {
    const peers = "from" in each ? each.from : "to" in each ? each.to : undefined;
    return policyRule({ ...each, ...(peers === undefined ? {} : { peers }) }, family, scope);
  });
  return [...fixedRules(list, family), ...own, ...lastRules(declared, list)];
}

/** What passes before any policy: the host's traffic with itself, existing connections, neighbour discovery, getting an address by DHCP. */
function fixedRules(list: List, family: Family): Rule[] {
  const [server, client] = family === "inet" ? ["67", "68"] : ["547", "546"];
  const [from, to] = list === "ingress" ? [server, client] : [client, server];
  const established = state("related", "established");
  const fixed: Match[][] = [
    [list === "ingress" ? comesBy("lo") : leavesBy("lo")],
    // A redirect counts as related to what it quotes, but only a rule may allow it, because it can change the host's routes.
    ...(family === "inet"
      ? [
          [not(protocol(ICMP)), established],
          [protocol(ICMP), not(icmpType(5)), established],
        ]
      : [[established]]),
    ...(family === "inet"
      ? []
      : NEIGHBOURS.flatMap(([hops, types]) => types.map((type) => [protocol(ICMPV6), icmpv6Type(type), hopLimit(hops)]))),
    [protocol(UDP), ports("source", from), ports("target", to)],
  ];
  return fixed.map((matches) => rule(matches, ACCEPT));
}

/** What is allowed by default goes on to the rules of other programs. */
function lastRules({ enforce, egressDefault }: HostFirewallDeclaration, list: List): Rule[] {
  if (list === "egress" && egressDefault === "allow") return [];
  if (enforce === "enforce") return [rule([], DROP)];
  return [rule([LOG_RATE], { do: "log", prefix: `csp would drop ${list}: ` })];
}
