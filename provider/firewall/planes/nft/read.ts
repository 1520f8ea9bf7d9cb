import ipaddr from "ipaddr.js";
import {
  type Condition,
  type Direction,
  type End,
  ICMP,
  ICMPV6,
  type Match,
  RARP,
  type Rule,
  TCP,
  type Verdict,
  VLAN,
} from "../../model/rule";
import { canonicalRate, type Family, formatCidr, parseCidr, protocolNumber } from "../../values/spelling";
import { ARP_FIELDS, arpFromBits, OCTETS } from "./arp";
import { keyOfMap } from "./base";
import { familyOf, IPV6_HEADER, ofFamily } from "./family";
import {
  ARP_OPERATIONS,
  ETHERTYPES,
  ICMP_CODES,
  ICMP_TYPES,
  ICMPV6_CODES,
  ICMPV6_TYPES,
  type Names,
  REPLIES,
  TCP_FLAGS,
  WITH_PORTS,
} from "./names";
import { asPorts, joined, without } from "./port-ranges";
import { unquoted } from "./quoted";
import { sameOctets } from "./sets";

/**
 * Reads rules from the words of `nft list`, whoever wrote them and whichever of its versions prints them. It guesses nothing: words without a
 * condition of ours, or a value that it cannot read, are kept word for word.
 */
export function readRule(text: string): Rule {
  return new Reader(text).rule();
}

/** A comparison: "!= 10.0.0.1", "& 0xff == 5". */
interface Comparison {
  readonly is: "==" | "!=" | "<" | ">" | "<=" | ">=";
  readonly value: string;
  readonly mask?: string;
}

const COMPARE: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);
const JUMPS: ReadonlySet<string> = new Set(["jump", "goto"]);

class Reader {
  private readonly words: readonly string[];
  private at = 0;
  private readonly matches: Match[] = [];
  /** Words that no condition of ours has. */
  private strange: string[] = [];
  private verdict: Verdict | undefined;
  private comment: string | undefined;
  private readonly octets: number[] = [];
  /** A field of ARP by its name, which nft knows only below ARP's own ethertype: it adds a condition about that. */
  private named = false;

