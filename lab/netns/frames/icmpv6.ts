/** ICMPv6: neighbour discovery, and routers' errors about a packet. */
import { addressBytes, fitted, macBytes, uint16, uint32 } from "./bytes";
import { multicastMac } from "./ethernet";
import { type Ip, type IpHeader, ip, PROTOCOL, transportChecksum } from "./ip";

/** Fields of every message of this kind. */
export interface Discovery extends IpHeader {
  /** Default: 255. It proves that no router forwarded the message; receivers ignore other values. */
  readonly hopLimit?: number;
  /** After those that the message has by itself; see {@link discoveryOption}. */
  readonly options?: readonly Buffer[];
  /** The length of the message in bytes: it is cut, or filled with zeros. Default: its own length. */
  readonly length?: number;
}

/** Any message: its type, code, and what follows the checksum. */
export function icmpv6(fields: Ip & Discovery, type: number, code: number, rest: Buffer): Buffer {
  const whole = Buffer.concat([Buffer.from([type, code, 0, 0]), rest, ...(fields.options ?? [])]);
  const message = fitted(whole, fields.length ?? whole.length);
  message.writeUInt16BE(transportChecksum(fields, PROTOCOL.icmpv6, message), 2);
  return ip(fields, PROTOCOL.icmpv6, message, fields.hopLimit ?? 255);
}

/** An option of neighbour discovery, filled with zeros to a multiple of eight bytes. */
export function discoveryOption(type: number, body: Buffer): Buffer {
  const length = Math.ceil((2 + body.length) / 8);
  return fitted(Buffer.concat([Buffer.from([type, length]), body]), length * 8);
}

const sourceMac = (mac: string): Buffer => discoveryOption(1, macBytes(mac));
const targetMac = (mac: string): Buffer => discoveryOption(2, macBytes(mac));

const ALL_NODES = "ff02::1";
const ALL_ROUTERS = "ff02::2";

export interface RouterSolicitation extends Discovery {
  readonly from: string;
  readonly sourceIp: string;
}

export function routerSolicitation(fields: RouterSolicitation): Buffer {
  const way = { to: multicastMac(ALL_ROUTERS), targetIp: ALL_ROUTERS };
  return icmpv6({ ...way, ...fields }, 133, 0, Buffer.concat([uint32(0), sourceMac(fields.from)]));
}

export interface RouterAdvertisement extends Discovery {
  readonly from: string;
  /** Link-local. */
  readonly sourceIp: string;
  /** Prefix of 64 bits, announced for autoconfiguration: "2001:db8:bad::". */
  readonly prefix: string;
  /** Seconds as default router. Default 1800. */
  readonly lifetime?: number;
}

/** To all nodes. */
export function routerAdvertisement(fields: RouterAdvertisement): Buffer {
  const body = Buffer.concat([
    Buffer.from([64, 0]),
    uint16(fields.lifetime ?? 1800),
    Buffer.alloc(8),
    sourceMac(fields.from),
    Buffer.from([3, 4, 64, 0xc0, 0, 1, 0x51, 0x80, 0, 0, 0x38, 0x40, 0, 0, 0, 0]),
    addressBytes(fields.prefix),
  ]);
  return icmpv6({ to: multicastMac(ALL_NODES), targetIp: ALL_NODES, ...fields }, 134, 0, body);
}

export interface NeighbourSolicitation extends Discovery {
  readonly from: string;
  /** "::" asks whether an address is free. */
  readonly sourceIp: string;
  /** The address asked for. */
  readonly wantedIp: string;
  /** Default: the group of those that may have the address. */
  readonly to?: string;
  readonly targetIp?: string;
}

export function neighbourSolicitation(fields: NeighbourSolicitation): Buffer {
  const group = solicitedNode(fields.wantedIp);
  const { to = multicastMac(group), targetIp = group } = fields;
  const own = fields.sourceIp === "::" ? Buffer.alloc(0) : sourceMac(fields.from);
  return icmpv6({ ...fields, to, targetIp }, 135, 0, Buffer.concat([uint32(0), addressBytes(fields.wantedIp), own]));
}

/** RFC 4291, 2.7.1. */
function solicitedNode(address: string): string {
  const [a = 0, b = 0, c = 0] = addressBytes(address).subarray(13);
  return `ff02::1:ff${a.toString(16).padStart(2, "0")}:${((b << 8) | c).toString(16)}`;
}

export interface NeighbourAdvertisement extends Ip, Discovery {
  /** The address that the sender says is its own. */
  readonly claimedIp: string;
  readonly claimedMac: string;
  /** Default: override alone, as of one that nobody asked for; it poisons the receiver's neighbour table. */
  readonly flags?: readonly ("router" | "solicited" | "override")[];
}

export function neighbourAdvertisement(fields: NeighbourAdvertisement): Buffer {
  const { flags = ["override"] } = fields;
  const bits = (flags.includes("router") ? 0x80 : 0) | (flags.includes("solicited") ? 0x40 : 0) | (flags.includes("override") ? 0x20 : 0);
  const body = Buffer.concat([Buffer.from([bits, 0, 0, 0]), addressBytes(fields.claimedIp), targetMac(fields.claimedMac)]);
  return icmpv6(fields, 136, 0, body);
}

export interface Redirect extends Ip, Discovery {
  /** "Packets for this destination..." */
  readonly destinationIp: string;
  /** "...go by way of this address." */
  readonly viaIp: string;
  /** Where the new way is on the link. */
  readonly viaMac?: string;
  /** The packet that led to it, or its beginning; see {@link payloadOf}. */
  readonly quoted?: Buffer;
}

export function redirect(fields: Redirect): Buffer {
  const body = Buffer.concat([
    uint32(0),
    addressBytes(fields.viaIp),
    addressBytes(fields.destinationIp),
    ...(fields.viaMac === undefined ? [] : [targetMac(fields.viaMac)]),
    ...(fields.quoted === undefined ? [] : [discoveryOption(4, Buffer.concat([Buffer.alloc(6), fields.quoted]))]),
  ]);
  return icmpv6(fields, 137, 0, body);
}

export interface Icmpv6Error extends Ip {
  /** 1: unreachable, 2: packet too big, 3: time exceeded, 4: parameter problem. */
  readonly type: number;
  readonly code: number;
  /** Of "packet too big". */
  readonly mtu?: number;
  readonly quoted: Buffer;
}

export function icmpv6Error(fields: Icmpv6Error): Buffer {
  return icmpv6(
    { ...fields, hopLimit: fields.hopLimit ?? 64 },
    fields.type,
    fields.code,
    Buffer.concat([uint32(fields.mtu ?? 0), fields.quoted]),
  );
}
