import type { Tool } from "../../model/kernel";
import {
  BROADCAST,
  type Condition,
  type End,
  IPV6,
  type Match,
  protocolOf,
  type Rule,
  TCP,
  UDP,
  UNICAST,
  type Verdict,
} from "../../model/rule";
import { canonicalRate, parseCidr } from "../../values/spelling";
import type { Lack } from "./dialect";
import { EBTABLES_ICMPV6 } from "./icmp-names";

/**
 * Rules in the words of the four tools, spelt as each tool prints them, so that the text that comes back from a kernel is nearly always the
 * same: iptables-save of 1.4 to 1.8, ebtables-save of 2.0 and of nft, `arptables -nvL`. For an older host, what it has no words for is said in
 * others (dialect.ts); say.ts has made sure that there are some.
 */
export type XTool = Exclude<Tool, "nft">;

/** The rule's text after "-A <chain> ". */
export function printRule(tool: XTool, rule: Rule, lacks: ReadonlySet<Lack> = NONE): string {
  const matches = printMatches(tool, rule, lacks);
  const verdict = rule.verdict === undefined ? "" : printVerdict(rule.verdict);
  // arptables prints the target first. Rules of the frame have it last, where the hook looks for it.
  const targetFirst = tool === "arptables" && !rule.matches.some(({ is }) => is === "interface");
  return (targetFirst ? [verdict, matches] : [matches, verdict]).filter((part) => part !== "").join(" ");
}

const NONE: ReadonlySet<Lack> = new Set();

function printMatches(tool: XTool, { matches, comment }: Rule, lacks: ReadonlySet<Lack>): string {
  const words: string[] = [];
  let module: string | undefined;
  for (const match of matches) {
    const printed = optionOf(tool, match, matches, lacks);
    if (printed.module !== undefined && (printed.module !== module || !SHARED_MODULES.has(printed.module)))
      words.push("-m", printed.module);
    module = printed.module;
    words.push(...printed.words);
  }
  if (comment !== undefined) words.push("-m", "comment", "--comment", quoteText(comment));
  return words.join(" ");
}

/** One of a rule's conditions, for people: only the option, without its module. */
export function printMatch(tool: XTool, match: Match, { matches }: Rule): string {
  return optionOf(tool, match, matches, NONE).words.join(" ");
}

function optionOf(tool: XTool, match: Match, matches: readonly Match[], lacks: ReadonlySet<Lack>): Words {
  const { module, words } =
    tool === "iptables" || tool === "ip6tables" ? ipWords(tool, match, matches, lacks) : { words: bridgeWords(tool, match, matches) };
  // It is said by its opposite, which has the negation already.
  const opposite = match.is === "connections" && lacks.has(`${tool}.connlimit-upto` as Lack);
  if (match.negated !== true || opposite) return { module, words };
  const [option = "", ...values] = words;
  return { module, words: tool === "ebtables" ? [option, "!", ...values] : ["!", option, ...values] };
}

/** Modules whose match takes several options. With other modules, each option needs its own match. */
const SHARED_MODULES: ReadonlySet<string> = new Set(["physdev", "conntrack", "tcp", "udp"]);

interface Words {
  readonly module?: string | undefined;
  readonly words: readonly string[];
}

const sided = (end: End, source: string, target: string) => (end === "source" ? source : target);

