import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frames as f } from "../../lab/netns";
import { describeWith } from "../support/needs";

/** Frames as tcpdump reads them: its words for every field, and its sums. */
const A = "02:00:00:00:00:0a";
const B = "02:00:00:00:00:0b";
const link = { from: A, to: B };
const v4 = { ...link, sourceIp: "10.0.0.1", targetIp: "10.0.0.2" };
const v6 = { ...link, sourceIp: "fd00::1", targetIp: "fd00::2" };
const ports = { sourcePort: 1000, targetPort: 2000, payload: "hello" };
const udp = f.udp({ ...v4, ...ports });
const udp6 = f.udp({ ...v6, ...ports });
const packet = f.payloadOf(udp);
const packet6 = f.payloadOf(udp6);
const local = { from: A, sourceIp: "10.0.0.1" };
const local6 = { from: A, sourceIp: "fe80::1" };
const group = "239.1.2.3";
const group6 = "ff02::db8";
const arp = { ...link, operation: "request", senderMac: A, senderIp: "10.0.0.1", targetIp: "10.0.0.2" } as const;
const claim = { ...v6, claimedIp: "fd00::9", claimedMac: A };
const long = Buffer.alloc(4000, "a");

/** IPv4 with a UDP packet of five bytes, as tcpdump says it. */
const READ =
  "(tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33) 10.0.0.1.1000 > 10.0.0.2.2000: [udp sum ok] UDP, length 5";

