import type { KernelSet, Sets } from "./kernel";
import { ICMP, ICMPV6, type IpPacket, type Packet, WITH_PORTS } from "./packet";
import { canonicalMac, covers, formatCidr, parseCidr, protocolNumber } from "./spelling";

/**
 * Whether a packet is in a set, as `-m set --match-set NAME FLAGS` asks. Undefined when it cannot be told: no such set, or a type that is not
 * looked into here.
 */
export function inSet(packet: Packet, sets: Sets, name: string, flags: readonly string[]): boolean | undefined {
  const set = sets.get(name);
  if (set === undefined) return undefined;
  if (set.type === "list:set") return inAny(packet, sets, set, flags);
  const kinds = set.type.slice(set.type.indexOf(":") + 1).split(",");
  if (kinds.some((kind) => !["ip", "net", "port", "mac"].includes(kind))) return undefined;
  if (set.type.startsWith("hash:ip") || set.type.startsWith("hash:net")) {
    if (packet.ip === undefined || (set.family ?? "inet") !== packet.ip.family) return false;
  }
  let best: { readonly specific: number; readonly nomatch: boolean } | undefined;
  for (const text of set.members) {
    const nomatch = /\snomatch$/.test(text);
    const parts = text.replace(/\s.*$/, "").split(",");
    const lengths = kinds.map((kind, index) => matchedBits(packet, kind, parts[index] ?? "", flags[index] ?? flags[0] ?? "src"));
    if (lengths.some((length) => length === undefined)) continue;
    const specific = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
    // The kernel asks from the longest prefix down; an exception decides like any other member.
    if (best === undefined || specific > best.specific) best = { specific, nomatch };
  }
  return best !== undefined && !best.nomatch;
}

function inAny(packet: Packet, sets: Sets, list: KernelSet, flags: readonly string[]): boolean | undefined {
  const found = [...list.members].map((member) => inSet(packet, sets, member, flags));
  if (found.includes(true)) return true;
  return found.includes(undefined) ? undefined : false;
}

/** How much of the packet's part a member's part says; undefined when it says another. */
function matchedBits(packet: Packet, kind: string, part: string, flag: string): number | undefined {
  if (kind === "mac") return canonicalMac(part) === (flag === "dst" ? packet.targetMac : packet.sourceMac) ? 0 : undefined;
  const { ip } = packet;
  if (ip === undefined) return undefined;
  if (kind === "port") return isPort(ip, part, flag) ? 0 : undefined;
  const range = parseCidr(part);
  const address = parseCidr(flag === "dst" ? ip.target : ip.source);
  return range !== undefined && address !== undefined && covers(range, address) ? range.prefix : undefined;
}

/** "tcp:443", "icmp:8/0", "gre:0"; a bitmap's "443" is of any protocol that has ports. */
function isPort(ip: IpPacket, part: string, flag: string): boolean {
  const [port = "", protocol] = part.split(":").reverse();
  if (protocol !== undefined && protocolNumber(protocol) !== ip.protocol) return false;
  if (ip.protocol === ICMP || ip.protocol === ICMPV6) return port === `${ip.icmpType ?? 0}/${ip.icmpCode ?? 0}`;
  if (!WITH_PORTS.has(ip.protocol)) return port === "0" && protocol !== undefined;
  return port === String((flag === "dst" ? ip.targetPort : ip.sourcePort) ?? 0);
}

/** The address alone, in canonical spelling. */
export function addressOf(text: string): string | undefined {
  const cidr = parseCidr(text);
  return cidr === undefined || cidr.prefix !== (cidr.family === "inet" ? 32 : 128) ? undefined : formatCidr(cidr);
}
