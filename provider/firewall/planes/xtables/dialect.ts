/**
 * What the tools of an older host have no words for, of what csp says in current ones. csp finds it out by trying each on the host
 * (host/remote/dialect.sh), never by version. Facts: what iptables and ip6tables 1.3.5 to 1.8.11, ebtables 2.0.9 to 2.0.11 and ipset 4.5 to 7.22
 * take and print (cases/dialects.tsv).
 */
const IP_WORDS = [
  /** `-g`. Without it, csp jumps. */
  "goto",
  /** Comments. Without them, drift is shown by what a rule says, not by its name. */
  "comment",
  /** Quotation marks and backslashes in a comment. */
  "comment-quotes",
  /** `-m conntrack`. Without it, csp writes `-m state`, which does not know the ends of a connection. */
  "conntrack",
  /** `--match-set`. Without it, csp writes `--set`. */
  "match-set",
  /** Any match of a set. */
  "set",
  /** `--connlimit-upto`. Without it, csp writes `! --connlimit-above`. */
  "connlimit-upto",
  /** Any limit of connections. */
  "connlimit",
  /** Several ports in one rule. Without it, csp writes a rule for each. */
  "multiport",
  /** Ranges among several ports. */
  "multiport-ranges",
  /** Several ports of a protocol that is not tcp or udp. */
  "multiport-protocols",
  "hop-limit",
  "length",
  /** `-S`, which lists one chain. */
  "list",
  /** Removing a rule by its text and the chain that it leads to in one restore. */
  "delete-both",
] as const;

export const LACKS = [
  ...IP_WORDS.map((word) => `iptables.${word}` as const),
  ...IP_WORDS.map((word) => `ip6tables.${word}` as const),
  /** `--ip6-icmp-type`. */
  "ebtables.icmpv6",
  /** The words of ipset 6 and later; ipset 4 has letters, types of its own, and IPv4 alone. */
  "ipset.words",
] as const;

export type Lack = (typeof LACKS)[number];

export function isLack(text: string): text is Lack {
  return (LACKS as readonly string[]).includes(text);
}

/** Why a host's tools cannot filter a guest's IPv6, in words for its user; nothing if they can. */
export function lacksOfIpv6(lacks: readonly Lack[]): string[] {
  return lacks.flatMap((lack) => {
    const text = IPV6_NEEDS[lack];
    return text === undefined ? [] : [text];
  });
}

const IPV6_NEEDS: Readonly<Partial<Record<Lack, string>>> = {
  "ip6tables.goto": "ip6tables has no `-g`",
  "ip6tables.conntrack": "ip6tables has no match for the ends of a connection",
  "ip6tables.hop-limit": "ip6tables cannot match the hop limit, so neighbour discovery cannot be told from what a router forwards",
  "ip6tables.length": "ip6tables cannot match the length of a packet",
  "ebtables.icmpv6": "ebtables cannot match the type of an ICMPv6 packet",
};