  constructor(text: string) {
    this.words = text.match(/"[^"]*"|[(){}|]|[^\s(){}|"]+/g) ?? [];
  }

  rule(): Rule {
    while (this.at < this.words.length) {
      const from = this.at;
      if (this.statement()) continue;
      this.at = from;
      this.strange.push(...this.unknown());
    }
    this.closeStrange();
    const reverse = this.matches.some((match) => match.is === "ethertype" && match.type === RARP && match.negated !== true);
    if (reverse && this.named) this.matches.push({ is: "words", name: "meta protocol arp", values: [] });
    const matches = completed(this.withOctets());
    const { verdict, comment } = this;
    const rule = { matches, ...(verdict === undefined ? {} : { verdict }), ...(comment === undefined ? {} : { comment }) };
    return { ...rule, matches: withFamily(rule) };
  }

  private peek(ahead = 0): string {
    return this.words[this.at + ahead] ?? "";
  }

  private take(): string {
    return this.words[this.at++] ?? "";
  }

  /** Takes these words, if they come next. */
  private takes(words: string): boolean {
    const wanted = words.split(" ");
    if (!wanted.every((word, index) => this.peek(index) === word)) return false;
    this.at += wanted.length;
    return true;
  }

  private add(...matches: readonly Match[]): true {
    this.closeStrange();
    this.matches.push(...matches);
    return true;
  }

  private closeStrange(): void {
    if (this.strange.length > 0) this.matches.push({ is: "words", name: this.strange.join(" "), values: [] });
    this.strange = [];
  }

  /** The next word; with all that is in its braces, if it opens some. */
  private unknown(): string[] {
    const taken = [this.take()];
    for (let depth = taken[0] === "{" ? 1 : 0; depth > 0 && this.at < this.words.length; ) {
      const word = this.take();
      depth += word === "{" ? 1 : word === "}" ? -1 : 0;
      taken.push(word);
    }
    return taken;
  }

  private statement(): boolean {
    if (this.peek() === "comment" && /^"/.test(this.peek(1))) {
      this.at++;
      this.comment = unquoted(this.take().slice(1, -1));
      return true;
    }
    if (this.takes("counter")) {
      if (this.takes("packets")) this.at += 3;
      return true;
    }
    const from = this.at;
    if (this.condition()) return true;
    this.at = from;
    return this.ending();
  }

  private decide(verdict: Verdict): true {
    this.closeStrange();
    // Of two, the first does not end the rule: it is kept as what it says.
    if (this.verdict?.do === "log")
      this.matches.push({ is: "words", name: "log", values: ["prefix", JSON.stringify(this.verdict.prefix)] });
    else if (this.verdict !== undefined) this.matches.push({ is: "words", name: this.verdict.do, values: [] });
    this.verdict = verdict;
    return true;
  }

  private ending(): boolean {
    const word = this.take();
    if (word === "accept" || word === "drop" || word === "return") return this.decide({ do: word });
    if (JUMPS.has(word) && this.peek() !== "") return this.decide({ do: word as "jump" | "goto", chain: this.take() });
    if (word === "log" && this.peek() === "prefix" && !LOG_OPTIONS.has(this.peek(2))) {
      this.at++;
      return this.decide({ do: "log", prefix: unquoted(this.take().slice(1, -1)) });
    }
    if (word === "ct" && this.takes("zone set")) return this.decide({ do: "zone", zone: this.take() });
    if (word === "reject" && this.takes("with")) {
      const [kind, what] = [this.take(), this.take()];
      const reply = REPLIES.find(([, words]) => words === `${kind} ${what}`)?.[0];
      return reply !== undefined && this.decide({ do: "reject", reply });
    }
    if (KEYS.has(word) && this.peek() === "vmap" && this.peek(1).startsWith("@")) {
      const chain = this.peek(1).slice(1);
      if (keyOfMap(chain) !== word) return false;
      this.at += 2;
      return this.decide({ do: "jump", chain });
    }
    return false;
  }

  private condition(): boolean {
    if (this.takes("ct state")) return this.states();
    if (this.takes("tcp flags")) return this.flags();
    if (this.takes("limit rate")) return this.rate();
    if (this.peek() === "add" && this.peek(1).startsWith("@")) return this.connections();
    const [field, ...more] = this.fields();
    if (field === undefined) return false;
    const not = this.takes("!=");
    if (this.peek().startsWith("@")) return this.lookup([field, ...more], this.take().slice(1), not);
    if (not) this.at--;
    if (more.length > 0 || this.peek() === "vmap") return false;
    const comparison = this.comparison();
    const found = comparison === undefined ? undefined : (FIELDS.get(field)?.(comparison) ?? bits(field, comparison));
    if (found === undefined) return false;
    this.named ||= field.startsWith("arp ");
    return this.add(...found);
  }

  /** Fields with dots between them. */
  private fields(): string[] {
    const fields: string[] = [];
    do {
      const name = this.field();
      if (name === undefined) return [];
      fields.push(name);
    } while (this.takes("."));
    return fields;
  }

  private field(): string | undefined {
    if (RAW.test(this.peek())) return this.take();
    for (const length of [4, 3, 2, 1]) {
      const name = this.words.slice(this.at, this.at + length).join(" ");
      if (!FIELDS.has(name) && !ONLY_IN_SETS.has(name)) continue;
      this.at += length;
      return name;
    }
    return undefined;
  }

  private comparison(): Comparison | undefined {
    let mask: string | undefined;
    if (this.peek() === "&" || this.peek() === "and") {
      this.at++;
      mask = this.take();
    }
    const word = COMPARE.has(this.peek()) ? this.take() : "==";
    const value = this.take();
    // A set of the rule's own, and several flags, are nothing of ours.
    if (value === "" || value === "{" || value === "(" || this.peek() === "|") return undefined;
    return { is: word as Comparison["is"], value, ...(mask === undefined ? {} : { mask }) };
  }

  private lookup(fields: readonly string[], set: string, not: boolean): boolean {
    const negated = not ? { negated: true } : {};
    if (set === sameOctets.name) {
      const [, one] = /^@nh,(\d+),8$/.exec(fields[0] ?? "") ?? [];
      const [, other] = /^@nh,(\d+),8$/.exec(fields[1] ?? "") ?? [];
      if (not || one === undefined || Number(other) !== Number(one) + 80) return false;
      this.closeStrange();
      this.octets.push(Number(one) - 112);
      return true;
    }
    const parts: string[] = [];
    const ends: End[] = [];
    let family: Family | undefined;
    for (let index = 0; index < fields.length; index++) {
      const [, version, end] = /^(ip6?|ether|th) (saddr|daddr|sport|dport)$/.exec(fields[index] ?? "") ?? [];
      if (version === undefined) {
        // A protocol belongs to the port that follows it.
        if (fields[index] === "meta l4proto" && fields[index + 1]?.startsWith("th ")) continue;
        return false;
      }
      if (version === "th" && fields[index - 1] !== "meta l4proto") return false;
      parts.push(version === "th" ? "port" : version === "ether" ? "mac" : "net");
      ends.push(end?.startsWith("s") ? "source" : "target");
      if (version.startsWith("ip")) family = version === "ip" ? "inet" : "inet6";
    }
    const type = `hash:${parts.join(",")}`;
    const shape = { ...(type === "hash:net" ? {} : { type }), ...(family === undefined ? {} : { family }) };
    return this.add({ is: "in-set", set, ends, ...shape, ...negated });
  }

  private states(): boolean {
    const other = this.takes("!=");
    const not = other || this.takes("!");
    const states = this.take().split(",");
    // `!= a,b` is not "neither a nor b".
    if (
      this.peek() === "|" ||
      (other && states.length > 1) ||
      states.some((one) => !/^(invalid|new|established|related|untracked)$/.test(one))
    )
      return false;
    return this.add({ is: "state", states, ...(not ? { negated: true } : {}) });
  }

  private flags(): boolean {
    const list = (): string[] => {
      const found: string[] = [];
      const closed = this.takes("(");
      do found.push(...this.take().split(","));
      while (this.takes("|"));
      if (closed) this.takes(")");
      return found.map((flag) => flag.toUpperCase());
    };
    const add = (mask: readonly string[], set: readonly string[], negated: boolean): boolean => {
      const none = set.length === 1 && /^0(X0+)?$/.test(set[0] ?? "");
      const known = [...mask, ...(none ? [] : set)].every((flag) => (TCP_FLAGS as readonly string[]).includes(flag));
      return known && this.add({ is: "tcp-flags", mask, set: none ? [] : set, ...(negated ? { negated } : {}) });
    };
    if (this.takes("!")) return add(list(), ["0X0"], false);
    if (this.takes("&")) {
      const mask = list();
      const not = this.takes("!=");
      if (!not) this.takes("==");
      return add(mask, list(), not);
    }
    const not = this.takes("!=");
    const exact = !not && this.takes("==");
    const set = list();
    if (this.takes("/")) return add(list(), set, not);
    // Without a mask: any of these flags.
    return !not && !exact && add(set, ["0X0"], true);
  }

  private rate(): boolean {
    const over = this.takes("over");
    const [events = "", unit = ""] = this.take().split("/");
    if (!/^\d+$/.test(events) || !/^(second|minute|hour|day)$/.test(unit)) return false;
    let burst = 5;
    if (this.takes("burst")) {
      burst = Number(this.take());
      if (!this.takes("packets")) return false;
    }
    return this.add({ is: "rate", rate: canonicalRate(`${events}/${unit}`), burst, ...(over ? { negated: true } : {}) });
  }

  private connections(): boolean {
    this.at++;
    const set = this.take().slice(1);
    if (!this.takes("{")) return false;
    const [version, side] = [this.take(), this.take()];
    if ((version !== "ip" && version !== "ip6") || (side !== "saddr" && side !== "daddr")) return false;
    let prefix: number | null = version === "ip" ? 32 : 128;
    if (this.takes("&") || this.takes("and")) {
      const mask = this.take();
      prefix = ipaddr.isValid(mask) ? ipaddr.parse(mask).prefixLengthFromSubnetMask() : null;
    }
    if (prefix === null || !this.takes("ct count")) return false;
    const over = this.takes("over");
    const most = this.take();
    if (!this.takes("}")) return false;
    const end = side === "saddr" ? "source" : "target";
    return this.add(ofFamily(version === "ip" ? "inet" : "inet6"), {
      is: "connections",
      most,
      prefix: String(prefix),
      end,
      set,
      ...(over ? { negated: true } : {}),
    });
  }

  /** Four look-ups, one for each octet, are one condition. */
  private withOctets(): Match[] {
    if (this.octets.length === 0) return this.matches;
    const all = OCTETS.every((bit) => this.octets.includes(bit));
    const match: Match = all
      ? { is: "arp-gratuitous" }
      : { is: "words", name: `octets ${this.octets.map((bit) => bit / 8).join(",")} of both addresses`, values: [] };
    return [...this.matches, match];
  }
}

