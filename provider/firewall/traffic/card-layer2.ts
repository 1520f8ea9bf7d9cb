import { type Address, parseAddress } from "../values/address-set";
import type { Card } from "./declared";
import type { Protection } from "./judgement";
import { contentOf, ETHERTYPE, ICMP, ICMPV6, IGMP, type IpPacket, type Packet, PIM, UDP } from "./packet";

/**
 * What an interface may send and receive at layer 2, from the meaning of its fields (policy/fields.ts): its MAC and addresses, `antiSpoofing`,
 * `dhcpServer`, `routerAdvertisements`, `vlans` and `etherTypes`.
 *
 * Some checks are of what a data plane cannot see. A plane says which ({@link Blindness}), and its hosts name it as a limit.
 */

/**
 * What a data plane does not see.
 * - `neighbour-targets`: the address that a neighbour discovery message asks for or claims.
 * - `igmp-types`: whether an IGMP message to a group's own address is a query or a report.
 * - `tagged-receivers`: for which address a packet below a VLAN tag is. The MAC is seen.
 */
export type Blindness = "neighbour-targets" | "igmp-types" | "tagged-receivers";

/** Ends of an IP packet as numbers, read once. */
export interface IpEnds {
  readonly source: Address;
  readonly target: Address;
}

/** Why the interface may not send it; undefined: it may. */
export function againstSending(
  card: Card,
  packet: Packet,
  ends: IpEnds | undefined,
  blind: ReadonlySet<Blindness>,
): Protection | undefined {
  const { nic } = card;
  if (nic.antiSpoofing !== "off" && packet.sourceMac !== card.mac) return "source-mac";
  return againstType(card, packet, "sends") ?? againstMessage(card, packet, blind) ?? againstSender(card, packet, ends, blind);
}

/** Why the interface does not receive it; undefined: it does. */
export function againstReceiving(
  card: Card,
  packet: Packet,
  ends: IpEnds | undefined,
  blind: ReadonlySet<Blindness>,
): Protection | undefined {
  return againstType(card, packet, "receives") ?? (isFor(card, packet, ends, blind) ? undefined : "other-receiver");
}

/** `etherTypes`, `vlans` and `ipv6`. An undeclared type is not sent, and not received. */
function againstType(card: Card, packet: Packet, way: "sends" | "receives"): Protection | undefined {
  if (packet.vlan !== undefined && (packet.etherType !== ETHERTYPE.vlan || !card.vlans.has(packet.vlan.id))) return "vlan";
  const type = contentOf(packet);
  if (type === ETHERTYPE.inet6 && card.guest.ipv6 === "drop") return "ipv6";
  if (type === ETHERTYPE.inet || type === ETHERTYPE.inet6 || type === ETHERTYPE.arp || card.etherTypes.has(type)) return undefined;
  return way === "sends" && isMoveAnnouncement(card, packet) ? undefined : "ether-type";
}

/** What QEMU sends for a guest that has moved (net/announce.c). It contains nothing but its sender. */
function isMoveAnnouncement({ nic, mac }: Card, { etherType, arp }: Packet): boolean {
  if (etherType !== ETHERTYPE.rarp || arp?.operation !== REVERSE_REQUEST) return false;
  return nic.antiSpoofing === "off" || arp.senderMac === mac;
}

const REQUEST = 1;
const REVERSE_REQUEST = 3;

/** What only DHCP servers and routers send. */
function againstMessage({ nic }: Card, { ip }: Packet, blind: ReadonlySet<Blindness>): Protection | undefined {
  if (ip === undefined) return undefined;
  // Clients take an answer from whichever port it comes.
  if (!nic.dhcpServer && ip.protocol === UDP && ip.targetPort === (ip.family === "inet" ? 68 : 546)) return "dhcp-server";
  return !nic.routerAdvertisements && isOfRouters(ip, blind) ? "router" : undefined;
}

/** Queries to listeners (RFC 2236, 3376, 2710, 3810), multicast routers' announcements (RFC 4286), PIM's hellos (RFC 7761). */
const IGMP_QUERY = 0x11;
const ALL_SYSTEMS = "224.0.0.1";
const ALL_SNOOPERS = "224.0.0.106";
const PIM_ROUTERS: Readonly<Record<string, string>> = { inet: "224.0.0.13", inet6: "ff02::d" };
/** ICMPv6: listener query, router advertisement, redirect, multicast router advertisement. */
const ROUTERS_ICMPV6: ReadonlySet<number | undefined> = new Set([130, 134, 137, 151]);

