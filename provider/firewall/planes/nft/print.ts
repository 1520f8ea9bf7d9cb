import ipaddr from "ipaddr.js";
import { type Condition, type End, ICMP, ICMPV6, type Match, protocolOf, type Rule, TCP, type Verdict, VLAN } from "../../model/rule";
import { Unsayable } from "../../model/unsayable";
import { canonicalRate, type Family, parseCidr, parsePorts } from "../../values/spelling";
import { arpPlace, arpWords, impliedArp, isArp } from "./arp";
import { keyOfMap } from "./base";
import { familyOf, header, IPV6_HEADER } from "./family";
import { ETHERTYPES, ICMP_TYPES, ICMPV6_TYPES, REPLIES, STATES, TCP_FLAGS, WITH_PORTS } from "./names";
import { gaps, joined } from "./port-ranges";
import { keptComment, quoted } from "./quoted";
import { partsOf } from "./sets";

/**
 * Rules in nft's words, spelt as `nft -s -y -p list` prints them (1.0.6, where 1.1.3 differs). The rule is one that `sayable` gave. Throws
 * {@link Unsayable}.
 *
 * What type an Ethernet frame has is asked after what is in its packet. The reason: nft adds `meta protocol ip` to `ip saddr 10.0.0.1`. For a
 * frame with a VLAN tag this is the type below the tag, because the kernel takes the tag out of a frame that comes in. `ether type` is the tag's
 * own type. But nft does not add `meta protocol ip` behind `ether type ip`, and does not print `ether type ip` in front of `ip saddr`: what it
 * prints loads as another rule, which a tagged packet meets too. `ip saddr 10.0.0.1 ether type ip` has both conditions and is printed unchanged.
 */
export function printRule(rule: Rule): string {
  const { verdict, comment } = rule;
  refuseMerged(rule);
  return [
    ...inOrder(rule).flatMap((match) => wordsOf(match, rule)),
    ...(verdict === undefined ? [] : [verdictWords(verdict, rule)]),
    ...(comment === undefined ? [] : [`comment ${quoted(keptComment(comment))}`]),
  ].join(" ");
}

/** One condition of a rule, for people. */
export function printMatch(match: Match, rule: Rule): string {
  return wordsOf(match, rule).join(" ");
}

/**
 * MACs before tags, because nft takes what follows a tag for something below it. Tags before what is in the packet, for the same reason. The
 * frame's type after what is in the packet. What counts at the end.
 */
function inOrder({ matches }: Rule): Match[] {
  const tagged = matches.some(({ is }) => is === "vlan" || is === "vlan-type");
  const rank = ({ is }: Match): number => {
    if (is === "interface" || is === "bridge-port" || is === "bridge" || is === "mac") return 0;
    if (is === "ethertype") return tagged ? 1 : 5;
    if (is === "vlan") return 2;
    if (is === "vlan-type") return 3;
    return is === "rate" || is === "connections" ? 6 : 4;
  };
  const first = matches.find(isArp);
  const all = first === undefined ? matches : matches.flatMap((match) => (match === first ? [...impliedArp(matches), match] : [match]));
  return [...all].sort((a, b) => rank(a) - rank(b) || (isArp(a) && isArp(b) ? arpPlace(a) - arpPlace(b) : 0));
}

/**
 * nft 1.0.6 makes one comparison of two fields that lie side by side, also if each is to be something else: `tcp sport != 5 tcp dport != 6` then
 * asks that one of them is. It prints such a rule as it was given, so nobody would see it.
 */
function refuseMerged(rule: Rule): void {
  const headers = rule.matches.flatMap((match) => (match.negated === true ? (HEADER_OF[match.is] ?? []) : []));
  const twice = headers.find((one, index) => headers.indexOf(one) !== index);
  if (twice !== undefined) throw cannotSay(rule, `two opposites about the ${twice} header`);
}

const HEADER_OF: Readonly<Partial<Record<Condition["is"], string>>> = {
  ...{ mac: "Ethernet", ethertype: "Ethernet", vlan: "Ethernet", "vlan-type": "Ethernet" },
  ...{ address: "IP", "hop-limit": "IP", length: "IP", fragment: "IP" },
  ...{ "arp-hardware": "ARP", "arp-hardware-length": "ARP", "arp-protocol": "ARP", "arp-protocol-length": "ARP" },
  ...{ "arp-operation": "ARP", "arp-address": "ARP", "arp-mac": "ARP" },
  ...{ ports: "transport", "icmp-type": "transport", "nd-target": "transport" },
};

