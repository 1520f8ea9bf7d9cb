import type { Sets, Tool } from "../model/kernel";
import { canonicalOptions, type Option } from "../planes/xtables/canonical";
import { canonicalMac, covers, parseCidr, parsePorts, protocolNumber } from "../values/spelling";
import { ETHERTYPE, ICMP, ICMPV6, type IpPacket, type Packet, TCP, WITH_PORTS } from "./packet";
import { inSet } from "./set-match";

/** Which of a table's own chains a walk began in: it decides what is known of a packet there. */
export type BaseChain = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING" | "BROUTING";

/**
 * Whether a rule matches a packet, by what the tool printed of it. Undefined when that cannot be told from rule and packet alone: a match that
 * is not known here, or one that looks at something else.
 *
 * A rate is taken to be kept and a limit of connections not to be reached: the answer is of the first packet after a while.
 */
export function matches(tool: Tool, text: string, packet: Packet, sets: Sets, at: BaseChain): boolean | undefined {
  const here = ports(packet, at);
  const ask = tool === "iptables" || tool === "ip6tables" ? ipMatch : tool === "arptables" ? arpMatch : bridgeMatch;
  return parsedRule(tool, text).matches.reduce<boolean | undefined>((all, option) => {
    if (all === false) return false;
    const found = ask(option, packet, here, sets, tool);
    const is = found === undefined || !option.negated ? found : !found;
    return is === false ? false : is === undefined ? undefined : all;
  }, true);
}

/** Interfaces as a packet has them at one place of its way. */
interface Ports {
  readonly in?: string;
  readonly out?: string;
}

/** Where it comes in, nobody knows yet where it goes; where it leaves, the bridge has forgotten where it came from. */
function ports(packet: Packet, at: BaseChain): Ports {
  if (at === "POSTROUTING" || at === "OUTPUT") return { out: packet.out };
  return at === "FORWARD" ? { in: packet.in, out: packet.out } : { in: packet.in };
}

export interface ParsedRule {
  readonly matches: readonly Option[];
  /** "ACCEPT", "csp-in-...", undefined for a rule that only counts. */
  readonly target?: string;
  /** It does not come back: `-g`. */
  readonly goes: boolean;
}

const parsed = new Map<string, ParsedRule>();
const MOST_PARSED = 65536;

export function parsedRule(tool: Tool, text: string): ParsedRule {
  const key = `${tool} ${text}`;
  let rule = parsed.get(key);
  if (rule === undefined) {
    const options = canonicalOptions(tool, text);
    const jump = options.find(({ name }) => name === "-j" || name === "-g");
    rule = {
      matches: options.filter(({ name }) => name !== "-j" && name !== "-g" && !SAYS_NOTHING.test(name)),
      ...(jump?.values[0] === undefined ? {} : { target: jump.values[0] }),
      goes: jump?.name === "-g",
    };
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(key, rule);
  }
  return rule;
}

/** Options of targets, and of matches that are answered without them. */
const SAYS_NOTHING =
  /^--(comment|log(-.*)?|nflog-.*|ulog-.*|reject-with|set-xmark|zone(-orig|-reply)?|limit(-burst)?|connlimit-(mask|daddr))$/;

/** Modules whose options say all. */
const SILENT_MODULES: ReadonlySet<string> = new Set(["mac", "iprange", "multiport", "hl", "ttl", "length", "addrtype", "pkttype", "vlan"]);

type Match = (option: Option, packet: Packet, here: Ports, sets: Sets, tool: Tool) => boolean | undefined;

