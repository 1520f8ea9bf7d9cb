import type { z } from "zod";
import { ChainBook, type ChainPart, type Printer, type Sets, type Table } from "../model/kernel";
import { groupChain, INGRESS, ruleSet, vifChain, vifId } from "../model/names";
import {
  ACCEPT,
  address,
  DROP,
  goTo,
  ICMP,
  ICMPV6,
  IGMP,
  IPV6,
  icmpType,
  icmpv6Type,
  jump,
  type Match,
  PIM,
  ports,
  protocol,
  type Rule,
  rule,
  state,
  UDP,
  type Verdict,
} from "../model/rule";
import { shared } from "../model/shared-lines";
import type { EgressRule, guestPolicyFields, IngressRule, Rule as PolicyRule } from "../policy/fields";
import { canonicalMember } from "../values/member-spelling";
import { canonicalMac, type Family } from "../values/spelling";
import {
  addressesByFamily,
  arpRules,
  linkLocal,
  pinRules,
  receiveRules,
  sendRules,
  targetRules,
  traitsOf,
  wholeReceiveRules,
  wholeSendRules,
} from "./layer2";
import { LOG_RATE, policyRule, type RuleScope } from "./policy-rule";

type PolicyOutput = z.output<z.ZodObject<typeof guestPolicyFields>>;

/** A guest and its policy as the compiler takes them: with the defaults filled in, and with a known identity. */
export interface GuestDeclaration extends PolicyOutput {
  /** What errors and previews call the guest. */
  readonly label: string;
  readonly uuid: string;
  /** Names of the groups the guest is in, in the order in which their rules apply. */
  readonly groups: readonly string[];
}

export interface GroupDeclaration {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
}

/** What the guests of one resource share while they are compiled. */
export interface UnitScope {
  /** Identity of the resource, for names. */
  readonly unit: string;
  readonly groups: ReadonlyMap<string, GroupDeclaration>;
  readonly members: RuleScope["members"];
  /** Collects the sets for long lists. */
  readonly sets: Sets;
  /** The words of the host's tools. */
  readonly print: Printer;
  /** Whether any guest has IPv6. */
  readonly ipv6: boolean;
}

const FAMILY: Readonly<Record<"iptables" | "ip6tables", Family>> = { iptables: "inet", ip6tables: "inet6" };
const ALLOW: Readonly<Record<List, Verdict>> = { ingress: ACCEPT, egress: goTo(INGRESS) };
type List = "ingress" | "egress";

/** The chains of one guest in every table. No line contains an interface name, so the chains survive reboots and migrations unchanged. */
export function guestChains(guest: GuestDeclaration, scope: UnitScope): ChainPart {
  const book = new ChainBook();
  const put = (table: Table, chain: string, rules: readonly Rule[]) => book.put(table, chain, shared(scope.print.lines(table, rules)));
  for (const nic of guest.interfaces) {
    const id = vifId(guest.uuid, nic.device);
    if (scope.print.plane === "xtables") {
      put("ebtables.nat", vifChain.layer2(id), withoutIpv6(guest, sendRules(nic)));
      put("ebtables.nat", vifChain.receive(id), withoutIpv6(guest, receiveRules(nic)));
      put("arptables.filter", vifChain.layer2(id), arpRules(nic));
    } else {
      put("nft.bridge", vifChain.layer2(id), withoutIpv6(guest, wholeSendRules(nic, vifChain.targets(id))));
      put("nft.bridge", vifChain.receive(id), withoutIpv6(guest, wholeReceiveRules(nic)));
      if (nic.antiSpoofing === "strict" && guest.ipv6 === "filter") put("nft.bridge", vifChain.targets(id), targetRules(nic));
    }
    for (const tool of ["iptables", "ip6tables"] as const) {
      if (tool === "ip6tables" && guest.ipv6 === "drop") {
        if (traitsOf(nic).includes("pin")) put("ip6tables.raw", vifChain.pin(id), [rule([], DROP)]);
        put("ip6tables.filter", vifChain.egress(id), [rule([], DROP)]);
        put("ip6tables.filter", vifChain.ingress(id), [rule([], DROP)]);
        continue;
      }
      if (traitsOf(nic).includes("pin")) put(`${tool}.raw`, vifChain.pin(id), pinRules(nic, FAMILY[tool]));
      put(`${tool}.filter`, vifChain.egress(id), egressRules(guest, nic, FAMILY[tool], scope));
      put(`${tool}.filter`, vifChain.ingress(id), ingressRules(guest, nic, FAMILY[tool], scope));
    }
  }
  return book.part;
}

