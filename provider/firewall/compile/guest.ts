import type { z } from "zod";
import { ChainBook, type ChainPart, type Line, type Sets } from "../model/kernel";
import { groupChain, INGRESS, ruleSet, vifChain, vifId } from "../model/names";
import { shared } from "../model/shared-lines";
import { quoteText, type RuleScope, ruleLines } from "../planes/xtables/render-rule";
import type { EgressRule, guestPolicyFields, IngressRule, Rule } from "../policy/fields";
import { canonicalMember } from "../values/member-spelling";
import { canonicalMac, type Family } from "../values/spelling";
import { addressesByFamily, arpLines, linkLocal, pinLines, receiveLines, sendLines, traitsOf } from "./layer2";

type PolicyOutput = z.output<z.ZodObject<typeof guestPolicyFields>>;

/** A guest and its policy, as the compiler takes it: defaults filled in, identity known. */
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
  /** Where sets for long lists go. */
  readonly sets: Sets;
}

const FAMILY: Readonly<Record<"iptables" | "ip6tables", Family>> = { iptables: "inet", ip6tables: "inet6" };
const ALLOW = { ingress: "-j ACCEPT", egress: `-g ${INGRESS}` } as const;

/** The chains of one guest in every table. No line holds an interface name: these stay as they are over reboots and migrations. */
export function guestChains(guest: GuestDeclaration, scope: UnitScope): ChainPart {
  const book = new ChainBook();
  for (const nic of guest.interfaces) {
    const id = vifId(guest.uuid, nic.device);
    book.put("ebtables.nat", vifChain.layer2(id), shared(sendLines(nic)));
    book.put("ebtables.nat", vifChain.receive(id), shared(receiveLines(nic)));
    book.put("arptables.filter", vifChain.layer2(id), shared(arpLines(nic)));
    for (const tool of ["iptables", "ip6tables"] as const) {
      if (traitsOf(nic).includes("pin")) book.put(`${tool}.raw`, vifChain.pin(id), shared(pinLines(nic, FAMILY[tool])));
      book.put(`${tool}.filter`, vifChain.egress(id), shared(egressLines(guest, nic, FAMILY[tool], scope)));
      book.put(`${tool}.filter`, vifChain.ingress(id), shared(ingressLines(guest, nic, FAMILY[tool], scope)));
    }
  }
  return book.part;
}

/** The chains of a group: its rules, falling through when none decides. */
export function groupChains(name: string, group: GroupDeclaration, scope: UnitScope): ChainPart {
  const book = new ChainBook();
  for (const tool of ["iptables", "ip6tables"] as const) {
    for (const list of ["ingress", "egress"] as const) {
      const lines = listLines(group[list], FAMILY[tool], { list, group: name, observe: false, holder: `group ${name}` }, scope);
      book.put(`${tool}.filter`, groupChain[list](scope.unit, name), lines);
    }
  }
  return book.part;
}

type Nic = GuestDeclaration["interfaces"][number];

function egressLines(guest: GuestDeclaration, nic: Nic, family: Family, scope: UnitScope): Line[] {
  const lines: Line[] = [];
  const fixed = (match: string, verdict: string) => lines.push({ text: `${match} ${verdict}` });
  const [server, client] = family === "inet" ? [67, 68] : [547, 546];
  if (nic.dhcpServer) fixed(`-p udp -m udp --sport ${server} --dport ${client}`, ALLOW.egress);
  // By where it goes: a client takes an answer from any port.
  else fixed(`-p udp -m udp --dport ${client}`, "-j DROP");
  if (nic.dhcp) fixed(`-p udp -m udp --sport ${client} --dport ${server}`, ALLOW.egress);
  // What only routers say, and who asks listeners is taken for one.
  if (!nic.routerAdvertisements) {
    for (const match of ROUTERS_SAY[family]) fixed(match, "-j DROP");
    // What has no tag has been looked at by layer 2.
    if (nic.vlans.length > 0) for (const match of MULTICAST_ROUTERS_SAY[family]) fixed(match, "-j DROP");
  }
  for (const match of relatedToOwn(nic, family)) fixed(match, "-j ACCEPT");
  lines.push(...policyLines(guest, "egress", family, scope));
  if (guest.egressDefault === "allow") lines.push({ text: ALLOW.egress });
  else lines.push(...finalDrop(guest, "egress"));
  return lines;
}