const KEYS: ReadonlySet<string> = new Set(["iifname", "oifname"]);
const LOG_OPTIONS: ReadonlySet<string> = new Set(["level", "group", "snaplen", "queue-threshold", "flags"]);
const RAW = /^@(ll|nh|th),\d+,\d+$/;
const ONLY_IN_SETS: ReadonlySet<string> = new Set(["th sport", "th dport"]);

type Read = (comparison: Comparison) => readonly Match[] | undefined;

/** Only "is" and "is not", and no mask: nearly every field. */
const plain =
  (read: (value: string) => Condition | undefined): Read =>
  ({ is, value, mask }) => {
    if (mask !== undefined || (is !== "==" && is !== "!=")) return undefined;
    const condition = read(value);
    return condition === undefined ? undefined : [is === "!=" ? { ...condition, negated: true } : condition];
  };

const numberIn = ({ number }: Names, value: string): number | undefined =>
  number.get(value) ?? (/^(\d+|0x[0-9a-f]+)$/i.test(value) ? Number(value) : undefined);

/** "3-5" as "3:5", with names as numbers. */
function rangeIn(names: Names, value: string): string | undefined {
  const ends = names.number.has(value) ? [value] : value.split("-");
  const numbers = ends.map((end) => numberIn(names, end));
  return numbers.length > 2 || numbers.includes(undefined) ? undefined : numbers.join(":");
}