const sided = (end: End) => (end === "source" ? "saddr" : "daddr");

/** The words of a condition; none if those of another condition of the rule say it. */
function wordsOf(match: Match, rule: Rule): readonly string[] {
  const not = match.negated === true;
  const is = (value: string | number) => (not ? `!= ${value}` : String(value));
  switch (match.is) {
    case "interface":
    case "bridge-port":
      return [`${match.direction === "in" ? "iifname" : "oifname"} ${is(interfaceName(match.name))}`];
    case "bridge":
      return [`meta ${match.direction === "in" ? "ibrname" : "obrname"} ${is(interfaceName(match.name))}`];
    case "ethertype":
      if (match.type === "length") return [`ether type ${not ? ">=" : "<"} 0x0600`];
      // nft has it from the VLAN's number.
      if (!not && match.type === VLAN && rule.matches.some((other) => other.is === "vlan")) return [];
      return [`ether type ${is(ethertypeName(match.type))}`];
    case "vlan":
      return [`vlan id ${is(match.id)}`];
    case "vlan-type":
      return [
        ...(rule.matches.some((other) => other.is === "vlan" || other.is === "ethertype") ? [] : ["ether type 8021q"]),
        `vlan type ${is(ethertypeName(match.type))}`,
      ];
    case "mac":
      return [`ether ${sided(match.end)} ${macValue(match.mac, not)}`];
    case "address":
      return match.cidrs.map((cidr) => `${header(parseCidr(cidr)?.family ?? "inet")} ${sided(match.end)} ${is(cidr)}`);
    case "protocol":
      if (match.protocol === 0 || (!not && rule.matches.some((other) => names(other, match.protocol)))) return [];
      return [`meta l4proto ${is(match.protocol)}`];
    case "ports":
      return portWords(match, rule);
    case "icmp-type":
      return icmpWords(match, rule);
    case "nd-target":
      return targetWords(match);
    case "tcp-flags":
      return [flagWords(match)];
    case "fragment":
      return [`ip frag-off & 8191 ${not ? "==" : "!="} 0`];
    case "hop-limit": {
      const field = { inet: "ip ttl", inet6: "ip6 hoplimit" }[known(familyOf(rule), rule, "a hop limit")];
      const compare = { is: ["", "!= "], below: ["< ", ">= "], above: ["> ", "<= "] }[match.compare][not ? 1 : 0];
      return [`${field} ${compare}${match.hops}`];
    }
    case "length":
      return lengthWords(match.bytes, is, rule);
    case "state": {
      const states = STATES.filter((state) => match.states.includes(state));
      if (states.length < match.states.length) throw cannotSay(rule, `the state ${match.states.join(",")}`);
      return [`ct state ${not ? "! " : ""}${states.join(",")}`];
    }
    case "connection-end":
      return [`ct original ${header(parseCidr(match.cidr)?.family ?? "inet")} ${sided(match.end)} ${is(match.cidr)}`];
    case "in-set":
      return [`${setKey(match, rule)} ${is(`@${match.set}`)}`];
    case "rate":
      return [`limit rate ${not ? "over " : ""}${nftRate(match.rate)}${match.burst === 5 ? "" : ` burst ${match.burst} packets`}`];
    case "connections": {
      const family = known(familyOf(rule), rule, "a limit of connections");
      if (match.set === undefined) throw cannotSay(rule, "a limit of connections without a set to count them in");
      const key = `${header(family)} ${sided(match.end)}${maskWords(family, Number(match.prefix))}`;
      return [`add @${match.set} { ${key} ct count ${not ? "over " : ""}${match.most} }`];
    }
    case "for-this-host":
      return [`fib daddr type ${is("local")}`];
    case "words":
      return [[match.name, ...match.values].join(" ")];
    default: {
      const words = isArp(match) ? arpWords(match, rule) : undefined;
      if (words === undefined) throw cannotSay(rule, `the condition ${JSON.stringify(match)}`);
      return words;
    }
  }
}

