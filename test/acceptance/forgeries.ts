import { frames } from "../../lab/netns";
import { linkLocal } from "../../provider/firewall/compile/layer2";

/** Any lab with guests. */
interface Lab {
  guest(name: string): { readonly mac: string; address(family?: 4 | 6): string };
}

/** A guest's first addresses, IPv4 and IPv6. */
export function addressesOf(lab: Lab, guest: string): [string, string] {
  return [lab.guest(guest).address(4), lab.guest(guest).address(6)];
}

/** Frames that no guest may send, by what is forged in each. A forged address is the other guest's. */
export function forged(lab: Lab, attacker: string, victim: string, other: string): Record<string, Buffer> {
  const [mac, ip, ip6] = [lab.guest(attacker).mac, ...addressesOf(lab, attacker)] as [string, string, string];
  const [victimMac, victimIp, victimIp6] = [lab.guest(victim).mac, ...addressesOf(lab, victim)] as [string, string, string];
  const { mac: otherMac } = lab.guest(other);
  const [otherIp = "", otherIp6 = ""] = addressesOf(lab, other);
  const udp = { from: mac, to: victimMac, sourceIp: ip, targetIp: victimIp, sourcePort: 40000, targetPort: 514, payload: "csp" };
  const udp6 = { ...udp, sourceIp: ip6, targetIp: victimIp6 };
  const arp = { from: mac, to: frames.BROADCAST, operation: "reply" as const, senderMac: mac, senderIp: ip, targetIp: victimIp };
  return {
    "source MAC": frames.udp({ ...udp, from: otherMac }),
    "source MAC over IPv6": frames.udp({ ...udp6, from: otherMac }),
    "IPv4 source of another guest": frames.udp({ ...udp, sourceIp: otherIp }),
    "IPv4 source of nobody": frames.udp({ ...udp, sourceIp: "192.0.2.99" }),
    "IPv6 source of another guest": frames.udp({ ...udp6, sourceIp: otherIp6 }),
    "IPv6 link-local source of another guest": frames.udp({ ...udp6, sourceIp: linkLocal(otherMac), targetIp: linkLocal(victimMac) }),
    "ARP sender IP in a reply": frames.arp({ ...arp, senderIp: otherIp }),
    "ARP sender IP in a request": frames.arp({ ...arp, operation: "request", senderIp: otherIp }),
    "ARP sender MAC": frames.arp({ ...arp, senderMac: otherMac }),
    "ARP frame's source MAC": frames.arp({ ...arp, from: otherMac }),
    "a DHCP server's offer": frames.dhcp({
      kind: "offer",
      from: mac,
      clientMac: victimMac,
      transaction: 7,
      address: "10.20.66.6",
      serverIp: ip,
    }),
    "a DHCPv6 server's advertisement": frames.dhcpv6Advertise({
      from: mac,
      to: victimMac,
      sourceIp: linkLocal(mac),
      targetIp: linkLocal(victimMac),
    }),
    "a router advertisement": frames.routerAdvertisement({ from: mac, sourceIp: linkLocal(mac), prefix: "2001:db8:bad::" }),
    "an ethertype of its own": frames.ethernet({ from: mac, to: victimMac }, 0x88b5, Buffer.alloc(60)),
  };
}

/** The same kinds of frames, honest. */
export function honest(lab: Lab, sender: string, victim: string): Record<string, Buffer> {
  const [mac, ip, ip6] = [lab.guest(sender).mac, ...addressesOf(lab, sender)] as [string, string, string];
  const [victimMac, victimIp, victimIp6] = [lab.guest(victim).mac, ...addressesOf(lab, victim)] as [string, string, string];
  const udp = { from: mac, to: victimMac, sourceIp: ip, targetIp: victimIp, sourcePort: 40000, targetPort: 514, payload: "csp" };
  const arp = { from: mac, to: frames.BROADCAST, operation: "reply" as const, senderMac: mac, senderIp: ip, targetIp: victimIp };
  return {
    IPv4: frames.udp(udp),
    IPv6: frames.udp({ ...udp, sourceIp: ip6, targetIp: victimIp6 }),
    "IPv6 link-local": frames.udp({ ...udp, sourceIp: linkLocal(mac), targetIp: linkLocal(victimMac) }),
    "ARP reply": frames.arp(arp),
    "ARP request": frames.arp({ ...arp, operation: "request" }),
    "ARP probe": frames.arp({ ...arp, operation: "request", senderIp: "0.0.0.0" }),
    "neighbour advertisement": frames.neighbourAdvertisement({
      from: mac,
      to: victimMac,
      sourceIp: ip6,
      targetIp: victimIp6,
      claimedIp: ip6,
      claimedMac: mac,
    }),
  };
}
