/**
 * A rule as a value: the conditions that a packet must meet, and what happens to a packet that meets all of them. A data plane prints it in its
 * own words and reads its own words back (planes/); nothing else knows these words.
 *
 * Values are in canonical spelling (values/spelling.ts). In a template, a value may be a place ("@port").
 */
export interface Rule {
  /** In the order in which they are printed. A packet has to meet all of them. */
  readonly matches: readonly Match[];
  /** Undefined: the rule only counts. */
  readonly verdict?: Verdict;
  /** The name of the user's rule, for people who read the kernel's rules, and for drift. */
  readonly comment?: string;
  /** The user's rule that it comes from; undefined: csp adds it by itself. */
  readonly origin?: Origin;
  /** It only allows: a host whose tools have no words for it goes without it, and is stricter. */
  readonly omittable?: boolean;
}

/** A rule in a list that the user wrote. */
export interface Origin {
  readonly list: "ingress" | "egress";
  readonly rule: string;
  /** The security group the rule belongs to; absent for a guest's own. */
  readonly group?: string;
}

/** Where a packet comes from, or where it goes. */
export type End = "source" | "target";
export type Direction = "in" | "out";

export type Match = Condition & { readonly negated?: boolean };

export type Condition =
  /** A port of the bridge; for a tool of the routing layer, the bridge or another interface of the host. "vif+": all that begin with it. */
  | { readonly is: "interface"; readonly direction: Direction; readonly name: string }
  /** The bridge that an Ethernet frame comes in or goes out by, for a tool of the bridge. */
  | { readonly is: "bridge"; readonly direction: Direction; readonly name: string }
  /** The port of the bridge, for a tool of the routing layer. */
  | { readonly is: "bridge-port"; readonly direction: Direction; readonly name: string }
  /** It comes in, or goes out, by any port of a bridge. */
  | { readonly is: "any-port"; readonly direction: Direction }
  /** It goes from one port of a bridge to another and is not routed. */
  | { readonly is: "bridged" }
  /** A number, or "length" for an 802.3 Ethernet frame. */
  | { readonly is: "ethertype"; readonly type: number | "length" }
  /** A MAC, or one with a mask. */
  | { readonly is: "mac"; readonly end: End; readonly mac: string }
  | { readonly is: "vlan"; readonly id: string }
  /** The type of what is below a VLAN tag. */
  | { readonly is: "vlan-type"; readonly type: number }
  /** Any of these networks. */
  | { readonly is: "address"; readonly end: End; readonly cidrs: readonly string[] }
  /** A number; 0 is any. */
  | { readonly is: "protocol"; readonly protocol: number }
  /** Any of these ports and ranges, "80" and "1024:65535". `either`: at one of the two ends. */
  | { readonly is: "ports"; readonly end: End | "either"; readonly ports: readonly string[] }
  /** Of the flags in `mask`, those in `set` and no others. */
  | { readonly is: "tcp-flags"; readonly mask: readonly string[]; readonly set: readonly string[] }
  /** It is a fragment, and not the first. */
  | { readonly is: "fragment" }
  /** "8", "3/4", "133:136/0:255". `family` tells the two protocols apart. */
  | { readonly is: "icmp-type"; readonly family: "inet" | "inet6"; readonly type: string }
  /** The address that a neighbour solicitation or advertisement is about, of IPv6. Beside it, the rule says which of the two. For `nft.bridge`. */
  | { readonly is: "nd-target"; readonly cidr: string }
  /** The kinds of addresses in an ARP message: Ethernet's are hardware 1, of 6 bytes; IPv4's are protocol 0x0800, of 4. */
  | { readonly is: "arp-hardware" | "arp-hardware-length" | "arp-protocol" | "arp-protocol-length"; readonly number: string }
  | { readonly is: "arp-operation"; readonly operation: string }
  | { readonly is: "arp-address"; readonly end: End; readonly cidr: string }
  | { readonly is: "arp-mac"; readonly end: End; readonly mac: string }
  /** The address that a neighbour solicitation or advertisement asks or speaks for (RFC 4861). */
  | { readonly is: "nd-target"; readonly cidr: string }
  /** Sender and target address are the same. */
  | { readonly is: "arp-gratuitous" }
  /** A state of connection tracking, in lower case. */
  | { readonly is: "state"; readonly states: readonly string[] }
  /** An end of the connection that a packet belongs to or is related to, as its first packet had it. */
  | { readonly is: "connection-end"; readonly end: End; readonly cidr: string }
  /**
   * These ends of the packet are in a set of the kernel: one end for each part of a member. nft has to be told what a member is: `type` as of a
   * {@link KernelSet}, by default "hash:net", and `family`, unless other conditions say it.
   */
  | {
      readonly is: "in-set";
      readonly set: string;
      readonly ends: readonly End[];
      readonly type?: string;
      readonly family?: "inet" | "inet6";
    }
  /** Not more often than this: "10/min". */
  | { readonly is: "rate"; readonly rate: string; readonly burst: number }
  /**
   * At most `most` connections from one network of this prefix length, at that end. nft counts them in a set of the rule's own (`count:net`,
   * {@link KernelSet}).
   */
  | { readonly is: "connections"; readonly most: string; readonly prefix: string; readonly end: End; readonly set?: string }
  | { readonly is: "hop-limit"; readonly compare: "is" | "below" | "above"; readonly hops: string }
  /** Bytes of the packet, IP header included. */
  | { readonly is: "length"; readonly bytes: string }
  /** It is for an address of the host. */
  | { readonly is: "for-this-host" }
  /** What no other condition expresses, word for word: an option of the tool, with its values. */
  | { readonly is: "words"; readonly name: string; readonly values: readonly string[] };

