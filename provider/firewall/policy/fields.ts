import { z } from "zod";
import { problem } from "../../schema/field";
import {
  canonicalCidr,
  canonicalIcmpType,
  canonicalMac,
  canonicalPorts,
  canonicalProtocol,
  canonicalRate,
  covers,
  hasHostBits,
  isSingle,
  parseCidr,
  parsePorts,
  parseRate,
  protocolNumber,
} from "../values/spelling";

/**
 * The policy language: what a guest may send and receive, as a user writes it. Types, validation, defaults and descriptions of these
 * fields are here and nowhere else.
 */

/** Names that need no quotes in a comment of any tool, in a file name and in a property path. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function name(what: string, longest: number) {
  return z
    .string()
    .min(1, problem(`the ${what} is empty`, `give the ${what} a name of 1 to ${longest} characters`))
    .max(longest, problem(`the ${what} is longer than ${longest} characters`, `shorten it to ${longest} characters or fewer`))
    .regex(
      NAME,
      problem(`the ${what} has a character that is not allowed`, "use letters, digits, '.', '_' and '-', beginning with a letter or digit"),
    );
}

export const cidr = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is not an IPv4 or IPv6 address or CIDR`,
        'write it like "203.0.113.7", "203.0.113.0/24" or "2001:db8::/32"',
      ),
  })
  .meta({ canonical: canonicalCidr });

/** "10.20.0.11/24" can be read as an address or as a network. */
function twoReadings(text: string): string {
  const one = canonicalCidr(text.split("/")[0] ?? "");
  const network = canonicalCidr(text);
  return problem(
    `${quote(text)} is an address with the prefix length of a network`,
    `write ${quote(one)} for that one address, or ${quote(network)} for ${addressCount(network)}`,
  );
}

const address = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, {
    error: (issue) => problem(`${quote(issue.input)} is not an IPv4 or IPv6 address`, 'write it like "203.0.113.7" or "2001:db8::7"'),
    abort: true,
  })
  .refine((text) => isSingle(text), {
    error: (issue) => {
      const text = String(issue.input);
      const network = canonicalCidr(text);
      const one = canonicalCidr(text.split("/")[0] ?? "");
      return hasHostBits(text)
        ? problem(
            `${quote(text)} is an address with the prefix length of a network`,
            `write ${quote(one)} for that one address; if the guest may use ${addressCount(network)}, put ${quote(network)} into \`addressRanges\``,
          )
        : problem(
            `${quote(text)} is ${addressCount(network)}, not one address`,
            "write the guest's own address; if it may use all of them, put the range into `addressRanges`",
          );
    },
    abort: true,
  })
  .refine((text) => nobodysAddress(text) === undefined, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is ${nobodysAddress(String(issue.input))}, which cannot be a guest's own address`,
        "write an address of the guest; you need not declare the groups that it listens to",
      ),
  })
  .meta({ canonical: canonicalCidr });

const addressRange = z
  .string()
  .refine((text) => parseCidr(text) !== undefined && !isSingle(text), {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is not a range of addresses`,
        'write it like "203.0.113.16/28" or "2001:db8:0:7::/64"; single addresses go into `addresses`',
      ),
    abort: true,
  })
  .refine((text) => !hasHostBits(text), { error: (issue) => twoReadings(String(issue.input)), abort: true })
  .refine((text) => parseCidr(text)?.prefix !== 0, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} contains every address`,
        'leave it out and set `antiSpoofing` to "mac": the guest then may use any address',
      ),
    abort: true,
  })
  .refine((text) => nobodysAddress(text) === undefined, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} contains ${nobodysAddress(String(issue.input))}, which cannot be a guest's own address`,
        "declare a range of unicast addresses",
      ),
  })
  .meta({ canonical: canonicalCidr });

/** "its 256 addresses", or the network itself if the number would be too large to help. */
function addressCount(network: string): string {
  const { family, prefix } = parseCidr(network) ?? { family: "inet", prefix: 32 };
  const bits = (family === "inet" ? 32 : 128) - prefix;
  return bits <= 20 ? `its ${2 ** bits} addresses` : `all of ${network}`;
}

/** Why an address or range cannot be a guest's own; undefined if it can. */
function nobodysAddress(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) return undefined;
  const found = RESERVED.find(([range]) => {
    const reserved = parseCidr(range);
    return reserved !== undefined && (covers(reserved, cidr) || covers(cidr, reserved));
  });
  return found?.[1];
}

