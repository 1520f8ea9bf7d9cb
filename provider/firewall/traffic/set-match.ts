import type { KernelSet, Sets } from "../model/kernel";
import type { End } from "../model/rule";
import { type Cidr, canonicalMac, covers, formatCidr, parseCidr, protocolNumber } from "../values/spelling";
import { ICMP, ICMPV6, type IpPacket, type Packet, TCP, UDP, WITH_PORTS } from "./packet";

/**
 * Whether these ends of a packet are in a set. Undefined if it is not known: there is no such set, or its type is not
 * implemented here.
 */
export function inSet(packet: Packet, sets: Sets, name: string, ends: readonly End[]): boolean | undefined {
  const set = sets.get(name);
  if (set === undefined) return undefined;
  if (set.type === "list:set") return inAny(packet, sets, set, ends);
  const netmask = set.mask === undefined ? undefined : /^netmask (\d+)$/.exec(set.mask);
  if (netmask === null) return undefined;
  const kinds = set.type.slice(set.type.indexOf(":") + 1).split(",");
  if (kinds.some((kind) => !["ip", "net", "port", "mac"].includes(kind))) return undefined;
  if (set.type.startsWith("hash:ip") || set.type.startsWith("hash:net")) {
    if (packet.ip === undefined || (set.family ?? "inet") !== packet.ip.family) return false;
  }
  let best: { readonly lengths: readonly number[]; readonly nomatch: boolean } | undefined;
  for (const text of set.members) {
    const nomatch = /\snomatch$/.test(text);
    const parts = text.replace(/\s.*$/, "").split(",");
    const found = kinds.map((kind, index) =>
      matchedBits(
        packet,
        kind,
        parts[index] ?? "",
        ends[index] ?? ends[0] ?? "source",
        netmask === undefined ? undefined : Number(netmask[1]),
      ),
    );
    const lengths = found.filter((length) => length !== undefined);
    if (lengths.length < found.length) continue;
    // The kernel tries the longest prefix first, beginning with the first network. An exception decides like any other member.
    if (best === undefined || isLonger(lengths, best.lengths)) best = { lengths, nomatch };
  }
  return best !== undefined && !best.nomatch;
}

function isLonger(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((length, index) => length !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

function inAny(packet: Packet, sets: Sets, list: KernelSet, ends: readonly End[]): boolean | undefined {
  const found = [...list.members].map((member) => inSet(packet, sets, member, ends));
  if (found.includes(true)) return true;
  return found.includes(undefined) ? undefined : false;
}

/** How many bits of the packet's part the member's part matches; undefined if it does not match. */
function matchedBits(packet: Packet, kind: string, part: string, end: End, netmask?: number): number | undefined {
  if (kind === "mac") return canonicalMac(part) === (end === "target" ? packet.targetMac : packet.sourceMac) ? 0 : undefined;
  const { ip } = packet;
  if (ip === undefined) return undefined;
  if (kind === "port") return isPort(ip, part, end) ? 0 : undefined;
  const range = maskedTo(parseCidr(part), netmask);
  const address = parseCidr(end === "target" ? ip.target : ip.source);
  return range !== undefined && address !== undefined && covers(range, address) ? range.prefix : undefined;
}

/** A set with a netmask keeps the networks of its members, and looks for the network of an address. */
function maskedTo(cidr: Cidr | undefined, netmask: number | undefined): Cidr | undefined {
  return cidr === undefined || netmask === undefined ? cidr : parseCidr(`${cidr.address}/${Math.min(cidr.prefix, netmask)}`);
}

/** "tcp:443", "icmp:8/0", "gre:0"; a bitmap's "443" is of TCP and UDP alone (ip_set_getport.c, ip_set_get_ip_port). */
function isPort(ip: IpPacket, part: string, end: End): boolean {
  const [port = "", protocol] = part.split(":").reverse();
  if (protocol === undefined ? ip.protocol !== TCP && ip.protocol !== UDP : protocolNumber(protocol) !== ip.protocol) return false;
  if (ip.protocol === ICMP || ip.protocol === ICMPV6) return port === `${ip.icmpType ?? 0}/${ip.icmpCode ?? 0}`;
  if (!WITH_PORTS.has(ip.protocol)) return port === "0" && protocol !== undefined;
  return port === String((end === "target" ? ip.targetPort : ip.sourcePort) ?? 0);
}

/** The address alone, in canonical spelling. */
export function addressOf(text: string): string | undefined {
  const cidr = parseCidr(text);
  return cidr === undefined || cidr.prefix !== (cidr.family === "inet" ? 32 : 128) ? undefined : formatCidr(cidr);
}