const ROWS: readonly [title: string, frame: Buffer, read: string][] = [
  [
    "a VLAN tag",
    f.tagged(udp, 10, { priority: 5 }),
    `A > B, ethertype 802.1Q (0x8100), length 51: vlan 10, p 5, ethertype IPv4 (0x0800), ${READ}`,
  ],
  [
    "a provider's tag around one",
    f.tagged(f.tagged(udp, 10), 20, { tpid: 0x88a8 }),
    `A > B, ethertype 802.1Q-QinQ (0x88a8), length 55: vlan 20, p 0, ethertype 802.1Q (0x8100), vlan 10, p 0, ethertype IPv4 (0x0800), ${READ}`,
  ],
  [
    "an old provider's tag, drop eligible",
    f.tagged(f.tagged(udp, 10), 20, { tpid: 0x9100, dropEligible: true }),
    `A > B, ethertype 802.1Q-9100 (0x9100), length 55: vlan 20, p 0, DEI, ethertype 802.1Q (0x8100), vlan 10, p 0, ethertype IPv4 (0x0800), ${READ}`,
  ],
  [
    "a priority tag",
    f.tagged(udp, 0, { priority: 7 }),
    `A > B, ethertype 802.1Q (0x8100), length 51: vlan 0, p 7, ethertype IPv4 (0x0800), ${READ}`,
  ],
  [
    "SNAP",
    f.snap(link, 0x0800, packet),
    `A > B, 802.3, length 41: LLC, dsap SNAP (0xaa) Individual, ssap SNAP (0xaa) Command, ctrl 0x03: oui Ethernet (0x000000), ethertype IPv4 (0x0800), length 33: ${READ}`,
  ],
  [
    "LLC",
    f.llc(link, { dsap: 0xf0, ssap: 0xf0 }, Buffer.from("hello")),
    "A > B, 802.3, length 8: LLC, dsap NetBeui (0xf0) Individual, ssap NetBeui (0xf0) Command, ctrl 0x03: Unnumbered, ui, Flags [Command], length 8",
  ],
  [
    "a configuration BPDU",
    f.bpdu({ from: A, root: { priority: 4096, mac: B }, bridge: { priority: 32768, mac: A }, cost: 100, topologyChange: true }),
    "A > 01:80:c2:00:00:00, 802.3, length 38: LLC, dsap STP (0x42) Individual, ssap STP (0x42) Command, ctrl 0x03: STP 802.1d, Config, Flags [Topology change], bridge-id 8000.A.8001, length 35 message-age 0.00s, max-age 20.00s, hello-time 2.00s, forwarding-delay 15.00s root-id 1000.B, root-pathcost 100",
  ],
  [
    "a BPDU of topology change",
    f.topologyChange(A),
    "A > 01:80:c2:00:00:00, 802.3, length 7: LLC, dsap STP (0x42) Individual, ssap STP (0x42) Command, ctrl 0x03: STP 802.1d, Topology Change",
  ],
  [
    "LLDP",
    f.lldp({ from: A, port: "eth7", system: "sw1" }),
    "A > 01:80:c2:00:00:0e, ethertype LLDP (0x88cc), length 41: LLDP, length 27 Chassis ID TLV (1), length 7 Subtype MAC address (4): A Port ID TLV (2), length 5 Subtype Interface Name (5): eth7 Time to Live TLV (3), length 2: TTL 120s System Name TLV (5), length 3: sw1 End TLV (0), length 0",
  ],
  [
    "LACP",
    f.lacp(A),
    "A > 01:80:c2:00:00:02, ethertype Slow Protocols (0x8809), length 124: LACPv1, length 110 Actor Information TLV (0x01), length 20 System A, System Priority 65535, Key 1, Port 1, Port Priority 255 State Flags [Activity, Timeout, Aggregation, Default] Partner Information TLV (0x02), length 20 System 00:00:00:00:00:00, System Priority 65535, Key 1, Port 1, Port Priority 255 State Flags [none] Collector Information TLV (0x03), length 16 Max Delay 0 Terminator TLV (0x00), length 0",
  ],
  ["a pause", f.pause(A), "A > 01:80:c2:00:00:01, ethertype MPCP (0x8808), length 60: MPCP, Opcode Pause, length 46"],
  [
    "QEMU's announcement",
    f.qemuAnnouncement(A),
    "A > ff:ff:ff:ff:ff:ff, ethertype Reverse ARP (0x8035), length 60: Ethernet (len 6), IPv4 (len 4), Reverse Request who-is A tell A, length 46",
  ],
  [
    "gratuitous ARP, a request",
    f.gratuitousArp(A, "10.0.0.1"),
    "A > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.0.1 tell 10.0.0.1, length 28",
  ],
  [
    "gratuitous ARP, a reply",
    f.gratuitousArp(A, "10.0.0.1", "reply"),
    "A > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Ethernet (len 6), IPv4 (len 4), Reply 10.0.0.1 is-at A, length 28",
  ],
  [
    "ARP without addresses",
    f.arp({ ...arp, hardwareLength: 0, protocolLength: 0 }),
    "A > B, ethertype ARP (0x0806), length 22: Ethernet (len 0), IPv4 (len 0), Request who-has <wrong len> tell <wrong len>, length 8",
  ],
  [
    "ARP with addresses too long, of other types",
    f.arp({ ...arp, operation: 8, hardwareType: 6, protocolType: 0x86dd, hardwareLength: 8, protocolLength: 8 }),
    "A > B, ethertype ARP (0x0806), length 54: TokenRing (len 8), IPv6 (len 8), Inverse Request who-is 00:00:00:00:00:00:00:00 tell A:00:00, length 40",
  ],
  ["UDP", udp, `A > B, ethertype IPv4 (0x0800), length 47: ${READ}`],
  [
    "UDP over IPv6",
    udp6,
    "A > B, ethertype IPv6 (0x86dd), length 67: (hlim 64, next-header UDP (17) payload length: 13) fd00::1.1000 > fd00::2.2000: [udp sum ok] UDP, length 5",
  ],
  [
    "TCP that opens",
    f.tcp({ ...v4, ...ports, flags: ["syn"], window: 1024 }),
    "A > B, ethertype IPv4 (0x0800), length 59: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 45) 10.0.0.1.1000 > 10.0.0.2.2000: Flags [S], cksum 0x4850 (correct), seq 1:6, win 1024, length 5",
  ],
  [
    "TCP with odd flags over IPv6",
    f.tcp({ ...v6, ...ports, payload: "", flags: ["fin", "psh", "urg", "ack"], sequence: 5, acknowledgement: 9 }),
    "A > B, ethertype IPv6 (0x86dd), length 74: (hlim 64, next-header TCP (6) payload length: 20) fd00::1.1000 > fd00::2.2000: Flags [FP.U], cksum 0xaef0 (correct), seq 5, ack 9, win 64240, urg 0, length 0",
  ],
  [
    "TCP without flags",
    f.tcp({ ...v4, ...ports, payload: "", flags: [] }),
    "A > B, ethertype IPv4 (0x0800), length 54: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40) 10.0.0.1.1000 > 10.0.0.2.2000: Flags [none], cksum 0x9538 (correct), seq 1, win 64240, length 0",
  ],
  [
    "an echo request",
    f.echo({ ...v4, kind: "request", id: 7, sequence: 9, payload: "ping" }),
    "A > B, ethertype IPv4 (0x0800), length 46: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 32) 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 9, length 12",
  ],
  [
    "an ICMP error",
    f.icmpError({ ...v4, type: 3, code: 3, quoted: packet }),
    `A > B, ethertype IPv4 (0x0800), length 75: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 61) 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.2 udp port 2000 unreachable, length 41 ${READ}`,
  ],
  [
    "fragmentation needed",
    f.icmpError({ ...v4, type: 3, code: 4, mtu: 1400, quoted: packet }),
    `A > B, ethertype IPv4 (0x0800), length 75: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 61) 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.2 unreachable - need to frag (mtu 1400), length 41 ${READ}`,
  ],
  [
    "an ICMP redirect",
    f.icmpRedirect({ ...v4, gateway: "10.0.0.3", quoted: packet }),
    `A > B, ethertype IPv4 (0x0800), length 75: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 61) 10.0.0.1 > 10.0.0.2: ICMP redirect 10.0.0.2 to host 10.0.0.3, length 41 ${READ}`,
  ],
  [
    "a router solicitation",
    f.routerSolicitation(local6),
    "A > 33:33:00:00:00:02, ethertype IPv6 (0x86dd), length 70: (hlim 255, next-header ICMPv6 (58) payload length: 16) fe80::1 > ff02::2: [icmp6 sum ok] ICMP6, router solicitation, length 16 source link-address option (1), length 8 (1): A",
  ],
  [
    "a router advertisement with an option more",
    f.routerAdvertisement({
      ...local6,
      prefix: "2001:db8:bad::",
      hopLimit: 64,
      options: [f.discoveryOption(5, Buffer.from([0, 0, 0, 0, 5, 0]))],
    }),
    "A > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 118: (hlim 64, next-header ICMPv6 (58) payload length: 64) fe80::1 > ff02::1: [icmp6 sum ok] ICMP6, router advertisement, length 64 hop limit 64, Flags [none], pref medium, router lifetime 1800s, reachable time 0ms, retrans timer 0ms source link-address option (1), length 8 (1): A prefix info option (3), length 32 (4): 2001:db8:bad::/64, Flags [onlink, auto], valid time 86400s, pref. time 14400s mtu option (5), length 8 (1): 1280",
  ],
  [
    "a neighbour solicitation",
    f.neighbourSolicitation({ from: A, sourceIp: "fd00::1", wantedIp: "fd00::12:3456" }),
    "A > 33:33:ff:12:34:56, ethertype IPv6 (0x86dd), length 86: (hlim 255, next-header ICMPv6 (58) payload length: 32) fd00::1 > ff02::1:ff12:3456: [icmp6 sum ok] ICMP6, neighbor solicitation, length 32, who has fd00::12:3456 source link-address option (1), length 8 (1): A",
  ],
  [
    "a question whether an address is free",
    f.neighbourSolicitation({ from: A, sourceIp: "::", wantedIp: "fd00::2" }),
    "A > 33:33:ff:00:00:02, ethertype IPv6 (0x86dd), length 78: (hlim 255, next-header ICMPv6 (58) payload length: 24) :: > ff02::1:ff00:2: [icmp6 sum ok] ICMP6, neighbor solicitation, length 24, who has fd00::2",
  ],
  [
    "a neighbour advertisement",
    f.neighbourAdvertisement({ ...claim, flags: ["router", "solicited"] }),
    "A > B, ethertype IPv6 (0x86dd), length 86: (hlim 255, next-header ICMPv6 (58) payload length: 32) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, neighbor advertisement, length 32, tgt is fd00::9, Flags [router, solicited] destination link-address option (2), length 8 (1): A",
  ],
  [
    "a long one from afar",
    f.neighbourAdvertisement({ ...claim, length: 1200, hopLimit: 64 }),
    "A > B, ethertype IPv6 (0x86dd), length 1254: (hlim 64, next-header ICMPv6 (58) payload length: 1200) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, neighbor advertisement, length 1200, tgt is fd00::9, Flags [override] destination link-address option (2), length 8 (1): A",
  ],
  [
    "one that is cut off",
    f.neighbourAdvertisement({ ...claim, length: 24 }),
    "A > B, ethertype IPv6 (0x86dd), length 78: (hlim 255, next-header ICMPv6 (58) payload length: 24) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, neighbor advertisement, length 24, tgt is fd00::9, Flags [override]",
  ],
  [
    "one behind extension headers",
    f.neighbourAdvertisement({ ...claim, extensions: [f.hopByHop(), f.destinationOptions(), f.fragmentHeader()] }),
    "A > B, ethertype IPv6 (0x86dd), length 110: (hlim 255, next-header Options (0) payload length: 56) fd00::1 > fd00::2: HBH (rtalert: 0x0000) (padn) DSTOPT (padn) frag (0x00000001:0|32) ICMP6, neighbor advertisement, length 32, tgt is fd00::9, Flags [override] destination link-address option (2), length 8 (1): A",
  ],
  [
    "a redirect",
    f.redirect({ ...v6, destinationIp: "fd00::7", viaIp: "fe80::9", viaMac: A, quoted: packet6 }),
    "A > B, ethertype IPv6 (0x86dd), length 166: (hlim 255, next-header ICMPv6 (58) payload length: 112) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, redirect, length 112, fd00::7 to fe80::9 destination link-address option (2), length 8 (1): A redirected header option (4), length 64 (8):",
  ],
  [
    "an ICMPv6 error",
    f.icmpv6Error({ ...v6, type: 1, code: 4, quoted: packet6 }),
    "A > B, ethertype IPv6 (0x86dd), length 115: (hlim 64, next-header ICMPv6 (58) payload length: 61) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, destination unreachable, unreachable port, fd00::2 udp port 2000",
  ],
  [
    "packet too big",
    f.icmpv6Error({ ...v6, type: 2, code: 0, mtu: 1280, quoted: packet6 }),
    "A > B, ethertype IPv6 (0x86dd), length 115: (hlim 64, next-header ICMPv6 (58) payload length: 61) fd00::1 > fd00::2: [icmp6 sum ok] ICMP6, packet too big, mtu 1280",
  ],
  [
    "an IGMPv1 query",
    f.igmp({ ...local, kind: "query", version: 1 }),
    "A > 01:00:5e:00:00:01, ethertype IPv4 (0x0800), length 42: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 28) 10.0.0.1 > 224.0.0.1: igmp query v1",
  ],
  [
    "an IGMPv2 query for a group",
    f.igmp({ ...local, kind: "query", version: 2, group }),
    "A > 01:00:5e:01:02:03, ethertype IPv4 (0x0800), length 46: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 32, options (RA)) 10.0.0.1 > 239.1.2.3: igmp query v2 [gaddr 239.1.2.3]",
  ],
  [
    "an IGMPv3 query for a source",
    f.igmp({ ...local, kind: "query", version: 3, group, sources: ["10.0.0.9"] }),
    "A > 01:00:5e:01:02:03, ethertype IPv4 (0x0800), length 54: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 40, options (RA)) 10.0.0.1 > 239.1.2.3: igmp query v3 [gaddr 239.1.2.3 { 10.0.0.9 }]",
  ],
  [
    "an IGMPv1 report",
    f.igmp({ ...local, kind: "report", version: 1, group }),
    "A > 01:00:5e:01:02:03, ethertype IPv4 (0x0800), length 42: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 28) 10.0.0.1 > 239.1.2.3: igmp v1 report 239.1.2.3",
  ],
  [
    "an IGMPv2 report",
    f.igmp({ ...local, kind: "report", version: 2, group }),
    "A > 01:00:5e:01:02:03, ethertype IPv4 (0x0800), length 46: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 32, options (RA)) 10.0.0.1 > 239.1.2.3: igmp v2 report 239.1.2.3",
  ],
  [
    "an IGMPv3 report",
    f.igmp({ ...local, kind: "report", version: 3, group }),
    "A > 01:00:5e:00:00:16, ethertype IPv4 (0x0800), length 54: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 40, options (RA)) 10.0.0.1 > 224.0.0.22: igmp v3 report, 1 group record(s) [gaddr 239.1.2.3 to_ex { }]",
  ],
  [
    "an IGMPv2 leave",
    f.igmp({ ...local, kind: "leave", version: 2, group }),
    "A > 01:00:5e:00:00:02, ethertype IPv4 (0x0800), length 46: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 32, options (RA)) 10.0.0.1 > 224.0.0.2: igmp leave 239.1.2.3",
  ],
  [
    "an IGMPv3 leave",
    f.igmp({ ...local, kind: "leave", version: 3, group }),
    "A > 01:00:5e:00:00:16, ethertype IPv4 (0x0800), length 54: (tos 0x0, ttl 1, id 1, offset 0, flags [none], proto IGMP (2), length 40, options (RA)) 10.0.0.1 > 224.0.0.22: igmp v3 report, 1 group record(s) [gaddr 239.1.2.3 to_in { }]",
  ],
  [
    "an MLDv1 query",
    f.mld({ ...local6, kind: "query", version: 1 }),
    "A > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 86: (hlim 1, next-header Options (0) payload length: 32) fe80::1 > ff02::1: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener querymax resp delay: 10000 addr: ::",
  ],
  [
    "an MLDv2 query for a source",
    f.mld({ ...local6, kind: "query", version: 2, group: group6, sources: ["fd00::9"] }),
    "A > 33:33:00:00:0d:b8, ethertype IPv6 (0x86dd), length 106: (hlim 1, next-header Options (0) payload length: 52) fe80::1 > ff02::db8: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener query v2 [max resp delay=10000] [gaddr ff02::db8 robustness=2 qqi=125 { fd00::9 }]",
  ],
  [
    "an MLDv1 report",
    f.mld({ ...local6, kind: "report", version: 1, group: group6 }),
    "A > 33:33:00:00:0d:b8, ethertype IPv6 (0x86dd), length 86: (hlim 1, next-header Options (0) payload length: 32) fe80::1 > ff02::db8: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener reportmax resp delay: 0 addr: ff02::db8",
  ],
  [
    "an MLDv2 report of sources",
    f.mld({ ...local6, kind: "report", version: 2, group: group6, sources: ["fd00::9"] }),
    "A > 33:33:00:00:00:16, ethertype IPv6 (0x86dd), length 106: (hlim 1, next-header Options (0) payload length: 52) fe80::1 > ff02::16: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener report v2, 1 group record(s) [gaddr ff02::db8 to_in { fd00::9 }]",
  ],
  [
    "an MLDv1 done",
    f.mld({ ...local6, kind: "done", version: 1, group: group6 }),
    "A > 33:33:00:00:00:02, ethertype IPv6 (0x86dd), length 86: (hlim 1, next-header Options (0) payload length: 32) fe80::1 > ff02::2: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener donemax resp delay: 0 addr: ff02::db8",
  ],
  [
    "an MLDv2 done, from afar, without a router alert",
    f.mld({ from: A, sourceIp: "::", kind: "done", version: 2, group: group6, hopLimit: 7, extensions: [] }),
    "A > 33:33:00:00:00:16, ethertype IPv6 (0x86dd), length 82: (hlim 7, next-header ICMPv6 (58) payload length: 28) :: > ff02::16: [icmp6 sum ok] ICMP6, multicast listener report v2, 1 group record(s) [gaddr ff02::db8 to_in { }]",
  ],
  [
    "PPPoE's search",
    f.pppoeDiscovery({ from: A, to: f.BROADCAST, kind: "PADI" }),
    "A > ff:ff:ff:ff:ff:ff, ethertype PPPoE D (0x8863), length 24: PPPoE PADI [Service-Name]",
  ],
  [
    "PPPoE's offer",
    f.pppoeDiscovery({ ...link, kind: "PADO", service: "isp", concentrator: "ac1" }),
    'A > B, ethertype PPPoE D (0x8863), length 34: PPPoE PADO [Service-Name "isp"] [AC-Name "ac1"]',
  ],
  [
    "PPPoE's end",
    f.pppoeDiscovery({ ...link, kind: "PADT", session: 5 }),
    "A > B, ethertype PPPoE D (0x8863), length 24: PPPoE PADT [ses 0x5] [Service-Name]",
  ],
  [
    "IPv4 in PPPoE",
    f.pppoeSession(link, 5, packet),
    `A > B, ethertype PPPoE S (0x8864), length 55: PPPoE [ses 0x5] IP (0x0021), length 35: ${READ}`,
  ],
  [
    "IPv6 in PPPoE",
    f.pppoeSession(link, 5, packet6),
    "A > B, ethertype PPPoE S (0x8864), length 75: PPPoE [ses 0x5] IP6 (0x0057), length 55: (hlim 64, next-header UDP (17) payload length: 13) fd00::1.1000 > fd00::2.2000: [udp sum ok] UDP, length 5",
  ],
  [
    "MPLS",
    f.mpls(link, [16, 100], packet),
    `A > B, ethertype MPLS unicast (0x8847), length 55: MPLS (label 16, tc 0, ttl 64) (label 100, tc 0, [S], ttl 64) ${READ}`,
  ],
  [
    "a DHCP offer by another port",
    f.dhcp({ kind: "offer", from: A, clientMac: B, transaction: 7, address: "10.0.0.5", serverIp: "10.0.0.1", sourcePort: 6767 }),
    "A > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 304: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 290) 10.0.0.1.6767 > 255.255.255.255.68: [udp sum ok] BOOTP/DHCP, Reply, length 262, xid 0x7, Flags [Broadcast] (0x8000) Your-IP 10.0.0.5 Server-IP 10.0.0.1 Client-Ethernet-Address B Vendor-rfc1048 Extensions Magic Cookie 0x63825363 DHCP-Message (53), length 1: Offer Server-ID (54), length 4: 10.0.0.1 Lease-Time (51), length 4: 3600 Subnet-Mask (1), length 4: 255.255.0.0",
  ],
  [
    "a DHCP release",
    f.dhcp({ kind: "release", from: A, clientMac: A, transaction: 7, serverIp: "10.0.0.1" }),
    "A > ff:ff:ff:ff:ff:ff, ethertype IPv4 (0x0800), length 292: (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 278) 0.0.0.0.68 > 255.255.255.255.67: [udp sum ok] BOOTP/DHCP, Request from A, length 250, xid 0x7, Flags [Broadcast] (0x8000) Server-IP 10.0.0.1 Client-Ethernet-Address A Vendor-rfc1048 Extensions Magic Cookie 0x63825363 DHCP-Message (53), length 1: Release Server-ID (54), length 4: 10.0.0.1",
  ],
  [
    "a DHCPv6 reply by another port",
    f.dhcpv6({ ...v6, kind: "reply", sourcePort: 5000 }),
    "A > B, ethertype IPv6 (0x86dd), length 80: (hlim 64, next-header UDP (17) payload length: 26) fd00::1.5000 > fd00::2.546: [udp sum ok] dhcp6 reply (xid=123456 (server-ID hwaddr type 1 02000000000a))",
  ],
  [
    "a DHCPv6 solicitation",
    f.dhcpv6({ ...v6, kind: "solicit", transaction: 0xabcdef }),
    "A > B, ethertype IPv6 (0x86dd), length 80: (hlim 64, next-header UDP (17) payload length: 26) fd00::1.546 > fd00::2.547: [udp sum ok] dhcp6 solicit (xid=abcdef (client-ID hwaddr type 1 02000000000a))",
  ],
];

