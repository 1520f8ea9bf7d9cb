import { TO } from "../model/names";
import {
  ACCEPT,
  ARP,
  address,
  BROADCAST,
  type Condition,
  DROP,
  ethertype,
  ICMPV6,
  IGMP,
  IPV4,
  IPV6,
  icmpv6Type,
  jump,
  type Match,
  mac,
  not,
  PIM,
  PROVIDER_VLAN,
  ports,
  protocol,
  RARP,
  RETURN,
  type Rule,
  rule,
  UDP,
  UNICAST,
  VLAN,
} from "../model/rule";
import type { GuestInterface } from "../policy/fields";
import { canonicalCidr, canonicalMac, parseCidr } from "../values/spelling";
import type { Trait } from "./templates";

/**
 * What one interface may send and receive at layer 2. These rules allow: an Ethernet frame that no rule allows is dropped, also if it lacks
 * the field that a rule matches (an ARP message with addresses of another length).
 */

/** Which chains the interface has besides those that every interface has. */
export function traitsOf(nic: GuestInterface): Trait[] {
  return nic.vlans.length > 0 && nic.antiSpoofing === "strict" ? ["rcv", "pin"] : ["rcv"];
}

/**
 * Packets that make their sender a querier (RFC 2236, RFC 3376) or a multicast router (RFC 4286, and PIM's hellos, RFC 7761) for all who
 * receive them: bridges and switches then send it every group. Type 151 of ICMPv6 does the same.
 */
const MULTICAST_ROUTERS = [
  ["224.0.0.1", IGMP],
  ["224.0.0.106", IGMP],
  ["224.0.0.13", PIM],
] as const;

/**
 * Duplicate address detection, listeners' reports and router solicitations may come from the unspecified address (RFC 4862, 3590, 3810, 4861).
 */
const FROM_NO_ADDRESS = ["135", "131", "143", "133"] as const;

const ARP_OF_IPV4: readonly Match[] = [ethertype(ARP), { is: "arp-hardware", number: "1" }, { is: "arp-protocol", number: "0x0800" }];
const arpFrom = (cidr: string): Condition => ({ is: "arp-address", end: "source", cidr });
const arpTo = (cidr: string): Condition => ({ is: "arp-address", end: "target", cidr });
const arpOperation = (operation: string): Condition => ({ is: "arp-operation", operation });
const REQUEST = "1";
const REVERSE_REQUEST = "3";

/**
 * What the interface may send: from its own MAC, with its own addresses as IP source and as ARP sender, and nothing that only a DHCP server, a
 * router or a switch sends. iptables alone prevents one of four ways to spoof; these rules prevent all four (reference: firewall.md, 7).
 */
export function sendRules(nic: GuestInterface): Rule[] {
  const own = canonicalMac(nic.mac);
  const [inet, inet6] = addressesByFamily(nic);
  const strict = nic.antiSpoofing === "strict";
  const rules: Rule[] = [];
  const accept = (...matches: readonly Match[]) => rules.push(rule(matches, ACCEPT));
  const drop = (...matches: readonly Match[]) => rules.push(rule(matches, DROP));
  if (nic.antiSpoofing !== "off") drop(not(mac("source", own)));
  // Matched by the destination port, because a client accepts an answer from any port.
  if (!nic.dhcpServer) drop(ethertype(IPV4), protocol(UDP), ports("target", "68"));
  if (!nic.routerAdvertisements)
    for (const [to, number] of MULTICAST_ROUTERS) drop(ethertype(IPV4), address("target", to), protocol(number));
  if (strict) {
    for (const each of inet) accept(ethertype(IPV4), address("source", each));
    if (nic.dhcp) accept(ethertype(IPV4), address("source", "0.0.0.0"), protocol(UDP), ports("source", "68"), ports("target", "67"));
  } else accept(ethertype(IPV4));

  const sender: Match[] = nic.antiSpoofing === "off" ? [] : [{ is: "arp-mac", end: "source", mac: own }];
  if (strict) {
    for (const each of inet) accept(...ARP_OF_IPV4, arpFrom(each), ...sender);
    // An ARP probe (RFC 5227) asks for an address before using it.
    accept(...ARP_OF_IPV4, arpOperation(REQUEST), arpFrom("0.0.0.0"), ...sender);
  } else accept(...ARP_OF_IPV4, ...sender);
  // QEMU sends this for a guest that has moved (net/announce.c). It contains nothing but its sender.
  accept(ethertype(RARP), arpOperation(REVERSE_REQUEST), ...sender);

  if (!nic.dhcpServer) drop(ethertype(IPV6), protocol(UDP), ports("target", "546"));
  if (!nic.routerAdvertisements) {
    for (const type of ["134", "137", "130", "151"]) drop(ethertype(IPV6), protocol(ICMPV6), icmpv6Type(type));
    drop(ethertype(IPV6), address("target", "ff02::d"), protocol(PIM));
  }
  if (strict) {
    for (const each of inet6) accept(ethertype(IPV6), address("source", each));
    accept(ethertype(IPV6), address("source", linkLocal(own)));
    for (const type of FROM_NO_ADDRESS) accept(ethertype(IPV6), address("source", "::"), protocol(ICMPV6), icmpv6Type(type));
  } else accept(ethertype(IPV6));

  for (const matches of otherTypes(nic)) accept(...matches);
  drop();
  return rules;
}

