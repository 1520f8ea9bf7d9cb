// biome-ignore-all format: a row is a line, however long
import { frames } from "../../lab/netns";
import { db, gate, host, office, type Place, secondCard, shut, trunk, web } from "./actors";
import type { Sent } from "./attacks";
import { advertise, arp, ask, claim, ip, type Mark, other, ping, redirect6, solicit, tcp, udp, udp6, way, way6, wayLink } from "./marks";

/** A row: what somebody is allowed to send, and who must receive it. */
export interface Right {
  readonly name: string;
  readonly enters: Place;
  readonly frame: (mark: Mark) => Buffer | readonly Sent[];
  readonly seen: readonly Place[];
  readonly before?: (mark: Mark) => readonly Sent[];
}

const { tagged, BROADCAST, multicastMac, hopByHop, destinationOptions, fragmentHeader } = frames;
const NONE = "00:00:00:00:00:00";
const EVERYBODY: readonly Place[] = ["db", "shut", "gate", "trunk", "uplink"];
const group = (address: string) => ({ to: multicastMac(address), targetIp: address });
const named = ({ port }: Mark) => ({ identification: port });
const from = (mac: string, sourceIp: string) => ({ from: mac, sourceIp });
const discover = (mark: Mark, mac: string, but: object = {}) => frames.dhcp({ kind: "discover", from: mac, clientMac: mac, transaction: mark.port, ...but });
const offer = (mark: Mark, server: { readonly mac: string; readonly ip: string }, but: object = {}) => frames.dhcp({ kind: "offer", from: server.mac, clientMac: web.mac, transaction: mark.port, address: "10.70.0.77", serverIp: server.ip, ...but });
const lease6 = (mark: Mark, kind: "solicit" | "advertise" | "renew" | "reply", but: object): Buffer => frames.dhcpv6({ kind, ...wayLink(), transaction: mark.port, ...but });
const asked = ({ port }: Mark) => frames.udp({ ...way(shut, office), sourcePort: port, targetPort: 53, payload: "question" });
const asked6 = ({ port }: Mark) => frames.udp({ ...way6(shut, office), sourcePort: port, targetPort: 53, payload: "question" });
const question = (m: Mark): readonly Sent[] => [{ from: "shut", frame: asked(m) }];
const question6 = (m: Mark): readonly Sent[] => [{ from: "shut", frame: asked6(m) }];
const about = (m: Mark) => Buffer.concat([frames.payloadOf(asked(m)), Buffer.from(m.text)]);
const about6 = (m: Mark) => Buffer.concat([frames.payloadOf(asked6(m)), Buffer.from(m.text)]);
const long = (m: Mark) => m.text.repeat(10_000);
const pieces = (frame: Buffer, m: Mark) => frames.fragments(frame, 1448, m.port);
const GATE6 = { from: gate.mac, sourceIp: gate.linkLocal };

