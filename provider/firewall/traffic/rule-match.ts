import type { Sets, Tool } from "../model/kernel";
import type { Condition, Match, Rule } from "../model/rule";
import { covers, parseCidr, parsePorts } from "../values/spelling";
import { ETHERTYPE, ICMP, ICMPV6, type IpPacket, type Packet, TCP, WITH_PORTS } from "./packet";
import { inSet } from "./set-match";

/** The built-in chain in which a walk began. It decides what is known about a packet there. */
export type BaseChain = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING" | "BROUTING";

/**
 * Whether a rule matches a packet. Undefined if rule and packet alone do not say it: a condition is kept word for word, or looks at something
 * else.
 *
 * It assumes that no rate is exceeded and no limit of connections is reached: the answer is for the first packet after a pause.
 */
export function matches(tool: Tool, rule: Rule, packet: Packet, sets: Sets, at: BaseChain): boolean | undefined {
  const place: Place = { ...ports(packet, at), tool, sets };
  const ask = ASK[tool];
  return rule.matches.reduce<boolean | undefined>((all, match) => {
    if (all === false) return false;
    const found = ask(match, packet, place);
    const is = found === undefined || match.negated !== true ? found : !found;
    return is === false ? false : is === undefined ? undefined : all;
  }, true);
}

/** The interfaces of a packet at one place on its way. */
interface Ports {
  readonly in?: string;
  readonly out?: string;
}

/** Where a packet comes in, the bridge does not know yet where it goes; where it leaves, the bridge no longer knows where it came from. */
function ports(packet: Packet, at: BaseChain): Ports {
  if (at === "POSTROUTING" || at === "OUTPUT") return { out: packet.out };
  return at === "FORWARD" ? { in: packet.in, out: packet.out } : { in: packet.in };
}

/** Where a rule is evaluated. */
interface Place extends Ports {
  readonly tool: Tool;
  readonly sets: Sets;
}

type Ask = (match: Match, packet: Packet, place: Place) => boolean | undefined;

const ipMatch: Ask = (match, packet, here) => {
  const { ip } = packet;
  if (ip === undefined) return false;
  switch (match.is) {
    case "protocol":
      return match.protocol === 0 || match.protocol === ip.protocol;
    case "address":
      return inAny(match.cidrs, match.end === "source" ? ip.source : ip.target);
    case "ports":
      return hasPorts(match, ip);
    case "icmp-type":
      return ip.protocol === (match.family === "inet" ? ICMP : ICMPV6) ? match.type === "any" || isIcmpType(match.type, ip) : false;
    case "state":
      return hasState(match.states, ip);
    case "connection-end": {
      const end = ip.connection?.[match.end];
      // A new packet is the first of its connection.
      if (end === undefined) return ip.state === "new" ? inRange(match.cidr, ip[match.end]) : undefined;
      return inRange(match.cidr, end);
    }
    case "tcp-flags":
      return ip.protocol === TCP ? hasFlags(match.mask, match.set, ip) : false;
    case "hop-limit": {
      if (match.compare === "is") return isNumber(match.hops, ip.hopLimit);
      if (ip.hopLimit === undefined) return undefined;
      return match.compare === "below" ? ip.hopLimit < Number(match.hops) : ip.hopLimit > Number(match.hops);
    }
    case "length":
      return isNumber(match.bytes, ip.length);
    case "bridge-port":
      if (match.direction === "in") return here.in === undefined ? undefined : isInterface(match.name, here.in);
      return here.out !== undefined && isInterface(match.name, here.out);
    case "bridged":
      return here.out !== undefined;
    case "any-port":
      return match.direction === "out" ? here.out !== undefined : here.in === undefined ? undefined : true;
    case "interface":
      if (here[match.direction] === undefined) return false;
      return packet.bridge === undefined ? undefined : isInterface(match.name, packet.bridge);
    case "mac":
      return isMac(match.mac, match.end === "source" ? packet.sourceMac : packet.targetMac);
    case "in-set":
      return inSet(packet, here.sets, match.set, match.ends);
    case "rate":
    case "connections":
      return true;
    case "fragment":
      return false;
    default:
      return undefined;
  }
};

/** In nft, a rule about packets sees below a VLAN tag; what is about frames is as in ebtables. */
const nftMatch: Ask = (match, packet, here) => {
  switch (match.is) {
    case "address":
    case "protocol":
    case "ports":
    case "icmp-type":
    case "tcp-flags":
    case "fragment":
    case "hop-limit":
    case "length":
    case "state":
    case "in-set":
    case "rate":
    case "connections":
      return ipMatch(match, packet, here);
    case "bridge-port":
      return bridgeMatch({ ...match, is: "interface" }, packet, here);
    case "nd-target":
      // A packet here says its type, and nothing of the message.
      return packet.ip?.protocol === ICMPV6 && [135, 136].includes(packet.ip.icmpType ?? 0) ? undefined : false;
    case "arp-hardware-length":
    case "arp-protocol-length":
      return packet.arp === undefined ? false : isNumber(match.number, match.is === "arp-hardware-length" ? MAC_LENGTH : IPV4_LENGTH);
    default:
      return bridgeMatch(match, packet, here);
  }
};