/** At layer 2, what no rule allows is dropped. */
function withoutIpv6({ ipv6 }: GuestDeclaration, rules: readonly Rule[]): readonly Rule[] {
  if (ipv6 === "filter") return rules;
  const isIpv6 = (match: Match) => (match.is === "ethertype" || match.is === "vlan-type") && match.type === IPV6;
  return rules.filter(({ matches }) => !matches.some(isIpv6));
}

/** The chains of a group: its rules. If none decides, the packet returns. */
export function groupChains(name: string, group: GroupDeclaration, scope: UnitScope): ChainPart {
  const book = new ChainBook();
  for (const tool of ["iptables", "ip6tables"] as const) {
    // Nobody comes here, and a host that knows no IPv6 could not hold what the rules name.
    if (tool === "ip6tables" && !scope.ipv6) continue;
    for (const list of ["ingress", "egress"] as const) {
      const rules = listRules(group[list], FAMILY[tool], { list, group: name, observe: false, holder: `group ${name}` }, scope);
      book.put(`${tool}.filter`, groupChain[list](scope.unit, name), scope.print.lines(`${tool}.filter`, rules));
    }
  }
  return book.part;
}

type Nic = GuestDeclaration["interfaces"][number];

function egressRules(guest: GuestDeclaration, nic: Nic, family: Family, scope: UnitScope): Rule[] {
  const rules: Rule[] = [];
  const fixed = (matches: readonly Match[], verdict: Verdict) => rules.push(rule(matches, verdict));
  const [server, client] = family === "inet" ? ["67", "68"] : ["547", "546"];
  if (nic.dhcpServer) fixed([protocol(UDP), ports("source", server), ports("target", client)], ALLOW.egress);
  // Matched by the destination port, because a client accepts an answer from any port.
  else fixed([protocol(UDP), ports("target", client)], DROP);
  if (nic.dhcp) fixed([protocol(UDP), ports("source", client), ports("target", server)], ALLOW.egress);
  // What only routers send. Whoever queries listeners is taken for a router.
  if (!nic.routerAdvertisements) {
    for (const matches of ROUTERS_SAY[family]) fixed(matches, DROP);
    // Layer 2 has checked untagged packets.
    if (nic.vlans.length > 0) for (const matches of MULTICAST_ROUTERS_SAY[family]) fixed(matches, DROP);
  }
  // Without the words for it, an error that the guest sends needs a rule of its own.
  for (const matches of relatedToOwn(nic, family)) rules.push({ ...rule(matches, ACCEPT), omittable: true });
  rules.push(...policyRules(guest, "egress", family, scope));
  if (guest.egressDefault === "allow") fixed([], ALLOW.egress);
  else rules.push(...finalDrop(guest, "egress"));
  return rules;
}

const icmpv6 = (type: number): readonly Match[] => [protocol(ICMPV6), icmpv6Type(type)];

const ROUTERS_SAY: Readonly<Record<Family, readonly (readonly Match[])[]>> = {
  inet: [[protocol(ICMP), icmpType(5)]],
  inet6: [134, 137, 130].map(icmpv6),
};

const MULTICAST_ROUTERS_SAY: Readonly<Record<Family, readonly (readonly Match[])[]>> = {
  inet: [
    [address("target", "224.0.0.1"), protocol(IGMP)],
    [address("target", "224.0.0.106"), protocol(IGMP)],
    [address("target", "224.0.0.13"), protocol(PIM)],
  ],
  inet6: [icmpv6(151), [address("target", "ff02::d"), protocol(PIM)]],
};

/**
 * Errors about a connection of which the guest is one end, and connections that a helper expects from it. Only a router sends errors about
 * other connections, so a guest needs a rule for these.
 */