/**
 * What the interface receives: Ethernet frames for its own MAC with its own addresses, and for groups. A bridge floods an Ethernet frame if it
 * does not know where the MAC is; such a frame reaches no other guest.
 */
export function receiveRules(nic: GuestInterface): Rule[] {
  const own = mac("target", canonicalMac(nic.mac));
  const [inet, inet6] = addressesByFamily(nic);
  const local = linkLocal(canonicalMac(nic.mac));
  const rules: Rule[] = [];
  const accept = (...matches: readonly Match[]) => rules.push(rule(matches, ACCEPT));
  const drop = (...matches: readonly Match[]) => rules.push(rule(matches, DROP));
  const others = (...before: readonly Match[]) => {
    for (const [type, ...more] of otherTypes(nic)) accept(...(type === undefined ? [] : [type]), ...before, ...more);
  };
  if (nic.antiSpoofing === "off") {
    for (const type of [IPV4, IPV6, ARP]) accept(ethertype(type));
    others();
  } else if (nic.antiSpoofing === "mac") {
    for (const type of [IPV4, IPV6, ARP]) accept(ethertype(type), own);
    others(own);
    drop(mac("target", UNICAST));
    for (const type of [IPV4, IPV6, ARP]) accept(ethertype(type));
    others();
  } else {
    for (const each of inet) accept(ethertype(IPV4), own, address("target", each));
    for (const each of [...inet6, local]) accept(ethertype(IPV6), own, address("target", each));
    // Answers to a probe are for an address that nobody has yet.
    for (const each of [...inet, "0.0.0.0"]) accept(ethertype(ARP), own, arpTo(each));
    // A server's answer goes to the address it offers; groups may come to one member's MAC (multicast_to_unicast; RFC 6085).
    if (nic.dhcp) accept(ethertype(IPV4), own, protocol(UDP), ports("target", "68"));
    accept(ethertype(IPV4), own, address("target", "224.0.0.0/4"));
    accept(ethertype(IPV6), own, address("target", "ff00::/8"));
    others(own);
    drop(mac("target", UNICAST));
    // A group's MAC receives what is for a group, and what is for several that share an address. csp does not know a network's broadcast address.
    for (const each of [...inet, "224.0.0.0/4"]) accept(ethertype(IPV4), address("target", each));
    accept(ethertype(IPV4), mac("target", BROADCAST));
    for (const each of [...inet6, local, "ff00::/8"]) accept(ethertype(IPV6), address("target", each));
    for (const each of inet) accept(ethertype(ARP), arpTo(each));
    // Whoever takes over an address announces it to all (VRRP, failover).
    accept(ethertype(ARP), { is: "arp-gratuitous" });
    others();
  }
  drop();
  return rules;
}

/** Ethernet frames of declared VLANs and ethertypes. The type is the first condition of each. */
function otherTypes(nic: GuestInterface): Match[][] {
  const types = [...new Set(nic.etherTypes.map((text) => text.toLowerCase()))].sort().map(Number);
  const vlans = [...new Set(nic.vlans)].sort((a, b) => a - b);
  return [
    ...vlans.flatMap((vlan) =>
      [IPV4, ARP, IPV6, ...types].map((type): Match[] => [ethertype(VLAN), { is: "vlan", id: String(vlan) }, { is: "vlan-type", type }]),
    ),
    ...types.map((type) => [ethertype(type)]),
  ];
}

/**
 * The same as {@link sendRules} for a table that sees all of layer 2: also what is below a VLAN tag, the target of neighbour discovery, and the
 * type of an IGMP packet. Tagged frames come first, so that no rule behind them can take one for what is below its tag. `targets`: the chain of
 * {@link targetRules}.
 */
export function wholeSendRules(nic: GuestInterface, targets: string): Rule[] {
  const rules = sendRules(nic).filter((each) => !isTagged(each));
  // The sender's MAC is checked in front of all.
  const guard = nic.antiSpoofing === "off" ? [] : rules.slice(0, 1);
  const plain = [...(nic.routerAdvertisements ? [] : [rule([ethertype(IPV4), IGMP_QUERY], DROP)]), ...rules.slice(guard.length)];
  const at = nic.antiSpoofing === "strict" ? plain.findIndex(acceptsIpv6) : plain.length;
  const whole = [...plain.slice(0, at), ...(nic.antiSpoofing === "strict" ? speaking(targets) : []), ...plain.slice(at)];
  return [...guard, ...vlansOf(nic).flatMap((vlan) => below(vlan, whole)), ...NO_OTHER_TAGS, ...whole];
}

