import type { Line } from "../model/kernel";
import { TO } from "../model/names";
import type { GuestInterface } from "../policy/fields";
import { canonicalCidr, canonicalMac, parseCidr } from "../values/spelling";
import type { Trait } from "./templates";

/**
 * What one interface may send and receive at layer 2. Positive rules: a frame that no rule lets through is dropped, and so is one that does
 * not even have the field that a rule asks for (an ARP message with addresses of another length).
 */

/** Which chains of the interface there are beside those that every one has. */
export function traitsOf(nic: GuestInterface): Trait[] {
  return nic.vlans.length > 0 && nic.antiSpoofing === "strict" ? ["rcv", "pin"] : ["rcv"];
}

/**
 * What makes its sender a querier (RFC 2236, RFC 3376) or a multicast router (RFC 4286, and PIM's hellos, RFC 7761) to whoever hears it: bridges
 * and switches then send it every group. So does type 151 of ICMPv6.
 */
const MULTICAST_ROUTERS = [
  ["224.0.0.1", "igmp"],
  ["224.0.0.106", "igmp"],
  ["224.0.0.13", "103"],
] as const;

const ARP_OF_IPV4 = "-p ARP --arp-htype 1 --arp-ptype 0x0800";
/** As ebtables writes what is below a tag. */
const ENCAPSULATED = ["0800", "0806", "86DD"];

/**
 * What the interface may send: from its own MAC, with its own addresses as IP source and as ARP sender, nothing that only a DHCP server, a
 * router or a switch sends. iptables alone stops one of four ways to spoof; this stops all four (reference: firewall.md, 7).
 */
export function sendLines(nic: GuestInterface): Line[] {
  const mac = canonicalMac(nic.mac);
  const [inet, inet6] = addressesByFamily(nic);
  const strict = nic.antiSpoofing === "strict";
  const lines: string[] = [];
  if (nic.antiSpoofing !== "off") lines.push(`-s ! ${mac} -j DROP`);
  // By where it goes: a client takes an answer from any port.
  if (!nic.dhcpServer) lines.push("-p IPv4 --ip-proto udp --ip-dport 68 -j DROP");
  if (!nic.routerAdvertisements)
    for (const [to, protocol] of MULTICAST_ROUTERS) lines.push(`-p IPv4 --ip-dst ${to} --ip-proto ${protocol} -j DROP`);
  if (strict) {
    for (const address of inet) lines.push(`-p IPv4 --ip-src ${address} -j ACCEPT`);
    if (nic.dhcp) lines.push("-p IPv4 --ip-src 0.0.0.0 --ip-proto udp --ip-sport 68 --ip-dport 67 -j ACCEPT");
  } else lines.push("-p IPv4 -j ACCEPT");

  const sender = nic.antiSpoofing === "off" ? "" : ` --arp-mac-src ${mac}`;
  if (strict) {
    for (const address of inet) lines.push(`${ARP_OF_IPV4} --arp-ip-src ${address}${sender} -j ACCEPT`);
    // An ARP probe (RFC 5227) asks for an address before using it.
    lines.push(`${ARP_OF_IPV4} --arp-op Request --arp-ip-src 0.0.0.0${sender} -j ACCEPT`);
  } else lines.push(`${ARP_OF_IPV4}${sender} -j ACCEPT`);
  // What QEMU says for a guest that has been moved (net/announce.c): who sends it is all there is in it.
  lines.push(`-p RARP --arp-op Request_Reverse${sender} -j ACCEPT`);

  if (!nic.dhcpServer) lines.push("-p IPv6 --ip6-proto udp --ip6-dport 546 -j DROP");
  if (!nic.routerAdvertisements) {
    for (const type of ["router-advertisement", "redirect", "130", "151"])
      lines.push(`-p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type ${type} -j DROP`);
    lines.push("-p IPv6 --ip6-dst ff02::d --ip6-proto 103 -j DROP");
  }
  if (strict) {
    for (const address of inet6) lines.push(`-p IPv6 --ip6-src ${address} -j ACCEPT`);
    lines.push(`-p IPv6 --ip6-src ${linkLocal(mac)} -j ACCEPT`);
    // Duplicate address detection, listeners' reports and a router's solicitation come from nowhere (RFC 4862, RFC 3590, RFC 3810, RFC 4861).
    for (const type of ["neighbour-solicitation", "131", "143", "router-solicitation"])
      lines.push(`-p IPv6 --ip6-src :: --ip6-proto ipv6-icmp --ip6-icmp-type ${type} -j ACCEPT`);
  } else lines.push("-p IPv6 -j ACCEPT");

  lines.push(...otherTypes(nic, ""));
  lines.push("-j DROP");
  return lines.map((text) => ({ text }));
}

/**
 * What is sent on to the interface: frames for its own MAC with its own addresses, and for groups. A frame that the bridge floods, because it
 * does not know where its MAC is, does not reach a guest whose it is not.
 */