function cannotSay(rule: Rule, what: string): Unsayable {
  return new Unsayable("nft", what, rule.origin);
}

function known(family: Family | undefined, rule: Rule, what: string): Family {
  if (family === undefined) throw cannotSay(rule, `${what} of either family`);
  return family;
}

/** "vif+" is `vif*`. */
function interfaceName(name: string): string {
  const wild = name.endsWith("+");
  const bare = wild ? name.slice(0, -1) : name;
  return `"${bare.replace(/\*$/, "\\*")}${wild ? "*" : ""}"`;
}

function ethertypeName(type: number): string {
  return ETHERTYPES.name.get(type) ?? `0x${type.toString(16).padStart(4, "0")}`;
}

function macValue(mac: string, not: boolean): string {
  const [value = "", mask] = mac.split("/");
  if (mask === undefined) return `${not ? "!= " : ""}${value}`;
  return `& ${mask} ${not ? "!=" : "=="} ${value}`;
}

/** Whether a condition's words are about this protocol alone. */
function names(match: Match, protocol: number): boolean {
  if (match.is === "ports") return WITH_PORTS.has(protocol);
  if (match.is === "tcp-flags") return protocol === TCP;
  return match.is === "icmp-type" && protocol === (match.family === "inet" ? ICMP : ICMPV6);
}

function portWords({ end, ports, negated }: Extract<Match, { is: "ports" }>, rule: Rule): string[] {
  const protocol = protocolOf(rule.matches);
  if (protocol === undefined) throw cannotSay(rule, "ports of any protocol");
  if (end === "either") throw cannotSay(rule, negated === true ? "two opposites about the transport header" : "either of two ports");
  const field = `${WITH_PORTS.get(protocol) ?? "th"} ${end === "source" ? "sport" : "dport"}`;
  const ranges = joined(ports);
  const say = (not: boolean, from: number, to: number) => `${field} ${not ? "!= " : ""}${from === to ? from : `${from}-${to}`}`;
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first === undefined || last === undefined) throw cannotSay(rule, `the ports ${ports.join(",")}`);
  if (negated === true) return ranges.map((range) => say(true, range.first, range.last));
  return [say(false, first.first, last.last), ...gaps(ranges).map((gap) => say(true, gap.first, gap.last))];
}

function icmpWords({ family, type, negated }: Extract<Match, { is: "icmp-type" }>, rule: Rule): string[] {
  const word = family === "inet" ? "icmp" : "icmpv6";
  const [types = "", codes = ALL_CODES] = type.split("/");
  const not = negated === true ? "!= " : "";
  if (types === "any") return [`meta l4proto ${not}${family === "inet" ? ICMP : ICMPV6}`];
  if (negated === true && codes !== ALL_CODES) throw cannotSay(rule, "the opposite of a type and code");
  const { name } = family === "inet" ? ICMP_TYPES : ICMPV6_TYPES;
  const range = dashed(types);
  return [`${word} type ${not}${name.get(Number(range)) ?? range}`, ...(codes === ALL_CODES ? [] : [`${word} code ${dashed(codes)}`])];
}

const ALL_CODES = "0:255";

/** "3:5" as "3-5", "3:3" as "3". */
function dashed(text: string): string {
  const [first = "", last = first] = text.split(":");
  return first === last ? first : `${first}-${last}`;
}

/** The target follows the first eight bytes of the message (RFC 4861, 4.3 and 4.4). As many bits as the prefix has, in whole bytes. */
function targetWords({ cidr, negated }: Extract<Match, { is: "nd-target" }>): string[] {
  const { address, prefix } = parseCidr(cidr) ?? { address: "::", prefix: 0 };
  if (prefix === 0) return [];
  const bits = Math.ceil(prefix / 8) * 8;
  const value = bitsOf(address) >> BigInt(128 - bits);
  const is = negated === true ? "!=" : "==";
  if (bits === prefix) return [`@th,64,${bits} ${is === "==" ? "" : "!= "}0x${value.toString(16)}`];
  const mask = ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix);
  return [`@th,64,${bits} & 0x${mask.toString(16)} ${is} 0x${value.toString(16)}`];
}