function isOfRouters(ip: IpPacket, blind: ReadonlySet<Blindness>): boolean {
  if (ip.protocol === PIM) return ip.target === PIM_ROUTERS[ip.family];
  if (ip.family === "inet6") return ip.protocol === ICMPV6 && ROUTERS_ICMPV6.has(ip.icmpType);
  if (ip.protocol === ICMP) return ip.icmpType === REDIRECT;
  if (ip.protocol !== IGMP) return false;
  return ip.target === ALL_SYSTEMS || ip.target === ALL_SNOOPERS || (ip.igmpType === IGMP_QUERY && !blind.has("igmp-types"));
}

/** ICMP's. */
const REDIRECT = 5;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
/**
 * Duplicate address detection, listeners' reports and router solicitations may come from the unspecified address (RFC 4862, 3590, 3810,
 * 4861).
 */
const FROM_NO_ADDRESS: ReadonlySet<number | undefined> = new Set([NEIGHBOUR_SOLICITATION, 131, 143, 133]);

/** `antiSpoofing`: whether the addresses that it says it has are its own. */
function againstSender(card: Card, packet: Packet, ends: IpEnds | undefined, blind: ReadonlySet<Blindness>): Protection | undefined {
  const { nic, own, mac } = card;
  if (nic.antiSpoofing === "off") return undefined;
  const { ip, arp } = packet;
  if (arp !== undefined && contentOf(packet) === ETHERTYPE.arp) {
    if (arp.senderMac !== mac) return "arp-sender";
    if (nic.antiSpoofing === "mac") return undefined;
    // A probe asks for an address before using it (RFC 5227).
    if (arp.senderAddress === "0.0.0.0") return arp.operation === REQUEST ? undefined : "arp-sender";
    return owns(own, arp.senderAddress) ? undefined : "arp-sender";
  }
  if (ip === undefined || ends === undefined || nic.antiSpoofing === "mac") return undefined;
  if (!own.has(ends.source) && !mayHaveNoAddress(card, ip)) return "source-address";
  if (blind.has("neighbour-targets") || ip.protocol !== ICMPV6 || ip.neighbour === undefined) return undefined;
  // An advertisement claims an address, and so does duplicate address detection.
  const claims = ip.icmpType === NEIGHBOUR_ADVERTISEMENT || (ip.icmpType === NEIGHBOUR_SOLICITATION && ip.source === "::");
  return claims && !owns(own, ip.neighbour) ? "neighbour-target" : undefined;
}

function mayHaveNoAddress({ nic }: Card, ip: IpPacket): boolean {
  if (ip.family === "inet")
    return ip.source === "0.0.0.0" && nic.dhcp && ip.protocol === UDP && ip.sourcePort === 68 && ip.targetPort === 67;
  return ip.source === "::" && ip.protocol === ICMPV6 && FROM_NO_ADDRESS.has(ip.icmpType);
}

function owns(own: Card["own"], text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && own.has(address);
}

const BROADCAST = "ff:ff:ff:ff:ff:ff";
const isGroup = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

/** `antiSpoofing`: whether a packet is for the interface. A bridge floods an Ethernet frame if it does not know where its MAC is. */
function isFor({ nic, mac, own }: Card, packet: Packet, ends: IpEnds | undefined, blind: ReadonlySet<Blindness>): boolean {
  const { targetMac, ip, arp } = packet;
  if (nic.antiSpoofing === "off") return true;
  const group = isGroup(targetMac);
  if (!group && targetMac !== mac) return false;
  if (nic.antiSpoofing === "mac" || (packet.vlan !== undefined && blind.has("tagged-receivers"))) return true;
  if (arp !== undefined && contentOf(packet) === ETHERTYPE.arp) {
    if (owns(own, arp.targetAddress)) return true;
    // To one: the answer to a probe, which is for an address that nobody has yet. To all: whoever takes an address over announces it.
    return group ? arp.senderAddress === arp.targetAddress : arp.targetAddress === "0.0.0.0";
  }
  if (ip === undefined || ends === undefined) return true;
  if (own.has(ends.target) || isMulticast(ends.target)) return true;
  if (ip.family === "inet6") return false;
  // csp does not know a network's broadcast address. A DHCP server's answer goes to the address that it offers.
  return group ? targetMac === BROADCAST : nic.dhcp && ip.protocol === UDP && ip.targetPort === 68;
}

const isMulticast = ({ family, value }: Address): boolean => (family === "inet" ? value >> 28n === 0xen : value >> 120n === 0xffn);