export function receiveLines(nic: GuestInterface): Line[] {
  const mac = canonicalMac(nic.mac);
  const [inet, inet6] = addressesByFamily(nic);
  const lines: string[] = [];
  if (nic.antiSpoofing === "off") {
    lines.push("-p IPv4 -j ACCEPT", "-p IPv6 -j ACCEPT", "-p ARP -j ACCEPT", ...otherTypes(nic, ""));
  } else if (nic.antiSpoofing === "mac") {
    for (const type of ["IPv4", "IPv6", "ARP"]) lines.push(`-p ${type} -d ${mac} -j ACCEPT`);
    lines.push(...otherTypes(nic, `-d ${mac} `), "-d Unicast -j DROP");
    lines.push("-p IPv4 -j ACCEPT", "-p IPv6 -j ACCEPT", "-p ARP -j ACCEPT", ...otherTypes(nic, ""));
  } else {
    for (const address of inet) lines.push(`-p IPv4 -d ${mac} --ip-dst ${address} -j ACCEPT`);
    for (const address of [...inet6, linkLocal(mac)]) lines.push(`-p IPv6 -d ${mac} --ip6-dst ${address} -j ACCEPT`);
    // Answers to a probe are for nobody's address yet.
    for (const address of [...inet, "0.0.0.0"]) lines.push(`-p ARP -d ${mac} --arp-ip-dst ${address} -j ACCEPT`);
    // A server's answer goes to the address it offers; groups may come to one member's MAC (multicast_to_unicast; RFC 6085).
    if (nic.dhcp) lines.push(`-p IPv4 -d ${mac} --ip-proto udp --ip-dport 68 -j ACCEPT`);
    lines.push(`-p IPv4 -d ${mac} --ip-dst 224.0.0.0/4 -j ACCEPT`, `-p IPv6 -d ${mac} --ip6-dst ff00::/8 -j ACCEPT`);
    lines.push(...otherTypes(nic, `-d ${mac} `), "-d Unicast -j DROP");
    // To a group's MAC goes what is for a group, and what is for several that share an address. Which address is a network's broadcast nobody knows.
    for (const address of [...inet, "224.0.0.0/4"]) lines.push(`-p IPv4 --ip-dst ${address} -j ACCEPT`);
    lines.push("-p IPv4 -d Broadcast -j ACCEPT");
    for (const address of [...inet6, linkLocal(mac), "ff00::/8"]) lines.push(`-p IPv6 --ip6-dst ${address} -j ACCEPT`);
    for (const address of inet) lines.push(`-p ARP --arp-ip-dst ${address} -j ACCEPT`);
    // Who takes over an address says so to all (VRRP, failover).
    lines.push("-p ARP --arp-gratuitous -j ACCEPT", ...otherTypes(nic, ""));
  }
  lines.push("-j DROP");
  return lines.map((text) => ({ text }));
}

/** Frames of declared VLANs and ethertypes. `target`: a match in front, or nothing. */
function otherTypes(nic: GuestInterface, target: string): string[] {
  const types = [...new Set(nic.etherTypes.map((text) => text.toLowerCase()))].sort();
  const below = [...ENCAPSULATED, ...types.map((type) => type.replace(/^0x/, "").toUpperCase())];
  const vlans = [...new Set(nic.vlans)].sort((a, b) => a - b);
  return [
    ...vlans.flatMap((vlan) => below.map((type) => `-p 802_1Q ${target}--vlan-id ${vlan} --vlan-encap ${type} -j ACCEPT`)),
    ...types.map((type) => `-p ${type} ${target}-j ACCEPT`),
  ];
}

/** The same for ARP in arptables, which also sees it below a VLAN tag; what it lets through goes on to the receiver's side. */
export function arpLines(nic: GuestInterface): Line[] {
  const mac = canonicalMac(nic.mac);
  const sender = nic.antiSpoofing === "off" ? "" : ` --src-mac ${mac}`;
  if (nic.antiSpoofing !== "strict") return [{ text: `-j ${TO}${sender}` }];
  const addresses = [...addressesByFamily(nic)[0].map((address) => ` -s ${address}`), " -s 0.0.0.0"];
  return addresses.map((address) => ({ text: `-j ${TO}${address}${sender}` }));
}

/**
 * Whose addresses may be the source of what the interface sends: for tagged packets, into which ebtables does not look. Before they are tracked,
 * so that none is taken for a part of somebody else's connection.
 */
export function pinLines(nic: GuestInterface, family: "inet" | "inet6"): Line[] {
  const [inet, inet6] = addressesByFamily(nic);
  const returns =
    family === "inet"
      ? [...inet.map((address) => `-s ${withLength(address)}`), ...(nic.dhcp ? ["-s 0.0.0.0/32 -p udp -m udp --sport 68 --dport 67"] : [])]
      : [...[...inet6, linkLocal(canonicalMac(nic.mac))].map((address) => `-s ${withLength(address)}`), "-s ::/128 -p ipv6-icmp"];
  return [...returns.map((match) => ({ text: `${match} -j RETURN` })), { text: "-j DROP" }];
}

/** As iptables prints it, a single address with its prefix length too. */
function withLength(cidr: string): string {
  return cidr.includes("/") ? cidr : `${cidr}/${cidr.includes(":") ? 128 : 32}`;
}

/** The interface's addresses and ranges in canonical spelling, IPv4 and IPv6. */
export function addressesByFamily(nic: Pick<GuestInterface, "addresses" | "addressRanges">): readonly [inet: string[], inet6: string[]] {
  const all = [...new Set([...nic.addresses, ...nic.addressRanges].map(canonicalCidr))].sort();
  return [all.filter((text) => parseCidr(text)?.family === "inet"), all.filter((text) => parseCidr(text)?.family === "inet6")];
}

/** The link-local address made from a MAC (RFC 4291, appendix A). */
export function linkLocal(mac: string): string {
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const group = (high: number, low: number) => ((high << 8) | low).toString(16);
  return canonicalCidr(`fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`);
}