const NONE: Names = { number: new Map(), name: new Map() };

function interfaceAt(direction: Direction): Read {
  return plain((value) => {
    const quotedName = /^"(.*)"$/.exec(value)?.[1];
    if (quotedName === undefined) return undefined;
    const name = quotedName.endsWith("\\*") ? `${quotedName.slice(0, -2)}*` : quotedName.replace(/\*$/, "+");
    return { is: "interface", direction, name };
  });
}

function bridgeAt(direction: Direction): Read {
  return plain((value) => {
    const name = /^"(.*)"$/.exec(value)?.[1];
    return name === undefined ? undefined : { is: "bridge", direction, name };
  });
}

function macAt(is: "mac" | "arp-mac", end: End): Read {
  return ({ is: compare, value, mask }) => {
    const mac = value === "0" ? "00:00:00:00:00:00" : value.toLowerCase();
    const [plainMac = "", prefix] = mac.split("/");
    if ((compare !== "==" && compare !== "!=") || !MAC.test(plainMac) || (mask !== undefined && !MAC.test(mask))) return undefined;
    const under = prefix === undefined ? mask : macMask(Number(prefix));
    return [{ is, end, mac: under === undefined ? plainMac : `${plainMac}/${under}`, ...(compare === "!=" ? { negated: true } : {}) }];
  };
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

function macMask(prefix: number): string {
  const mask = ((1n << 48n) - 1n) ^ ((1n << BigInt(48 - prefix)) - 1n);
  return mask
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?!$)/g, "$&:");
}