const RESERVED: readonly (readonly [range: string, what: string])[] = [
  ["224.0.0.0/4", "multicast"],
  ["ff00::/8", "multicast"],
  ["255.255.255.255", "the broadcast address"],
  ["0.0.0.0/8", '"this network" (RFC 791)'],
  ["::", "the unspecified address"],
  ["127.0.0.0/8", "loopback"],
  ["::1", "loopback"],
];

const PEER = /^(group|set|set6):(.*)$/s;

/** The other side of a rule: `203.0.113.0/24`, `group:web`, `set:blocklist` (IPv4) or `set6:blocklist6` (IPv6). */
export type Peer =
  | { readonly kind: "cidr"; readonly cidr: string }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "set"; readonly set: string; readonly family: "inet" | "inet6" };

export function parsePeer(text: string): Peer | undefined {
  const reference = PEER.exec(text);
  if (reference !== null) {
    const target = reference[2] ?? "";
    if (!NAME.test(target) || target.length > (reference[1] === "group" ? 63 : 31)) return undefined;
    if (reference[1] === "group") return { kind: "group", group: target };
    return { kind: "set", set: target, family: reference[1] === "set" ? "inet" : "inet6" };
  }
  const parsed = parseCidr(text);
  return parsed === undefined ? undefined : { kind: "cidr", cidr: canonicalCidr(text) };
}

export const peer = z
  .string()
  .refine((text) => parsePeer(text) !== undefined, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is not a peer`,
        'write an address or CIDR ("203.0.113.0/24"), a security group ("group:web") or an IP set ("set:blocklist" for IPv4, "set6:blocklist6" for IPv6)',
      ),
  })
  .meta({ canonical: canonicalCidr });

export const mac = z
  .string()
  .regex(/^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$/, {
    error: (issue) => problem(`${quote(issue.input)} is not a MAC address`, 'write six octets, like "02:16:3e:00:00:01"'),
  })
  .refine((text) => (Number.parseInt(text, 16) & 1) === 0, {
    error: (issue) =>
      problem(`${quote(issue.input)} is a multicast MAC address`, "a guest's interface has a unicast address: its first octet is even"),
  })
  .meta({ canonical: canonicalMac });

const ports = z
  .array(
    z
      .string()
      .refine((text) => parsePorts(text) !== undefined, {
        error: (issue) =>
          problem(
            `${quote(issue.input)} is not a port or a port range`,
            'write a port from 0 to 65535 ("22") or an ascending range ("8000:8080")',
          ),
      })
      .meta({ canonical: canonicalPorts }),
  )
  .min(1, problem("the list of ports is empty", "leave `ports` out to mean every port"))
  .meta({
    unordered: true,
    description: 'Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp.',
  });

const protocol = z
  .string()
  .refine((text) => protocolNumber(text) !== undefined, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is not a protocol`,
        'write a name ("tcp", "udp", "icmp", "icmpv6", "gre"), a number from 0 to 255 or "any"',
      ),
  })
  .meta({ canonical: canonicalProtocol })
  .default("any")
  .describe('Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only.');

/** The burst that the tools use if none is given. */
export const DEFAULT_BURST = 5;

const limit = z
  .object({
    rate: z
      .string()
      .refine((text) => parseRate(text) !== undefined, {
        error: (issue) =>
          problem(`${quote(issue.input)} is not a rate`, 'write events per second, minute, hour or day: "60/minute"; at most 10000/second'),
      })
      .meta({ canonical: canonicalRate })
      .describe('How many packets match per second, minute, hour or day: "60/minute".'),
    burst: z.int().min(1).max(10000).default(DEFAULT_BURST).describe("How many packets may match before the rate applies."),
  })
  .meta({
    token: "csp:firewall:Limit",
    description:
      "A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it.",
  });

