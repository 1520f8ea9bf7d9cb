/** Names that `nft list` prints for numbers, and others that it takes (src/proto.c and datatype.c of nftables). */
export const ICMP_TYPES = named(`
  echo-reply 0 destination-unreachable 3 source-quench 4 redirect 5 echo-request 8 router-advertisement 9 router-solicitation 10
  time-exceeded 11 parameter-problem 12 timestamp-request 13 timestamp-reply 14 info-request 15 info-reply 16 address-mask-request 17
  address-mask-reply 18`);

export const ICMP_CODES = named(`
  net-unreachable 0 host-unreachable 1 prot-unreachable 2 port-unreachable 3 net-prohibited 9 host-prohibited 10 admin-prohibited 13
  frag-needed 4`);

export const ICMPV6_TYPES = named(`
  destination-unreachable 1 packet-too-big 2 time-exceeded 3 parameter-problem 4 echo-request 128 echo-reply 129 mld-listener-query 130
  mld-listener-report 131 mld-listener-done 132 mld-listener-reduction 132 nd-router-solicit 133 nd-router-advert 134 nd-neighbor-solicit 135
  nd-neighbor-advert 136 nd-redirect 137 router-renumbering 138 ind-neighbor-solicit 141 ind-neighbor-advert 142 mld2-listener-report 143`);

export const ICMPV6_CODES = named(`
  no-route 0 admin-prohibited 1 addr-unreachable 3 port-unreachable 4 policy-fail 5 reject-route 6`);

export const ARP_OPERATIONS = named("request 1 reply 2 rrequest 3 rreply 4 inrequest 8 inreply 9 nak 10");

export const ETHERTYPES = named("ip 0x0800 arp 0x0806 vlan 0x8100 8021q 0x8100 ip6 0x86dd 8021ad 0x88a8");

export interface Names {
  readonly number: ReadonlyMap<string, number>;
  readonly name: ReadonlyMap<number, string>;
}

/** Of several names of a number, the last is printed. */
function named(table: string): Names {
  const pairs = [...table.matchAll(/(\S+) (\S+)/g)].map(([, name = "", number = ""]) => [name, Number(number)] as const);
  return { number: new Map(pairs), name: new Map(pairs.map(([name, number]) => [number, name])) };
}

/** Protocols of which nft knows the ports by their own names; those of others are `th`, the transport header's. */
export const WITH_PORTS: ReadonlyMap<number, string> = new Map([
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [132, "sctp"],
  [136, "udplite"],
]);

/** What a rejected packet's sender gets: iptables' words, and nft's. */
export const REPLIES: readonly (readonly [reply: string, words: string])[] = [
  ["tcp-reset", "tcp reset"],
  ["icmp-net-unreachable", "icmp net-unreachable"],
  ["icmp-host-unreachable", "icmp host-unreachable"],
  ["icmp-proto-unreachable", "icmp prot-unreachable"],
  ["icmp-port-unreachable", "icmp port-unreachable"],
  ["icmp-net-prohibited", "icmp net-prohibited"],
  ["icmp-host-prohibited", "icmp host-prohibited"],
  ["icmp-admin-prohibited", "icmp admin-prohibited"],
  ["icmp6-no-route", "icmpv6 no-route"],
  ["icmp6-adm-prohibited", "icmpv6 admin-prohibited"],
  ["icmp6-addr-unreachable", "icmpv6 addr-unreachable"],
  ["icmp6-port-unreachable", "icmpv6 port-unreachable"],
  ["icmp6-policy-fail", "icmpv6 policy-fail"],
  ["icmp6-reject-route", "icmpv6 reject-route"],
];

/** In the order in which nft prints several. */
export const STATES = ["invalid", "new", "established", "related", "untracked"] as const;

/** The same: from the lowest bit. */
export const TCP_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECN", "CWR"] as const;
