import { type Condition, ICMP, ICMPV6, IPV4, IPV6, type Rule } from "../../model/rule";
import { type Family, parseCidr } from "../../values/spelling";

/**
 * The family that a rule is for, by any of its conditions or by its verdict; undefined: both, or none. A protocol says it only if nothing else
 * does: any packet may say that ICMP is in it.
 */
export function familyOf({ matches, verdict }: Rule): Family | undefined {
  for (const match of matches) {
    const family = match.negated === true ? ofOpposite(match) : ofCondition(match);
    if (family !== undefined) return family;
  }
  for (const match of matches) {
    if (match.is !== "protocol" || match.negated === true) continue;
    if (match.protocol === ICMP) return "inet";
    if (match.protocol === ICMPV6) return "inet6";
  }
  if (verdict?.do !== "reject") return undefined;
  return verdict.reply.startsWith("icmp6-") ? "inet6" : verdict.reply.startsWith("icmp-") ? "inet" : undefined;
}

function ofCondition(match: Condition): Family | undefined {
  if (match.is !== "ethertype" && match.is !== "vlan-type") return ofOpposite(match);
  return match.type === IPV4 ? "inet" : match.type === IPV6 ? "inet6" : undefined;
}

/** Conditions of which the opposite is about the same family. */
function ofOpposite(match: Condition): Family | undefined {
  switch (match.is) {
    case "address":
      return parseCidr(match.cidrs[0] ?? "")?.family;
    case "connection-end":
      return parseCidr(match.cidr)?.family;
    case "icmp-type":
    case "in-set":
      return match.family;
    case "nd-target":
      return "inet6";
    case "fragment":
      return "inet";
    default:
      return undefined;
  }
}

/** How nft calls the family's header. */
export const header = (family: Family) => (family === "inet" ? "ip" : "ip6");

/** A condition that every packet of the family meets, and no other. */
export const ofFamily = (family: Family): Condition => ({
  is: "address",
  end: "source",
  cidrs: [family === "inet" ? "0.0.0.0/0" : "::/0"],
});

export const isAnyAddress = (match: Condition): boolean => match.is === "address" && match.cidrs.some((cidr) => cidr.endsWith("/0"));

/** The length of an IPv6 header in bytes, which the length in it does not contain. */
export const IPV6_HEADER = 40;