const ruleFields = {
  name: name("rule's name", 40).describe("The rule's name in its list. Previews, drift and errors use this name."),
  description: z
    .string()
    .max(200, problem("the description is longer than 200 characters", "shorten it"))
    .optional()
    .describe("For the reader. It has no effect on traffic."),
  action: z
    .enum(["allow", "drop", "reject"])
    .default("allow")
    .meta({
      description: "What happens to a packet that matches.",
      values: {
        allow: "let it pass",
        drop: "drop it silently",
        reject:
          "drop it and tell the sender: a TCP reset, or ICMP port unreachable where the host itself has an address and a route to the sender",
      },
    }),
  protocol,
  ports: ports.optional(),
  icmpType: z
    .string()
    .regex(/^\d{1,3}(\/\d{1,3})?$/, {
      error: (issue) =>
        problem(
          `${quote(issue.input)} is not an ICMP type`,
          'write the type, or type/code, as numbers: "8" for echo request, "3/4" for fragmentation needed',
        ),
    })
    .refine((text) => !/^0*255(\/|$)/.test(text), {
      error: problem("255 means any type to iptables", "leave `icmpType` out to mean any type"),
    })
    .refine((text) => text.split("/").every((part) => Number(part) <= 255), {
      error: (issue) => problem(`${quote(issue.input)} is not an ICMP type`, "type and code are at most 255"),
    })
    .meta({ canonical: canonicalIcmpType })
    .optional()
    .describe('ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6.'),
  states: z
    .array(z.enum(["new", "established", "related", "invalid", "untracked"]))
    .min(1, problem("the list of states is empty", "leave `states` out to mean every state"))
    .optional()
    .meta({
      unordered: true,
      description: "Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule.",
    }),
  limit: limit.optional(),
  maxConnections: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe(
      "The rule matches only while one source address has at most this many connections. The next rules decide about further connections.",
    ),
  log: z.boolean().default(false).describe("Log matching packets to the host's kernel log, at most 10 a minute for each rule."),
};

const peers = z.array(peer).meta({ unordered: true });
const emptyPeers = (field: string) =>
  problem("the list is empty and would match nothing", `leave \`${field}\` out to mean anyone, or remove the rule`);

export const ingressRule = z
  .object({
    ...ruleFields,
    from: peers
      .min(1, emptyPeers("from"))
      .optional()
      .describe('Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone.'),
  })
  .meta({ token: "csp:firewall:IngressRule", description: "A rule for what may reach a guest or a host." });

export const egressRule = z
  .object({
    ...ruleFields,
    to: peers
      .min(1, emptyPeers("to"))
      .optional()
      .describe('Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone.'),
  })
  .meta({ token: "csp:firewall:EgressRule", description: "A rule for what a guest or a host may send." });

const ingress = z.array(ingressRule).default([]).meta({
  keyedBy: "name",
  description: "What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows.",
});
const egress = z.array(egressRule).default([]).meta({
  keyedBy: "name",
  description: "What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides.",
});

/** Up to here, the field is the length of an Ethernet frame (IEEE 802.3, as ebtables takes it). */
const LENGTH_FIELD = 0x0600;
/** IPv4, ARP and IPv6. */
const GOVERNED: ReadonlySet<number> = new Set([0x0800, 0x0806, 0x86dd]);
/** 802.1Q, 802.1ad, and what vendors used before 802.1ad. Below a tag, there can be anything. */
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200, 0x9300]);

