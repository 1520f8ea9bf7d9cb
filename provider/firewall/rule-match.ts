import { canonicalOptions, type Option } from "./canonical";
import type { Sets, Tool } from "./kernel";
import { ICMP, ICMPV6, type IpPacket, type Packet, TCP, WITH_PORTS } from "./packet";
import { inSet } from "./set-match";
import { canonicalMac, covers, parseCidr, parsePorts, protocolNumber } from "./spelling";

/**
 * Whether a rule matches a packet, by what the tool printed of it. Undefined when that cannot be told from rule and packet alone: a match that
 * is not known here, or one that looks at something else.
 *
 * A rate is taken to be kept and a limit of connections not to be reached: the answer is of the first packet after a while.
 */
export function matches(tool: Tool, text: string, packet: Packet, sets: Sets): boolean | undefined {
  return parsedRule(tool, text).matches.reduce<boolean | undefined>((all, option) => {
    if (all === false) return false;
    const found = tool === "iptables" || tool === "ip6tables" ? ipMatch(option, packet, sets, tool) : bridgeMatch(tool, option, packet);
    const is = found === undefined || !option.negated ? found : !found;
    return is === false ? false : is === undefined ? undefined : all;
  }, true);
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
  /^--(comment|log.*|nflog.*|ulog.*|reject-with|set-xmark|limit(-burst)?|connlimit-(mask|daddr)|h-length|h-type|proto-type)$/;

/** Modules whose options say all. */
const SILENT_MODULES: ReadonlySet<string> = new Set(["mac", "iprange", "multiport"]);

function ipMatch({ name, values }: Option, packet: Packet, sets: Sets, tool: "iptables" | "ip6tables"): boolean | undefined {
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
      return ip.protocol === (tool === "iptables" ? ICMP : ICMPV6) ? isIcmpType(value, ip) : false;
    case "--ctstate":
      return hasState(value, ip);
    case "--tcp-flags":
      return ip.protocol === TCP ? hasFlags(value, second, ip) : false;
    case "--physdev-in":
      return isInterface(value, packet.in);
    case "--physdev-out":
      return isInterface(value, packet.out);
    case "--physdev-is-bridged":
    case "--physdev-is-in":
    case "--physdev-is-out":
      return true;
    case "-i":
    case "-o":
      return packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
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
}

function bridgeMatch(tool: Tool, { name, values }: Option, packet: Packet): boolean | undefined {
  const { ip, arp } = packet;
  const [value = ""] = values;
  const v4 = ip?.family === "inet" ? ip : undefined;
  const v6 = ip?.family === "inet6" ? ip : undefined;
  switch (name) {
    case "-i":
      return isInterface(value, packet.in);
    case "-o":
      return isInterface(value, packet.out);
    case "--logical-in":
    case "--logical-out":
      return packet.bridge === undefined ? undefined : isInterface(value, packet.bridge);
    case "-p":
      return /^0x[0-9a-f]{4}$/.test(value) ? Number(value) === packet.etherType : undefined;
    case "-s":
      return tool === "arptables" ? inRange(value, arp?.senderAddress) : isMac(value, packet.sourceMac);
    case "-d":
      return tool === "arptables" ? inRange(value, arp?.targetAddress) : isMac(value, packet.targetMac);
    case "--src-mac":
    case "--arp-mac-src":
      return arp === undefined ? false : isMac(value, arp.senderMac);
    case "--dst-mac":
    case "--arp-mac-dst":
      return arp === undefined ? false : isMac(value, arp.targetMac);
    case "--arp-ip-src":
      return inRange(value, arp?.senderAddress);
    case "--arp-ip-dst":
      return inRange(value, arp?.targetAddress);
    case "--arp-op":
      return /^\d+$/.test(value) ? arp?.operation === Number(value) : undefined;
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
}

/** "vif+" is every name that begins so. */
function isInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** A whole address; of masks and of names like "Multicast" nothing is said here. */
function isMac(value: string, mac: string): boolean | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value) ? value === mac : undefined;
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