function ipWords(tool: "iptables" | "ip6tables", match: Match, matches: readonly Match[], lacks: ReadonlySet<Lack>): Words {
  const lack = (word: string) => lacks.size > 0 && lacks.has(`${tool}.${word}` as Lack);
  switch (match.is) {
    case "interface":
      return { words: [match.direction === "in" ? "-i" : "-o", match.name] };
    case "bridge-port":
      return { module: "physdev", words: [`--physdev-${match.direction}`, match.name] };
    case "any-port":
      return { module: "physdev", words: [`--physdev-is-${match.direction}`] };
    case "bridged":
      return { module: "physdev", words: ["--physdev-is-bridged"] };
    case "mac":
      if (match.end === "target") break;
      return { module: "mac", words: ["--mac-source", match.mac] };
    case "address":
      return { words: [sided(match.end, "-s", "-d"), match.cidrs.map(withPrefix).join(",")] };
    case "protocol":
      return { words: ["-p", printProtocol(match.protocol)] };
    case "ports": {
      const protocol = protocolOf(matches);
      const [only, ...more] = match.ports;
      // The other protocols' own matches are kernel modules that many hosts lack; multiport works for all of them, except with old tools.
      const own = protocol === TCP || protocol === UDP || lack("multiport-protocols");
      if (only !== undefined && more.length === 0 && match.end !== "either" && protocol !== undefined && own)
        return { module: printProtocol(protocol), words: [sided(match.end, "--sport", "--dport"), only] };
      const option = match.end === "either" ? "--ports" : sided(match.end, "--sports", "--dports");
      return { module: "multiport", words: [option, match.ports.join(",")] };
    }
    case "tcp-flags":
      return { module: "tcp", words: ["--tcp-flags", match.mask.join(","), match.set.join(",") || "NONE"] };
    case "fragment":
      return { words: ["-f"] };
    case "icmp-type":
      return match.family === "inet"
        ? { module: "icmp", words: ["--icmp-type", match.type] }
        : { module: "icmp6", words: ["--icmpv6-type", match.type] };
    case "state":
      return lack("conntrack")
        ? { module: "state", words: ["--state", match.states.join(",").toUpperCase()] }
        : { module: "conntrack", words: ["--ctstate", match.states.join(",").toUpperCase()] };
    case "connection-end":
      return { module: "conntrack", words: [sided(match.end, "--ctorigsrc", "--ctorigdst"), match.cidr] };
    case "in-set":
      return {
        module: "set",
        words: [lack("match-set") ? "--set" : "--match-set", match.set, match.ends.map((end) => sided(end, "src", "dst")).join(",")],
      };
    case "rate":
      return {
        module: "limit",
        // The tools do not print a burst of 5, their default.
        words: ["--limit", canonicalRate(match.rate), ...(match.burst === 5 ? [] : ["--limit-burst", String(match.burst)])],
      };
    case "connections":
      if (lack("connlimit-upto"))
        return {
          module: "connlimit",
          words: [...(match.negated === true ? [] : ["!"]), "--connlimit-above", match.most, "--connlimit-mask", match.prefix],
        };
      return {
        module: "connlimit",
        words: [
          "--connlimit-upto",
          match.most,
          "--connlimit-mask",
          match.prefix,
          sided(match.end, "--connlimit-saddr", "--connlimit-daddr"),
        ],
      };
    case "hop-limit": {
      const [module, name] = tool === "iptables" ? ["ttl", "--ttl"] : ["hl", "--hl"];
      return { module, words: [`${name}-${{ is: "eq", below: "lt", above: "gt" }[match.compare]}`, match.hops] };
    }
    case "length":
      return { module: "length", words: ["--length", match.bytes] };
    case "for-this-host":
      return { module: "addrtype", words: ["--dst-type", "LOCAL"] };
    case "words":
      return { words: [match.name, ...match.values.map(quoteValue)] };
    default:
  }
  throw cannotSay(tool, match);
}

function bridgeWords(tool: "ebtables" | "arptables", match: Match, matches: readonly Match[]): readonly string[] {
  const words = tool === "ebtables" ? ebtablesWords(match, matches) : arptablesWords(match);
  if (words === undefined) throw cannotSay(tool, match);
  return words;
}