function relatedToOwn(nic: Nic, family: Family): Match[][] {
  const related = state("related");
  if (nic.antiSpoofing !== "strict") return [[related]];
  const [inet, inet6] = addressesByFamily(nic);
  const own = family === "inet" ? inet : [...inet6, linkLocal(canonicalMac(nic.mac))];
  return own.flatMap((cidr) => (["source", "target"] as const).map((end): Match[] => [related, { is: "connection-end", end, cidr }]));
}

function ingressRules(guest: GuestDeclaration, nic: Nic, family: Family, scope: UnitScope): Rule[] {
  const rules: Rule[] = [];
  const fixed = (...matches: readonly Match[]) => rules.push(rule(matches, ALLOW.ingress));
  const [server, client] = family === "inet" ? ["67", "68"] : ["547", "546"];
  if (nic.dhcp) fixed(protocol(UDP), ports("source", server), ports("target", client));
  // From clients and from relays.
  if (nic.dhcpServer) fixed(protocol(UDP), ports("target", server));
  rules.push(...policyRules(guest, "ingress", family, scope), ...finalDrop(guest, "ingress"));
  return rules;
}

/** The guest's own rules, then its groups'. */
function policyRules(guest: GuestDeclaration, list: List, family: Family, scope: UnitScope): Rule[] {
  const observe = guest.enforce === "observe";
  const rules = listRules(guest[list], family, { list, observe, holder: guest.uuid }, scope);
  for (const name of guest.groups) {
    const group = scope.groups.get(name);
    if (group === undefined) throw new Error(`unknown group ${JSON.stringify(name)} reached the compiler`);
    // A group's chain drops packets, so a guest that only observes needs its own variant of the group's rules.
    if (observe) rules.push(...listRules(group[list], family, { list, group: name, observe, holder: guest.uuid }, scope));
    else if (group[list].length > 0) rules.push(rule([], jump(groupChain[list](scope.unit, name))));
  }
  return rules;
}

interface ListContext {
  readonly list: List;
  readonly group?: string;
  readonly observe: boolean;
  /** The owner of the sets that are made from the list's long peers. */
  readonly holder: string;
}

function listRules(rules: readonly (IngressRule | EgressRule)[], family: Family, context: ListContext, scope: UnitScope): Rule[] {
  const listScope: RuleScope = {
    ...context,
    allow: ALLOW[context.list],
    members: scope.members,
    longList: (name, setFamily, cidrs) => {
      const set = ruleSet(scope.unit, context.holder, `${context.list}/${context.group ?? ""}`, name, setFamily);
      scope.sets.set(set, { type: "hash:net", family: setFamily, maxElements: roomFor(cidrs.length), members: new Set(cidrs) });
      return set;
    },
  };
  return rules.flatMap((each) => policyRule(withPeers(each), family, listScope));
}

function withPeers(rule: IngressRule | EgressRule): PolicyRule {
  const peers = "from" in rule ? rule.from : "to" in rule ? rule.to : undefined;
  return { ...rule, ...(peers === undefined ? {} : { peers }) };
}

function finalDrop(guest: GuestDeclaration, list: List): Rule[] {
  if (guest.enforce === "enforce") return [rule([], DROP)];
  return [rule([LOG_RATE], { do: "log", prefix: `csp would drop ${list}: ` }), rule([], ALLOW[list])];
}

/** A set's limit: a power of two, at least the kernel's default. It leaves room, so that adding a member rarely needs a new set. */
export function roomFor(members: number): number {
  return Math.max(65536, 2 ** Math.ceil(Math.log2(members * 2 + 1)));
}

/** The members of a set of networks. The kernel refuses "/0" there, so csp writes its two halves. */
export function netMembers(cidrs: Iterable<string>): Set<string> {
  const members = new Set<string>();
  for (const text of cidrs) {
    const cidr = canonicalMember(text);
    if (cidr === "0.0.0.0/0") for (const half of ["0.0.0.0/1", "128.0.0.0/1"]) members.add(half);
    else if (cidr === "::/0") for (const half of ["::/1", "8000::/1"]) members.add(half);
    else members.add(cidr);
  }
  return members;
}