/** {@link receiveRules} in the same way. */
export function wholeReceiveRules(nic: GuestInterface): Rule[] {
  const rules = receiveRules(nic).filter((each) => !isTagged(each));
  return [...vlansOf(nic).flatMap((vlan) => below(vlan, rules)), ...NO_OTHER_TAGS, ...rules];
}

/** The targets that the interface's neighbour discovery may speak for: its own addresses. What is decided here is only what may not be. */
export function targetRules(nic: GuestInterface): Rule[] {
  const own = [...addressesByFamily(nic)[1], linkLocal(canonicalMac(nic.mac))];
  return [...own.map((cidr) => rule([{ is: "nd-target", cidr }], RETURN)), rule([], DROP)];
}

/** What speaks for an address: an advertisement, and a solicitation of one that has none yet (RFC 4862: duplicate address detection). */
function speaking(targets: string): Rule[] {
  const message = (type: string, ...more: readonly Match[]) =>
    rule([ethertype(IPV6), ...more, protocol(ICMPV6), icmpv6Type(type)], jump(targets));
  return [message("136"), message("135", address("source", "::"))];
}

const acceptsIpv6 = ({ matches: [type], verdict }: Rule): boolean => verdict === ACCEPT && type?.is === "ethertype" && type.type === IPV6;
const isTagged = ({ matches }: Rule): boolean => matches.some((match) => match.is === "vlan");
const vlansOf = (nic: GuestInterface): number[] => [...new Set(nic.vlans)].sort((a, b) => a - b);

/** The rules for frames of this VLAN, about what is below the tag. A rule that drops the rest drops the rest of all VLANs behind them. */
function below(vlan: number, rules: readonly Rule[]): Rule[] {
  return rules
    .filter(({ matches }) => matches.length > 0)
    .map((each) => ({
      ...each,
      matches: [
        ethertype(VLAN),
        { is: "vlan", id: String(vlan) },
        ...each.matches.map((match): Match => (match.is === "ethertype" ? { ...match, is: "vlan-type", type: Number(match.type) } : match)),
      ],
    }));
}

const NO_OTHER_TAGS: readonly Rule[] = [VLAN, PROVIDER_VLAN].map((type) => rule([ethertype(type)], DROP));

const IGMP_QUERY: Condition = { is: "words", name: "igmp type", values: ["membership-query"] };

/** The same for ARP in arptables, which also sees ARP below a VLAN tag. What it allows goes on to the receiver's rules. */
export function arpRules(nic: GuestInterface): Rule[] {
  const sender: Match[] = nic.antiSpoofing === "off" ? [] : [{ is: "arp-mac", end: "source", mac: canonicalMac(nic.mac) }];
  if (nic.antiSpoofing !== "strict") return [rule(sender, jump(TO))];
  const own = addressesByFamily(nic)[0].map((each) => [arpFrom(each)]);
  return [...own, [arpFrom("0.0.0.0"), arpOperation(REQUEST)]].map((matches) => rule([...matches, ...sender], jump(TO)));
}

/**
 * Which source addresses the interface may use: for tagged packets, because ebtables does not look into these. It is checked before they are
 * tracked, so that none is taken for a part of another guest's connection.
 */
export function pinRules(nic: GuestInterface, family: "inet" | "inet6"): Rule[] {
  const [inet, inet6] = addressesByFamily(nic);
  const own = family === "inet" ? inet : [...inet6, linkLocal(canonicalMac(nic.mac))];
  const nobodys: Match[][] =
    family === "inet6"
      ? FROM_NO_ADDRESS.map((type) => [address("source", "::"), protocol(ICMPV6), icmpv6Type(type)])
      : nic.dhcp
        ? [[address("source", "0.0.0.0"), protocol(UDP), ports("source", "68"), ports("target", "67")]]
        : [];
  return [...own.map((each) => [address("source", each)]), ...nobodys].map((matches) => rule(matches, RETURN)).concat(rule([], DROP));
}

/** The interface's addresses and ranges in canonical spelling, IPv4 and IPv6. */
export function addressesByFamily(nic: Pick<GuestInterface, "addresses" | "addressRanges">): readonly [inet: string[], inet6: string[]] {
  const all = [...new Set([...nic.addresses, ...nic.addressRanges].map(canonicalCidr))].sort();
  return [all.filter((text) => parseCidr(text)?.family === "inet"), all.filter((text) => parseCidr(text)?.family === "inet6")];
}

/** The link-local address that is made from a MAC (RFC 4291, appendix A). */
export function linkLocal(mac: string): string {
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const group = (high: number, low: number) => ((high << 8) | low).toString(16);
  return canonicalCidr(`fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`);
}