/** What tcpdump says of each frame, on one line, without its dumps of bytes. */
function readByTcpdump(all: readonly Buffer[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "csp-frames-"));
  try {
    const file = join(folder, "frames.pcap");
    const head = Buffer.from("d4c3b2a1020004000000000000000000000004000100000".padEnd(48, "0"), "hex");
    const records = all.flatMap((frame) => {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(frame.length, 8);
      record.writeUInt32LE(frame.length, 12);
      return [record, frame];
    });
    writeFileSync(file, Buffer.concat([head, ...records]));
    const said = execFileSync("tcpdump", ["-r", file, "-e", "-n", "-vv", "-t", "-#"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return said
      .split(/^ *\d+ {2}/m)
      .slice(1)
      .map((text) =>
        text
          .split("\n")
          .filter((line) => !/^\s+0x[0-9a-f]{4}:/.test(line))
          .join(" ")
          .replace(/\s+/g, " ")
          .trim()
          .replaceAll(A, "A")
          .replaceAll(B, "B"),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describeWith(["root"], "frames, read by tcpdump", () => {
  const said = new Map<string, string>();
  beforeAll(() => {
    const all = readByTcpdump(ROWS.map(([, frame]) => frame));
    expect(all).toHaveLength(ROWS.length);
    for (const [index, [title]] of ROWS.entries()) said.set(title, all[index] ?? "");
  });

  test.each(ROWS)("%s", (title, _, expected) => {
    expect(said.get(title)).toBe(expected);
  });

  test.each([
    ["IPv4", f.udp({ ...v4, ...ports, payload: long }), 77],
    ["IPv6 behind a header for routers", f.udp({ ...v6, ...ports, payload: long, extensions: [f.hopByHop()] }), 78],
  ] as const)("fragments of %s", (_, frame, identification) => {
    const parts = readByTcpdump(f.fragments(frame, 1400, identification));
    expect(
      parts.map((text) => /id (77), offset (\d+), flags \[(.*?)\]|frag \((0x0000004e):(\d+)\|(\d+)\)/.exec(text)?.slice(1).filter(Boolean)),
    ).toEqual(
      identification === 77
        ? [
            ["77", "0", "+"],
            ["77", "1400", "+"],
            ["77", "2800", "none"],
          ]
        : [
            ["0x0000004e", "0", "1400"],
            ["0x0000004e", "1400", "1400"],
            ["0x0000004e", "2800", "1208"],
          ],
    );
  });

  test("a wrong byte is seen", () => {
    const wrong = Buffer.from(udp);
    wrong[wrong.length - 1] = 0;
    expect(readByTcpdump([wrong])[0]).toContain("bad udp cksum");
  });
});
