// biome-ignore-all format: a row is a line, however long

import { frames } from "../../lab/netns";
import type { Plane } from "../../provider/firewall/model/kernel";
import { db, gate, host, idle, nobody, office, type Place, secondCard, shut, trunk, twin, web } from "./actors";
import {
  advertise,
  arp,
  ask,
  claim,
  ip,
  llc,
  type Mark,
  other,
  patched,
  patchedIp,
  ping,
  redirect6,
  snapped,
  solicit,
  tcp,
  udp,
  udp6,
  way,
  way6,
  wayLink,
} from "./marks";

/** A frame, from where the row enters or from somewhere else. */
export type Sent = Buffer | { readonly from: Place; readonly frame: Buffer };

/** A row: what somebody sends, and who must not see it. On a host without csp at least one of them sees it. */
export interface Attack {
  readonly name: string;
  readonly enters: Place;
  readonly frame: (mark: Mark) => Buffer | readonly Sent[];
  readonly unseen: readonly Place[];
  /** What is sent first. Its receiver may see it. */
  readonly before?: (mark: Mark) => readonly Sent[];
  /** The row needs a site that has this. */
  readonly needs?: "twins" | "vlan";
  /**
   * Each bridge has to have its own table of connections, which not every kernel can give it: there the preview names the guests. "fragments": and a place
   * of its own where fragments are put together, which the raw tables alone cannot give it: there `limits` of the Host says so.
   */
  readonly zones?: true | "fragments";
  /** Why nobody sees it even without csp. */
  readonly never?: string;
  /** Why it is seen although csp is there: a limit that the documentation names. It must be seen, so that the test notices when the limit is gone. */
  readonly known?: string;
  /** The plane on which even that is stopped. */
  readonly stopped?: Plane;
}

const ALL: readonly Place[] = ["db", "shut", "idle", "gate", "trunk", "uplink", "host"];
/** All but the host, whose own stack does not accept it. */
const OTHERS: readonly Place[] = ALL.filter((place) => place !== "host");
const GUESTS: readonly Place[] = ["web", "db", "shut", "idle", "gate", "trunk"];
const { tagged, BROADCAST, linkLocalMac, multicastMac, hopByHop, destinationOptions, fragmentHeader } = frames;
const ROUTING = { header: 43, rest: Buffer.from([0, 4, 0, 0, 0, 0, 0]) };
const OPTIONS = Buffer.alloc(40, 1);
/** Loose source route by the router, strict source route, record route (RFC 791). */
const LOOSE = Buffer.concat([Buffer.from([131, 7, 4, 10, 70, 0, 21, 0])]);
const cut = (frame: Buffer, size: number, { port }: Mark) => frames.fragments(frame, size, port);
const to = (actor: { readonly mac: string; readonly ip: string }) => ({ to: actor.mac, targetIp: actor.ip });
const to6 = (actor: { readonly mac: string; readonly ip6: string }) => ({ to: actor.mac, targetIp: actor.ip6 });
const offer = (mark: Mark, but: object = {}): Buffer =>
  Buffer.concat([frames.dhcp({ kind: "offer", from: web.mac, clientMac: db.mac, transaction: mark.port, address: "10.70.0.77", serverIp: web.ip, ...but })]);
const lease6 = (mark: Mark, kind: "advertise" | "reply" | "reconfigure", but: object = {}): Buffer =>
  frames.dhcpv6({ kind, ...wayLink(), transaction: mark.port, ...but });
const query = (mark: Mark, version: 1 | 2 | 3, but: object = {}): Buffer =>
  frames.igmp({ kind: "query", version, from: web.mac, sourceIp: web.ip, identification: mark.port, ...but });
const query6 = (version: 1 | 2, but: object = {}): Buffer => frames.mld({ kind: "query", version, from: web.mac, sourceIp: web.linkLocal, ...but });
const group = ({ port }: Mark) => `ff02::1:ff07:${(port - 20_000 + 4096).toString(16)}`;
const quotedOf = (frame: Buffer) => frames.payloadOf(frame);


/** A name that somebody else has at layer 2. */
const FOREIGN_MAC: readonly Attack[] = [
  { name: "another guest's MAC", enters: "web", frame: (m) => udp(m, { from: db.mac, ...to(office) }), unseen: ALL },
  { name: "another guest's MAC over IPv6", enters: "web", frame: (m) => udp6(m, { from: db.mac, ...to6(office) }), unseen: ALL },
  { name: "another guest's MAC and address", enters: "web", frame: (m) => udp(m, { ...way(db, gate) }), unseen: ALL },
  { name: "the host's MAC", enters: "web", frame: (m) => udp(m, { from: host.mac }), unseen: ALL },
  { name: "the host's MAC and address", enters: "web", frame: (m) => udp(m, { ...way(host, db) }), unseen: ALL },
  { name: "the router's MAC", enters: "web", frame: (m) => udp(m, { from: office.mac }), unseen: ALL },
  { name: "the router's MAC and address", enters: "web", frame: (m) => udp6(m, { ...way6(office, db) }), unseen: ALL },
  { name: "a MAC that nobody has", enters: "web", frame: (m) => udp(m, { from: "02:00:00:70:00:67" }), unseen: ALL },
  { name: "a virtual router's MAC", enters: "web", frame: (m) => udp(m, { from: "00:00:5e:00:01:01" }), unseen: ALL },
  { name: "the second card's MAC", enters: "web", frame: (m) => udp(m, { from: secondCard.mac }), unseen: ALL },
  { name: "the first card's MAC on the second", enters: "second card", frame: (m) => udp(m), unseen: ALL },
  { name: "another guest's MAC on the second card", enters: "second card", frame: (m) => udp(m, { ...way(db, gate) }), unseen: ALL },
  { name: "another guest's MAC on the emulated card", enters: "emulated card", frame: (m) => udp(m, { from: db.mac, ...to(gate) }), unseen: ALL },
  { name: "a broadcast under another's MAC", enters: "web", frame: (m) => udp(m, { from: gate.mac, to: BROADCAST, targetIp: "255.255.255.255" }), unseen: ALL },
  { name: "a multicast MAC as source", enters: "web", frame: (m) => udp(m, { from: "01:00:5e:00:00:05" }), unseen: ALL, never: "no bridge takes it" },
  { name: "no MAC as source", enters: "web", frame: (m) => udp(m, { from: "00:00:00:00:00:00" }), unseen: ALL, never: "no bridge takes it" },
  { name: "honest, of a guest without a policy", enters: "idle", frame: (m) => udp(m, { ...way(idle, db) }), unseen: ALL },
  { name: "ARP of a guest without a policy", enters: "idle", frame: (m) => arp(m, { from: idle.mac, senderMac: idle.mac, senderIp: idle.ip }), unseen: ALL },
  { name: "a guest without a policy asks for its lease", enters: "idle", frame: (m) => frames.dhcp({ kind: "discover", from: idle.mac, clientMac: idle.mac, transaction: m.port }), unseen: ALL },
];

const FOREIGN_IPV4: readonly Attack[] = [
  { name: "IPv4 of another guest", enters: "web", frame: (m) => udp(m, { sourceIp: shut.ip }), unseen: ALL },
  { name: "IPv4 of another guest to the world", enters: "web", frame: (m) => udp(m, { sourceIp: db.ip, ...to(office) }), unseen: ALL },
  { name: "IPv4 of the host", enters: "web", frame: (m) => udp(m, { sourceIp: host.ip }), unseen: ALL },
  { name: "IPv4 of the router", enters: "web", frame: (m) => tcp(m, { sourceIp: office.ip }), unseen: ALL },
  { name: "IPv4 of the receiver", enters: "web", frame: (m) => tcp(m, { sourceIp: db.ip }), unseen: ALL },
  { name: "IPv4 of nobody on the link", enters: "web", frame: (m) => ping(m, { sourceIp: nobody.ip }), unseen: ALL },
  { name: "IPv4 of somewhere else", enters: "web", frame: (m) => udp(m, { sourceIp: "192.0.2.99" }), unseen: ALL },
  { name: "IPv4 loopback", enters: "web", frame: (m) => udp(m, { sourceIp: "127.0.0.1" }), unseen: ALL },
  { name: "IPv4 multicast as source", enters: "web", frame: (m) => udp(m, { sourceIp: "224.0.0.5" }), unseen: ALL },
  { name: "IPv4 broadcast as source", enters: "web", frame: (m) => udp(m, { sourceIp: "255.255.255.255" }), unseen: ALL },
  { name: "IPv4 network's broadcast as source", enters: "web", frame: (m) => ping(m, { sourceIp: "10.70.0.255" }), unseen: ALL },
  { name: "IPv4 reserved as source", enters: "web", frame: (m) => udp(m, { sourceIp: "240.0.0.1" }), unseen: ALL },
  { name: "IPv4 link-local as source", enters: "web", frame: (m) => udp(m, { sourceIp: "169.254.7.7" }), unseen: ALL },
  { name: "no IPv4 address as source", enters: "web", frame: (m) => udp(m, { sourceIp: "0.0.0.0" }), unseen: ALL },
  { name: "no IPv4 address, to a DHCP server by TCP", enters: "web", frame: (m) => tcp(m, { sourceIp: "0.0.0.0", targetPort: 67, sourcePort: 68 }), unseen: ALL },
  { name: "no IPv4 address, to a DHCP server from another port", enters: "web", frame: (m) => udp(m, { sourceIp: "0.0.0.0", targetPort: 67 }), unseen: ALL },
  { name: "IPv4 of the second card", enters: "web", frame: (m) => udp(m, { sourceIp: secondCard.ip }), unseen: ALL },
  { name: "IPv4 of the first card on the second", enters: "second card", frame: (m) => udp(m, { from: secondCard.mac }), unseen: ALL },
  { name: "IPv4 of another by the emulated card", enters: "emulated card", frame: (m) => udp(m, { sourceIp: shut.ip }), unseen: ALL },
  { name: "IPv4 of another in a reset", enters: "web", frame: (m) => tcp(m, { sourceIp: office.ip, flags: ["rst", "ack"] }), unseen: ALL },
  { name: "IPv4 of another behind options", enters: "web", frame: (m) => udp(m, { sourceIp: shut.ip, ipOptions: OPTIONS }), unseen: ALL },
  { name: "IPv4 of another, routed loosely by its source", enters: "web", frame: (m) => udp(m, { sourceIp: shut.ip, ipOptions: LOOSE }), unseen: ALL },
  { name: "IPv4 of another in fragments", enters: "web", frame: (m) => cut(udp(m, { sourceIp: shut.ip, payload: m.text.repeat(20) }), 64, m), unseen: ALL },
  { name: "IPv4 of another in a later fragment alone", enters: "web", frame: (m) => cut(udp(m, { sourceIp: shut.ip, payload: m.text.repeat(20) }), 64, m).slice(1, 2), unseen: ALL },
  { name: "IPv4 of another in IP in IP", enters: "web", frame: (m) => ip(m, 4, { sourceIp: shut.ip }, quotedOf(udp(m))), unseen: ALL },
  { name: "IPv4 of another in GRE", enters: "web", frame: (m) => ip(m, 47, { sourceIp: shut.ip }, Buffer.concat([Buffer.from([0, 0, 8, 0]), quotedOf(udp(m))])), unseen: ALL },
  { name: "IPv4 of another in 6in4", enters: "web", frame: (m) => ip(m, 41, { sourceIp: shut.ip }, quotedOf(udp6(m))), unseen: ALL },
  { name: "IPv4 of another in VRRP", enters: "web", frame: (m) => ip(m, 112, { sourceIp: gate.ip, to: multicastMac("224.0.0.18"), targetIp: "224.0.0.18", hopLimit: 255 }), unseen: ALL },
  { name: "IPv4 of another to a group", enters: "web", frame: (m) => udp(m, { sourceIp: db.ip, to: multicastMac("239.1.2.3"), targetIp: "239.1.2.3" }), unseen: ALL },
  { name: "IPv4 of another to everybody", enters: "web", frame: (m) => udp(m, { sourceIp: db.ip, to: BROADCAST, targetIp: "10.70.0.255" }), unseen: ALL },
];

