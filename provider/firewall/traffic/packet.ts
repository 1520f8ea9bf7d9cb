import type { Family } from "../values/spelling";

/** One packet on its way through a host's bridge, with everything that rules can match. */
export interface Packet {
  /** The ports of the bridge: the one it comes in by, and the one it would leave by. */
  readonly in: string;
  readonly out: string;
  /** The bridge that both are ports of, which is the interface for iptables; undefined if it is not known. */
  readonly bridge?: string;
  readonly sourceMac: string;
  readonly targetMac: string;
  /** For a tagged Ethernet frame, the tag's own (0x8100). */
  readonly etherType: number;
  readonly vlan?: Vlan;
  readonly ip?: IpPacket;
  readonly arp?: ArpPacket;
}

/** An 802.1Q tag. */
export interface Vlan {
  readonly id: number;
  /** The ethertype below it. */
  readonly encapsulated: number;
}

export interface IpPacket {
  readonly family: Family;
  readonly source: string;
  readonly target: string;
  /** IANA's number. */
  readonly protocol: number;
  /** For protocols that have ports. */
  readonly sourcePort?: number;
  readonly targetPort?: number;
  /** For icmp and icmpv6. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** TTL or hop limit; undefined if it is not known. */
  readonly hopLimit?: number;
  /** Length of the whole IP packet in bytes. */
  readonly length?: number;
  /** Its state in the host's connection tracking. */
  readonly state: State;
  /** For a related packet: the ends of the connection that it is about, as that connection's first packet had them. */
  readonly connection?: Ends;
  /** For neighbour solicitations and advertisements: the address that they ask for, or claim. */
  readonly neighbour?: string;
  /** For IGMP: the type of the message. */
  readonly igmpType?: number;
  /** It is one fragment of a datagram whose others do not come. What comes in all its fragments is described as the whole that it is. */
  readonly incomplete?: true;
}

/** Two addresses. */
export interface Ends {
  readonly source: string;
  readonly target: string;
}

export const STATES = ["new", "established", "related", "invalid", "untracked"] as const;
export type State = (typeof STATES)[number];

/** A message of ARP, or of reverse ARP, about Ethernet and IPv4. */
export interface ArpPacket {
  /** 1 is a request, 2 a reply, 3 a reverse request. */
  readonly operation: number;
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

export const ETHERTYPE = { inet: 0x0800, arp: 0x0806, rarp: 0x8035, inet6: 0x86dd, vlan: 0x8100 } as const;

/** The type of what an Ethernet frame contains, below its tag if it has one. */
export const contentOf = ({ etherType, vlan }: Pick<Packet, "etherType" | "vlan">): number => vlan?.encapsulated ?? etherType;

/** TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
export const ICMP = 1;
export const IGMP = 2;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const PIM = 103;