export const RIGHT: readonly Right[] = [
  { name: "udp", enters: "web", frame: (m) => udp(m), seen: ["db"] },
  { name: "udp over IPv6", enters: "web", frame: (m) => udp6(m), seen: ["db"] },
  { name: "udp by link-local addresses", enters: "web", frame: (m) => udp6(m, wayLink()), seen: ["db"] },
  { name: "tcp to the world", enters: "web", frame: (m) => tcp(m, way(web, office)), seen: ["uplink"] },
  { name: "tcp over IPv6 to the world", enters: "web", frame: (m) => tcp(m, way6(web, office)), seen: ["uplink"] },
  { name: "tcp from the world", enters: "uplink", frame: (m) => tcp(m, way(office, db)), seen: ["db"] },
  { name: "an echo request", enters: "web", frame: (m) => ping(m), seen: ["db"] },
  { name: "by the second card", enters: "second card", frame: (m) => udp(m, way(secondCard, db)), seen: ["db"] },
  { name: "to the second card", enters: "uplink", frame: (m) => udp(m, way(office, secondCard)), seen: ["second card"] },
  { name: "by the emulated card", enters: "emulated card", frame: (m) => udp(m, way(web, office)), seen: ["uplink"] },
  { name: "to the host", enters: "web", frame: (m) => udp(m, way(web, host)), seen: ["host"] },
  { name: "to the host over IPv6", enters: "web", frame: (m) => udp6(m, way6(web, host)), seen: ["host"] },
  { name: "of the host", enters: "host", frame: (m) => udp(m, way(host, db)), seen: ["db"] },
  { name: "to a somewhere behind the router", enters: "web", frame: (m) => udp(m, { ...way(web, office), targetIp: "192.0.2.1" }), seen: ["uplink"] },
  { name: "from somewhere behind the router", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), sourceIp: "192.0.2.1" }), seen: ["db"] },
  { name: "behind IPv4 options", enters: "web", frame: (m) => udp(m, { ipOptions: frames.ROUTER_ALERT }), seen: ["db"] },
  { name: "behind IPv6 headers", enters: "web", frame: (m) => udp6(m, { extensions: [hopByHop(), destinationOptions()] }), seen: ["db"] },
  { name: "in an atomic fragment", enters: "web", frame: (m) => udp6(m, { extensions: [fragmentHeader({ identification: m.port })] }), seen: ["db"] },
  { name: "a lookup of one that may send that alone", enters: "shut", frame: (m) => udp(m, { ...way(shut, office), targetPort: 53 }), seen: ["uplink"] },
  { name: "its answer", enters: "uplink", before: question, frame: (m) => udp(m, { ...way(office, shut), sourcePort: 53, targetPort: m.port }), seen: ["shut"] },
  { name: "its answer over IPv6", enters: "uplink", before: question6, frame: (m) => udp6(m, { ...way6(office, shut), sourcePort: 53, targetPort: m.port }), seen: ["shut"] },
  { name: "its long answer in fragments", enters: "uplink", before: question, frame: (m) => pieces(udp(m, { ...way(office, shut), sourcePort: 53, targetPort: m.port, payload: m.text.repeat(700) }), m), seen: ["shut"] },
  { name: "60 kB in fragments", enters: "web", frame: (m) => pieces(udp(m, { payload: long(m) }), m), seen: ["db"] },
  { name: "60 kB in fragments to the world, backwards", enters: "web", frame: (m) => pieces(udp(m, { ...way(web, office), payload: long(m) }), m).reverse(), seen: ["uplink"] },
  { name: "60 kB of IPv6 in fragments", enters: "web", frame: (m) => pieces(udp6(m, { payload: long(m) }), m), seen: ["db"] },
  { name: "60 kB of IPv6 in fragments from the world, backwards", enters: "uplink", frame: (m) => pieces(udp6(m, { ...way6(office, db), payload: long(m) }), m).reverse(), seen: ["db"] },
  { name: "PMTU: a packet is too long", enters: "uplink", before: question, frame: (m) => frames.icmpError({ ...way(office, shut), type: 3, code: 4, mtu: 1400, quoted: about(m) }), seen: ["shut"] },
  { name: "PMTU: a router on the way says so", enters: "uplink", before: question, frame: (m) => frames.icmpError({ ...way(office, shut), sourceIp: "198.51.100.1", type: 3, code: 4, mtu: 1400, quoted: about(m) }), seen: ["shut"] },
  { name: "PMTU: an IPv6 packet is too long", enters: "uplink", before: question6, frame: (m) => frames.icmpv6Error({ ...way6(office, shut), type: 2, code: 0, mtu: 1280, quoted: about6(m) }), seen: ["shut"] },
  { name: "PMTU: a router on the way says so of IPv6", enters: "uplink", before: question6, frame: (m) => frames.icmpv6Error({ ...way6(office, shut), sourceIp: "2001:db8::1", type: 2, code: 0, mtu: 1280, quoted: about6(m) }), seen: ["shut"] },
  { name: "a packet has travelled too long", enters: "uplink", before: question, frame: (m) => frames.icmpError({ ...way(office, shut), sourceIp: "198.51.100.1", type: 11, code: 0, quoted: about(m) }), seen: ["shut"] },
  { name: "a guest's port is closed", enters: "web", before: (m) => [{ from: "uplink", frame: udp(m, { ...way(office, web), payload: "hello" }) }], frame: (m) => frames.icmpError({ ...way(web, office), type: 3, code: 3, quoted: Buffer.concat([frames.payloadOf(udp(m, { ...way(office, web), payload: "hello" })), Buffer.from(m.text)]) }), seen: ["uplink"] },
  { name: "ARP: asks", enters: "web", frame: (m) => arp(m, { operation: "request", targetMac: NONE }), seen: ["db", "uplink"] },
  { name: "ARP: answers", enters: "web", frame: (m) => arp(m, { to: db.mac }), seen: ["db"] },
  { name: "ARP: a probe", enters: "web", frame: (m) => arp(m, { operation: "request", senderIp: "0.0.0.0", targetMac: NONE }), seen: ["db", "uplink"] },
  { name: "ARP: answers a probe", enters: "uplink", frame: (m) => arp(m, { from: office.mac, to: web.mac, senderMac: office.mac, senderIp: "10.70.0.88", targetIp: "0.0.0.0", targetMac: web.mac }), seen: ["web"] },
  { name: "ARP: asks one that may receive nothing", enters: "uplink", frame: (m) => arp(m, { from: office.mac, operation: "request", senderMac: office.mac, senderIp: office.ip, targetIp: shut.ip, targetMac: NONE }), seen: ["shut"] },
  { name: "ARP: of one that may send nothing", enters: "shut", frame: (m) => arp(m, { from: shut.mac, to: office.mac, senderMac: shut.mac, senderIp: shut.ip, targetIp: office.ip, targetMac: office.mac }), seen: ["uplink"] },
  { name: "migration: is here, asks for itself", enters: "web", frame: (m) => arp(m, { operation: "request", targetIp: web.ip, targetMac: NONE }), seen: EVERYBODY },
  { name: "migration: is here, answers for itself", enters: "web", frame: (m) => arp(m, { targetIp: web.ip, targetMac: BROADCAST }), seen: EVERYBODY },
  { name: "migration: is here, by RARP", enters: "web", frame: (m) => Buffer.concat([frames.qemuAnnouncement(web.mac), Buffer.from(m.text)]), seen: ["uplink"] },
  { name: "migration: of one that may send nothing, by RARP", enters: "shut", frame: (m) => Buffer.concat([frames.qemuAnnouncement(shut.mac), Buffer.from(m.text)]), seen: ["uplink"] },
  { name: "migration: is here, over IPv6", enters: "web", frame: (m) => claim(m, { ...group("ff02::1") }), seen: EVERYBODY },
  { name: "DAD: is the address free", enters: "web", frame: (m) => ask(m, { sourceIp: "::", wantedIp: web.ip6 }), seen: EVERYBODY },
  { name: "DAD: of one that may send nothing", enters: "shut", frame: (m) => ask(m, { from: shut.mac, sourceIp: "::", wantedIp: shut.linkLocal }), seen: ["uplink", "db"] },
  { name: "DAD: it is not", enters: "uplink", frame: (m) => claim(m, { ...way6(office, db), ...group("ff02::1"), claimedIp: web.ip6, claimedMac: office.mac }), seen: ["web", "shut"] },
  { name: "ND: asks", enters: "web", frame: (m) => ask(m), seen: ["db"] },
  { name: "ND: answers", enters: "web", frame: (m) => claim(m, { flags: ["solicited", "override"] }), seen: ["db"] },
  { name: "ND: asks one that may receive nothing", enters: "uplink", frame: (m) => ask(m, { from: office.mac, sourceIp: office.ip6, wantedIp: shut.ip6 }), seen: ["shut"] },
  { name: "ND: behind a hop-by-hop header", enters: "web", frame: (m) => claim(m, { extensions: [hopByHop()] }), seen: ["db"] },
  { name: "ND: where are routers", enters: "web", frame: (m) => solicit(m), seen: ["uplink", "gate"] },
  { name: "ND: where are routers, from no address", enters: "web", frame: (m) => solicit(m, { sourceIp: "::" }), seen: ["uplink", "gate"] },
  { name: "SLAAC: a router of the network", enters: "uplink", frame: (m) => advertise(m, { from: office.mac, sourceIp: office.linkLocal, prefix: "fd70::" }), seen: ["web", "db", "shut", "gate"] },
  { name: "SLAAC: a router of the network, to one", enters: "uplink", frame: (m) => advertise(m, { from: office.mac, sourceIp: office.linkLocal, prefix: "fd70::", to: shut.mac, targetIp: shut.linkLocal }), seen: ["shut"] },
  { name: "SLAAC: a guest that is a router", enters: "gate", frame: (m) => advertise(m, { ...GATE6, prefix: "fd70::" }), seen: ["db", "shut", "uplink"] },
  { name: "a router redirects", enters: "uplink", frame: (m) => redirect6(m, { ...wayLink(office, shut), viaIp: office.linkLocal }), seen: ["shut"] },
  { name: "a guest that is a router redirects", enters: "gate", frame: (m) => redirect6(m, { ...wayLink(gate, db), viaIp: office.linkLocal }), seen: ["db"] },
  { name: "a guest that is a router redirects IPv4", enters: "gate", frame: (m) => frames.icmpRedirect({ ...way(gate, db), gateway: office.ip, quoted: Buffer.concat([frames.payloadOf(udp(m, way(db, gate)))]) }), seen: ["db"] },
  { name: "IGMP: a report of version 1", enters: "web", frame: (m) => frames.igmp({ ...from(web.mac, web.ip), ...named(m), kind: "report", version: 1, group: "239.1.2.3" }), seen: ["uplink"] },
  { name: "IGMP: a report of version 2", enters: "web", frame: (m) => frames.igmp({ ...from(web.mac, web.ip), ...named(m), kind: "report", version: 2, group: "239.1.2.3" }), seen: ["uplink"] },
  { name: "IGMP: a report of version 3", enters: "web", frame: (m) => frames.igmp({ ...from(web.mac, web.ip), ...named(m), kind: "report", version: 3, group: "239.1.2.3" }), seen: ["uplink"] },
  { name: "IGMP: leaves", enters: "web", frame: (m) => frames.igmp({ ...from(web.mac, web.ip), ...named(m), kind: "leave", version: 2, group: "239.1.2.3" }), seen: ["uplink"] },
  { name: "IGMP: a querier of the network", enters: "uplink", frame: (m) => frames.igmp({ ...from(office.mac, office.ip), ...named(m), kind: "query", version: 3 }), seen: ["web", "db"] },
  { name: "IGMP: a guest that is a router asks", enters: "gate", frame: (m) => frames.igmp({ ...from(gate.mac, gate.ip), ...named(m), kind: "query", version: 3 }), seen: ["db", "uplink"] },
  { name: "PIM: a guest that is a router", enters: "gate", frame: (m) => ip(m, 103, { from: gate.mac, sourceIp: gate.ip, ...group("224.0.0.13"), hopLimit: 1 }), seen: ["uplink"] },
  { name: "MLD: a report of version 1", enters: "web", frame: () => frames.mld({ ...from(web.mac, web.linkLocal), kind: "report", version: 1, group: "ff02::1:ff08:1" }), seen: ["uplink"] },
  { name: "MLD: a report of version 2", enters: "web", frame: () => frames.mld({ ...from(web.mac, web.linkLocal), kind: "report", version: 2, group: "ff02::1:ff08:2" }), seen: ["uplink"] },
  { name: "MLD: a report from no address", enters: "web", frame: () => frames.mld({ ...from(web.mac, "::"), kind: "report", version: 2, group: "ff02::1:ff08:3" }), seen: ["uplink"] },
  { name: "MLD: of one that may send nothing", enters: "shut", frame: () => frames.mld({ ...from(shut.mac, shut.linkLocal), kind: "report", version: 2, group: "ff02::1:ff08:4" }), seen: ["uplink"] },
  { name: "MLD: done", enters: "web", frame: () => frames.mld({ ...from(web.mac, web.linkLocal), kind: "done", version: 1, group: "ff02::1:ff08:5" }), seen: ["uplink"] },
  { name: "MLD: a querier of the network", enters: "uplink", frame: () => frames.mld({ ...from(office.mac, office.linkLocal), kind: "query", version: 2 }), seen: ["web", "db", "shut"] },
  { name: "MLD: a guest that is a router asks", enters: "gate", frame: () => frames.mld({ ...GATE6, kind: "query", version: 2 }), seen: ["db", "shut", "uplink"] },
  { name: "DHCP: a client asks", enters: "web", frame: (m) => discover(m, web.mac), seen: ["uplink", "gate"] },
  { name: "DHCP: one that may send nothing asks", enters: "shut", frame: (m) => discover(m, shut.mac), seen: ["uplink", "gate"] },
  { name: "DHCP: a client renews", enters: "web", frame: (m) => udp(m, { ...way(web, office), sourcePort: 68, targetPort: 67 }), seen: ["uplink"] },
  { name: "DHCP: a server of the network offers", enters: "uplink", frame: (m) => offer(m, office), seen: ["web", "shut"] },
  { name: "DHCP: it offers to one, at the address it offers", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), targetIp: "10.70.0.77", sourcePort: 67, targetPort: 68 }), seen: ["shut"] },
  { name: "DHCP: a guest that is a server offers", enters: "gate", frame: (m) => offer(m, gate), seen: ["db", "shut", "uplink"] },
  { name: "DHCP: a relay of the network asks a guest that is a server", enters: "uplink", frame: (m) => udp(m, { ...way(office, gate), sourcePort: 67, targetPort: 67 }), seen: ["gate"] },
  { name: "DHCP: which answers the relay", enters: "gate", frame: (m) => udp(m, { ...way(gate, office), sourcePort: 67, targetPort: 67 }), seen: ["uplink"] },
  { name: "DHCPv6: a client asks", enters: "web", frame: (m) => lease6(m, "solicit", { ...group("ff02::1:2") }), seen: ["uplink", "gate"] },
  { name: "DHCPv6: one that may send nothing asks", enters: "shut", frame: (m) => lease6(m, "solicit", { from: shut.mac, sourceIp: shut.linkLocal, ...group("ff02::1:2") }), seen: ["uplink", "gate"] },
  { name: "DHCPv6: a server of the network answers", enters: "uplink", frame: (m) => lease6(m, "reply", wayLink(office, shut)), seen: ["shut"] },
  { name: "DHCPv6: a guest that is a server answers", enters: "gate", frame: (m) => lease6(m, "advertise", wayLink(gate, shut)), seen: ["shut"] },
  { name: "DHCPv6: a relay asks a guest that is a server", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, gate), sourcePort: 547, targetPort: 547 }), seen: ["gate"] },
  { name: "VRRP", enters: "gate", frame: (m) => ip(m, 112, { ...way(gate, db), ...group("224.0.0.18"), hopLimit: 255 }), seen: ["uplink", "web"] },
  { name: "VRRP over IPv6", enters: "gate", frame: (m) => ip(m, 112, { ...wayLink(gate, db), ...group("ff02::12"), hopLimit: 255 }), seen: ["uplink", "web"] },
  { name: "VRRP of the network", enters: "uplink", frame: (m) => ip(m, 112, { ...way(office, db), from: "00:00:5e:00:01:07", ...group("224.0.0.18"), hopLimit: 255 }), seen: ["gate"] },
  { name: "a virtual router takes over", enters: "uplink", frame: (m) => arp(m, { from: "00:00:5e:00:01:07", operation: "request", senderMac: "00:00:5e:00:01:07", senderIp: "10.70.0.1", targetIp: "10.70.0.1", targetMac: NONE }), seen: ["web", "db", "shut"] },
  { name: "to a group", enters: "web", frame: (m) => udp(m, group("239.1.2.3")), seen: ["db", "uplink"] },
  { name: "to a group of IPv6", enters: "web", frame: (m) => udp6(m, group("ff05::1:3")), seen: ["db", "uplink"] },
  { name: "to a group, to one of its members", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), targetIp: "239.1.2.3" }), seen: ["db"] },
  { name: "to a MAC that several share", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), to: "03:bf:0a:46:00:0d" }), seen: ["db"] },
  { name: "to everybody", enters: "web", frame: (m) => udp(m, { to: BROADCAST, targetIp: "255.255.255.255" }), seen: ["db", "uplink"] },
  { name: "to everybody of the network", enters: "web", frame: (m) => udp(m, { to: BROADCAST, targetIp: "10.70.0.255" }), seen: ["db", "uplink"] },
  { name: "GRE", enters: "web", frame: (m) => ip(m, 47, {}, Buffer.from([0, 0, 8, 0])), seen: ["db"] },
  { name: "6in4", enters: "web", frame: (m) => ip(m, 41, way(web, office), frames.payloadOf(udp6(m))), seen: ["uplink"] },
  { name: "ESP", enters: "web", frame: (m) => ip(m, 50), seen: ["db"] },
  { name: "SCTP", enters: "web", frame: (m) => ip(m, 132), seen: ["db"] },
  { name: "a trunk: IPv4", enters: "trunk", frame: (m) => tagged(udp(m, way(trunk, office)), 5), seen: ["uplink"] },
  { name: "a trunk: IPv6", enters: "trunk", frame: (m) => tagged(udp6(m, way6(trunk, office)), 5), seen: ["uplink"] },
  { name: "a trunk: ARP", enters: "trunk", frame: (m) => tagged(arp(m, { operation: "request", from: trunk.mac, senderMac: trunk.mac, senderIp: trunk.ip, targetIp: office.ip }), 5), seen: ["uplink"] },
  { name: "a trunk: neighbour discovery", enters: "trunk", frame: (m) => tagged(ask(m, { from: trunk.mac, sourceIp: trunk.ip6, wantedIp: office.ip6 }), 5), seen: ["uplink"] },
  { name: "a trunk: a client asks for its lease", enters: "trunk", frame: (m) => tagged(discover(m, trunk.mac), 5), seen: ["uplink"] },
  { name: "a trunk: from the world", enters: "uplink", frame: (m) => tagged(udp(m, way(office, trunk)), 5), seen: ["trunk"] },
  { name: "a trunk: from the world over IPv6", enters: "uplink", frame: (m) => tagged(udp6(m, way6(office, trunk)), 5), seen: ["trunk"] },
  { name: "a trunk: its ethertype", enters: "trunk", frame: (m) => other(m, 0x88b5, office.mac, trunk.mac), seen: ["uplink"] },
  { name: "a trunk: its ethertype from the world", enters: "uplink", frame: (m) => other(m, 0x88b5, trunk.mac, office.mac), seen: ["trunk"] },
  { name: "a trunk: its ethertype below its tag", enters: "trunk", frame: (m) => tagged(other(m, 0x88b5, office.mac, trunk.mac), 5), seen: ["uplink"] },
];