function ebtablesWords(match: Match, matches: readonly Match[]): readonly string[] | undefined {
  const ip = matches.some((other) => other.is === "ethertype" && other.type === IPV6) ? "--ip6" : "--ip";
  switch (match.is) {
    case "interface":
      return [match.direction === "in" ? "-i" : "-o", match.name];
    case "bridge":
      return [`--logical-${match.direction}`, match.name];
    case "ethertype":
      return ["-p", match.type === "length" ? "LENGTH" : (ETHERTYPES.get(match.type) ?? `0x${hex(match.type)}`)];
    case "mac":
      return [sided(match.end, "-s", "-d"), MAC_WORDS.get(match.mac) ?? match.mac];
    case "vlan":
      return ["--vlan-id", match.id];
    case "vlan-type":
      return ["--vlan-encap", hex(match.type).toUpperCase()];
    case "address":
      return [`${ip}-${sided(match.end, "src", "dst")}`, match.cidrs.join(",")];
    case "protocol":
      return [`${ip}-proto`, printProtocol(match.protocol)];
    case "ports":
      return match.end === "either" ? undefined : [`${ip}-${sided(match.end, "sport", "dport")}`, match.ports.join(",")];
    case "icmp-type":
      return [`${ip}-icmp-type`, match.family === "inet6" ? (EBTABLES_ICMPV6.get(match.type) ?? match.type) : match.type];
    case "arp-hardware":
      return ["--arp-htype", match.number];
    case "arp-protocol":
      return ["--arp-ptype", match.number];
    case "arp-operation":
      return ["--arp-op", OPERATIONS.get(match.operation) ?? match.operation];
    case "arp-address":
      return [`--arp-ip-${sided(match.end, "src", "dst")}`, match.cidr];
    case "arp-mac":
      return [`--arp-mac-${sided(match.end, "src", "dst")}`, match.mac];
    case "arp-gratuitous":
      return ["--arp-gratuitous"];
    case "words":
      return [match.name, ...match.values.map(quoteValue)];
    default:
      return undefined;
  }
}

function arptablesWords(match: Match): readonly string[] | undefined {
  switch (match.is) {
    case "interface":
      return [match.direction === "in" ? "-i" : "-o", match.name];
    case "arp-hardware":
      return ["--h-type", match.number];
    case "arp-hardware-length":
      return ["--h-length", match.number];
    case "arp-protocol":
      return ["--proto-type", match.number];
    case "arp-operation":
      return ["--opcode", OPERATIONS.get(match.operation) ?? match.operation];
    case "arp-address":
      return [sided(match.end, "-s", "-d"), match.cidr];
    case "arp-mac":
      return [sided(match.end, "--src-mac", "--dst-mac"), match.mac];
    case "words":
      return [match.name, ...match.values];
    default:
      return undefined;
  }
}

function printVerdict(verdict: Verdict): string {
  switch (verdict.do) {
    case "accept":
    case "drop":
    case "return":
      return `-j ${verdict.do.toUpperCase()}`;
    case "reject":
      return `-j REJECT --reject-with ${verdict.reply}`;
    case "jump":
      return `-j ${verdict.chain}`;
    case "goto":
      return `-g ${verdict.chain}`;
    case "log":
      return `-j LOG --log-prefix ${quoteText(verdict.prefix)}`;
    case "zone":
      return `-j CT --zone ${verdict.zone}`;
    case "words":
      return ["-j", verdict.name, ...verdict.values.map(quoteValue)].join(" ");
  }
}

/** The compiler made a rule that the tool cannot express: an error in csp. */
function cannotSay(tool: XTool, match: Condition): Error {
  return new Error(`${tool} has no words for ${JSON.stringify(match)}`);
}

/** Protocols whose names are the same on every distribution. The others are written as numbers. */
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [2, "igmp"],
  [6, "tcp"],
  [17, "udp"],
  [50, "esp"],
  [51, "ah"],
  [58, "ipv6-icmp"],
  [132, "sctp"],
]);

function printProtocol(number: number): string {
  return PROTOCOLS.get(number) ?? String(number);
}

/** As ebtables prints them, also without a file of names. */
const ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x0800, "IPv4"],
  [0x0806, "ARP"],
  [0x8035, "RARP"],
  [0x8100, "802_1Q"],
  [0x86dd, "IPv6"],
]);

const MAC_WORDS: ReadonlyMap<string, string> = new Map([
  [UNICAST, "Unicast"],
  [BROADCAST, "Broadcast"],
]);

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["1", "Request"],
  ["2", "Reply"],
  ["3", "Request_Reverse"],
  ["4", "Reply_Reverse"],
]);

function hex(number: number): string {
  return number.toString(16).padStart(4, "0");
}

/** iptables-save prints a single host with its prefix length, "10.0.0.5/32". */
function withPrefix(cidr: string): string {
  const parsed = parseCidr(cidr);
  return parsed === undefined ? cidr : `${parsed.address}/${parsed.prefix}`;
}

/** Quotes as xtables_save_string() does. */
export function quoteText(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** A value that was read. It is quoted again if it would otherwise be split. */
function quoteValue(text: string): string {
  return text === "" || /[\s"\\]/.test(text) ? quoteText(text) : text;
}