const ROUTERS_SAY: Readonly<Record<Family, readonly string[]>> = {
  inet: ["-p icmp -m icmp --icmp-type 5"],
  inet6: ["134", "137", "130"].map((type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type}`),
};

const MULTICAST_ROUTERS_SAY: Readonly<Record<Family, readonly string[]>> = {
  inet: ["-d 224.0.0.106/32 -p igmp", "-d 224.0.0.13/32 -p 103"],
  inet6: ["-p ipv6-icmp -m icmp6 --icmpv6-type 151", "-d ff02::d/128 -p 103"],
};

/**
 * Errors about a connection that the guest has an end of, and what a helper expects of it. An error about somebody else's connection is
 * for a router to send, and a guest's to explain to its rules.
 */
function relatedToOwn(nic: Nic, family: Family): string[] {
  const related = "-m conntrack --ctstate RELATED";
  if (nic.antiSpoofing !== "strict") return [related];
  const [inet, inet6] = addressesByFamily(nic);
  const own = family === "inet" ? inet : [...inet6, linkLocal(canonicalMac(nic.mac))];
  return own.flatMap((address) => ["--ctorigsrc", "--ctorigdst"].map((option) => `${related} ${option} ${address}`));
}

function ingressLines(guest: GuestDeclaration, nic: Nic, family: Family, scope: UnitScope): Line[] {
  const lines: Line[] = [];
  const fixed = (match: string) => lines.push({ text: `${match} ${ALLOW.ingress}` });
  if (family === "inet") {
    if (nic.dhcp) fixed("-p udp -m udp --sport 67 --dport 68");
    // From clients and from relays.
    if (nic.dhcpServer) fixed("-p udp -m udp --dport 67");
  } else {
    if (nic.dhcp) fixed("-p udp -m udp --sport 547 --dport 546");
    if (nic.dhcpServer) fixed("-p udp -m udp --dport 547");
  }
  lines.push(...policyLines(guest, "ingress", family, scope));
  lines.push(...finalDrop(guest, "ingress"));
  return lines;
}

/** The guest's own rules, then its groups'. */
function policyLines(guest: GuestDeclaration, list: "ingress" | "egress", family: Family, scope: UnitScope): Line[] {
  const observe = guest.enforce === "observe";
  const lines = listLines(guest[list], family, { list, observe, holder: guest.uuid }, scope);
  for (const name of guest.groups) {
    const group = scope.groups.get(name);
    if (group === undefined) throw new Error(`unknown group ${JSON.stringify(name)} reached the compiler`);
    // A group's chain drops; a guest that only observes needs the group's rules in its own spelling.
    if (observe) lines.push(...listLines(group[list], family, { list, group: name, observe, holder: guest.uuid }, scope));
    else if (group[list].length > 0) lines.push({ text: `-j ${groupChain[list](scope.unit, name)}` });
  }
  return lines;
}

interface ListContext {
  readonly list: "ingress" | "egress";
  readonly group?: string;
  readonly observe: boolean;
  /** Whose sets the list's long peers become. */
  readonly holder: string;
}

function listLines(rules: readonly (IngressRule | EgressRule)[], family: Family, context: ListContext, scope: UnitScope): Line[] {
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
  return rules.flatMap((rule) => ruleLines(withPeers(rule), family, listScope));
}

function withPeers(rule: IngressRule | EgressRule): Rule {
  const peers = "from" in rule ? rule.from : "to" in rule ? rule.to : undefined;
  return { ...rule, ...(peers === undefined ? {} : { peers }) };
}

/** A set's limit with room to grow, so that adding a member seldom makes a new set: a power of two, at least the kernel's default. */
export function roomFor(members: number): number {
  return Math.max(65536, 2 ** Math.ceil(Math.log2(members * 2 + 1)));
}

function finalDrop(guest: GuestDeclaration, list: "ingress" | "egress"): Line[] {
  if (guest.enforce === "enforce") return [{ text: "-j DROP" }];
  return [{ text: `-m limit --limit 10/min -j LOG --log-prefix ${quoteText(`csp would drop ${list}: `)}` }, { text: ALLOW[list] }];
}

/** The members of a set of networks; the kernel refuses "/0" there, so everything is written as its two halves. */
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
