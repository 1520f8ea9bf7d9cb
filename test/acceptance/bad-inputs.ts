import type { Path } from "../../provider/schema/field";

/** Inputs that must be refused before anything is asked of a host, written by hand: what a person gets wrong, and what an attacker tries. */

export type Values = Record<string, unknown>;

export const UUID = "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e";
const MAC = "02:16:3e:00:00:01";
const GUEST = "csp:firewall:GuestFirewall";
const POLICY = "csp:firewall:HostPolicy";
const SET = "csp:firewall:IpSet";
const GROUP = "csp:firewall:SecurityGroup";
const HOST = "csp:index:Host";

const nic = () => ({ device: 0, mac: MAC, addresses: ["10.0.0.5", "2001:db8::5"] });
const rules = () => ({
  ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] }],
  egress: [{ name: "smtp", action: "drop", protocol: "tcp", ports: ["25"], to: ["0.0.0.0/0"] }],
});

/** Inputs that are accepted, each time made anew. */
export const VALID: Readonly<Record<string, () => Values>> = {
  [GUEST]: () => ({
    host: "hv-01",
    guest: { uuid: UUID },
    interfaces: [nic()],
    groups: [{ name: "web", members: ["10.0.0.0/24"], ...rules() }],
    ...rules(),
  }),
  [POLICY]: () => ({
    host: "hv-01",
    groups: { web: { members: ["10.0.0.0/24"], ...rules() } },
    guests: {
      a: { uuid: UUID, interfaces: [nic()], groups: ["web"], ...rules() },
      b: { name: "b", interfaces: [{ device: 0, mac: "02:16:3e:00:00:02", addresses: ["10.0.0.6"] }] },
    },
  }),
  [SET]: () => ({ host: "hv-01", name: "blocklist", members: ["203.0.113.0/24"] }),
  [GROUP]: () => ({ name: "web", members: ["10.0.0.0/24"], ...rules() }),
  [HOST]: () => ({ host: "hv-01" }),
};

export interface BadInput {
  readonly token: string;
  /** Where the value is put. */
  readonly at: Path;
  readonly value: unknown;
  /** A part of the cause. */
  readonly cause: RegExp;
  /** Which field the refusal names, where it is another one. */
  readonly named?: Path;
}

const LONG = "a".repeat(10_240);
/** Each would do something if it met a shell, a restore file or a terminal unquoted. */
export const HOSTILE = [
  "a;reboot",
  "$(reboot)",
  "`reboot`",
  "a|b",
  "a&b",
  "a b",
  "a'b",
  'a"b',
  "a\nb",
  "a\r\nCOMMIT",
  "a\0b",
  "../../etc",
  "-F",
  "*",
  "\u001b[2J",
  "ä",
  "",
];

function bad(token: string, at: Path, value: unknown, cause: RegExp, named?: Path): BadInput {
  return { token, at, value, cause, named };
}

const ONE = ["ingress", 0] as const;

