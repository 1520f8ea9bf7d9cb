import { memory } from "../../../memory";
import { ARP, ICMP, ICMPV6, IPV4, IPV6, type Match, type Rule, TCP, VLAN } from "../../model/rule";
import { canonicalCidr, canonicalMac, canonicalRate } from "../../values/spelling";
import { impliedArp, isArp } from "./arp";
import { familyOf, IPV6_HEADER, isAnyAddress } from "./family";
import { asPorts, joined } from "./port-ranges";
import { keptComment } from "./quoted";
import { readRule } from "./read";
import { partsOf } from "./sets";

/**
 * One text for all rules with the same meaning, whichever version of nft prints them: conditions are sorted, values have canonical spelling, and
 * what nft adds or leaves out by itself is there. Two rules are equal if their texts are equal.
 */
export function canonicalRule(text: string): string {
  let known = canonical.get(text);
  if (known === undefined) {
    known = canonicalText(readRule(text));
    canonical.set(text, known);
  }
  return known;
}

const canonical = memory.byText<string>({
  name: "rules of nft in canonical form",
  reason: "nft prints some rules otherwise than csp writes them, and each comparison reads both",
  most: 65536,
});

/** The same of a rule as a value. */
export function canonicalText(rule: Rule): string {
  const family = familyOf(rule);
  const conditions = implied(rule)
    .filter((match) => match.negated === true || !(isAnyAddress(match) || (match.is === "protocol" && match.protocol === 0)))
    .map((match) => sortedText(canonicalMatch(match, rule)));
  return [
    ...(family === undefined ? [] : [`family ${family}`]),
    ...new Set(conditions.sort()),
    ...(rule.verdict === undefined ? [] : [sortedText(rule.verdict)]),
    ...(rule.comment === undefined ? [] : [`# ${keptComment(rule.comment)}`]),
  ].join("\n");
}

/** With what its conditions and its verdict take for granted; without what `reject` makes nft leave out. */
function implied(rule: Rule): Match[] {
  const { matches, verdict } = rule;
  const all: Match[] = [...matches, ...impliedArp(matches)];
  const add = (match: Match) => {
    if (!all.some((other) => other.is === match.is)) all.push(match);
  };
  if (matches.some(({ is }) => is === "vlan" || is === "vlan-type")) add({ is: "ethertype", type: VLAN });
  // nft has it from the condition about what is below the tag.
  if (matches.some(({ is }) => is === "vlan")) {
    const family = familyOf({ ...rule, matches: matches.filter(({ is }) => is !== "vlan-type") });
    if (family !== undefined) add({ is: "vlan-type", type: family === "inet" ? IPV4 : IPV6 });
    else if (matches.some(isArp)) add({ is: "vlan-type", type: ARP });
  }
  for (const match of matches) {
    if (match.is === "icmp-type") add({ is: "protocol", protocol: match.family === "inet" ? ICMP : ICMPV6 });
    if (match.is === "nd-target" && !match.cidr.endsWith("/0")) add({ is: "protocol", protocol: ICMPV6 });
    if (match.is === "tcp-flags") add({ is: "protocol", protocol: TCP });
  }
  if (verdict?.do !== "reject") return all;
  if (verdict.reply === "tcp-reset") add({ is: "protocol", protocol: TCP });
  // It asks for its family's type itself.
  return verdict.reply === "tcp-reset" ? all : all.filter((match) => match.is !== "ethertype" || match.negated === true);
}

function canonicalMatch(match: Match, rule: Rule): Match | { readonly is: "nothing" } {
  switch (match.is) {
    case "bridge-port":
      return { ...match, is: "interface" };
    case "mac":
    case "arp-mac":
      return { ...match, mac: macText(match.mac) };
    case "address":
      return { ...match, cidrs: match.cidrs.map(canonicalCidr).sort() };
    case "arp-address":
    case "connection-end":
    case "nd-target":
      return { ...match, cidr: canonicalCidr(match.cidr) };
    case "arp-hardware":
    case "arp-hardware-length":
    case "arp-protocol":
    case "arp-protocol-length":
      return { ...match, number: String(Number(match.number)) };
    case "ports":
      return { ...match, ports: joined(match.ports).map(asPorts) };
    case "icmp-type":
      return { ...match, type: icmpText(match.type) };
    case "state":
      return { ...match, states: [...match.states].sort() };
    case "tcp-flags":
      return { ...match, mask: allFlags(match.mask), set: allFlags(match.set) };
    case "rate":
      return { ...match, rate: canonicalRate(match.rate) };
    case "length":
      return { ...match, bytes: lengthText(match.bytes, familyOf(rule) === "inet6") };
    case "in-set": {
      const parts = match.type === undefined ? match.ends.map(() => "net") : (partsOf(match.type) ?? [match.type]);
      const ends = parts.map((_, index) => match.ends[index] ?? match.ends[0] ?? "source");
      const family = parts.includes("net") ? (match.family ?? familyOf(rule)) : undefined;
      const { family: _, ...rest } = match;
      return { ...rest, type: `hash:${parts.join(",")}`, ends, ...(family === undefined ? {} : { family }) };
    }
    default:
      return match;
  }
}

function macText(text: string): string {
  const [mac = "", mask] = text.split("/").map(canonicalMac);
  return mask === undefined || mask === "ff:ff:ff:ff:ff:ff" ? mac : `${mac}/${mask}`;
}

function icmpText(text: string): string {
  const [type = "", codes] = text.split("/").map(rangeText);
  return codes === undefined || codes === "0:255" ? type : `${type}/${codes}`;
}

/** "3:3" is "3". */
const rangeText = (text: string) => text.replace(/^(\d+):\1$/, "$1");

/** An IPv6 packet is never shorter than its header. */
function lengthText(text: string, ipv6: boolean): string {
  const least = (bytes: string) => (ipv6 ? String(Math.max(IPV6_HEADER, Number(bytes))) : bytes);
  return rangeText(text.split(":").map(least).join(":"));
}

function allFlags(flags: readonly string[]): string[] {
  return [...new Set(flags.flatMap((flag) => (flag === "ALL" ? ["FIN", "SYN", "RST", "PSH", "ACK", "URG"] : [flag])))].sort();
}

/** JSON with sorted keys. */
function sortedText(value: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}