const networkAt = (make: (cidr: string) => Condition): Read =>
  plain((value) => {
    const cidr = parseCidr(value);
    return cidr === undefined ? undefined : make(formatCidr(cidr));
  });

const addressAt = (end: End) => networkAt((cidr) => ({ is: "address", end, cidrs: [cidr] }));
const connectionAt = (end: End) => networkAt((cidr) => ({ is: "connection-end", end, cidr }));

function portsAt(protocol: number | undefined, end: End): Read {
  return ({ is, value, mask }) => {
    const range = rangeIn(NONE, value);
    if (mask !== undefined || (is !== "==" && is !== "!=") || range === undefined) return undefined;
    return [
      ...(protocol === undefined ? [] : [{ is: "protocol", protocol } as const]),
      { is: "ports", end, ports: [range], ...(is === "!=" ? { negated: true } : {}) },
    ];
  };
}

const icmpType = (family: Family, names: Names): Read =>
  plain((value) => {
    const type = rangeIn(names, value);
    return type === undefined ? undefined : { is: "icmp-type", family, type };
  });

/** A code by itself is one of any type; it belongs to the type beside it ({@link completed}). */
const icmpCode = (family: Family, names: Names): Read =>
  plain((value) => {
    const code = rangeIn(names, value);
    return code === undefined ? undefined : { is: "icmp-type", family, type: `${ANY_TYPE}/${code}` };
  });

const ANY_TYPE = "0:255";

const hops =
  (family: Family): Read =>
  ({ is, value, mask }) => {
    if (mask !== undefined || !/^\d+$/.test(value)) return undefined;
    const compare = { "==": "is", "!=": "is", "<": "below", ">=": "below", ">": "above", "<=": "above" } as const;
    const negated = is === "!=" || is === ">=" || is === "<=" ? { negated: true } : {};
    return [ofFamily(family), { is: "hop-limit", compare: compare[is], hops: value, ...negated }];
  };

const length =
  (family: Family): Read =>
  ({ is, value, mask }) => {
    const [first, last = first] = value.split("-");
    if (mask !== undefined || (is !== "==" && is !== "!=") || !/^\d+(-\d+)?$/.test(value)) return undefined;
    const whole = (told: number) => (family === "inet" || told === 65535 ? told : told + IPV6_HEADER);
    const bytes = first === last ? String(whole(Number(first))) : `${whole(Number(first))}:${whole(Number(last))}`;
    return [ofFamily(family), { is: "length", bytes, ...(is === "!=" ? { negated: true } : {}) }];
  };

/** Ethernet frames of a length are those with a number below this. */
const FIRST_TYPE = 0x0600;

const ethertypeOf: Read = ({ is, value, mask }) => {
  const type = numberIn(ETHERTYPES, value);
  if (mask !== undefined || type === undefined) return undefined;
  if (is === "==" || is === "!=") return [{ is: "ethertype", type, ...(is === "!=" ? { negated: true } : {}) }];
  const below = is === "<" || is === ">=" ? type : type + 1;
  if (below !== FIRST_TYPE) return undefined;
  return [{ is: "ethertype", type: "length", ...(is === ">" || is === ">=" ? { negated: true } : {}) }];
};

const families: Readonly<Record<string, Family>> = { ip: "inet", ip6: "inet6", ipv4: "inet", ipv6: "inet6" };
const ofWord = plain((value) => (families[value] === undefined ? undefined : ofFamily(families[value])));

const arpNumber = (is: "arp-hardware" | "arp-hardware-length" | "arp-protocol-length"): Read =>
  plain((value) => {
    const number = numberIn(NONE, value);
    return number === undefined ? undefined : { is, number: String(number) };
  });