export const guestInterface = z
  .object({
    device: z.int().min(0).max(255).describe("The interface's device number: the n in vif<domid>.<n>."),
    mac: mac.describe("The guest's MAC address on this interface."),
    addresses: z.array(address).default([]).meta({
      unordered: true,
      description:
        "Addresses that the guest may use as its own, IPv4 and IPv6: it sends from them and receives what is for them. You need not declare the link-local address that is made from the MAC.",
    }),
    addressRanges: z.array(addressRange).default([]).meta({
      unordered: true,
      description:
        'Whole ranges that the guest may use as its own, if it is meant to have all their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them.',
    }),
    port: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/,
        problem("the port is not an interface name", 'write the name of the interface on the host, like "tap100i0"'),
      )
      .optional()
      .describe(
        "The interface's port on the host, if its name is stable (`tap100i0` on Proxmox). If you leave it out, csp finds the port each time from the guest's identity.",
      ),
    antiSpoofing: z
      .enum(["strict", "mac", "off"])
      .default("strict")
      .meta({
        description: "What csp checks at layer 2.",
        values: {
          strict: "source MAC, ARP sender, IPv4 and IPv6 source must be declared ones, and the guest receives only what is for them",
          mac: "source MAC and ARP sender MAC must be the declared one, with any address; the guest receives only what is for its MAC",
          off: "nothing (for a router, or a bridge inside the guest)",
        },
      }),
    dhcp: z.boolean().default(true).describe("The guest may be a DHCP and DHCPv6 client."),
    dhcpServer: z.boolean().default(false).describe("The guest may answer DHCP and DHCPv6 requests."),
    routerAdvertisements: z
      .boolean()
      .default(false)
      .describe(
        "The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos).",
      ),
    etherTypes: z
      .array(
        z
          .string()
          .regex(/^0x[0-9A-Fa-f]{4}$/, {
            error: (issue) => problem(`${quote(issue.input)} is not an ethertype`, 'write four hexadecimal digits, like "0x8863"'),
          })
          .refine((text) => Number(text) > LENGTH_FIELD && !GOVERNED.has(Number(text)), {
            error: (issue) =>
              problem(
                `${quote(issue.input)} is not an ethertype that can be let through as a whole`,
                "leave it out: `addresses`, `antiSpoofing` and the rules decide about IPv4, IPv6 and ARP, and values up to 0x0600 are lengths",
              ),
          })
          .refine((text) => !TAGS.has(Number(text)), {
            error: (issue) =>
              problem(
                `${quote(issue.input)} is a VLAN tag, and a tagged Ethernet frame can contain anything`,
                "declare in `vlans` the VLANs whose tagged Ethernet frames the guest sends and receives",
              ),
          })
          .meta({ canonical: (v: string) => v.toLowerCase() }),
      )
      .default([])
      .meta({ unordered: true, description: 'Ethertypes that the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863".' }),
    vlans: z
      .array(
        z
          .int()
          .min(1, problem("VLAN 0 is a priority tag, not a VLAN", "write a VLAN id from 1 to 4094"))
          .max(4094, problem("it is not a VLAN id", "write a VLAN id from 1 to 4094")),
      )
      .default([])
      .meta({
        unordered: true,
        description:
          "VLANs (802.1Q ids) whose tagged Ethernet frames the guest may send and receive: a trunk. The guest's MAC, addresses and rules apply to the packets in them as to untagged packets. Default: no tagged Ethernet frames.",
      }),
    network: z.string().max(63).optional().describe("The network that the interface is on. For the reader and for components."),
  })
  .meta({ token: "csp:firewall:GuestInterface", description: "One interface (VIF) of a guest." });

export const uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, {
    error: (issue) =>
      problem(
        `${quote(issue.input)} is not a UUID`,
        'write it like "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e"; `xe vm-list` or `virsh domuuid` show it',
      ),
  })
  .meta({ canonical: (text: string) => text.toLowerCase() });

export const guestPolicyFields = {
  interfaces: z
    .array(guestInterface)
    .min(1, problem("the guest has no interface", "declare at least one interface with its device number and MAC"))
    .meta({ keyedBy: "device", description: "The guest's interfaces." }),
  ingress,
  egress,
  egressDefault: z
    .enum(["allow", "drop"])
    .default("allow")
    .meta({
      description: "What happens to a packet that the guest sends if no egress rule matches it.",
      values: { allow: "the packet passes", drop: "the packet is dropped" },
    }),
  ipv6: z
    .enum(["filter", "drop"])
    .default("filter")
    .meta({
      description: "What happens to the guest's IPv6.",
      values: {
        filter: "the addresses and the rules decide, as for IPv4",
        drop: "everything is dropped, whatever the rules say (needed on hosts whose tools cannot filter IPv6, like XenServer 5.6)",
      },
    }),
  enforce: z
    .enum(["enforce", "observe"])
    .default("enforce")
    .meta({
      description: "Whether the rules act or only report. Anti-spoofing acts in both.",
      values: { enforce: "drop what is not allowed", observe: "log what would be dropped, and let it pass" },
    }),
};

export const securityGroupFields = {
  ingress,
  egress,
  members: z.array(cidr).default([]).meta({
    unordered: true,
    description:
      "Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group.",
  }),
};

export const securityGroupPolicy = z
  .object({ name: name("group's name", 63).describe("The group's name."), ...securityGroupFields })
  .meta({ token: "csp:firewall:SecurityGroupPolicy", description: "A security group as a value: the `policy` output of a SecurityGroup." });

export type IngressRule = z.output<typeof ingressRule>;
export type EgressRule = z.output<typeof egressRule>;
export type GuestInterface = z.output<typeof guestInterface>;
export type SecurityGroupPolicy = z.output<typeof securityGroupPolicy>;

/** A rule without its direction: `from` and `to` are both `peers`. */
export type Rule = Omit<IngressRule, "from"> & { readonly peers?: readonly string[] };

/** A user's own text for an error: quoted, with control characters escaped, cut at 60 characters. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 62 ? `${text.slice(0, 60)}…"` : text;
}