const ipMatch: Match = ({ name, values }, packet, here, sets, tool) => {
  const { ip } = packet;
  const [value = "", second = ""] = values;
  if (ip === undefined) return false;
  switch (name) {
    case "-m":
      return SILENT_MODULES.has(value) ? true : undefined;
    case "-p": {
      const number = protocolNumber(value);
      return number === undefined ? undefined : number === 0 || number === ip.protocol;
    }
    case "-s":
      return inAnyRange(value, ip.source);
    case "-d":
      return inAnyRange(value, ip.target);
    case "--sport":
    case "--sports":
      return hasPort(value, ip, ip.sourcePort);
    case "--dport":
    case "--dports":
      return hasPort(value, ip, ip.targetPort);
    case "--ports":
      return either(hasPort(value, ip, ip.sourcePort), hasPort(value, ip, ip.targetPort));
    case "--icmp-type":
    case "--icmpv6-type":
      return ip.protocol === (tool === "iptables" ? ICMP : ICMPV6) ? value === "any" || isIcmpType(value, ip) : false;
    case "--ctstate":
      return hasState(value, ip);
    case "--tcp-flags":
      return ip.protocol === TCP ? hasFlags(value, second, ip) : false;
    case "--hl-eq":
    case "--ttl-eq":
      return isNumber(value, ip.hopLimit);
    case "--hl-lt":
    case "--ttl-lt":
      return ip.hopLimit === undefined ? undefined : ip.hopLimit < Number(value);
    case "--hl-gt":
    case "--ttl-gt":
      return ip.hopLimit === undefined ? undefined : ip.hopLimit > Number(value);
    case "--length":
      return isNumber(value, ip.length);
    case "--physdev-in":
      return here.in === undefined ? undefined : isInterface(value, here.in);
    case "--physdev-out":
      return here.out !== undefined && isInterface(value, here.out);
    case "--physdev-is-bridged":
    case "--physdev-is-out":
      return here.out !== undefined;
    case "--physdev-is-in":
      return here.in === undefined ? undefined : true;
    case "-i":
      return here.in === undefined ? false : packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
    case "-o":
      return here.out === undefined ? false : packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
    case "--mac-source":
      return canonicalMac(value) === packet.sourceMac;
    case "--match-set":
      return inSet(packet, sets, value, second.split(","));
    case "--connlimit-upto":
      return true;
    case "--connlimit-above":
      return false;
    case "-f":
      return false;
    default:
      return undefined;
  }
};

const bridgeMatch: Match = ({ name, values }, packet, here) => {
  const { ip, arp, vlan } = packet;
  const [value = ""] = values;
  const v4 = ip?.family === "inet" && vlan === undefined ? ip : undefined;
  const v6 = ip?.family === "inet6" && vlan === undefined ? ip : undefined;
  switch (name) {
    case "-i":
      return here.in !== undefined && isInterface(value, here.in);
    case "-o":
      return here.out !== undefined && isInterface(value, here.out);
    // Where there is no such port, ebtables' two backends answer differently.
    case "--logical-in":
      return here.in === undefined || packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
    case "--logical-out":
      return here.out === undefined || packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
    case "-p":
      if (value === "length") return packet.etherType <= LARGEST_LENGTH;
      return isEtherType(value, packet.etherType);
    case "-s":
      return isMac(value, packet.sourceMac);
    case "-d":
      return isMac(value, packet.targetMac);
    case "--vlan-id":
      return vlan === undefined ? false : isNumber(value, vlan.id);
    case "--vlan-encap":
      return vlan === undefined ? false : isEtherType(value, vlan.encapsulated);
    case "--arp-mac-src":
      return arp === undefined ? false : isMac(value, arp.senderMac);
    case "--arp-mac-dst":
      return arp === undefined ? false : isMac(value, arp.targetMac);
    case "--arp-ip-src":
      return inRange(value, arp?.senderAddress);
    case "--arp-ip-dst":
      return inRange(value, arp?.targetAddress);
    case "--arp-op":
      return isNumber(value, arp?.operation);
    case "--arp-htype":
      return arp === undefined ? false : isNumber(value, ETHERNET);
    case "--arp-ptype":
      return arp === undefined ? false : isEtherType(value, ETHERTYPE.inet);
    case "--arp-gratuitous":
      return arp !== undefined && arp.senderAddress === arp.targetAddress;
    case "--ip-src":
      return inRange(value, v4?.source);
    case "--ip-dst":
      return inRange(value, v4?.target);
    case "--ip6-src":
      return inRange(value, v6?.source);
    case "--ip6-dst":
      return inRange(value, v6?.target);
    case "--ip-proto":
      return isProtocol(value, v4);
    case "--ip6-proto":
      return isProtocol(value, v6);
    case "--ip-sport":
      return hasPort(value, v4, v4?.sourcePort);
    case "--ip-dport":
      return hasPort(value, v4, v4?.targetPort);
    case "--ip6-sport":
      return hasPort(value, v6, v6?.sourcePort);
    case "--ip6-dport":
      return hasPort(value, v6, v6?.targetPort);
    case "--ip6-icmp-type":
      return v6?.protocol === ICMPV6 ? isIcmpType(value, v6) : false;
    case "--ip-icmp-type":
      return v4?.protocol === ICMP ? isIcmpType(value, v4) : false;
    default:
      return undefined;
  }
};

