/**
 * A rule as a value: what it asks of a packet, and what becomes of a packet of which all of it is true. A data plane prints it in its own words
 * and reads its own words back (planes/); nobody else knows them.
 *
 * Values are in canonical spelling (values/spelling.ts). Where a rule is a template's, a value may be a place ("@port").
 */
export interface Rule {
  /** In the order in which they are printed. A packet has to meet all of them. */
  readonly matches: readonly Match[];
  /** Undefined: the rule only counts. */
  readonly verdict?: Verdict;
  /** For the reader of the kernel, and for drift: the name of the user's rule. */
  readonly comment?: string;
  /** The user's rule that it means; undefined: csp adds it by itself. */
  readonly origin?: Origin;
}

/** A rule of a list of the user's. */
export interface Origin {
  readonly list: "ingress" | "egress";
  readonly rule: string;
  /** The security group the rule belongs to; absent for a guest's own. */
  readonly group?: string;
}

/** Where a packet is from, or where it goes. */
export type End = "source" | "target";
export type Direction = "in" | "out";

export type Match = Condition & { readonly negated?: boolean };

export type Condition =
  /** A tool of the bridge: one of its ports. A tool of the routing layer: the bridge, or another interface of the host. "vif+": all that begin so. */
  | { readonly is: "interface"; readonly direction: Direction; readonly name: string }
  /** The bridge that a frame comes in or goes out by, for a tool of the bridge. */
  | { readonly is: "bridge"; readonly direction: Direction; readonly name: string }
  /** The port of the bridge, for a tool of the routing layer. */
  | { readonly is: "bridge-port"; readonly direction: Direction; readonly name: string }
  /** It comes by a port of a bridge, or goes on to one, whichever. */
  | { readonly is: "any-port"; readonly direction: Direction }
  /** It goes from one port of a bridge to another, and is not routed. */
  | { readonly is: "bridged" }
  /** A number, "length" of an 802.3 frame. */
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
  /** What ARP is about: Ethernet's addresses are hardware 1, of 6 bytes, IPv4's protocol 0x0800. */
  | { readonly is: "arp-hardware" | "arp-hardware-length" | "arp-protocol"; readonly number: string }
  | { readonly is: "arp-operation"; readonly operation: string }
  | { readonly is: "arp-address"; readonly end: End; readonly cidr: string }
  | { readonly is: "arp-mac"; readonly end: End; readonly mac: string }
  /** Sender and target address are the same. */
  | { readonly is: "arp-gratuitous" }
  /** Of connection tracking, in lower case. */
  | { readonly is: "state"; readonly states: readonly string[] }
  /** An end of the connection that a packet belongs to or is related to, as its first packet had it. */
  | { readonly is: "connection-end"; readonly end: End; readonly cidr: string }
  /** In a set of the kernel's, by these of the packet's ends: one for each part of a member. */
  | { readonly is: "in-set"; readonly set: string; readonly ends: readonly End[] }
  /** No more often than this: "10/min". */
  | { readonly is: "rate"; readonly rate: string; readonly burst: number }
  /** No more than `most` connections of one network of this prefix length, at that end. */
  | { readonly is: "connections"; readonly most: string; readonly prefix: string; readonly end: End }
  | { readonly is: "hop-limit"; readonly compare: "is" | "below" | "above"; readonly hops: string }
  /** Bytes of the packet, IP header included. */
  | { readonly is: "length"; readonly bytes: string }
  /** It is for an address of the host's own. */
  | { readonly is: "for-this-host" }
  /** What no other condition says, word for word: an option of the tool's and its values. */
  | { readonly is: "words"; readonly name: string; readonly values: readonly string[] };

export type Verdict =
  | { readonly do: "accept" | "drop" | "return" }
  /** `reply`: what the sender gets, "tcp-reset". */
  | { readonly do: "reject"; readonly reply: string }
  /** It comes back where the other chain does not decide. */
  | { readonly do: "jump"; readonly chain: string }
  /** It does not come back, but where this chain was jumped to from. */
  | { readonly do: "goto"; readonly chain: string }
  /** Goes on with the next rule. */
  | { readonly do: "log"; readonly prefix: string }
  /** Sets the connection tracking zone, and goes on. */
  | { readonly do: "zone"; readonly zone: string }
  /** What no other verdict says, word for word. */
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

/** Ethertypes that rules ask for (IEEE's list). */
export const IPV4 = 0x0800;
export const ARP = 0x0806;
export const RARP = 0x8035;
export const VLAN = 0x8100;
export const IPV6 = 0x86dd;

/** Protocols that rules ask for (IANA's list). */
export const ICMP = 1;
export const IGMP = 2;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const PIM = 103;

/** MACs with a bit for groups (IEEE 802.1D, 802.3). */
export const UNICAST = "00:00:00:00:00:00/01:00:00:00:00:00";
export const BROADCAST = "ff:ff:ff:ff:ff:ff";
