/**
 * Everything that a rule can contain, in its plain spelling and in other spellings. They mean the same, so a change from one to the other changes nothing,
 * and what each tool prints afterwards is no drift, with either backend.
 */
type Fields = Record<string, unknown>;
interface Spelling {
  readonly what: string;
  readonly plain: Fields;
  readonly other: Fields;
  /** Default: ingress. */
  readonly list?: "egress";
}

const many4 = Array.from({ length: 20 }, (_, n) => `10.${n}.0.0/16`);
const many6 = Array.from({ length: 20 }, (_, n) => `2001:db8:${n.toString(16)}::/48`);
const ports = Array.from({ length: 17 }, (_, n) => String(1000 + n * 10));

export const SPELLINGS: readonly Spelling[] = [
  { what: "a port as a range", plain: { protocol: "tcp", ports: ["22"] }, other: { protocol: "tcp", ports: ["22:22"] } },
  { what: "leading zeros", plain: { protocol: "tcp", ports: ["22"] }, other: { protocol: "tcp", ports: ["00022"] } },
  { what: "a range with a dash", plain: { protocol: "udp", ports: ["8000:8080"] }, other: { protocol: "udp", ports: ["8000-8080"] } },
  { what: "every port", plain: { protocol: "tcp", ports: ["0:65535"] }, other: { protocol: "6", ports: ["00000-65535"] } },
  {
    what: "ports in another order, twice",
    plain: { protocol: "tcp", ports: ["80", "443"] },
    other: { protocol: "tcp", ports: ["443", "80:80", "443:443"] },
  },
  {
    what: "more ports than one match takes",
    plain: { protocol: "tcp", ports: [...ports, "5000:6000"] },
    other: { protocol: "TCP", ports: ["5000-6000", ...[...ports].reverse()] },
  },
  { what: "host bits in a network", plain: { from: ["10.0.0.0/24"] }, other: { from: ["10.0.0.5/24"] } },
  { what: "a host's prefix length", plain: { from: ["10.0.0.5"] }, other: { from: ["10.0.0.5/32"] } },
  { what: "anyone, IPv4", plain: { from: ["0.0.0.0/0"] }, other: { from: ["1.2.3.4/0"] } },
  { what: "anyone, IPv6", plain: { from: ["::/0"] }, other: { from: ["2001:DB8::/0"] } },
  { what: "IPv6 in full", plain: { from: ["2001:db8::/32"] }, other: { from: ["2001:0DB8:0000:0:0:0:0:1/32"] } },
  { what: "an IPv6 host", plain: { from: ["2001:db8::5"] }, other: { from: ["2001:DB8:0::0005/128"] } },
  { what: "an IPv4-mapped address", plain: { from: ["::ffff:192.0.2.1"] }, other: { from: ["::FFFF:C000:201"] } },
  { what: "an IPv4-compatible address", plain: { from: ["::0.2.3.4"] }, other: { from: ["::2:304"] } },
  {
    what: "peers in another order, twice",
    plain: { from: ["10.0.0.0/8", "192.0.2.1"] },
    other: { from: ["192.0.2.1/32", "10.9.9.9/8", "192.0.2.1"] },
  },
  {
    what: "so many peers that they are a set",
    plain: { from: [...many4, ...many6] },
    other: { from: [...many6.map((cidr) => cidr.toUpperCase()), ...many4.map((cidr) => cidr.replace(".0.0/", ".1.2/"))].reverse() },
  },
  { what: "everyone among many peers", plain: { from: [...many4, "0.0.0.0/0"] }, other: { from: ["9.9.9.9/0", ...many4] } },
  {
    what: "states in another order",
    plain: { states: ["new", "related", "established"] },
    other: { states: ["established", "related", "new"] },
  },
  {
    what: "all states",
    plain: { states: ["invalid", "new", "related", "established", "untracked"] },
    other: { states: ["untracked", "established", "invalid", "related", "new"] },
  },
  { what: "any protocol", plain: {}, other: { protocol: "all" } },
  { what: "protocol 0", plain: { protocol: "any" }, other: { protocol: "0" } },
  { what: "TCP by number", plain: { protocol: "tcp" }, other: { protocol: "6" } },
  { what: "UDP in upper case", plain: { protocol: "udp", ports: ["53"] }, other: { protocol: "UDP", ports: ["53"] } },
  { what: "ICMP by number", plain: { protocol: "icmp" }, other: { protocol: "1" } },
  { what: "ICMPv6 as the tools say it", plain: { protocol: "icmpv6" }, other: { protocol: "ipv6-icmp" } },
  { what: "ICMPv6 by number", plain: { protocol: "icmpv6", icmpType: "128" }, other: { protocol: "58", icmpType: "128" } },
  { what: "an ICMP type with zeros", plain: { protocol: "icmp", icmpType: "8" }, other: { protocol: "icmp", icmpType: "008" } },
  { what: "an ICMP type with its code", plain: { protocol: "icmp", icmpType: "3/4" }, other: { protocol: "1", icmpType: "03/04" } },
  {
    what: "an ICMPv6 type with its code",
    plain: { protocol: "icmpv6", icmpType: "1/0" },
    other: { protocol: "IPv6-ICMP", icmpType: "1/0" },
  },
  { what: "IP in IP, whose name differs between distributions", plain: { protocol: "4" }, other: { protocol: "ipencap" } },
  { what: "the same in CentOS's word", plain: { protocol: "4" }, other: { protocol: "ipv4" } },
  { what: "94, which tools print as ipip", plain: { protocol: "94" }, other: { protocol: "094" } },
  { what: "GRE", plain: { protocol: "gre" }, other: { protocol: "47" } },
  { what: "a protocol without a name", plain: { protocol: "253" }, other: { protocol: "253", action: "allow" } },
  { what: "SCTP ports", plain: { protocol: "sctp", ports: ["5000"] }, other: { protocol: "132", ports: ["5000:5000"] } },
  { what: "UDP-Lite ports", plain: { protocol: "udplite", ports: ["5000"] }, other: { protocol: "136", ports: ["5000"] } },
  {
    what: "DCCP ports",
    plain: { protocol: "dccp", ports: ["5000", "6000:6010"] },
    other: { protocol: "33", ports: ["6000:6010", "5000"] },
  },
  {
    what: "sixty a minute",
    plain: { protocol: "icmp", limit: { rate: "60/minute" } },
    other: { protocol: "icmp", limit: { rate: "1/second" } },
  },
  { what: "an hour's worth", plain: { limit: { rate: "3600/hour", burst: 5 } }, other: { limit: { rate: "60/min" } } },
  { what: "a rate that divides badly", plain: { limit: { rate: "7/minute", burst: 9 } }, other: { limit: { rate: "7/m", burst: 9 } } },
  { what: "many a second", plain: { limit: { rate: "10000/second", burst: 10000 } }, other: { limit: { rate: "10000/s", burst: 10000 } } },
  { what: "few a day", plain: { limit: { rate: "5/day" } }, other: { limit: { rate: "5/d", burst: 5 } } },
  {
    what: "a limit of connections",
    plain: { protocol: "tcp", ports: ["25"], maxConnections: 20 },
    other: { protocol: "tcp", ports: ["25:25"], maxConnections: 20 },
  },
  { what: "a log", plain: { protocol: "tcp", ports: ["23"], log: true }, other: { protocol: "tcp", ports: ["23:23"], log: true } },
  { what: "a log with a limit", plain: { log: true, limit: { rate: "60/minute" } }, other: { log: true, limit: { rate: "60/m" } } },
  {
    what: "the default action in words",
    plain: { protocol: "tcp", ports: ["1"] },
    other: { protocol: "tcp", ports: ["1"], action: "allow", log: false },
  },
  { what: "drop", plain: { action: "drop", protocol: "udp" }, other: { action: "drop", protocol: "17" } },
  {
    what: "reject of TCP",
    plain: { action: "reject", protocol: "tcp", ports: ["113"] },
    other: { action: "reject", protocol: "tcp", ports: ["113:113"] },
  },
  {
    what: "reject of UDP",
    plain: { action: "reject", protocol: "udp" },
    other: { action: "reject", protocol: "udp", description: undefined },
  },
  {
    what: "reject of everything",
    plain: { action: "reject", from: ["192.0.2.0/24", "2001:db8::/32"] },
    other: { action: "reject", from: ["2001:db8::1/32", "192.0.2.7/24"] },
  },
  { what: "a set as a peer", plain: { from: ["set:nets", "set6:nets6"] }, other: { from: ["set6:nets6", "set:nets"] } },
  { what: "a group as a peer", plain: { from: ["group:peers"] }, other: { protocol: "any", from: ["group:peers"] } },
  {
    what: "an outgoing drop",
    list: "egress",
    plain: { action: "drop", protocol: "tcp", ports: ["25"], to: ["0.0.0.0/0"] },
    other: { action: "drop", protocol: "6", ports: ["25:25"], to: ["9.9.9.9/0"] },
  },
  { what: "an outgoing rule to many", list: "egress", plain: { to: [...many4, ...many6] }, other: { to: [...many6, ...many4] } },
];