function arpField({ is, end = "source" }: (typeof ARP_FIELDS)[number]): Read {
  switch (is) {
    case "arp-mac":
      return macAt(is, end);
    case "arp-address":
      return networkAt((cidr) => ({ is, end, cidr }));
    case "arp-operation":
      return plain((value) => {
        const number = numberIn(ARP_OPERATIONS, value);
        return number === undefined ? undefined : { is, operation: String(number) };
      });
    case "arp-protocol":
      return plain((value) => {
        const number = numberIn(ETHERTYPES, value);
        return number === undefined ? undefined : { is, number: `0x${number.toString(16).padStart(4, "0")}` };
      });
    case "arp-gratuitous":
      return () => undefined;
    default:
      return arpNumber(is);
  }
}

const fragment: Read = ({ is, value, mask }) => {
  if (Number(mask) !== 0x1fff || Number(value) !== 0 || (is !== "!=" && is !== "==")) return undefined;
  return [{ is: "fragment", ...(is === "==" ? { negated: true } : {}) }];
};

const FIELDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["iifname", interfaceAt("in")],
  ["oifname", interfaceAt("out")],
  ["meta ibrname", bridgeAt("in")],
  ["meta obrname", bridgeAt("out")],
  ["ether saddr", macAt("mac", "source")],
  ["ether daddr", macAt("mac", "target")],
  ["ether type", ethertypeOf],
  ["vlan id", plain((value) => (/^\d+$/.test(value) ? { is: "vlan", id: value } : undefined))],
  [
    "vlan type",
    plain((value) => {
      const type = numberIn(ETHERTYPES, value);
      return type === undefined ? undefined : { is: "vlan-type", type };
    }),
  ],
  ...ARP_FIELDS.map((field): [string, Read] => [field.words, arpField(field)]),
  ...(["ip", "ip6"] as const).flatMap((version): [string, Read][] => [
    [`${version} saddr`, addressAt("source")],
    [`${version} daddr`, addressAt("target")],
    [`ct original ${version} saddr`, connectionAt("source")],
    [`ct original ${version} daddr`, connectionAt("target")],
  ]),
  ["ip ttl", hops("inet")],
  ["ip6 hoplimit", hops("inet6")],
  ["ip length", length("inet")],
  ["ip6 length", length("inet6")],
  ["ip frag-off", fragment],
  [
    "ip protocol",
    (comparison) => {
      const found = protocol(comparison);
      return found === undefined ? undefined : [ofFamily("inet"), ...found];
    },
  ],
  ["meta l4proto", (comparison) => protocol(comparison)],
  ["meta protocol", ofWord],
  ["meta nfproto", ofWord],
  ["fib daddr type", plain((value) => (value === "local" ? { is: "for-this-host" } : undefined))],
  ["icmp type", icmpType("inet", ICMP_TYPES)],
  ["icmpv6 type", icmpType("inet6", ICMPV6_TYPES)],
  ["icmp code", icmpCode("inet", ICMP_CODES)],
  ["icmpv6 code", icmpCode("inet6", ICMPV6_CODES)],
  ["icmpv6 taddr", networkAt((cidr) => ({ is: "nd-target", cidr }))],
  ...[...WITH_PORTS, [undefined, "th"] as const].flatMap(([number, word]): [string, Read][] => [
    [`${word} sport`, portsAt(number, "source")],
    [`${word} dport`, portsAt(number, "target")],
  ]),
]);

const protocol: Read = plain((value) => {
  const number = protocolNumber(value);
  return number === undefined || number === 0 ? undefined : { is: "protocol", protocol: number };
});

/** Comparisons of bits: a reverse ARP message's fields, and the target of neighbour discovery. */
function bits(field: string, { is, value, mask }: Comparison): readonly Match[] | undefined {
  const [, base, offset, count] = /^@(ll|nh|th),(\d+),(\d+)$/.exec(field) ?? [];
  if (base === undefined || (is !== "==" && is !== "!=") || !/^(\d+|0x[0-9a-f]+)$/i.test(value)) return undefined;
  const [from, length, number] = [Number(offset), Number(count), BigInt(value)];
  if (base === "nh" && mask === undefined) return arpFromBits(from, length, number, is === "!=");
  if (base !== "th" || from !== 64 || length > 128) return undefined;
  const prefix = mask === undefined ? length : prefixOf(BigInt(mask), length);
  if (prefix === undefined) return undefined;
  const groups = (number << BigInt(128 - length)).toString(16).padStart(32, "0").match(/.{4}/g) ?? [];
  const cidr = parseCidr(`${groups.join(":")}/${prefix}`);
  return cidr === undefined ? undefined : [{ is: "nd-target", cidr: formatCidr(cidr), ...(is === "!=" ? { negated: true } : {}) }];
}