/** An IPv6 address as the number that its bits are. */
export function bitsOf(address: string): bigint {
  const bytes = ipaddr.parse(address).toByteArray();
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function flagWords({ mask, set, negated }: Extract<Match, { is: "tcp-flags" }>): string {
  const [among, wanted] = [orderedFlags(mask), orderedFlags(set)];
  const not = negated === true;
  if (wanted.length === 0) return not ? `tcp flags ${among.join(",")}` : `tcp flags ! ${among.join(",")}`;
  return `tcp flags & ${among.length > 1 ? `(${among.join(" | ")})` : among[0]} ${not ? "!=" : "=="} ${wanted.join(" | ")}`;
}

function orderedFlags(flags: readonly string[]): string[] {
  return TCP_FLAGS.filter((flag, index) => flags.includes(flag) || (flags.includes("ALL") && index < 6)).map((flag) => flag.toLowerCase());
}

function lengthWords(bytes: string, is: (value: string) => string, rule: Rule): string[] {
  const family = known(familyOf(rule), rule, "a length");
  const range = parsePorts(bytes);
  if (range === undefined) throw cannotSay(rule, `the length ${bytes}`);
  // An IPv6 header tells the length of what follows it. The largest length stays the largest.
  const told = (length: number) => (family === "inet" || length === 65535 ? length : Math.max(0, length - IPV6_HEADER));
  const [first, last] = [told(range.first), told(range.last)];
  return [`${header(family)} length ${is(first === last ? String(first) : `${first}-${last}`)}`];
}

/** What a set's members are compared with: one field for each part. */
function setKey({ set, ends, type, family }: Extract<Match, { is: "in-set" }>, rule: Rule): string {
  const parts = type === undefined ? ends.map(() => "net" as const) : partsOf(type);
  if (parts === undefined) throw cannotSay(rule, `a set of the type ${type} (${set})`);
  const fields = parts.map((part, index) => {
    const end = ends[index] ?? ends[0] ?? "source";
    if (part === "mac") return `ether ${sided(end)}`;
    if (part === "port") return `meta l4proto . th ${end === "source" ? "sport" : "dport"}`;
    return `${header(known(family ?? familyOf(rule), rule, `the set ${set}`))} ${sided(end)}`;
  });
  return fields.join(" . ");
}

/** "10/min" as `10/minute`. */
function nftRate(rate: string): string {
  const [events = "", unit = ""] = canonicalRate(rate).split("/");
  return `${events}/${{ sec: "second", min: "minute" }[unit] ?? unit}`;
}

function maskWords(family: Family, prefix: number): string {
  const [bits, bytes] = family === "inet" ? [32, 4] : [128, 16];
  if (prefix === bits) return "";
  const mask = Array.from({ length: bytes }, (_, index) => 256 - 2 ** Math.min(8, Math.max(0, 8 - prefix + index * 8)));
  return ` & ${ipaddr.fromByteArray(mask.map((byte) => byte & 255)).toString()}`;
}

function verdictWords(verdict: Verdict, rule: Rule): string {
  switch (verdict.do) {
    case "accept":
    case "drop":
    case "return":
      return verdict.do;
    case "jump":
    case "goto": {
      const key = keyOfMap(verdict.chain);
      if (key === undefined) return `${verdict.do} ${verdict.chain}`;
      // A look-up that leads to a chain always comes back here.
      if (verdict.do === "goto") throw cannotSay(rule, `going to the map ${verdict.chain} without coming back`);
      return `${key} vmap @${verdict.chain}`;
    }
    case "log":
      return `log prefix ${quoted(verdict.prefix)}`;
    case "zone":
      return `ct zone set ${verdict.zone}`;
    case "reject": {
      const words = REPLIES.find(([reply]) => reply === verdict.reply)?.[1];
      if (words === undefined) throw cannotSay(rule, `the answer ${verdict.reply}`);
      const tcp = verdict.reply === "tcp-reset" && protocolOf(rule.matches) === undefined;
      return `${tcp ? `meta l4proto ${TCP} ` : ""}reject with ${words}`;
    }
    case "words":
      return [verdict.name, ...verdict.values].join(" ");
  }
}