const bridgeMatch: Ask = (match, packet, here) => {
  const { arp, vlan } = packet;
  // ebtables does not look below a tag.
  const ip = vlan === undefined ? packet.ip : undefined;
  switch (match.is) {
    case "interface": {
      const name = here[match.direction];
      return name !== undefined && isInterface(match.name, name);
    }
    // If there is no such port, the two backends of ebtables answer differently.
    case "bridge":
      return here[match.direction] === undefined || packet.bridge === undefined ? undefined : isInterface(match.name, packet.bridge);
    case "ethertype":
      return match.type === "length" ? packet.etherType <= LARGEST_LENGTH : match.type === packet.etherType;
    case "mac":
      return isMac(match.mac, match.end === "source" ? packet.sourceMac : packet.targetMac);
    case "vlan":
      return vlan === undefined ? false : isNumber(match.id, vlan.id);
    case "vlan-type":
      return vlan === undefined ? false : match.type === vlan.encapsulated;
    case "arp-mac":
      return arp === undefined ? false : isMac(match.mac, match.end === "source" ? arp.senderMac : arp.targetMac);
    case "arp-address":
      return inRange(match.cidr, match.end === "source" ? arp?.senderAddress : arp?.targetAddress);
    case "arp-operation":
      return arp === undefined ? false : isNumber(match.operation, arp.operation);
    case "arp-hardware":
      return arp === undefined ? false : isNumber(match.number, ETHERNET);
    case "arp-protocol":
      return arp === undefined ? false : isNumber(match.number, ETHERTYPE.inet);
    case "arp-gratuitous":
      return arp !== undefined && arp.senderAddress === arp.targetAddress;
    case "address":
      return ip === undefined ? false : inAny(match.cidrs, match.end === "source" ? ip.source : ip.target);
    case "protocol":
      return ip !== undefined && match.protocol === ip.protocol;
    case "ports":
      return hasPorts(match, ip);
    case "icmp-type":
      return ip?.protocol === (match.family === "inet" ? ICMP : ICMPV6) ? isIcmpType(match.type, ip) : false;
    default:
      return undefined;
  }
};

const arpMatch: Ask = (match, { arp }, here) => {
  if (arp === undefined) return false;
  switch (match.is) {
    case "interface": {
      const name = here[match.direction];
      return name !== undefined && isInterface(match.name, name);
    }
    case "arp-address":
      return inRange(match.cidr, match.end === "source" ? arp.senderAddress : arp.targetAddress);
    case "arp-mac":
      return isMac(match.mac, match.end === "source" ? arp.senderMac : arp.targetMac);
    case "arp-operation":
      return isNumber(match.operation, arp.operation);
    // Every ARP message here is about Ethernet and IPv4.
    case "arp-hardware-length":
      return isNumber(match.number, MAC_LENGTH);
    case "arp-hardware":
      return isNumber(match.number, ETHERNET);
    case "arp-protocol":
      return isNumber(match.number, ETHERTYPE.inet);
    default:
      return undefined;
  }
};

const ASK: Readonly<Record<Tool, Ask>> = {
  iptables: ipMatch,
  ip6tables: ipMatch,
  arptables: arpMatch,
  ebtables: bridgeMatch,
  nft: nftMatch,
};

/** ARP's number for Ethernet (RFC 826), and the length of its addresses. */
const ETHERNET = 1;
const MAC_LENGTH = 6;
const IPV4_LENGTH = 4;
/** The largest value with which an 802.3 Ethernet frame gives its length; above it, the field is a type. */
const LARGEST_LENGTH = 0x5ff;

/** Compares with "7", "0x7" or "5:9"; undefined for anything else, and if the packet's value is not known. */
function isNumber(value: string, is: number | undefined): boolean | undefined {
  const [first, last = first] = value.split(":").map((part) => (/^(\d+|0x[0-9a-fA-F]+)$/.test(part) ? Number(part) : undefined));
  return first === undefined || last === undefined || is === undefined ? undefined : is >= first && is <= last;
}

/** "vif+" stands for every name that begins with "vif". */
function isInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Compares with an address, or with an address and a mask. */
function isMac(value: string, mac: string): boolean | undefined {
  const [wanted, mask = "ff:ff:ff:ff:ff:ff"] = value.split("/");
  const [want, under, is] = [octetsOf(wanted ?? ""), octetsOf(mask), octetsOf(mac)];
  if (want === undefined || under === undefined || is === undefined) return undefined;
  return want.every((octet, index) => ((octet ^ (is[index] ?? 0)) & (under[index] ?? 0)) === 0);
}

function octetsOf(mac: string): number[] | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac.split(":").map((octet) => Number.parseInt(octet, 16)) : undefined;
}

function inRange(value: string, address: string | undefined): boolean | undefined {
  if (address === undefined) return false;
  const range = parseCidr(value);
  const one = parseCidr(address);
  return range === undefined || one === undefined ? undefined : covers(range, one);
}

function inAny(cidrs: readonly string[], address: string): boolean | undefined {
  return cidrs.reduce<boolean | undefined>((any, cidr) => either(any, inRange(cidr, address)), false);
}

function hasPorts({ end, ports }: Extract<Condition, { is: "ports" }>, ip: IpPacket | undefined): boolean | undefined {
  if (ip === undefined || !WITH_PORTS.has(ip.protocol)) return false;
  const ranges = ports.map(parsePorts);
  if (ranges.some((range) => range === undefined)) return undefined;
  const has = (port = 0) => ranges.some((range) => range !== undefined && port >= range.first && port <= range.last);
  return (end !== "target" && has(ip.sourcePort)) || (end !== "source" && has(ip.targetPort));
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

function hasState(states: readonly string[], ip: IpPacket): boolean | undefined {
  if (states.includes(ip.state)) return true;
  return states.includes("snat") || states.includes("dnat") ? undefined : false;
}

/** Assumes that the first packet of a connection is a SYN, and that the others are not. */
function hasFlags(mask: readonly string[], set: readonly string[], ip: IpPacket): boolean {
  const has = new Set([ip.state === "new" ? "SYN" : "ACK"]);
  return mask.every((flag) => has.has(flag) === set.includes(flag));
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  return a === true || b === true ? true : a === undefined || b === undefined ? undefined : false;
}