/** How many bits of a mask are set, if they are the first. */
function prefixOf(mask: bigint, length: number): number | undefined {
  const text = mask.toString(2).padStart(length, "0");
  return /^1*0*$/.test(text) && text.length === length ? text.indexOf("0") : undefined;
}

/** What nft leaves out because other words say it, and what it says in several. */
function completed(matches: readonly Match[]): Match[] {
  const all = withPorts(withCodes(matches));
  const implied: Match[] = [];
  const has = (test: (match: Match) => boolean) => all.some(test) || implied.some(test);
  const needs = (condition: Condition, test: (match: Match) => boolean) => {
    if (!has(test)) implied.push(condition);
  };
  const isProtocol = (match: Match) => match.is === "protocol" && match.negated !== true;
  for (const match of all) {
    if (match.is === "icmp-type") needs({ is: "protocol", protocol: match.family === "inet" ? ICMP : ICMPV6 }, isProtocol);
    if (match.is === "nd-target") needs({ is: "protocol", protocol: ICMPV6 }, isProtocol);
    if (match.is === "tcp-flags") needs({ is: "protocol", protocol: TCP }, isProtocol);
    if (match.is === "vlan") needs({ is: "ethertype", type: VLAN }, ({ is }) => is === "ethertype");
  }
  const kept = all.filter((match, index) => match.is !== "protocol" || !all.slice(0, index).some((other) => same(other, match)));
  return [...implied, ...kept];
}

const same = (a: Match, b: Match) => JSON.stringify(a) === JSON.stringify(b);

function withCodes(matches: readonly Match[]): Match[] {
  const found: Match[] = [];
  for (const match of matches) {
    const before = found.at(-1);
    const code = match.is === "icmp-type" && match.type.startsWith(`${ANY_TYPE}/`) ? match.type.slice(ANY_TYPE.length) : undefined;
    if (code !== undefined && match.negated !== true && before?.is === "icmp-type" && before.negated !== true && !before.type.includes("/"))
      found[found.length - 1] = { ...before, type: `${before.type}${code}` };
    else found.push(match);
  }
  return found;
}

/** Ports of one end: those that a rule wants, without those that it does not want. */
function withPorts(matches: readonly Match[]): Match[] {
  type Ports = Extract<Match, { is: "ports" }>;
  return (["source", "target"] as const).reduce<Match[]>(
    (all, end) => {
      const own = all.filter((match): match is Ports => match.is === "ports" && match.end === end);
      const wanted = own.filter(({ negated }) => negated !== true);
      const not = joined(own.filter(({ negated }) => negated === true).flatMap(({ ports }) => ports));
      if (own.length < 2 || wanted.length > 1) return all;
      const ranges = wanted[0] === undefined ? not : without(joined(wanted[0].ports), not);
      if (ranges.length === 0) return all;
      const one: Match = { is: "ports", end, ports: ranges.map(asPorts), ...(wanted.length === 0 ? { negated: true } : {}) };
      return all.flatMap((match) => (match === own[0] ? [one] : own.includes(match as Ports) ? [] : [match]));
    },
    [...matches],
  );
}

/** Without the condition that names only the family, where another names it too. */
function withFamily(rule: Rule): Match[] {
  const marks = rule.matches.filter(
    (match) => match.negated !== true && match.is === "address" && /^(0\.0\.0\.0|::)\/0$/.test(match.cidrs[0] ?? ""),
  );
  if (marks.length === 0) return [...rule.matches];
  const others = rule.matches.filter((match) => !marks.includes(match));
  const family = familyOf({ ...rule, matches: others });
  return family === familyOf({ ...rule, matches: marks }) ? others : [marks[0] as Match, ...others];
}
