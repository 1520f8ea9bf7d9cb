import type { Line } from "./kernel";
import { TO } from "./names";
import type { GuestInterface } from "./policy";
import { canonicalCidr, canonicalMac, parseCidr } from "./spelling";

/**
 * What one interface may send at layer 2: its own MAC, its own addresses as IP source and as ARP sender, nothing that only a DHCP server,
 * a router or a switch sends. iptables alone stops one of four ways to spoof; this stops all four (reference: firewall.md, 7).
 */
export function layer2Lines(nic: GuestInterface): Line[] {
  const mac = canonicalMac(nic.mac);
  const [inet, inet6] = addressesByFamily(nic);
  const lines: string[] = [];
  if (nic.antiSpoofing !== "off") lines.push(`-s ! ${mac} -j DROP`);

  if (!nic.dhcpServer) lines.push("-p IPv4 --ip-proto udp --ip-sport 67 -j DROP");
  if (nic.antiSpoofing === "strict") {
    for (const address of inet) lines.push(isAny(address) ? "-p IPv4 -j ACCEPT" : `-p IPv4 --ip-src ${address} -j ACCEPT`);
    if (nic.dhcp) lines.push("-p IPv4 --ip-src 0.0.0.0 --ip-proto udp --ip-sport 68 --ip-dport 67 -j ACCEPT");
  } else lines.push("-p IPv4 -j ACCEPT");

  if (nic.antiSpoofing !== "off") lines.push(`-p ARP --arp-mac-src ! ${mac} -j DROP`);
  if (nic.antiSpoofing === "strict") {
    for (const address of inet) lines.push(isAny(address) ? "-p ARP -j ACCEPT" : `-p ARP --arp-ip-src ${address} -j ACCEPT`);
    // An ARP probe (RFC 5227) asks for an address before using it.
    lines.push("-p ARP --arp-op Request --arp-ip-src 0.0.0.0 -j ACCEPT");
  } else lines.push("-p ARP -j ACCEPT");

  if (!nic.dhcpServer) lines.push("-p IPv6 --ip6-proto udp --ip6-sport 547 -j DROP");
  if (!nic.routerAdvertisements) {
    lines.push("-p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type router-advertisement -j DROP");
    lines.push("-p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type redirect -j DROP");
  }
  if (nic.antiSpoofing === "strict") {
    for (const address of inet6) lines.push(isAny(address) ? "-p IPv6 -j ACCEPT" : `-p IPv6 --ip6-src ${address} -j ACCEPT`);
    lines.push(`-p IPv6 --ip6-src ${linkLocal(mac)} -j ACCEPT`);
    // Duplicate address detection and listener reports come from nowhere (RFC 4862, RFC 3810).
    lines.push("-p IPv6 --ip6-src :: --ip6-proto ipv6-icmp -j ACCEPT");
  } else lines.push("-p IPv6 -j ACCEPT");

  for (const type of [...new Set(nic.etherTypes.map((text) => text.toLowerCase()))].sort()) lines.push(`-p ${type} -j ACCEPT`);
  lines.push("-j DROP");
  return lines.map((text) => ({ text }));
}

/** The same for ARP in arptables; what it lets through goes on to the receiver's side. */
export function arpLines(nic: GuestInterface): Line[] {
  const mac = canonicalMac(nic.mac);
  const sender = nic.antiSpoofing === "off" ? "" : ` --src-mac ${mac}`;
  if (nic.antiSpoofing !== "strict") return [{ text: `-j ${TO}${sender}` }];
  const addresses = [...addressesByFamily(nic)[0].map((address) => (isAny(address) ? "" : ` -s ${address}`)), " -s 0.0.0.0"];
  return addresses.map((address) => ({ text: `-j ${TO}${address}${sender}` }));
}

/** The interface's addresses in canonical spelling, IPv4 and IPv6. */
export function addressesByFamily(nic: GuestInterface): readonly [inet: string[], inet6: string[]] {
  const all = [...new Set(nic.addresses.map(canonicalCidr))].sort();
  return [all.filter((text) => parseCidr(text)?.family === "inet"), all.filter((text) => parseCidr(text)?.family === "inet6")];
}

function isAny(cidr: string): boolean {
  return cidr.endsWith("/0");
}

/** The link-local address made from a MAC (RFC 4291, appendix A). */
export function linkLocal(mac: string): string {
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const group = (high: number, low: number) => ((high << 8) | low).toString(16);
  return canonicalCidr(`fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`);
}