const FOREIGN_IPV6: readonly Attack[] = [
  { name: "IPv6 of another guest", enters: "web", frame: (m) => udp6(m, { sourceIp: shut.ip6 }), unseen: ALL },
  { name: "IPv6 of another guest to the world", enters: "web", frame: (m) => udp6(m, { sourceIp: db.ip6, ...to6(office) }), unseen: ALL },
  { name: "IPv6 link-local of another guest", enters: "web", frame: (m) => udp6(m, { ...wayLink(shut, db), from: web.mac }), unseen: ALL },
  { name: "IPv6 of the host", enters: "web", frame: (m) => tcp(m, { ...way6(host, db), from: web.mac }), unseen: ALL },
  { name: "IPv6 link-local of the router", enters: "web", frame: (m) => udp6(m, { ...wayLink(office, db), from: web.mac }), unseen: ALL },
  { name: "IPv6 of nobody on the link", enters: "web", frame: (m) => udp6(m, { sourceIp: nobody.ip6 }), unseen: ALL },
  { name: "IPv6 loopback", enters: "web", frame: (m) => udp6(m, { sourceIp: "::1" }), unseen: ALL },
  { name: "IPv6 multicast as source", enters: "web", frame: (m) => udp6(m, { sourceIp: "ff02::1" }), unseen: ALL },
  { name: "no IPv6 address as source", enters: "web", frame: (m) => udp6(m, { sourceIp: "::" }), unseen: ALL },
  { name: "an IPv4 address in an IPv6 one", enters: "web", frame: (m) => udp6(m, { sourceIp: "::ffff:10.70.0.13" }), unseen: ALL },
  { name: "an IPv6 address of 6to4", enters: "web", frame: (m) => udp6(m, { sourceIp: "2002:a46:b::1" }), unseen: ALL },
  { name: "its own interface identifier in another prefix", enters: "web", frame: (m) => udp6(m, { sourceIp: web.linkLocal.replace("fe80::", "fd71::") }), unseen: ALL },
  { name: "a link-local address that is not made from its MAC", enters: "web", frame: (m) => udp6(m, { sourceIp: "fe80::1", targetIp: db.linkLocal }), unseen: ALL },
  { name: "an echo request from no IPv6 address", enters: "web", frame: (m) => frames.icmpv6({ ...way6(), sourceIp: "::" }, 128, 0, Buffer.concat([Buffer.alloc(4), Buffer.from(m.text)])), unseen: ALL },
  { name: "IPv6 of another behind a hop-by-hop header", enters: "web", frame: (m) => udp6(m, { sourceIp: shut.ip6, extensions: [hopByHop()] }), unseen: ALL },
  { name: "IPv6 of another behind destination options", enters: "web", frame: (m) => udp6(m, { sourceIp: shut.ip6, extensions: [destinationOptions()] }), unseen: ALL },
  { name: "IPv6 of another in an atomic fragment", enters: "web", frame: (m) => udp6(m, { sourceIp: shut.ip6, extensions: [fragmentHeader({ identification: m.port })] }), unseen: ALL },
  { name: "IPv6 of another in fragments", enters: "web", frame: (m) => cut(udp6(m, { sourceIp: shut.ip6, payload: m.text.repeat(20) }), 64, m), unseen: ALL },
  { name: "IPv6 of another behind a routing header", enters: "web", frame: (m) => udp6(m, { sourceIp: shut.ip6, extensions: [ROUTING] }), unseen: ALL },
  { name: "IPv6 of another in IPv6", enters: "web", frame: (m) => frames.ip({ ...way6(shut, db), from: web.mac }, 41, quotedOf(udp6(m))), unseen: ALL },
  { name: "IPv6 of the first card on the second", enters: "second card", frame: (m) => udp6(m, { from: secondCard.mac }), unseen: ALL },
  { name: "IPv6 of another to all nodes", enters: "web", frame: (m) => udp6(m, { sourceIp: db.ip6, to: multicastMac("ff02::1"), targetIp: "ff02::1" }), unseen: ALL },
];

/** Malformed packets. */
const ODD_HEADERS: readonly Attack[] = [
  { name: "IPv4 that says it is of version 5", enters: "web", frame: (m) => patchedIp(udp(m), 0, 0x55), unseen: ALL },
  { name: "IPv4 that says it is of version 6", enters: "web", frame: (m) => patchedIp(udp(m), 0, 0x65), unseen: ALL },
  { name: "IPv4 with a header of 16 bytes", enters: "web", frame: (m) => patchedIp(udp(m), 0, 0x44), unseen: ALL },
  { name: "IPv4 with a header longer than the packet", enters: "web", frame: (m) => patched(udp(m), 0, 0x4f), unseen: ALL },
  { name: "IPv4 with a length below its header's", enters: "web", frame: (m) => patchedIp(udp(m), 2, 0, 8), unseen: ALL },
  { name: "IPv4 with a length above the frame's", enters: "web", frame: (m) => patchedIp(udp(m), 2, 4, 0), unseen: ALL },
  { name: "IPv4 with a wrong sum", enters: "web", frame: (m) => patched(udp(m), 10, 0xde, 0xad), unseen: ALL },
  { name: "IPv4 cut off in its header", enters: "web", frame: (m) => Buffer.concat([udp(m).subarray(0, 14 + 8), Buffer.from(m.text)]), unseen: ALL },
  { name: "IPv6 that says it is of version 4", enters: "web", frame: (m) => patched(udp6(m), 0, 0x40), unseen: ALL },
  { name: "IPv6 with a length above the frame's", enters: "web", frame: (m) => patched(udp6(m), 4, 4, 0), unseen: ALL },
  { name: "IPv6 cut off in its header", enters: "web", frame: (m) => Buffer.concat([udp6(m).subarray(0, 14 + 20), Buffer.from(m.text)]), unseen: ALL },
  { name: "IPv6 under IPv4's ethertype", enters: "web", frame: (m) => frames.ethernet({ from: web.mac, to: db.mac }, 0x0800, quotedOf(udp6(m))), unseen: ALL },
  { name: "IPv4 under IPv6's ethertype", enters: "web", frame: (m) => frames.ethernet({ from: web.mac, to: db.mac }, 0x86dd, quotedOf(udp(m))), unseen: ALL },
  { name: "ARP under IPv4's ethertype", enters: "web", frame: (m) => frames.ethernet({ from: web.mac, to: BROADCAST }, 0x0800, quotedOf(arp(m))), unseen: ALL },
];