export type Verdict =
  | { readonly do: "accept" | "drop" | "return" }
  /** `reply`: what the sender gets, "tcp-reset". */
  | { readonly do: "reject"; readonly reply: string }
  /** The packet comes back if the other chain does not decide. */
  | { readonly do: "jump"; readonly chain: string }
  /** The packet does not come back here, but to where a jump led to this chain. */
  | { readonly do: "goto"; readonly chain: string }
  /** The packet continues with the next rule. */
  | { readonly do: "log"; readonly prefix: string }
  /** Sets the connection tracking zone; the packet continues with the next rule. */
  | { readonly do: "zone"; readonly zone: string }
  /** What no other verdict expresses, word for word. */
  | { readonly do: "words"; readonly name: string; readonly values: readonly string[] };

export const ACCEPT: Verdict = { do: "accept" };
export const DROP: Verdict = { do: "drop" };
export const RETURN: Verdict = { do: "return" };
export const jump = (chain: string): Verdict => ({ do: "jump", chain });
export const goTo = (chain: string): Verdict => ({ do: "goto", chain });

export function rule(matches: readonly Match[], verdict: Verdict, comment?: string): Rule {
  return { matches, verdict, ...(comment === undefined ? {} : { comment }) };
}

export function not(match: Condition): Match {
  return { ...match, negated: true };
}

/** The protocol that a rule is for. */
export function protocolOf(matches: readonly Match[]): number | undefined {
  for (const match of matches) if (match.is === "protocol" && match.negated !== true) return match.protocol;
  return undefined;
}

export const comesBy = (name: string): Condition => ({ is: "interface", direction: "in", name });
export const leavesBy = (name: string): Condition => ({ is: "interface", direction: "out", name });
export const fromPort = (name: string): Condition => ({ is: "bridge-port", direction: "in", name });
export const toPort = (name: string): Condition => ({ is: "bridge-port", direction: "out", name });
export const BRIDGED: Condition = { is: "bridged" };
export const ethertype = (type: number): Condition => ({ is: "ethertype", type });
export const mac = (end: End, address: string): Condition => ({ is: "mac", end, mac: address });
export const address = (end: End, ...cidrs: readonly string[]): Condition => ({ is: "address", end, cidrs });
export const protocol = (number: number): Condition => ({ is: "protocol", protocol: number });
export const ports = (end: End, ...ranges: readonly string[]): Condition => ({ is: "ports", end, ports: ranges });
export const icmpType = (type: string | number): Condition => ({ is: "icmp-type", family: "inet", type: String(type) });
export const icmpv6Type = (type: string | number): Condition => ({ is: "icmp-type", family: "inet6", type: String(type) });
export const state = (...states: readonly string[]): Condition => ({ is: "state", states });
export const hopLimit = (hops: number): Condition => ({ is: "hop-limit", compare: "is", hops: String(hops) });

/** Ethertypes that rules match (IEEE's list). */
export const IPV4 = 0x0800;
export const ARP = 0x0806;
export const RARP = 0x8035;
export const VLAN = 0x8100;
export const PROVIDER_VLAN = 0x88a8;
export const IPV6 = 0x86dd;

/** Protocols that rules match (IANA's list). */
export const ICMP = 1;
export const IGMP = 2;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const PIM = 103;
export const SCTP = 132;

/** MACs with a bit for groups (IEEE 802.1D, 802.3). */
export const UNICAST = "00:00:00:00:00:00/01:00:00:00:00:00";
export const BROADCAST = "ff:ff:ff:ff:ff:ff";