const arpMatch: Match = ({ name, values }, { arp }, here) => {
  const [value = ""] = values;
  if (arp === undefined) return false;
  switch (name) {
    case "-i":
      return here.in !== undefined && isInterface(value, here.in);
    case "-o":
      return here.out !== undefined && isInterface(value, here.out);
    case "-s":
      return inRange(value, arp.senderAddress);
    case "-d":
      return inRange(value, arp.targetAddress);
    case "--src-mac":
      return isMac(value, arp.senderMac);
    case "--dst-mac":
      return isMac(value, arp.targetMac);
    case "--arp-op":
      return isNumber(value, arp.operation);
    // An ARP message here is Ethernet's, of IPv4.
    case "--h-length":
      return isNumber(value, MAC_LENGTH);
    case "--h-type":
      return value === "Ethernet" ? true : isNumber(value, ETHERNET);
    case "--proto-type":
      return isEtherType(value, ETHERTYPE.inet);
    default:
      return undefined;
  }
};

/** ARP's number for Ethernet (RFC 826), and the length of its addresses. */
const ETHERNET = 1;
const MAC_LENGTH = 6;
/** Of an 802.3 frame: the field says its length, and is no type. */
const LARGEST_LENGTH = 0x5ff;

/** "7", "0x7", "5:9"; undefined for anything else, and where it is not known what there is. */
function isNumber(value: string, is: number | undefined): boolean | undefined {
  const [first, last = first] = value.split(":").map((part) => (/^(\d+|0x[0-9a-fA-F]+)$/.test(part) ? Number(part) : undefined));
  return first === undefined || last === undefined || is === undefined ? undefined : is >= first && is <= last;
}

function isEtherType(value: string, etherType: number): boolean | undefined {
  return /^0x[0-9a-f]+$/i.test(value) ? Number(value) === etherType : undefined;
}

/** "vif+" is every name that begins so. */
function isInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** An address, or one with a mask. */
function isMac(value: string, mac: string): boolean | undefined {
  const [wanted, mask = "ff:ff:ff:ff:ff:ff"] = value.split("/");
  const [want, under, is] = [octetsOf(wanted ?? ""), octetsOf(mask), octetsOf(mac)];
  if (want === undefined || under === undefined || is === undefined) return undefined;
  return want.every((octet, index) => ((octet ^ (is[index] ?? 0)) & (under[index] ?? 0)) === 0);
}

function octetsOf(mac: string): number[] | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac.split(":").map((octet) => Number.parseInt(octet, 16)) : undefined;
}

function isProtocol(value: string, ip: IpPacket | undefined): boolean | undefined {
  const number = protocolNumber(value);
  return ip === undefined ? false : number === undefined ? undefined : number === ip.protocol;
}

function inRange(value: string, address: string | undefined): boolean | undefined {
  if (address === undefined) return false;
  const range = parseCidr(value);
  const one = parseCidr(address);
  return range === undefined || one === undefined ? undefined : covers(range, one);
}

/** iptables takes several addresses at once, and makes as many rules of them. */
function inAnyRange(value: string, address: string): boolean | undefined {
  return value.split(",").reduce<boolean | undefined>((any, one) => either(any, inRange(one, address)), false);
}

function hasPort(value: string, ip: IpPacket | undefined, port: number | undefined): boolean | undefined {
  if (ip === undefined || !WITH_PORTS.has(ip.protocol)) return false;
  const ranges = value.split(",").map(parsePorts);
  if (ranges.some((range) => range === undefined)) return undefined;
  return ranges.some((range) => range !== undefined && (port ?? 0) >= range.first && (port ?? 0) <= range.last);
}

/** "8", "3/4", or ebtables' "133:136/0:255". */
function isIcmpType(value: string, ip: IpPacket): boolean | undefined {
  const [, type = "", code] = /^(\d+(?::\d+)?)(?:\/(\d+(?::\d+)?))?$/.exec(value) ?? [];
  const types = parsePorts(type);
  const codes = code === undefined ? { first: 0, last: 255 } : parsePorts(code);
  if (types === undefined || codes === undefined) return undefined;
  const within = (one: number, { first, last }: { readonly first: number; readonly last: number }) => one >= first && one <= last;
  return within(ip.icmpType ?? 0, types) && within(ip.icmpCode ?? 0, codes);
}

function hasState(value: string, ip: IpPacket): boolean | undefined {
  const states = value.toLowerCase().split(",");
  if (states.includes(ip.state)) return true;
  return states.includes("snat") || states.includes("dnat") ? undefined : false;
}

/** A connection's first packet is a SYN; of the others it is taken that they are none. */
function hasFlags(mask: string, set: string, ip: IpPacket): boolean {
  const has = new Set([ip.state === "new" ? "SYN" : "ACK"]);
  const wanted = new Set(set.split(",").filter((flag) => flag !== "NONE"));
  return mask.split(",").every((flag) => has.has(flag) === wanted.has(flag));
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  return a === true || b === true ? true : a === undefined || b === undefined ? undefined : false;
}