const ARP: readonly Attack[] = [
  { name: "ARP: answers for another", enters: "web", frame: (m) => arp(m, { senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: answers for the router", enters: "web", frame: (m) => arp(m, { senderIp: office.ip }), unseen: ALL },
  { name: "ARP: answers for the host", enters: "web", frame: (m) => arp(m, { senderIp: host.ip }), unseen: ALL },
  { name: "ARP: answers one that asked, for another", enters: "web", frame: (m) => arp(m, { to: db.mac, senderIp: office.ip }), unseen: ALL },
  { name: "ARP: asks in another's name", enters: "web", frame: (m) => arp(m, { operation: "request", senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: asks one in another's name", enters: "web", frame: (m) => arp(m, { to: db.mac, operation: "request", senderIp: gate.ip }), unseen: ALL },
  { name: "ARP: announces another's address", enters: "web", frame: (m) => arp(m, { operation: "request", senderIp: gate.ip, targetIp: gate.ip }), unseen: ALL },
  { name: "ARP: announces another's address by an answer", enters: "web", frame: (m) => arp(m, { senderIp: gate.ip, targetIp: gate.ip, targetMac: BROADCAST }), unseen: ALL },
  { name: "ARP: another's MAC as sender", enters: "web", frame: (m) => arp(m, { senderMac: gate.mac }), unseen: ALL },
  { name: "ARP: another's MAC and address as sender", enters: "web", frame: (m) => arp(m, { senderMac: gate.mac, senderIp: gate.ip }), unseen: ALL },
  { name: "ARP: a multicast MAC as sender", enters: "web", frame: (m) => arp(m, { senderMac: "01:00:5e:00:00:01" }), unseen: ALL },
  { name: "ARP: broadcast as sender", enters: "web", frame: (m) => arp(m, { senderMac: BROADCAST }), unseen: ALL },
  { name: "ARP: no MAC as sender", enters: "web", frame: (m) => arp(m, { senderMac: "00:00:00:00:00:00" }), unseen: ALL },
  { name: "ARP: another's frame", enters: "web", frame: (m) => arp(m, { from: gate.mac }), unseen: ALL },
  { name: "ARP: another's frame and sender", enters: "web", frame: (m) => arp(m, { from: gate.mac, senderMac: gate.mac, senderIp: gate.ip }), unseen: ALL },
  { name: "ARP: a probe under another's MAC", enters: "web", frame: (m) => arp(m, { operation: "request", senderMac: gate.mac, senderIp: "0.0.0.0" }), unseen: ALL },
  { name: "ARP: an answer from no address", enters: "web", frame: (m) => arp(m, { senderIp: "0.0.0.0" }), unseen: ALL },
  { name: "ARP: from a link-local address", enters: "web", frame: (m) => arp(m, { senderIp: "169.254.1.1" }), unseen: ALL },
  { name: "ARP: from a broadcast address", enters: "web", frame: (m) => arp(m, { senderIp: "255.255.255.255" }), unseen: ALL },
  { name: "ARP: MACs of no length", enters: "web", frame: (m) => arp(m, { hardwareLength: 0, senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: MACs of no length and its own address", enters: "web", frame: (m) => arp(m, { hardwareLength: 0 }), unseen: ALL },
  { name: "ARP: MACs of eight bytes", enters: "web", frame: (m) => arp(m, { hardwareLength: 8 }), unseen: ALL },
  { name: "ARP: addresses of no length", enters: "web", frame: (m) => arp(m, { protocolLength: 0 }), unseen: ALL },
  { name: "ARP: addresses of sixteen bytes", enters: "web", frame: (m) => arp(m, { protocolLength: 16 }), unseen: ALL },
  { name: "ARP: hardware of IEEE 802", enters: "web", frame: (m) => arp(m, { hardwareType: 6, senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: hardware of no kind, its own address", enters: "web", frame: (m) => arp(m, { hardwareType: 0 }), unseen: ALL },
  { name: "ARP: about IPv6", enters: "web", frame: (m) => arp(m, { protocolType: 0x86dd }), unseen: ALL },
  { name: "ARP: cut off", enters: "web", frame: (m) => Buffer.concat([arp(m).subarray(0, 14 + 10), Buffer.from(m.text)]), unseen: ALL },
  { name: "ARP: inverse, for another", enters: "web", frame: (m) => arp(m, { operation: 9, senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: reverse answer under ARP's ethertype, for another", enters: "web", frame: (m) => arp(m, { operation: 4, senderIp: shut.ip }), unseen: ALL },
  { name: "ARP: answers for another by the second card", enters: "second card", frame: (m) => arp(m, { from: secondCard.mac, senderMac: secondCard.mac, senderIp: web.ip }), unseen: ALL },
  { name: "ARP: answers for another by the emulated card", enters: "emulated card", frame: (m) => arp(m, { senderIp: gate.ip }), unseen: ALL },
  { name: "ARP: of a guest that may send nothing, for another", enters: "shut", frame: (m) => arp(m, { from: shut.mac, senderMac: shut.mac, senderIp: gate.ip }), unseen: ["db", "idle", "gate", "trunk", "uplink", "host"] },
  { name: "RARP: another's MAC", enters: "web", frame: (m) => Buffer.concat([frames.qemuAnnouncement(gate.mac), Buffer.from(m.text)]), unseen: ALL },
  { name: "RARP: another's MAC as sender", enters: "web", frame: (m) => other(m, 0x8035, BROADCAST, web.mac, quotedOf(frames.qemuAnnouncement(gate.mac))), unseen: ALL },
  { name: "RARP: an answer", enters: "web", frame: (m) => other(m, 0x8035, db.mac, web.mac, quotedOf(arp(m, { operation: 4 }))), unseen: ALL },
  { name: "RARP: of a guest without a policy", enters: "idle", frame: (m) => Buffer.concat([frames.qemuAnnouncement(idle.mac), Buffer.from(m.text)]), unseen: ALL },
];

/** ICMPv6 of the link, which receivers believe because no router can have forwarded it. */
const DISCOVERY: readonly Attack[] = [
  { name: "ND: an advertisement that came through a router", enters: "web", frame: (m) => claim(m, { hopLimit: 64 }), unseen: ALL },
  { name: "ND: an advertisement one hop away", enters: "web", frame: (m) => claim(m, { hopLimit: 254 }), unseen: ALL },
  { name: "ND: an advertisement of another's", enters: "web", frame: (m) => claim(m, { sourceIp: gate.ip6, claimedIp: gate.ip6 }), unseen: ALL },
  { name: "ND: an advertisement of another's link-local address", enters: "web", frame: (m) => claim(m, { sourceIp: gate.linkLocal, claimedIp: gate.linkLocal }), unseen: ALL },
  { name: "ND: an advertisement from no address", enters: "web", frame: (m) => claim(m, { sourceIp: "::", claimedIp: gate.ip6 }), unseen: ALL },
  { name: "ND: an advertisement to all under another's address", enters: "web", frame: (m) => claim(m, { sourceIp: office.ip6, claimedIp: office.ip6, to: multicastMac("ff02::1"), targetIp: "ff02::1" }), unseen: ALL },
  { name: "ND: an advertisement under another's MAC", enters: "web", frame: (m) => claim(m, { from: gate.mac }), unseen: ALL },
  { name: "ND: an advertisement with 1.2 kB of anything", enters: "web", frame: (m) => claim(m, { length: 1200 }), unseen: ALL },
  { name: "ND: an advertisement with 1.2 kB of anything to the world", enters: "shut", frame: (m) => claim(m, { ...way6(shut, office), claimedIp: shut.ip6, claimedMac: shut.mac, length: 1200 }), unseen: ["uplink"] },
  { name: "ND: an advertisement through a router behind a header", enters: "web", frame: (m) => claim(m, { hopLimit: 64, extensions: [hopByHop()] }), unseen: ALL },
  { name: "ND: an advertisement through a router behind options", enters: "web", frame: (m) => claim(m, { hopLimit: 64, extensions: [destinationOptions()] }), unseen: ALL },
  { name: "ND: an advertisement of another's in fragments", enters: "web", frame: (m) => cut(claim(m, { sourceIp: gate.ip6, claimedIp: gate.ip6 }), 24, m), unseen: ALL },
  { name: "ND: claims another's address from its own", enters: "web", frame: (m) => claim(m, { claimedIp: gate.ip6 }), unseen: ["db"], known: "these tools do not see the target", stopped: "nft-bridge" },
  { name: "ND: denies another its address", enters: "web", frame: (m) => claim(m, { claimedIp: gate.ip6, to: multicastMac("ff02::1"), targetIp: "ff02::1" }), unseen: ["db"], known: "these tools do not see the target", stopped: "nft-bridge" },
  { name: "ND: a solicitation that came through a router", enters: "web", frame: (m) => ask(m, { hopLimit: 64 }), unseen: ALL },
  { name: "ND: a solicitation from another's address", enters: "web", frame: (m) => ask(m, { sourceIp: gate.ip6 }), unseen: ALL },
  { name: "ND: a solicitation from another's link-local address", enters: "web", frame: (m) => ask(m, { sourceIp: gate.linkLocal }), unseen: ALL },
  { name: "ND: a solicitation under another's MAC", enters: "web", frame: (m) => ask(m, { from: gate.mac }), unseen: ALL },
  { name: "ND: a solicitation with 1.2 kB of anything", enters: "web", frame: (m) => ask(m, { length: 1200 }), unseen: ALL },
  { name: "ND: a probe for an address from no address, through a router", enters: "web", frame: (m) => ask(m, { sourceIp: "::", hopLimit: 63 }), unseen: ALL },
  { name: "ND: asks for routers through a router", enters: "web", frame: (m) => solicit(m, { hopLimit: 64 }), unseen: OTHERS },
  { name: "ND: asks for routers under another's address", enters: "web", frame: (m) => solicit(m, { sourceIp: gate.linkLocal }), unseen: ALL },
  { name: "ND: a guest is the router", enters: "web", frame: (m) => advertise(m), unseen: ALL },
  { name: "ND: a guest is the router, to one", enters: "web", frame: (m) => advertise(m, { to: db.mac, targetIp: db.linkLocal }), unseen: ALL },
  { name: "ND: the router goes", enters: "web", frame: (m) => advertise(m, { lifetime: 0, sourceIp: office.linkLocal }), unseen: ALL },
  { name: "ND: a router of its global address", enters: "web", frame: (m) => advertise(m, { sourceIp: web.ip6 }), unseen: ALL },
  { name: "ND: a router under the real one's address", enters: "web", frame: (m) => advertise(m, { sourceIp: office.linkLocal }), unseen: ALL },
  { name: "ND: a router with hop limit 64", enters: "web", frame: (m) => advertise(m, { hopLimit: 64 }), unseen: ALL },
  { name: "ND: a router behind a hop-by-hop header", enters: "web", frame: (m) => advertise(m, { extensions: [hopByHop()] }), unseen: ALL },
  { name: "ND: a router behind destination options", enters: "web", frame: (m) => advertise(m, { extensions: [destinationOptions()] }), unseen: ALL },
  { name: "ND: a router behind many options", enters: "web", frame: (m) => advertise(m, { extensions: [destinationOptions(), destinationOptions(Buffer.alloc(254)), hopByHop()] }), unseen: ALL },
  { name: "ND: a router behind a routing header", enters: "web", frame: (m) => advertise(m, { extensions: [ROUTING] }), unseen: ALL },
  { name: "ND: a router in an atomic fragment", enters: "web", frame: (m) => advertise(m, { extensions: [fragmentHeader({ identification: m.port })] }), unseen: ALL },
  { name: "ND: a router in fragments", enters: "web", frame: (m) => cut(advertise(m), 32, m), unseen: ALL },
  { name: "ND: a router in fragments behind options, whose first has no type", enters: "web", frame: (m) => cut(advertise(m, { extensions: [destinationOptions(Buffer.alloc(14))] }), 16, m), unseen: ALL },
  { name: "ND: a router on the second card", enters: "second card", frame: (m) => advertise(m, { from: secondCard.mac, sourceIp: secondCard.linkLocal }), unseen: ALL },
  { name: "ND: a guest redirects", enters: "web", frame: (m) => redirect6(m), unseen: ALL },
  { name: "ND: a guest redirects in the router's name", enters: "web", frame: (m) => redirect6(m, { sourceIp: office.linkLocal }), unseen: ALL },
  { name: "ND: a guest redirects from its global address", enters: "web", frame: (m) => redirect6(m, { ...way6() }), unseen: ALL },
  { name: "ND: a guest redirects behind options", enters: "web", frame: (m) => redirect6(m, { extensions: [destinationOptions()] }), unseen: ALL },
  { name: "ND: a guest redirects in fragments", enters: "web", frame: (m) => cut(redirect6(m), 24, m), unseen: ALL },
  { name: "ND: routers are renumbered, for one that may receive nothing", enters: "web", frame: (m) => frames.icmpv6({ ...way6(web, shut) }, 138, 0, Buffer.concat([Buffer.alloc(20), Buffer.from(m.text)])), unseen: ["shut"] },
  { name: "ND: an advertisement that came through a router, from the world", enters: "uplink", frame: (m) => claim(m, { ...way6(office, db), hopLimit: 64 }), unseen: ["db"] },
  { name: "ND: a router that is not of the link, from the world", enters: "uplink", frame: (m) => advertise(m, { from: office.mac, sourceIp: office.ip6, to: shut.mac, targetIp: shut.ip6 }), unseen: ["shut"] },
  { name: "ND: a router through a router, from the world", enters: "uplink", frame: (m) => advertise(m, { from: office.mac, sourceIp: office.linkLocal, hopLimit: 64 }), unseen: GUESTS },
  { name: "ND: a redirect that is not of the link, from the world", enters: "uplink", frame: (m) => redirect6(m, { ...way6(office, shut), viaIp: office.linkLocal }), unseen: ["shut"] },
];

/** A sender that asks what others listen to is sent all of it, and so is a sender that says it is a multicast router. */
const LISTENERS: readonly Attack[] = [
  { name: "IGMP: a query of version 1", enters: "web", frame: (m) => query(m, 1), unseen: ALL },
  { name: "IGMP: a query of version 2", enters: "web", frame: (m) => query(m, 2), unseen: ALL },
  { name: "IGMP: a query of version 3", enters: "web", frame: (m) => query(m, 3), unseen: ALL },
  { name: "IGMP: a query without a router alert", enters: "web", frame: (m) => query(m, 2, { ipOptions: Buffer.alloc(0) }), unseen: ALL },
  { name: "IGMP: a query from no address", enters: "web", frame: (m) => query(m, 3, { sourceIp: "0.0.0.0" }), unseen: ALL },
  { name: "IGMP: a query in another's name", enters: "web", frame: (m) => query(m, 3, { sourceIp: gate.ip }), unseen: ALL },
  { name: "IGMP: a query with a TTL of 64", enters: "web", frame: (m) => query(m, 3, { hopLimit: 64 }), unseen: ALL },
  { name: "IGMP: a query about one group", enters: "web", frame: (m) => query(m, 2, { group: "239.1.2.3" }), unseen: ["db"], known: "these tools do not see the type", stopped: "nft-bridge" },
  { name: "IGMP: a report in another's name", enters: "web", frame: (m) => frames.igmp({ kind: "report", version: 2, group: "239.1.2.4", from: web.mac, sourceIp: gate.ip, identification: m.port }), unseen: ALL },
  { name: "IGMP: leaves in another's name", enters: "web", frame: (m) => frames.igmp({ kind: "leave", version: 2, group: "239.1.2.4", from: web.mac, sourceIp: gate.ip, identification: m.port }), unseen: ALL },
  { name: "IGMP: a multicast router", enters: "web", frame: (m) => frames.ip({ from: web.mac, to: multicastMac("224.0.0.106"), sourceIp: web.ip, targetIp: "224.0.0.106", hopLimit: 1, identification: m.port, ipOptions: frames.ROUTER_ALERT }, 2, Buffer.from([0x30, 20, 0xcf, 0x2b, 0, 0, 0, 0])), unseen: ALL },
  { name: "PIM: a multicast router", enters: "web", frame: (m) => ip(m, 103, { to: multicastMac("224.0.0.13"), targetIp: "224.0.0.13", hopLimit: 1 }, Buffer.from([0x20, 0, 0xdf, 0xff])), unseen: ALL },
  { name: "PIM: a multicast router of IPv6", enters: "web", frame: (m) => ip(m, 103, { ...way6(), sourceIp: web.linkLocal, to: multicastMac("ff02::d"), targetIp: "ff02::d", hopLimit: 1 }, Buffer.from([0x20, 0, 0xdf, 0xff])), unseen: ALL },
  { name: "MLD: a query of version 1", enters: "web", frame: () => query6(1), unseen: ALL },
  { name: "MLD: a query of version 2", enters: "web", frame: () => query6(2), unseen: ALL },
  { name: "MLD: a query about one group", enters: "web", frame: (m) => query6(2, { group: group(m) }), unseen: ALL },
  { name: "MLD: a query without a router alert", enters: "web", frame: () => query6(2, { extensions: [] }), unseen: ALL },
  { name: "MLD: a query behind options", enters: "web", frame: () => query6(2, { extensions: [hopByHop(), destinationOptions()] }), unseen: ALL },
  { name: "MLD: a query in another's name", enters: "web", frame: () => query6(2, { sourceIp: gate.linkLocal }), unseen: ALL },
  { name: "MLD: a query from no address", enters: "web", frame: () => query6(2, { sourceIp: "::" }), unseen: ALL },
  { name: "MLD: a query with hop limit 64", enters: "web", frame: () => query6(2, { hopLimit: 64 }), unseen: ALL },
  { name: "MLD: a query to one", enters: "web", frame: () => query6(2, { to: db.mac, targetIp: db.linkLocal }), unseen: ALL },
  { name: "MLD: a report that came through a router", enters: "web", frame: (m) => frames.mld({ kind: "report", version: 2, group: group(m), from: web.mac, sourceIp: web.linkLocal, hopLimit: 64 }), unseen: ALL },
  { name: "MLD: a report in another's name", enters: "web", frame: (m) => frames.mld({ kind: "report", version: 2, group: group(m), from: web.mac, sourceIp: gate.linkLocal }), unseen: ALL },
  { name: "MLD: a report from a global address", enters: "web", frame: (m) => frames.mld({ kind: "report", version: 2, group: group(m), from: web.mac, sourceIp: web.ip6 }), unseen: ALL },
  { name: "MLD: a multicast router", enters: "web", frame: (m) => frames.icmpv6({ from: web.mac, sourceIp: web.linkLocal, to: multicastMac("ff02::6a"), targetIp: "ff02::6a", hopLimit: 1, extensions: [hopByHop()] }, 151, 20, Buffer.concat([Buffer.alloc(4), Buffer.from(m.text)])), unseen: ALL },
];

const DHCP: readonly Attack[] = [
  { name: "DHCP: an offer", enters: "web", frame: (m) => offer(m), unseen: ALL },
  { name: "DHCP: an acknowledgement", enters: "web", frame: (m) => offer(m, { kind: "ack" }), unseen: ALL },
  { name: "DHCP: a refusal", enters: "web", frame: (m) => offer(m, { kind: "nak" }), unseen: ALL },
  { name: "DHCP: an offer to one", enters: "web", frame: (m) => offer(m, { to: db.mac }), unseen: ALL },
  { name: "DHCP: an offer from another port", enters: "web", frame: (m) => offer(m, { sourcePort: 1067 }), unseen: ALL },
  { name: "DHCP: an offer in the server's name", enters: "web", frame: (m) => offer(m, { serverIp: gate.ip }), unseen: ALL },
  { name: "DHCP: an offer from no address", enters: "web", frame: (m) => offer(m, { serverIp: "0.0.0.0" }), unseen: ALL },
  { name: "DHCP: an offer in fragments", enters: "web", frame: (m) => cut(offer(m), 64, m), unseen: ALL },
  { name: "DHCP: an offer in fragments of eight bytes", enters: "web", frame: (m) => cut(offer(m).subarray(0, -6), 8, m).slice(0, 3), unseen: ALL },
  { name: "DHCP: an offer under another's MAC", enters: "web", frame: (m) => offer(m, { from: gate.mac }), unseen: ALL },
  { name: "DHCP: an offer behind a tag of no VLAN", enters: "web", frame: (m) => tagged(offer(m), 0), unseen: ALL },
  { name: "DHCP: an offer by the second card", enters: "second card", frame: (m) => offer(m, { from: secondCard.mac, serverIp: secondCard.ip }), unseen: ALL },
  { name: "DHCP: an offer of a guest that may send nothing", enters: "shut", frame: (m) => offer(m, { from: shut.mac, serverIp: shut.ip }), unseen: ["db", "idle", "gate", "trunk", "uplink"] },
  { name: "DHCPv6: an advertisement", enters: "web", frame: (m) => lease6(m, "advertise"), unseen: ALL },
  { name: "DHCPv6: a reply", enters: "web", frame: (m) => lease6(m, "reply"), unseen: ALL },
  { name: "DHCPv6: a reply from another port", enters: "web", frame: (m) => lease6(m, "reply", { sourcePort: 1547 }), unseen: ALL },
  { name: "DHCPv6: a reconfiguration", enters: "web", frame: (m) => lease6(m, "reconfigure"), unseen: ALL },
  { name: "DHCPv6: an advertisement behind options", enters: "web", frame: (m) => lease6(m, "advertise", { extensions: [destinationOptions()] }), unseen: ALL },
  { name: "DHCPv6: an advertisement in an atomic fragment", enters: "web", frame: (m) => lease6(m, "advertise", { extensions: [fragmentHeader({ identification: m.port })] }), unseen: ALL },
  { name: "DHCPv6: an advertisement in fragments", enters: "web", frame: (m) => cut(lease6(m, "advertise"), 16, m), unseen: ALL },
  { name: "DHCPv6: an advertisement from its global address", enters: "web", frame: (m) => lease6(m, "advertise", { sourceIp: web.ip6, targetIp: db.ip6 }), unseen: ALL },
];

/** A flow that the guest that may receive nothing is allowed to open: to port 53 of the world, and the answer. */
const lookup = ({ port }: Mark): Buffer => frames.udp({ ...way(shut, office), sourcePort: port, targetPort: 53, payload: "question" });
const answer = ({ port }: Mark): Buffer => frames.udp({ ...way(office, shut), sourcePort: 53, targetPort: port, payload: "answer" });
const lookup6 = ({ port }: Mark): Buffer => frames.udp({ ...way6(shut, office), sourcePort: port, targetPort: 53, payload: "question" });
const answer6 = ({ port }: Mark): Buffer => frames.udp({ ...way6(office, shut), sourcePort: 53, targetPort: port, payload: "answer" });
const flow = (m: Mark): readonly Sent[] => [
  { from: "shut", frame: lookup(m) },
  { from: "uplink", frame: answer(m) },
];
const flow6 = (m: Mark): readonly Sent[] => [
  { from: "shut", frame: lookup6(m) },
  { from: "uplink", frame: answer6(m) },
];
const about = (m: Mark) => Buffer.concat([quotedOf(lookup(m)), Buffer.from(m.text)]);
const about6 = (m: Mark) => Buffer.concat([quotedOf(lookup6(m)), Buffer.from(m.text)]);
const error = (m: Mark, type: number, code: number, but: object = {}): Buffer => frames.icmpError({ ...way(web, shut), type, code, quoted: about(m), ...but });
const error6 = (m: Mark, type: number, code: number, but: object = {}): Buffer => frames.icmpv6Error({ ...way6(web, shut), type, code, quoted: about6(m), ...but });

/** Packets that look like a part of somebody's connection. */
const RELATED: readonly Attack[] = [
  { name: "ICMP: another's flow is unreachable", enters: "web", before: flow, frame: (m) => error(m, 3, 1), unseen: ["shut"] },
  { name: "ICMP: another's flow needs fragmentation", enters: "web", before: flow, frame: (m) => error(m, 3, 4, { mtu: 68 }), unseen: ["shut"] },
  { name: "ICMP: another's flow takes too long", enters: "web", before: flow, frame: (m) => error(m, 11, 0), unseen: ["shut"] },
  { name: "ICMP: another's flow is unreachable, by the second card", enters: "second card", before: flow, frame: (m) => error(m, 3, 3, way(secondCard, shut)), unseen: ["shut"] },
  { name: "ICMP: another's flow is unreachable, in the router's name", enters: "web", before: flow, frame: (m) => error(m, 3, 1, { sourceIp: office.ip }), unseen: ["shut"] },
  { name: "ICMP: redirects another's flow", enters: "web", before: flow, frame: (m) => frames.icmpRedirect({ ...way(web, shut), gateway: web.ip, quoted: about(m) }), unseen: ALL },
  { name: "ICMP: redirects a flow of its own", enters: "web", frame: (m) => frames.icmpRedirect({ ...way(), gateway: web.ip, quoted: Buffer.concat([quotedOf(udp(m, way(db, web)))]) }), unseen: ALL },
  { name: "ICMP: redirects in the router's name", enters: "web", before: flow, frame: (m) => frames.icmpRedirect({ ...way(web, shut), sourceIp: office.ip, gateway: web.ip, quoted: about(m) }), unseen: ALL },
  { name: "ICMP: a redirect from the world", enters: "uplink", before: flow, frame: (m) => frames.icmpRedirect({ ...way(office, shut), gateway: nobody.ip, quoted: about(m) }), unseen: ["shut"] },
  { name: "ICMP: an error about no flow, from the world", enters: "uplink", frame: (m) => error(m, 3, 4, { ...way(office, shut), mtu: 68 }), unseen: ["shut"] },
  { name: "ICMPv6: another's flow is unreachable", enters: "web", before: flow6, frame: (m) => error6(m, 1, 0), unseen: ["shut"] },
  { name: "ICMPv6: another's packets are too big", enters: "web", before: flow6, frame: (m) => error6(m, 2, 0, { mtu: 1280 }), unseen: ["shut"] },
  { name: "ICMPv6: another's packets are too big, in the router's name", enters: "web", before: flow6, frame: (m) => error6(m, 2, 0, { mtu: 1280, sourceIp: office.linkLocal }), unseen: ["shut"] },
  { name: "ICMPv6: an error about no flow, from the world", enters: "uplink", frame: (m) => error6(m, 2, 0, { ...way6(office, shut), mtu: 1280 }), unseen: ["shut"] },
  { name: "a segment of no connection", enters: "uplink", frame: (m) => tcp(m, { ...way(office, shut), flags: ["ack"], acknowledgement: 9 }), unseen: ["shut"] },
  { name: "an answer that nobody asked for", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), sourcePort: 53, targetPort: m.port }), unseen: ["shut"] },
  { name: "an answer to what went elsewhere under its address", enters: "shut", before: (m) => [{ from: "web", frame: frames.udp({ ...way(web, shut), to: office.mac, sourcePort: 514, targetPort: m.port, payload: "elsewhere" }) }], frame: (m) => udp(m, way(shut, web)), unseen: ["web"], known: "connection tracking knows no ports of a bridge: what web may send to somebody opens a connection under shut's address" },
  { name: "an answer from another's port", enters: "uplink", before: flow, frame: (m) => udp(m, { ...way(office, shut), sourcePort: 54, targetPort: m.port }), unseen: ["shut"] },
  { name: "an answer from a guest that was not asked", enters: "web", before: flow, frame: (m) => udp(m, { ...way(web, shut), sourcePort: 53, targetPort: m.port }), unseen: ["shut"] },
  { name: "an answer in the name of who was asked", enters: "web", before: flow, frame: (m) => udp(m, { ...way(office, shut), from: web.mac, sourcePort: 53, targetPort: m.port }), unseen: ["shut"] },
  { name: "an answer in the name and under the MAC of who was asked", enters: "web", before: flow6, frame: (m) => udp6(m, { ...way6(office, shut), sourcePort: 53, targetPort: m.port }), unseen: ["shut"] },
];

/** Frames that are not IPv4, IPv6 or ARP, from a guest that has not declared them. */
const ETHERTYPES: readonly Attack[] = [
  { name: "an ethertype for experiments", enters: "web", frame: (m) => other(m, 0x88b5), unseen: ALL },
  { name: "an ethertype for experiments to everybody", enters: "web", frame: (m) => other(m, 0x88b6, BROADCAST), unseen: ALL },
  { name: "an ethertype of an organisation", enters: "web", frame: (m) => other(m, 0x88b7), unseen: ALL },
  { name: "MPLS", enters: "web", frame: (m) => frames.mpls({ from: web.mac, to: db.mac }, [16, 17], quotedOf(udp(m))), unseen: ALL },
  { name: "MPLS to a group", enters: "web", frame: (m) => other(m, 0x8848), unseen: ALL },
  { name: "PPPoE: asks for a concentrator", enters: "web", frame: (m) => frames.pppoeDiscovery({ from: web.mac, to: BROADCAST, kind: "PADI", service: m.text }), unseen: ALL },
  { name: "PPPoE: is a concentrator", enters: "web", frame: (m) => frames.pppoeDiscovery({ from: web.mac, to: db.mac, kind: "PADO", concentrator: m.text }), unseen: ALL },
  { name: "PPPoE: IPv4 in a session", enters: "web", frame: (m) => frames.pppoeSession({ from: web.mac, to: db.mac }, 7, quotedOf(udp(m, { sourceIp: shut.ip }))), unseen: ALL },
  { name: "PPPoE: IPv6 in a session", enters: "web", frame: (m) => frames.pppoeSession({ from: web.mac, to: db.mac }, 7, quotedOf(udp6(m))), unseen: ALL },
  { name: "ATA over Ethernet", enters: "web", frame: (m) => other(m, 0x88a2), unseen: ALL },
  { name: "Fibre Channel over Ethernet", enters: "web", frame: (m) => other(m, 0x8906), unseen: ALL },
  { name: "Fibre Channel's initialisation", enters: "web", frame: (m) => other(m, 0x8914, "01:10:18:01:00:02"), unseen: ALL },
  { name: "precision time", enters: "web", frame: (m) => other(m, 0x88f7, "01:1b:19:00:00:00"), unseen: ALL },
  { name: "LLDP to one", enters: "web", frame: (m) => frames.lldp({ from: web.mac, to: db.mac, port: "1", system: m.text }), unseen: ALL },
  { name: "LACP to one", enters: "web", frame: (m) => Buffer.concat([frames.lacp(web.mac, db.mac), Buffer.from(m.text)]), unseen: ALL },
  { name: "flow control to one", enters: "web", frame: (m) => Buffer.concat([frames.pause(web.mac, 0xffff, db.mac), Buffer.from(m.text)]), unseen: ALL },
  { name: "authentication of ports (EAPOL) to one", enters: "web", frame: (m) => other(m, 0x888e), unseen: ALL },
  { name: "MACsec", enters: "web", frame: (m) => other(m, 0x88e5), unseen: ALL },
  { name: "faults of a network (CFM)", enters: "web", frame: (m) => other(m, 0x8902, "01:80:c2:00:00:31"), unseen: ALL },
  { name: "registration of VLANs (GVRP)", enters: "web", frame: (m) => llc(m, 0x42, "01:80:c2:00:00:21"), unseen: ALL },
  { name: "registration of groups (GMRP)", enters: "web", frame: (m) => llc(m, 0x42, "01:80:c2:00:00:20"), unseen: ALL },
  { name: "a loop's test", enters: "web", frame: (m) => other(m, 0x9000, "cf:00:00:00:00:00"), unseen: ALL },
  { name: "IPX", enters: "web", frame: (m) => other(m, 0x8137, BROADCAST), unseen: ALL },
  { name: "AppleTalk's ARP", enters: "web", frame: (m) => other(m, 0x80f3, BROADCAST), unseen: ALL },
  { name: "DECnet", enters: "web", frame: (m) => other(m, 0x6003), unseen: ALL },
  { name: "wake on LAN", enters: "web", frame: (m) => other(m, 0x0842, BROADCAST), unseen: ALL },
  { name: "RDMA", enters: "web", frame: (m) => other(m, 0x8915), unseen: ALL },
  { name: "PROFINET", enters: "web", frame: (m) => other(m, 0x8892), unseen: ALL },
  { name: "Ethernet in Ethernet (TRILL)", enters: "web", frame: (m) => other(m, 0x22f3, db.mac, web.mac, arp(m, { senderIp: shut.ip })), unseen: ALL },
  { name: "Ethernet in Ethernet (B.A.T.M.A.N.)", enters: "web", frame: (m) => other(m, 0x4305), unseen: ALL },
  { name: "a backbone's service tag (802.1ah)", enters: "web", frame: (m) => other(m, 0x88e7), unseen: ALL },
  { name: "an ethertype of nobody's", enters: "web", frame: (m) => other(m, 0xffff), unseen: ALL },
  { name: "the least ethertype there is", enters: "web", frame: (m) => other(m, 0x0600), unseen: ALL },
  { name: "802.3 of length nought", enters: "web", frame: (m) => other(m, 0), unseen: ALL },
  { name: "802.3 with a length above its own", enters: "web", frame: (m) => other(m, 0x05dc), unseen: ALL },
  { name: "802.3 that is IPX", enters: "web", frame: (m) => frames.ethernet({ from: web.mac, to: BROADCAST }, 46, Buffer.concat([Buffer.from([255, 255]), Buffer.alloc(38), Buffer.from(m.text)])), unseen: ALL },
  { name: "LLC: IPv4", enters: "web", frame: (m) => frames.llc({ from: web.mac, to: db.mac }, { dsap: 6, ssap: 6 }, quotedOf(udp(m))), unseen: ALL },
  { name: "LLC: NetBIOS", enters: "web", frame: (m) => llc(m, 0xf0), unseen: ALL },
  { name: "LLC: IS-IS", enters: "web", frame: (m) => llc(m, 0xfe, "01:80:c2:00:00:14"), unseen: ALL },
  { name: "LLC: a spanning tree to one", enters: "web", frame: (m) => Buffer.concat([frames.bpdu({ from: web.mac, to: db.mac, root: { priority: 0, mac: web.mac } }), Buffer.from(m.text)]), unseen: ALL },
  { name: "LLC: a spanning tree to all bridges", enters: "web", frame: (m) => Buffer.concat([frames.bpdu({ from: web.mac, root: { priority: 0, mac: web.mac } }), Buffer.from(m.text)]), unseen: ALL },
  { name: "SNAP: IPv4", enters: "web", frame: (m) => snapped(udp(m, { sourceIp: shut.ip })), unseen: ALL },
  { name: "SNAP: IPv6", enters: "web", frame: (m) => snapped(udp6(m)), unseen: ALL },
  { name: "SNAP: ARP", enters: "web", frame: (m) => snapped(arp(m, { senderIp: gate.ip })), unseen: ALL },
  { name: "SNAP: a tag", enters: "web", frame: (m) => snapped(tagged(udp(m), 5)), unseen: ALL },
  { name: "SNAP: IPv4 of a bridged tunnel (RFC 1042)", enters: "web", frame: (m) => snapped(udp(m), 0x0000f8), unseen: ALL },
  { name: "SNAP: Cisco's neighbours (CDP)", enters: "web", frame: (m) => snapped(other(m, 0x2000, "01:00:0c:cc:cc:cc"), 0x00000c), unseen: ALL },
  { name: "SNAP: Cisco's VLANs (VTP)", enters: "web", frame: (m) => snapped(other(m, 0x2003, "01:00:0c:cc:cc:cc"), 0x00000c), unseen: ALL },
  { name: "SNAP: Cisco's trunks (DTP)", enters: "web", frame: (m) => snapped(other(m, 0x2004, "01:00:0c:cc:cc:cc"), 0x00000c), unseen: ALL },
  { name: "SNAP: Cisco's spanning trees", enters: "web", frame: (m) => snapped(other(m, 0x010b, "01:00:0c:cc:cc:cd"), 0x00000c), unseen: ALL },
  { name: "an ethertype that its neighbour has declared", enters: "web", frame: (m) => other(m, 0x88b5, trunk.mac), unseen: ALL },
  { name: "its ethertype under another's MAC", enters: "trunk", frame: (m) => other(m, 0x88b5, db.mac, web.mac), unseen: ALL },
];

/** Frames below a VLAN tag. */
const TAGS: readonly Attack[] = [
  { name: "tag: a priority and IPv4", enters: "web", frame: (m) => tagged(udp(m), 0, { priority: 5 }), unseen: ALL },
  { name: "tag: a priority and IPv6", enters: "web", frame: (m) => tagged(udp6(m, { sourceIp: shut.ip6 }), 0), unseen: ALL },
  { name: "tag: a priority and ARP for another", enters: "web", frame: (m) => tagged(arp(m, { senderIp: gate.ip }), 0), unseen: ALL },
  { name: "tag: a priority and a claim", enters: "web", frame: (m) => tagged(claim(m, { sourceIp: gate.ip6, claimedIp: gate.ip6 }), 0), unseen: ALL },
  { name: "tag: a priority and a router", enters: "web", frame: (m) => tagged(advertise(m), 0), unseen: ALL },
  { name: "tag: a priority under another's MAC", enters: "web", frame: (m) => tagged(udp(m, { from: gate.mac }), 0), unseen: ALL },
  { name: "tag: VLAN 1", enters: "web", frame: (m) => tagged(udp(m), 1), unseen: ALL },
  { name: "tag: VLAN 5, which its neighbour has", enters: "web", frame: (m) => tagged(udp(m, to(trunk)), 5), unseen: ALL },
  { name: "tag: VLAN 4094", enters: "web", frame: (m) => tagged(udp(m), 4094), unseen: ALL },
  { name: "tag: VLAN 4095", enters: "web", frame: (m) => tagged(udp(m), 4095), unseen: ALL },
  { name: "tag: may be dropped", enters: "web", frame: (m) => tagged(udp(m), 5, { dropEligible: true }), unseen: ALL },
  { name: "tag: a provider's", enters: "web", frame: (m) => tagged(udp(m), 5, { tpid: 0x88a8 }), unseen: ALL },
  { name: "tag: a provider's priority", enters: "web", frame: (m) => tagged(udp(m), 0, { tpid: 0x88a8 }), unseen: ALL },
  { name: "tag: of an old provider", enters: "web", frame: (m) => tagged(udp(m), 5, { tpid: 0x9100 }), unseen: ALL },
  { name: "tag: of another old provider", enters: "web", frame: (m) => tagged(arp(m, { senderIp: gate.ip }), 5, { tpid: 0x9200 }), unseen: ALL },
  { name: "tag: two", enters: "web", frame: (m) => tagged(tagged(udp(m), 5), 7), unseen: ALL },
  { name: "tag: a provider's and a customer's", enters: "web", frame: (m) => tagged(tagged(udp(m), 5), 7, { tpid: 0x88a8 }), unseen: ALL },
  { name: "tag: two priorities", enters: "web", frame: (m) => tagged(tagged(udp(m), 0), 0), unseen: ALL },
  { name: "tag: three", enters: "web", frame: (m) => tagged(tagged(tagged(udp(m), 5), 6), 7), unseen: ALL },
  { name: "tag: no packet below", enters: "web", frame: (m) => tagged(other(m, 0x0000), 5), unseen: ALL },
  { name: "tag: a trunk's other VLAN", enters: "trunk", frame: (m) => tagged(udp(m, way(trunk, db)), 6), unseen: ALL },
  { name: "tag: a trunk's VLAN 0", enters: "trunk", frame: (m) => tagged(udp(m, way(trunk, db)), 0), unseen: ALL },
  { name: "tag: a trunk's VLAN under another's MAC", enters: "trunk", frame: (m) => tagged(udp(m, way(web, office)), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and another's IPv4", enters: "trunk", frame: (m) => tagged(udp(m, { ...way(web, office), from: trunk.mac }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and another's IPv6", enters: "trunk", frame: (m) => tagged(udp6(m, { ...way6(web, office), from: trunk.mac }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and another's IPv4 in fragments", enters: "trunk", frame: (m) => cut(udp(m, { ...way(web, office), from: trunk.mac, payload: m.text.repeat(20) }), 64, m).map((each) => tagged(each, 5)), unseen: ALL },
  { name: "tag: a trunk's VLAN and ARP for another", enters: "trunk", frame: (m) => tagged(arp(m, { from: trunk.mac, senderMac: trunk.mac, senderIp: gate.ip }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and ARP under another's MAC", enters: "trunk", frame: (m) => tagged(arp(m, { from: trunk.mac, senderMac: gate.mac, senderIp: trunk.ip }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and ARP that answers from no address", enters: "trunk", frame: (m) => tagged(arp(m, { from: trunk.mac, senderMac: trunk.mac, senderIp: "0.0.0.0" }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and an echo request from no IPv6 address", enters: "trunk", frame: (m) => tagged(frames.icmpv6({ ...way6(trunk, office), sourceIp: "::" }, 128, 0, Buffer.concat([Buffer.alloc(4), Buffer.from(m.text)])), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and an IGMP query of all", enters: "trunk", frame: (m) => tagged(query(m, 2, { from: trunk.mac, sourceIp: trunk.ip }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a router", enters: "trunk", frame: (m) => tagged(advertise(m, { from: trunk.mac, sourceIp: trunk.linkLocal }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a redirect", enters: "trunk", frame: (m) => tagged(redirect6(m, wayLink(trunk, db)), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a DHCP offer", enters: "trunk", frame: (m) => tagged(offer(m, { from: trunk.mac, serverIp: trunk.ip }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a DHCPv6 reply", enters: "trunk", frame: (m) => tagged(lease6(m, "reply", wayLink(trunk, db)), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a claim through a router", enters: "trunk", frame: (m) => tagged(claim(m, { ...way6(trunk, db), claimedIp: trunk.ip6, claimedMac: trunk.mac, hopLimit: 64 }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a listener query", enters: "trunk", frame: () => tagged(query6(2, { from: trunk.mac, sourceIp: trunk.linkLocal }), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and a multicast router", enters: "trunk", frame: (m) => tagged(ip(m, 103, { ...way(trunk, db), to: multicastMac("224.0.0.13"), targetIp: "224.0.0.13", hopLimit: 1 }, Buffer.from([0x20, 0, 0xdf, 0xff])), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and another one", enters: "trunk", frame: (m) => tagged(tagged(udp(m, way(trunk, db)), 6), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN of a provider", enters: "trunk", frame: (m) => tagged(udp(m, way(trunk, db)), 5, { tpid: 0x88a8 }), unseen: ALL },
  { name: "tag: a trunk's VLAN and PPPoE", enters: "trunk", frame: (m) => tagged(frames.pppoeSession({ from: trunk.mac, to: db.mac }, 7, quotedOf(udp(m))), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and LLC", enters: "trunk", frame: (m) => tagged(llc(m, 0xf0, db.mac, trunk.mac), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN and MPLS", enters: "trunk", frame: (m) => tagged(frames.mpls({ from: trunk.mac, to: db.mac }, [16], quotedOf(udp(m))), 5), unseen: ALL },
  { name: "tag: a trunk's VLAN, for one that has none", enters: "trunk", frame: (m) => tagged(udp(m, way(trunk, db)), 5), unseen: ["db", "shut", "idle", "gate", "web"] },
];

/** Frames to a guest that are not for it, or that it has not declared. */
const TOWARDS: readonly Attack[] = [
  { name: "for a MAC that nobody has", enters: "uplink", frame: (m) => udp(m, { ...way(office, nobody) }), unseen: GUESTS },
  { name: "for a MAC that nobody has, over IPv6", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, nobody) }), unseen: GUESTS },
  { name: "for a MAC that nobody has, of a guest", enters: "web", frame: (m) => udp(m, { ...way(web, nobody) }), unseen: ["db", "shut", "idle", "gate", "trunk"] },
  { name: "for a MAC that nobody has, of the host", enters: "host", frame: (m) => udp(m, { ...way(host, nobody) }), unseen: GUESTS },
  { name: "for a MAC that nobody has, and a guest's address", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), to: nobody.mac }), unseen: GUESTS },
  { name: "for a guest's MAC and another's IPv4", enters: "uplink", frame: (m) => udp(m, { ...way(office, gate), to: db.mac }), unseen: ["db"] },
  { name: "for a guest's MAC and another's IPv6", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, gate), to: db.mac }), unseen: ["db"] },
  { name: "for a guest's MAC and another's link-local address", enters: "uplink", frame: (m) => udp6(m, { ...wayLink(office, gate), to: db.mac }), unseen: ["db"] },
  { name: "for a guest's MAC and nobody's address", enters: "web", frame: (m) => tcp(m, { targetIp: "192.0.2.1" }), unseen: ["db"] },
  { name: "for a guest's MAC and everybody's address", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), targetIp: "255.255.255.255" }), unseen: ["db"] },
  { name: "for a guest's MAC and a loopback address", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), targetIp: "127.0.0.1" }), unseen: ["db"] },
  { name: "for a guest's MAC and an IPv6 loopback address", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, db), targetIp: "::1" }), unseen: ["db"] },
  { name: "for the second card's MAC and the first one's address", enters: "uplink", frame: (m) => udp(m, { ...way(office, web), to: secondCard.mac }), unseen: ["second card"] },
  { name: "for all MACs and one guest's IPv4", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), to: BROADCAST }), unseen: ["gate", "trunk"], known: "which address is a network's broadcast nobody knows" },
  { name: "for all MACs and one guest's IPv4, at one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), to: BROADCAST }), unseen: ["shut", "idle"] },
  { name: "for a group's MAC and one guest's IPv4", enters: "uplink", frame: (m) => udp(m, { ...way(office, db), to: multicastMac("239.1.2.3") }), unseen: ["gate", "idle", "shut", "trunk"] },
  { name: "for all MACs and one guest's IPv6", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, db), to: BROADCAST }), unseen: ["gate", "idle", "shut", "trunk"] },
  { name: "for a group's MAC and one guest's IPv6", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, db), to: multicastMac("ff02::1") }), unseen: ["gate", "idle", "shut", "trunk"] },
  { name: "for all MACs and the address of one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), to: BROADCAST }), unseen: ["shut", "idle"] },
  { name: "for a group's MAC and the address of one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), to: multicastMac("224.0.0.1") }), unseen: ["shut", "idle"] },
  { name: "asks for another's address", enters: "uplink", frame: (m) => arp(m, { operation: "request", from: office.mac, senderMac: office.mac, senderIp: office.ip, targetIp: gate.ip, targetMac: "00:00:00:00:00:00" }), unseen: ["db", "shut", "idle", "trunk"] },
  { name: "asks for nobody's address", enters: "web", frame: (m) => arp(m, { operation: "request", targetIp: nobody.ip, targetMac: "00:00:00:00:00:00" }), unseen: ["db", "shut", "idle", "gate", "trunk"] },
  { name: "answers another, to this one", enters: "uplink", frame: (m) => arp(m, { to: db.mac, from: office.mac, senderMac: office.mac, senderIp: office.ip, targetIp: gate.ip, targetMac: gate.mac }), unseen: ["db"] },
  { name: "udp, for one that may receive nothing", enters: "uplink", frame: (m) => udp(m, way(office, shut)), unseen: ["shut"] },
  { name: "tcp, for one that may receive nothing", enters: "web", frame: (m) => tcp(m, way(web, shut)), unseen: ["shut"] },
  { name: "tcp over IPv6, for one that may receive nothing", enters: "web", frame: (m) => tcp(m, way6(web, shut)), unseen: ["shut"] },
  { name: "an echo request, for one that may receive nothing", enters: "uplink", frame: (m) => ping(m, way(office, shut)), unseen: ["shut"] },
  { name: "GRE, for one that may receive nothing", enters: "web", frame: (m) => ip(m, 47, way(web, shut), Buffer.from([0, 0, 8, 0])), unseen: ["shut"] },
  { name: "IP in IP, for one that may receive nothing", enters: "uplink", frame: (m) => ip(m, 4, way(office, shut), quotedOf(udp(m, way(office, shut)))), unseen: ["shut"] },
  { name: "6in4, for one that may receive nothing", enters: "uplink", frame: (m) => ip(m, 41, way(office, shut), quotedOf(udp6(m))), unseen: ["shut"] },
  { name: "IPv6 in IPv6, for one that may receive nothing", enters: "uplink", frame: (m) => frames.ip(way6(office, shut), 41, quotedOf(udp6(m, way6(office, shut)))), unseen: ["shut"] },
  { name: "ESP, for one that may receive nothing", enters: "uplink", frame: (m) => ip(m, 50, way(office, shut)), unseen: ["shut"] },
  { name: "SCTP, for one that may receive nothing", enters: "web", frame: (m) => ip(m, 132, way(web, shut)), unseen: ["shut"] },
  { name: "a protocol of nobody's, for one that may receive nothing", enters: "web", frame: (m) => ip(m, 253, way(web, shut)), unseen: ["shut"] },
  { name: "udp behind IPv4 options, for one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), ipOptions: OPTIONS }), unseen: ["shut"] },
  { name: "udp by a loose source route, for one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), ipOptions: LOOSE }), unseen: ["shut"] },
  { name: "udp behind IPv6 headers, for one that may receive nothing", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, shut), extensions: [hopByHop(), destinationOptions(), fragmentHeader({ identification: m.port })] }), unseen: ["shut"] },
  { name: "udp behind a routing header, for one that may receive nothing", enters: "uplink", frame: (m) => udp6(m, { ...way6(office, shut), extensions: [ROUTING] }), unseen: ["shut"] },
  { name: "an IPv6 packet without anything, for one that may receive nothing", enters: "uplink", frame: (m) => frames.ip({ ...way6(office, shut), extensions: [destinationOptions(Buffer.concat([Buffer.from([1, 6]), Buffer.from(m.text)]))] }, 59, Buffer.alloc(0)), unseen: ["shut"] },
  { name: "fragments, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp(m, { ...way(office, shut), payload: m.text.repeat(100) }), 200, m), unseen: ["shut"] },
  { name: "fragments backwards, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp(m, { ...way(office, shut), payload: m.text.repeat(100) }), 200, m).reverse(), unseen: ["shut"] },
  { name: "a later fragment alone, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp(m, { ...way(office, shut), payload: m.text.repeat(100) }), 200, m).slice(1, 2), unseen: ["shut"] },
  { name: "a first fragment of eight bytes, for one that may receive nothing", enters: "uplink", frame: (m) => cut(tcp(m, { ...way(office, shut), payload: m.text.repeat(3) }), 8, m), unseen: ["shut"] },
  { name: "fragments that overlap, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp(m, { ...way(office, shut), payload: m.text.repeat(20) }), 64, m).flatMap((each, n) => (n === 1 ? [patchedIp(each, 6, 0x20, 4), each] : [each])), unseen: ["shut"] },
  { name: "fragments of IPv6, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp6(m, { ...way6(office, shut), payload: m.text.repeat(100) }), 200, m), unseen: ["shut"] },
  { name: "a later fragment of IPv6 alone, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp6(m, { ...way6(office, shut), payload: m.text.repeat(100) }), 200, m).slice(1, 2), unseen: ["shut"] },
  { name: "fragments in fragments, for one that may receive nothing", enters: "uplink", frame: (m) => cut(udp6(m, { ...way6(office, shut), payload: m.text.repeat(20), extensions: [fragmentHeader({ identification: 9 })] }), 64, m), unseen: ["shut"] },
  { name: "to a group, for one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), to: multicastMac("239.1.2.3"), targetIp: "239.1.2.3" }), unseen: ["shut", "idle"] },
  { name: "to everybody, for one that may receive nothing", enters: "uplink", frame: (m) => udp(m, { ...way(office, shut), to: BROADCAST, targetIp: "255.255.255.255" }), unseen: ["shut", "idle"] },
  { name: "an announcement with 1.2 kB of anything, for one that may receive nothing", enters: "uplink", frame: (m) => claim(m, { ...way6(office, shut), claimedIp: office.ip6, claimedMac: office.mac, length: 1200 }), unseen: ["shut"] },
  { name: "from one that may send nothing", enters: "shut", frame: (m) => udp(m, way(shut, db)), unseen: ["db", "uplink"] },
  { name: "from one that may send nothing, to the world", enters: "shut", frame: (m) => tcp(m, { ...way6(shut, office), targetPort: 53 }), unseen: ["uplink"] },
  { name: "an echo of one that may send nothing", enters: "shut", frame: (m) => ping(m, way(shut, office)), unseen: ["uplink"] },
  { name: "a tunnel of one that may send nothing", enters: "shut", frame: (m) => ip(m, 47, way(shut, office)), unseen: ["uplink"] },
  { name: "fragments of one that may send nothing", enters: "shut", frame: (m) => cut(tcp(m, { ...way(shut, office), payload: m.text.repeat(20) }), 64, m), unseen: ["uplink"] },
  { name: "a packet to a guest without a policy", enters: "uplink", frame: (m) => udp(m, way(office, idle)), unseen: ["idle"] },
  { name: "a packet to a guest without a policy, of a guest", enters: "web", frame: (m) => udp6(m, way6(web, idle)), unseen: ["idle"] },
  { name: "a packet to a guest without a policy, of the host", enters: "host", frame: (m) => udp(m, way(host, idle)), unseen: ["idle"] },
  { name: "ARP to a guest without a policy", enters: "uplink", frame: (m) => arp(m, { operation: "request", from: office.mac, senderMac: office.mac, senderIp: office.ip, targetIp: idle.ip }), unseen: ["idle"] },
  { name: "the host speaks to a guest's MAC and another's address", enters: "host", frame: (m) => udp(m, { ...way(host, gate), to: db.mac }), unseen: ["db"] },
  { name: "an ethertype for experiments, to a guest", enters: "uplink", frame: (m) => other(m, 0x88b6, db.mac, office.mac), unseen: ["db"] },
  { name: "the trunk's ethertype, to another guest", enters: "uplink", frame: (m) => other(m, 0x88b5, BROADCAST, office.mac), unseen: ["web", "db", "shut", "idle", "gate"] },
  { name: "the trunk's ethertype, for another MAC, to the trunk", enters: "uplink", frame: (m) => other(m, 0x88b5, nobody.mac, office.mac), unseen: ["trunk"] },
  { name: "LLDP to a guest", enters: "uplink", frame: (m) => frames.lldp({ from: office.mac, to: db.mac, port: "1", system: m.text }), unseen: ["db"] },
  { name: "MPLS to a guest", enters: "uplink", frame: (m) => frames.mpls({ from: office.mac, to: shut.mac }, [16], quotedOf(udp(m, way(office, shut)))), unseen: ["shut"] },
  { name: "PPPoE to a guest", enters: "uplink", frame: (m) => frames.pppoeSession({ from: office.mac, to: shut.mac }, 7, quotedOf(udp(m, way(office, shut)))), unseen: ["shut"] },
  { name: "LLC and IPv4 to a guest", enters: "uplink", frame: (m) => frames.llc({ from: office.mac, to: shut.mac }, { dsap: 6, ssap: 6 }, quotedOf(udp(m, way(office, shut)))), unseen: ["shut"] },
  { name: "SNAP and IPv4 to a guest", enters: "uplink", frame: (m) => snapped(udp(m, way(office, shut))), unseen: ["shut"] },
  { name: "SNAP and ARP to a guest", enters: "uplink", frame: (m) => snapped(arp(m, { from: office.mac, to: db.mac, senderMac: office.mac, senderIp: gate.ip })), unseen: ["db"] },
  { name: "tag: a priority and IPv4 to a guest", enters: "uplink", frame: (m) => tagged(udp(m, way(office, shut)), 0), unseen: ["shut"] },
  { name: "tag: a priority and IPv6 to a guest", enters: "uplink", frame: (m) => tagged(udp6(m, way6(office, shut)), 0), unseen: ["shut"] },
  { name: "tag: a priority and IPv4 to a guest that may receive all", enters: "uplink", frame: (m) => tagged(udp(m, way(office, db)), 0, { priority: 7 }), unseen: ["db"] },
  { name: "tag: VLAN 5 to a guest that has none", enters: "uplink", frame: (m) => tagged(udp(m, way(office, shut)), 5), unseen: ["shut"] },
  { name: "tag: VLAN 6 to a trunk", enters: "uplink", frame: (m) => tagged(udp(m, way(office, trunk)), 6), unseen: ["trunk"] },
  { name: "tag: VLAN 5 to a trunk, for another MAC", enters: "uplink", frame: (m) => tagged(udp(m, way(office, nobody)), 5), unseen: GUESTS },
  { name: "tag: VLAN 5 to a trunk, for another's IPv4", enters: "uplink", frame: (m) => tagged(udp(m, { ...way(office, nobody), to: trunk.mac }), 5), unseen: ["trunk"], stopped: "nft-bridge", known: "the four tools see below a tag for whose MAC a packet is, and not for whose address" },
  { name: "tag: VLAN 5 to a trunk, for another's IPv6", enters: "uplink", frame: (m) => tagged(udp6(m, { ...way6(office, nobody), to: trunk.mac }), 5), unseen: ["trunk"], stopped: "nft-bridge", known: "the four tools see below a tag for whose MAC a packet is, and not for whose address" },
  { name: "tag: VLAN 5 and PPPoE to a trunk", enters: "uplink", frame: (m) => tagged(frames.pppoeSession({ from: office.mac, to: trunk.mac }, 7, quotedOf(udp(m))), 5), unseen: ["trunk"] },
  { name: "tag: a provider's to a guest", enters: "uplink", frame: (m) => tagged(udp(m, way(office, shut)), 5, { tpid: 0x88a8 }), unseen: ["shut"] },
  { name: "tag: two to a guest", enters: "uplink", frame: (m) => tagged(tagged(udp(m, way(office, shut)), 5), 5), unseen: ["shut"] },
];

/** To the host's own addresses, past the bridge. */
const HOST: readonly Attack[] = [
  { name: "host: another's IPv4", enters: "web", frame: (m) => udp(m, { ...way(shut, host), from: web.mac }), unseen: ["host"] },
  { name: "host: another's MAC", enters: "web", frame: (m) => udp(m, { ...way(web, host), from: shut.mac }), unseen: ["host"] },
  { name: "host: another's IPv6", enters: "web", frame: (m) => udp6(m, { ...way6(shut, host), from: web.mac }), unseen: ["host"] },
  { name: "host: the world's IPv4, by TCP", enters: "web", frame: (m) => tcp(m, { ...way(office, host), from: web.mac, targetPort: 22 }), unseen: ["host"] },
  { name: "host: its own address", enters: "web", frame: (m) => udp(m, { ...way(host, host), from: web.mac }), unseen: ["host"], never: "no kernel takes a packet from its own address" },
  { name: "host: from everybody's MAC", enters: "web", frame: (m) => udp(m, { ...way(shut, host), from: web.mac, to: BROADCAST, targetIp: "255.255.255.255" }), unseen: ["host"] },
  { name: "host: a guest without a policy", enters: "idle", frame: (m) => udp(m, way(idle, host)), unseen: ["host"] },
  { name: "host: a guest without a policy, over IPv6", enters: "idle", frame: (m) => udp6(m, way6(idle, host)), unseen: ["host"] },
  { name: "host: another's IPv4 in fragments", enters: "web", frame: (m) => cut(udp(m, { ...way(shut, host), from: web.mac, payload: m.text.repeat(30) }), 64, m), unseen: ["host"] },
  { name: "host: another's IPv4 by bridges' group :02", enters: "web", frame: (m) => udp(m, { ...way(shut, host), from: web.mac, to: linkLocalMac(2) }), unseen: ["host"] },
  { name: "host: another's IPv4 and MAC by bridges' group :03", enters: "web", frame: (m) => udp(m, { ...way(office, host), to: linkLocalMac(3) }), unseen: ["host"] },
  { name: "host: its own IPv4 by bridges' group :0e", enters: "web", frame: (m) => udp(m, { ...way(web, host), to: linkLocalMac(0x0e) }), unseen: ["host"] },
  { name: "host: another's IPv4 by bridges' group :0d", enters: "web", frame: (m) => udp(m, { ...way(shut, host), from: web.mac, to: linkLocalMac(0x0d) }), unseen: ["host"] },
  { name: "host: another's IPv6 by bridges' group :02", enters: "web", frame: (m) => udp6(m, { ...way6(shut, host), from: web.mac, to: linkLocalMac(2) }), unseen: ["host"] },
  { name: "host: a router by bridges' group :03", enters: "web", frame: (m) => advertise(m, { to: linkLocalMac(3) }), unseen: ["host"] },
  { name: "host: IPv4 by bridges' group :02, of a guest without a policy", enters: "idle", frame: (m) => udp(m, { ...way(idle, host), to: linkLocalMac(2) }), unseen: ["host"] },
  { name: "host: IPv4 by bridges' group :02, by the emulated card", enters: "emulated card", frame: (m) => udp(m, { ...way(shut, host), to: linkLocalMac(2) }), unseen: ["host"] },
  { name: "host: an answer in another's flow with it", enters: "web", before: (m) => [{ from: "uplink", frame: udp(m, { ...way(office, host), payload: "first" }) }], frame: (m) => udp(m, { ...way(office, host), from: web.mac }), unseen: ["host"] },
];

/** Two separate networks that use the same addresses. On B, web and shut have connections with each other. */
const speaks = (m: Mark): readonly Sent[] => [
  { from: "shut-b", frame: frames.udp({ ...way(twin(shut), twin(web)), sourcePort: 5000, targetPort: m.port, payload: "b" }) },
  { from: "web-b", frame: frames.udp({ ...way(twin(web), twin(shut)), sourcePort: m.port, targetPort: 5000, payload: "b" }) },
];
const speaks6 = (m: Mark): readonly Sent[] => [
  { from: "shut-b", frame: frames.udp({ ...way6(twin(shut), twin(web)), sourcePort: 5000, targetPort: m.port, payload: "b" }) },
  { from: "web-b", frame: frames.udp({ ...way6(twin(web), twin(shut)), sourcePort: m.port, targetPort: 5000, payload: "b" }) },
];
const connects = (m: Mark): readonly Sent[] => [
  { from: "shut-b", frame: frames.tcp({ ...way(twin(shut), twin(web)), sourcePort: 5000, targetPort: m.port, flags: ["syn"], sequence: 100 }) },
  { from: "web-b", frame: frames.tcp({ ...way(twin(web), twin(shut)), sourcePort: m.port, targetPort: 5000, flags: ["syn", "ack"], sequence: 500, acknowledgement: 101 }) },
];
const first = (m: Mark): Buffer => cut(udp(m, { ...way(twin(web), twin(db)), payload: "x".repeat(120) }), 64, m)[0] ?? Buffer.alloc(0);
const TWINS: readonly Attack[] = [
  { name: "B's flow, UDP, on A", needs: "twins", zones: true, enters: "web", before: speaks, frame: (m) => udp(m, { ...way(web, shut), targetPort: 5000 }), unseen: ["shut"] },
  { name: "B's flow, UDP over IPv6, on A", needs: "twins", zones: true, enters: "web", before: speaks6, frame: (m) => udp6(m, { ...way6(web, shut), targetPort: 5000 }), unseen: ["shut"] },
  { name: "B's flow, TCP, on A", needs: "twins", zones: true, enters: "web", before: connects, frame: (m) => tcp(m, { ...way(web, shut), targetPort: 5000, flags: ["ack", "psh"], sequence: 501, acknowledgement: 101 }), unseen: ["shut"] },
  { name: "B's echo, answered on A", needs: "twins", zones: true, enters: "web", before: (m) => [{ from: "shut-b", frame: ping(m, { ...way(twin(shut), twin(web)), payload: "b" }) }], frame: (m) => ping(m, { ...way(web, shut), kind: "reply" }), unseen: ["shut"] },
  { name: "an error about B's flow, on A", needs: "twins", zones: true, enters: "web", before: speaks, frame: (m) => frames.icmpError({ ...way(web, shut), type: 3, code: 3, quoted: Buffer.concat([quotedOf(frames.udp({ ...way(shut, web), sourcePort: 5000, targetPort: m.port, payload: "b" })), Buffer.from(m.text)]) }), unseen: ["shut"] },
  { name: "B's flow with the world, on A", needs: "twins", zones: true, enters: "uplink", before: (m) => [{ from: "shut-b", frame: frames.udp({ ...way(twin(shut), twin(office)), sourcePort: 5000, targetPort: m.port, payload: "b" }) }], frame: (m) => udp(m, { ...way(office, shut), targetPort: 5000 }), unseen: ["shut"] },
  { name: "a fragment of A's goes with one of B's", needs: "twins", zones: "fragments", enters: "web", frame: (m) => [...cut(udp(m, { payload: m.text.repeat(20) }), 64, m).slice(1), { from: "web-b", frame: first(m) }], unseen: ["db-b"], never: "without rules nobody puts fragments together" },
  { name: "what B's guest says is seen on A", needs: "twins", enters: "web-b", frame: (m) => udp(m, { ...way(twin(web), twin(db)), to: BROADCAST, targetIp: "255.255.255.255" }), unseen: ["db", "shut", "idle", "gate", "trunk", "uplink"], never: "the bridges are apart" },
  { name: "A's guest under the MAC of B's", needs: "twins", enters: "web", frame: (m) => udp(m, { from: twin(web).mac }), unseen: ALL },
];

/** Through the host, which routes from one bridge to the other: 10.71.0.13 and fd71::13 are behind its second one. */
const far = { to: host.mac, targetIp: "10.71.0.13" };
const far6 = { to: host.mac, targetIp: "fd71::13" };
const ROUTED: readonly Attack[] = [
  { name: "routed: another's IPv4", needs: "twins", enters: "web", frame: (m) => udp(m, { ...way(shut, host), from: web.mac, ...far }), unseen: ["db-b"] },
  { name: "routed: another's MAC", needs: "twins", enters: "web", frame: (m) => udp(m, { ...way(web, host), from: shut.mac, ...far }), unseen: ["db-b"] },
  { name: "routed: another's IPv6", needs: "twins", enters: "web", frame: (m) => udp6(m, { ...way6(shut, host), from: web.mac, ...far6 }), unseen: ["db-b"] },
  { name: "routed: the world's IPv4", needs: "twins", enters: "web", frame: (m) => tcp(m, { ...way(office, host), from: web.mac, ...far }), unseen: ["db-b"] },
  { name: "routed: another's IPv4 in fragments", needs: "twins", enters: "web", frame: (m) => cut(udp(m, { ...way(shut, host), from: web.mac, ...far, payload: m.text.repeat(20) }), 64, m), unseen: ["db-b"] },
  { name: "routed: a guest without a policy", needs: "twins", enters: "idle", frame: (m) => udp(m, { ...way(idle, host), ...far }), unseen: ["db-b"] },
  { name: "routed: one that may send nothing", needs: "twins", enters: "shut", frame: (m) => udp(m, { ...way(shut, host), ...far }), unseen: ["db-b"], known: "what the host routes passes by guests' rules" },
  { name: "routed: to one that may receive nothing", needs: "twins", enters: "uplink-b", frame: (m) => udp(m, { ...way(office, shut), from: twin(office).mac, to: "02:fd:00:00:01:00", sourceIp: "10.71.0.21" }), unseen: ["shut"], known: "what the host routes passes by guests' rules" },
  { name: "routed: to a guest without a policy", needs: "twins", enters: "uplink-b", frame: (m) => udp(m, { ...way(office, idle), from: twin(office).mac, to: "02:fd:00:00:01:00", sourceIp: "10.71.0.21" }), unseen: ["idle"] },
  { name: "routed: a trunk's VLAN", needs: "twins", enters: "trunk", frame: (m) => tagged(udp(m, { ...way(shut, host), from: trunk.mac, ...far }), 0), unseen: ["db-b"] },
];

export const ATTACKS: readonly Attack[] = [
  ...FOREIGN_MAC,
  ...FOREIGN_IPV4,
  ...FOREIGN_IPV6,
  ...ODD_HEADERS,
  ...ARP,
  ...DISCOVERY,
  ...LISTENERS,
  ...DHCP,
  ...RELATED,
  ...ETHERTYPES,
  ...TAGS,
  ...TOWARDS,
  ...HOST,
  ...TWINS,
  ...ROUTED,
];