/** Names that need quotes in a comment, names that look like the values of options, and names of the greatest length. */
export const NAMES = ["a.b", "a..b", "x-y_z", "1", "0", "A.B-C_d", "DROP", "log", "a".repeat(40), `${"a.".repeat(19)}b`];

/** Members of each type of set, in their plain spelling and in other spellings. */
export const SETS: readonly {
  readonly name: string;
  readonly type?: string;
  readonly family?: string;
  readonly plain: readonly string[];
  readonly other: readonly string[];
}[] = [
  { name: "nets", plain: ["203.0.113.0/24", "192.0.2.1"], other: ["192.0.2.1/32", "203.0.113.77/24"] },
  { name: "nets6", family: "inet6", plain: ["2001:db8::/32", "::1"], other: ["2001:0DB8::5/32", "0:0:0:0:0:0:0:1"] },
  { name: "everyone", plain: ["0.0.0.0/1", "128.0.0.0/1"], other: ["200.0.0.0/1", "100.0.0.0/1"] },
  { name: "except", plain: ["10.0.0.0/8", "10.1.0.0/16 nomatch"], other: ["10.1.2.3/16  nomatch", "10.0.0.0/8"] },
  { name: "hosts", type: "hash:ip", plain: ["10.0.0.5"], other: ["10.0.0.5/32"] },
  { name: "hosts6", type: "hash:ip", family: "inet6", plain: ["2001:db8::5"], other: ["2001:DB8:0::5"] },
  {
    name: "services",
    type: "hash:ip,port",
    plain: ["10.0.0.5,tcp:80", "10.0.0.5,udp:53", "10.0.0.6,icmp:8/0", "10.0.0.6,icmp:3/4", "10.0.0.7,gre:0"],
    other: ["10.0.0.5,80", "10.0.0.5/32,17:53", "10.0.0.6,ICMP:8/0", "10.0.0.6,1:03/04", "10.0.0.7,47:0"],
  },
  {
    name: "services6",
    type: "hash:ip,port",
    family: "inet6",
    plain: ["2001:db8::1,icmpv6:128/0", "2001:db8::1,tcp:80"],
    other: ["2001:DB8:0::1,ipv6-icmp:128/0", "2001:db8::1/128,6:0080"],
  },
  {
    name: "net-services",
    type: "hash:net,port",
    plain: ["10.0.0.0/24,tcp:443", "10.1.0.0/24,sctp:9"],
    other: ["10.0.0.9/24,443", "10.1.0.0/24,132:9"],
  },
  { name: "triples", type: "hash:ip,port,ip", plain: ["10.0.0.5,tcp:80,10.0.0.6"], other: ["10.0.0.5,00080,10.0.0.6/32"] },
  { name: "triple-nets", type: "hash:ip,port,net", plain: ["10.0.0.5,udp:80,10.1.0.0/16"], other: ["10.0.0.5,UDP:80,10.1.2.3/16"] },
  {
    name: "by-port",
    type: "hash:net,iface",
    plain: ["10.0.0.0/24,eth1", "0.0.0.0/0,physdev:xenbr0"],
    other: ["10.0.0.9/24,eth1", "1.1.1.1/0,physdev:xenbr0"],
  },
  { name: "ports", type: "bitmap:port", plain: ["80", "443"], other: ["00443", "0080"] },
  { name: "sets", type: "list:set", plain: ["nets", "hosts"], other: ["nets", "hosts"] },
];