export const BAD_INPUTS: readonly BadInput[] = [
  // Addresses and networks
  ...[
    "10.0.0.256",
    "10.0.0.0/33",
    "10.0.0",
    "10.0.0.0/-1",
    "10.0.0.0/24/8",
    "2001:db8::/129",
    "2001:db8:::1",
    "::g",
    "example.com",
    "10.0.0.0 /24",
    "0x0a000001",
    "10.0.0.1-10.0.0.9",
  ].map((text) => bad(GUEST, [...ONE, "from", 0], text, /is not a peer/)),
  bad(GUEST, ["interfaces", 0, "addresses", 0], "10.0.0.300", /is not an IPv4 or IPv6 address/),
  bad(GUEST, ["interfaces", 0, "addresses"], [], /no address is declared/),
  bad(GUEST, ["egress", 0, "to", 0], "10.0.0.0/99", /is not a peer/),
  bad(GROUP, ["members", 0], "10.0.0.0/40", /is not an IPv4 or IPv6 address/),
  bad(POLICY, ["groups", "web", "members", 0], "fe80::%eth0/64", /is not an IPv4 or IPv6 address/),
  bad(GUEST, [...ONE, "from"], [], /would match nothing/),

  // Ports, protocols, types
  ...["65536", "-1", "22:21", "http", "22,80", "1:2:3", "", " 22", "22.5", "99999"].map((text) =>
    bad(GUEST, [...ONE, "ports", 0], text, /is not a port or a port range/),
  ),
  bad(GUEST, [...ONE, "ports"], [], /list of ports is empty/),
  bad(GUEST, [...ONE, "ports"], "22", /must be a list/),
  bad(GUEST, [...ONE, "ports", 0], 22, /must be a string/),
  ...["tpc", "256", "-1", "tcp udp", "6.0", "IPX", "tcp;reboot"].map((text) => bad(GUEST, [...ONE, "protocol"], text, /is not a protocol/)),
  bad(GUEST, [...ONE, "protocol"], "gre", /has no ports/, [...ONE, "ports"]),
  bad(GUEST, [...ONE, "protocol"], "any", /has no ports/, [...ONE, "ports"]),
  bad(GUEST, [...ONE], { name: "x", protocol: "tcp", icmpType: "8" }, /has no ICMP types/, [...ONE, "icmpType"]),
  bad(GUEST, [...ONE], { name: "x", protocol: "icmp", icmpType: "256" }, /"256" is not an ICMP type/, [...ONE, "icmpType"]),
  bad(GUEST, [...ONE], { name: "x", protocol: "icmp", icmpType: "echo-request" }, /is not an ICMP type/, [...ONE, "icmpType"]),
  bad(GUEST, [...ONE], { name: "x", protocol: "icmp", from: ["2001:db8::/32"] }, /is IPv6/, [...ONE, "from", 0]),
  bad(GUEST, [...ONE], { name: "x", protocol: "icmpv6", from: ["set:blocklist"] }, /is IPv4/, [...ONE, "from", 0]),

  // What a rule does
  bad(GUEST, [...ONE, "action"], "accept", /is not one of "allow"/),
  bad(GUEST, [...ONE, "action"], "DROP", /is not one of/),
  bad(GUEST, [...ONE, "states"], ["NEW"], /is not one of/, [...ONE, "states", 0]),
  bad(GUEST, [...ONE, "states"], [], /list of states is empty/),
  ...["60", "60/fortnight", "0/s", "99999/s", "1/0", "a/minute"].map((text) =>
    bad(GUEST, [...ONE, "limit"], { rate: text }, /is not a rate/, [...ONE, "limit", "rate"]),
  ),
  bad(GUEST, [...ONE, "limit"], { rate: "1/s", burst: 0 }, /must be at least 1/, [...ONE, "limit", "burst"]),
  bad(GUEST, [...ONE, "limit"], {}, /required, and missing/, [...ONE, "limit", "rate"]),
  bad(GUEST, [...ONE, "maxConnections"], 0, /must be at least 1/),
  bad(GUEST, [...ONE, "maxConnections"], 1.5, /not a whole number/),
  bad(GUEST, [...ONE, "log"], "yes", /must be true or false/),
  bad(GUEST, [...ONE, "description"], LONG, /longer than 200/),

  // Interfaces
  ...["02:16:3e:00:00", "02:16:3e:00:00:0g", "02163e000001", "02:16:3e:00:00:01:02", "", "02 16 3e 00 00 01"].map((text) =>
    bad(GUEST, ["interfaces", 0, "mac"], text, /is not a MAC address/),
  ),
  bad(GUEST, ["interfaces", 0, "mac"], "01:00:5e:00:00:01", /multicast/),
  bad(GUEST, ["interfaces", 0, "mac"], "ff:ff:ff:ff:ff:ff", /multicast/),
  bad(GUEST, ["interfaces", 0, "device"], -1, /must be at least 0/),
  bad(GUEST, ["interfaces", 0, "device"], 256, /must be at most 255/),
  bad(GUEST, ["interfaces", 0, "port"], "eth0;reboot", /not an interface name/),
  bad(GUEST, ["interfaces", 0, "port"], "sixteencharacter", /not an interface name/),
  bad(GUEST, ["interfaces", 0, "etherTypes"], ["8863"], /is not an ethertype/, ["interfaces", 0, "etherTypes", 0]),
  bad(GUEST, ["interfaces", 0, "antiSpoofing"], "none", /is not one of "strict"/),
  bad(GUEST, ["interfaces"], [], /has no interface/),
  bad(GUEST, ["interfaces", 1], nic(), /device 0 is declared twice/, ["interfaces", 1, "device"]),

  // Names: twice, unknown, wrong
  bad(GUEST, ["ingress", 1], { name: "ssh" }, /already named "ssh"/, ["ingress", 1, "name"]),
  bad(GUEST, ["groups", 1], { name: "web" }, /is listed twice/, ["groups", 1, "name"]),
  bad(GUEST, ["groups", 0, "ingress", 1], { name: "ssh" }, /already named "ssh"/, ["groups", 0, "ingress", 1, "name"]),
  bad(GUEST, [...ONE, "from", 0], "group:wbe", /there is no security group "wbe"/),
  bad(POLICY, ["guests", "a", "groups", 0], "databases", /there is no security group "databases"/),
  bad(POLICY, ["guests", "a", "ingress", 0, "from", 0], "group:wbe", /there is no security group/),
  bad(POLICY, ["groups", "web", "ingress", 0, "from", 0], "group:db", /there is no security group/),
  bad(POLICY, ["guests", "b", "interfaces", 0, "mac"], MAC.toUpperCase(), /MAC address .* is declared twice/),
  bad(POLICY, ["guests", "b", "interfaces", 0, "addresses"], ["10.0.0.5/32"], /declared twice on one network/, [
    "guests",
    "b",
    "interfaces",
    0,
    "addresses",
    0,
  ]),
  bad(POLICY, ["guests", "b"], { uuid: UUID.toUpperCase(), interfaces: [nic()] }, /declared twice/, ["guests", "b", "uuid"]),
  bad(POLICY, ["guests", "b", "uuid"], UUID, /both `uuid` and `name`/, ["guests", "b"]),
  bad(POLICY, ["guests", "b"], { interfaces: [nic()] }, /neither `uuid` nor `name` is given/),
  bad(GUEST, ["guest"], {}, /neither `uuid` nor `name` is given/),
  bad(GUEST, ["guest", "uuid"], "6c1a4a5e", /is not a UUID/),
  bad(GUEST, ["guest", "uuid"], `${UUID};reboot`, /is not a UUID/),
  bad(GUEST, [...ONE, "nmae"], "ssh", /there is no field "nmae"/),
  bad(GUEST, ["ingres"], [], /there is no field "ingres"/),
  bad(POLICY, ["guests", "a", "ingress", 0, "to"], ["10.0.0.0/8"], /there is no field "to"/),
  bad(GUEST, ["host"], undefined, /neither `host` nor `hosts` is given/),
  ...HOSTILE.map((text) => bad(GUEST, [...ONE, "name"], text, /rule's name (is empty|has a character)/)),
  ...HOSTILE.map((text) => bad(SET, ["name"], text, /set's name (is empty|has a character)/)),
  ...HOSTILE.map((text) => bad(GUEST, ["host"], text, /host's name (is empty|has a character)/)),
  ...HOSTILE.filter((text) => text !== "").map((text) => bad(GUEST, [...ONE, "from", 0], `group:${text}`, /is not a peer/)),
  ...HOSTILE.map((text) => bad(GUEST, [...ONE, "from", 0], `set:${text}`, /is not a peer/)),
  ...HOSTILE.map((text) => bad(POLICY, ["guests", text], VALID[POLICY]?.().guests, /guest's key (is empty|has a character)/)),
  ...HOSTILE.map((text) => bad(POLICY, ["groups", text], {}, /group's name (is empty|has a character)/)),
  bad(GUEST, ["guest"], { name: LONG }, /longer than 253/, ["guest", "name"]),
  bad(GUEST, [...ONE, "name"], LONG, /longer than 40/),
  bad(SET, ["name"], "a".repeat(32), /longer than 31/),
  bad(GROUP, ["name"], "a".repeat(64), /longer than 63/),
  bad(POLICY, ["name"], "../policy", /has a character/),
  bad(GUEST, [...ONE, "from", 0], LONG, /is not a peer/),
  bad(GUEST, [...ONE, "protocol"], LONG, /is not a protocol/),
  bad(HOST, ["guestPorts"], ["vif*"], /not the beginning of an interface name/, ["guestPorts", 0]),
  bad(HOST, ["guestPorts"], [], /list is empty/),

  // Sets
  bad(
    SET,
    ["members"],
    Array.from({ length: 65_537 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`),
    /too many set entries: 65537/,
  ),
  bad(SET, ["maxElements"], 0, /must be at least 1/),
  bad(SET, ["type"], "hash:nets", /is not one of "hash:ip"/),
  bad(SET, ["family"], "inet4", /is not one of "inet"/),
  bad(SET, ["members", 0], "2001:db8::/32", /is IPv6 in a set of family inet/),
  bad(SET, ["members", 0], "0.0.0.0/0", /cannot hold/),
  bad(SET, ["members", 0], "10.0.0.5,80", /has 2 parts/),
  bad(SET, ["members", 0], "10.0.0.5\nflush", /is not an address or CIDR/),
  bad(SET, [], { host: "hv-01", name: "s", type: "hash:ip", members: ["10.0.0.0/24"] }, /network in a set of single addresses/, [
    "members",
    0,
  ]),
  bad(SET, [], { host: "hv-01", name: "s", type: "hash:ip,port", members: ["10.0.0.5,tcp:http"] }, /is not a port/, ["members", 0]),
  bad(SET, [], { host: "hv-01", name: "s", type: "hash:mac", members: ["02:16:3e"] }, /is not a MAC address/, ["members", 0]),
  bad(SET, [], { host: "hv-01", name: "s", type: "list:set", members: ["a b"] }, /is not a set's name/, ["members", 0]),

  // Types
  bad(GUEST, ["interfaces"], nic(), /must be a list/),
  bad(GUEST, ["ingress"], "ssh", /must be a list/),
  bad(GUEST, ["guest"], UUID, /must be an object/),
  bad(POLICY, ["guests"], [], /must be a map/),
  bad(GUEST, ["connection"], { address: "hv-01;reboot" }, /neither a host name nor an IP address/, ["connection", "address"]),
  bad(GUEST, ["connection"], { address: "192.0.2.1", port: 0 }, /must be at least 1/, ["connection", "port"]),
  bad(GUEST, ["connection"], { address: "192.0.2.1", hostKey: "nonsense" }, /neither a public key nor a fingerprint/, [
    "connection",
    "hostKey",
  ]),
];

/** The inputs with the bad value in its place. */
export function withValue(inputs: Values, at: Path, value: unknown): Values {
  if (at.length === 0) return value as Values;
  let holder: Values = inputs;
  for (const step of at.slice(0, -1)) holder = holder[step] as Values;
  const last = at.at(-1) as string;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return inputs;
}
