/** IPv4 and IPv6 packets, depending on their addresses: options, extension headers, fragments. */
import { addressBytes, checksum, fitted, uint16, uint32 } from "./bytes";
import { ETHERTYPE, type Ethernet, ethernet, payloadOf } from "./ethernet";

export const PROTOCOL = { icmp: 1, igmp: 2, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** Header fields of every packet, whatever it contains. */
export interface IpHeader {
  /** The TTL of IPv4. */
  readonly hopLimit?: number;
  /** IPv6: headers before the payload, in this order. */
  readonly extensions?: readonly Extension[];
  /** IPv4: options, a multiple of four bytes. */
  readonly ipOptions?: Buffer;
  /** IPv4. Default 1. */
  readonly identification?: number;
}

export interface Ip extends Ethernet, IpHeader {
  /** v4 or v6, both of one family. */
  readonly sourceIp: string;
  readonly targetIp: string;
}

/** An IPv6 extension header: its number, and what follows its first byte. */
export interface Extension {
  readonly header: number;
  readonly rest: Buffer;
}

/** A frame with a packet of this protocol. Default hop limit 64. */
export function ip(fields: Ip, protocol: number, payload: Buffer, hopLimit = fields.hopLimit ?? 64): Buffer {
  const source = addressBytes(fields.sourceIp);
  const target = addressBytes(fields.targetIp);
  if (source.length === 16) {
    const { extensions = [] } = fields;
    // Each header names the one that follows.
    const numbers = [...extensions.map(({ header }) => header), protocol];
    const chain = extensions.map(({ rest }, index) => Buffer.concat([Buffer.from([numbers[index + 1] ?? 0]), rest]));
    const body = Buffer.concat([...chain, payload]);
    const header = Buffer.concat([
      Buffer.from([0x60, 0, 0, 0]),
      uint16(body.length),
      Buffer.from([numbers[0] ?? 0, hopLimit]),
      source,
      target,
    ]);
    return ethernet(fields, ETHERTYPE.ipv6, Buffer.concat([header, body]));
  }
  const { ipOptions = Buffer.alloc(0), identification = 1 } = fields;
  const length = 20 + ipOptions.length;
  const header = Buffer.concat([
    Buffer.from([0x40 | (length / 4), 0]),
    uint16(length + payload.length),
    uint16(identification),
    Buffer.from([0, 0, hopLimit, protocol, 0, 0]),
    source,
    target,
    ipOptions,
  ]);
  header.writeUInt16BE(checksum(header), 10);
  return ethernet(fields, ETHERTYPE.ipv4, Buffer.concat([header, payload]));
}

/** Over the pseudo header of either family; the checksum field within `data` must be zero. */
export function transportChecksum(fields: Ip, protocol: number, data: Buffer): number {
  return checksum(
    Buffer.concat([addressBytes(fields.sourceIp), addressBytes(fields.targetIp), uint32(data.length), uint32(protocol), data]),
  );
}

/** "Routers, look at this", of IPv4 (RFC 2113) and IPv6 (RFC 2711). */
export const ROUTER_ALERT = Buffer.from([0x94, 4, 0, 0]);
const ROUTER_ALERT_V6 = Buffer.from([5, 2, 0, 0]);

/** A header of options, filled up with padding to a multiple of eight bytes. */
function optionsHeader(header: number, options: Buffer): Extension {
  const length = Math.ceil((2 + options.length) / 8) * 8;
  const missing = length - 2 - options.length;
  const padding = missing === 0 ? Buffer.alloc(0) : missing === 1 ? Buffer.from([0]) : fitted(Buffer.from([1, missing - 2]), missing);
  return { header, rest: Buffer.concat([Buffer.from([length / 8 - 1]), options, padding]) };
}

/** Default: a router alert, as listener reports have. */
export const hopByHop = (options: Buffer = ROUTER_ALERT_V6): Extension => optionsHeader(0, options);

/** Default: nothing but padding. */
export const destinationOptions = (options: Buffer = Buffer.alloc(0)): Extension => optionsHeader(60, options);

/** A fragment header; without a word more that of an "atomic" fragment, which is the whole packet. */
export function fragmentHeader({ offset = 0, more = false, identification = 1 } = {}): Extension {
  return { header: 44, rest: Buffer.concat([Buffer.from([0]), uint16(offset | (more ? 1 : 0)), uint32(identification)]) };
}

/**
 * Cuts the packet of an untagged frame into fragments with at most `size` bytes of payload, a multiple of eight, each a frame of its own, in order.
 * The packet may be as long as IP allows, whatever the wire takes.
 */
export function fragments(frame: Buffer, size: number, identification = 1): Buffer[] {
  if (size < 8 || size % 8 !== 0) {
    throw new Error(`fragments of ${size} bytes: give a multiple of eight`);
  }
  return frame.readUInt16BE(12) === ETHERTYPE.ipv6 ? fragmentsV6(frame, size, identification) : fragmentsV4(frame, size, identification);
}

interface Piece {
  readonly offset: number;
  readonly more: boolean;
  readonly data: Buffer;
}

function cut(payload: Buffer, size: number): Piece[] {
  return Array.from({ length: Math.ceil(payload.length / size) }, (_, index) => ({
    offset: index * size,
    more: (index + 1) * size < payload.length,
    data: payload.subarray(index * size, (index + 1) * size),
  }));
}

function fragmentsV4(frame: Buffer, size: number, identification: number): Buffer[] {
  const packet = payloadOf(frame);
  const length = ((packet[0] ?? 0) & 15) * 4;
  return cut(packet.subarray(length), size).map(({ offset, more, data }) => {
    const header = Buffer.from(packet.subarray(0, length));
    header.writeUInt16BE(length + data.length, 2);
    header.writeUInt16BE(identification & 0xffff, 4);
    header.writeUInt16BE((more ? 0x2000 : 0) | (offset / 8), 6);
    header.writeUInt16BE(0, 10);
    header.writeUInt16BE(checksum(header), 10);
    return Buffer.concat([frame.subarray(0, 14), header, data]);
  });
}

/** Headers that every fragment has: those for routers on the way. */
const PER_FRAGMENT = [0, 43];

function fragmentsV6(frame: Buffer, size: number, identification: number): Buffer[] {
  const packet = payloadOf(frame);
  let nextAt = 6;
  let end = 40;
  while (PER_FRAGMENT.includes(packet[nextAt] ?? -1)) {
    nextAt = end;
    end += ((packet[end + 1] ?? 0) + 1) * 8;
  }
  return cut(packet.subarray(end), size).map(({ offset, more, data }) => {
    const { header, rest } = fragmentHeader({ offset, more, identification });
    const head = Buffer.from(packet.subarray(0, end));
    const own = Buffer.concat([Buffer.from([head[nextAt] ?? 0]), rest]);
    head[nextAt] = header;
    head.writeUInt16BE(end - 40 + own.length + data.length, 4);
    return Buffer.concat([frame.subarray(0, 14), head, own, data]);
  });
}
