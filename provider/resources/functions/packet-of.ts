import { ETHERTYPE, ICMP, ICMPV6, type IpPacket, type Packet, type State, WITH_PORTS } from "../../firewall/traffic/packet";
import { addressOf } from "../../firewall/traffic/set-match";
import { canonicalMac, parseCidr, protocolNumber } from "../../firewall/values/spelling";
import * as errors from "./errors";

/** A packet as a user describes it. */
export interface Described {
  readonly protocol: string;
  readonly source?: string;
  readonly target?: string;
  readonly sourcePort?: number;
  readonly targetPort?: number;
  readonly icmpType?: string;
  readonly state: State;
  readonly hopLimit?: number;
  readonly length: number;
  readonly vlan?: number;
  readonly sourceMac?: string;
  readonly targetMac?: string;
  readonly arpOperation: "request" | "reply";
  readonly arpSenderMac?: string;
}

/** One end of its way: a port, and the MAC of the machine behind it, if it is known. */
export interface End {
  readonly port: string;
  readonly mac?: string;
}

/** MACs for somebody behind an uplink: unicast, and not in use. */
const STRANGERS = { source: "02:00:00:00:00:01", target: "02:00:00:00:00:02" };
const EVERYBODY = "ff:ff:ff:ff:ff:ff";
/** A port of the range from which systems take source ports. */
const EPHEMERAL = 50_000;

/** Fills in what the description leaves out. Throws if such a packet is not possible. */
export function packetOf(described: Described, from: End, to: End, bridge: string | undefined): Packet {
  const packet = untagged(described, from, to, bridge);
  if (described.vlan === undefined) return packet;
  return { ...packet, etherType: ETHERTYPE.vlan, vlan: { id: described.vlan, encapsulated: packet.etherType } };
}

function untagged(described: Described, from: End, to: End, bridge: string | undefined): Packet {
  const { protocol } = described;
  const sourceMac = canonicalMac(described.sourceMac ?? from.mac ?? STRANGERS.source);
  const link = { in: from.port, out: to.port, ...(bridge === undefined ? {} : { bridge }), sourceMac };
  const targetMac = canonicalMac(described.targetMac ?? to.mac ?? STRANGERS.target);
  if (/^0x[0-9A-Fa-f]{4}$/.test(protocol)) return { ...link, targetMac, etherType: Number(protocol) };
  const source = address(described, "source");
  const target = address(described, "target");
  const family = parseCidr(source)?.family ?? "inet";
  if (parseCidr(target)?.family !== family)
    throw errors.packetUnclear(
      "target",
      `${source} and ${target} belong to different address families`,
      "give both as IPv4 or both as IPv6",
    );
  if (protocol.toLowerCase() === "arp") {
    if (family === "inet6") throw errors.packetUnclear("protocol", "ARP belongs to IPv4", 'for IPv6, ask about "icmpv6", type 135 or 136');
    const senderMac = canonicalMac(described.arpSenderMac ?? sourceMac);
    const operation = described.arpOperation === "request" ? 1 : 2;
    const receiverMac = described.targetMac === undefined && operation === 1 ? EVERYBODY : targetMac;
    const arp = {
      operation,
      senderMac,
      senderAddress: source,
      targetMac: operation === 1 ? "00:00:00:00:00:00" : receiverMac,
      targetAddress: target,
    };
    return { ...link, targetMac: receiverMac, etherType: ETHERTYPE.arp, arp };
  }
  const number = protocolNumber(protocol);
  if (number === undefined || number === 0)
    throw errors.packetUnclear(
      "protocol",
      `"${protocol}" is not one protocol`,
      'write a name or number ("tcp"), "arp", or an ethertype ("0x88cc")',
    );
  if (number === (family === "inet" ? ICMPV6 : ICMP))
    throw errors.packetUnclear(
      "protocol",
      `${protocol} does not belong to the address family of ${source}`,
      'write "icmp" for IPv4 and "icmpv6" for IPv6',
    );
  const icmp = icmpOf(described, number);
  const hopLimit = described.hopLimit ?? usualHopLimit(number, icmp.icmpType);
  const ip = { family, source, target, protocol: number, state: described.state, hopLimit, length: described.length };
  return { ...link, targetMac, etherType: ETHERTYPE[family], ip: { ...ip, ...portsOf(described, number), ...icmp } };
}

function address(described: Described, field: "source" | "target"): string {
  const text = described[field];
  if (text === undefined) throw errors.packetUnclear(field, "the packet's address is missing", "give it");
  const one = addressOf(text);
  if (one === undefined) throw errors.packetUnclear(field, `"${text}" is not one address`, "give one IPv4 or IPv6 address, not a network");
  return one;
}

function portsOf({ sourcePort = EPHEMERAL, targetPort }: Described, protocol: number) {
  if (!WITH_PORTS.has(protocol)) return {};
  if (targetPort === undefined)
    throw errors.packetUnclear("targetPort", "the packet's port is missing", "give it, because rules match by it");
  return { sourcePort, targetPort };
}

/** With 255, neighbour discovery proves that it passed no router (RFC 4861). Reports of listeners are only for the link (RFC 2710, 3810). */
function usualHopLimit(protocol: number, icmpType: number | undefined): number {
  if (protocol !== ICMPV6 || icmpType === undefined) return 64;
  if (icmpType >= 133 && icmpType <= 137) return 255;
  return (icmpType >= 130 && icmpType <= 132) || icmpType === 143 ? 1 : 64;
}

function icmpOf({ icmpType }: Described, protocol: number): Pick<IpPacket, "icmpType" | "icmpCode"> {
  if (protocol !== ICMP && protocol !== ICMPV6) return {};
  const [type = "0", code = "0"] = (icmpType ?? (protocol === ICMP ? "8" : "128")).split("/");
  return { icmpType: Number(type), icmpCode: Number(code) };
}
