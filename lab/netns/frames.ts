/** Ethernet frames for {@link Probe.inject}, byte for byte, with their checksums: what a guest may forge. Addresses are text, the result a Buffer. */
import * as ipaddr from "ipaddr.js";

export const BROADCAST = "ff:ff:ff:ff:ff:ff";
const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd };
const PROTOCOL = { udp: 17, icmpv6: 58 };

export interface Ethernet {
  readonly from: string;
  readonly to: string;
}

export function ethernet(link: Ethernet, etherType: number, payload: Buffer): Buffer {
  return Buffer.concat([macBytes(link.to), macBytes(link.from), uint16(etherType), payload]);
}

/** Puts an 802.1Q tag into a frame. */
export function tagged(frame: Buffer, vlan: number): Buffer {
  return Buffer.concat([frame.subarray(0, 12), uint16(ETHERTYPE.vlan), uint16(vlan), frame.subarray(12)]);
}

export interface Arp extends Ethernet {
  readonly operation: "request" | "reply";
  readonly senderMac: string;
  readonly senderIp: string;
  readonly targetMac?: string;
  readonly targetIp: string;
}

export function arp(fields: Arp): Buffer {
  const payload = Buffer.concat([
    Buffer.from([0, 1, 8, 0, 6, 4, 0, fields.operation === "request" ? 1 : 2]),
    macBytes(fields.senderMac),
    addressBytes(fields.senderIp),
    macBytes(fields.targetMac ?? "00:00:00:00:00:00"),
    addressBytes(fields.targetIp),
  ]);
  return ethernet(fields, ETHERTYPE.arp, payload);
}

export interface Udp extends Ethernet {
  /** v4 or v6, both of one family. */
  readonly sourceIp: string;
  readonly targetIp: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly payload: Buffer | string;
}

export function udp(fields: Udp): Buffer {
  const data = Buffer.from(fields.payload);
  const datagram = Buffer.concat([uint16(fields.sourcePort), uint16(fields.targetPort), uint16(8 + data.length), uint16(0), data]);
  datagram.writeUInt16BE(transportChecksum(fields, PROTOCOL.udp, datagram) || 0xffff, 6);
  return ip(fields, PROTOCOL.udp, datagram, 64);
}

export interface Ip extends Ethernet {
  readonly sourceIp: string;
  readonly targetIp: string;
}

/** An IPv4 or IPv6 packet by what its addresses are. */
export function ip(fields: Ip, protocol: number, payload: Buffer, hopLimit = 64): Buffer {
  const source = addressBytes(fields.sourceIp);
  const target = addressBytes(fields.targetIp);
  if (source.length === 16) {
    const header = Buffer.concat([Buffer.from([0x60, 0, 0, 0]), uint16(payload.length), Buffer.from([protocol, hopLimit]), source, target]);
    return ethernet(fields, ETHERTYPE.ipv6, Buffer.concat([header, payload]));
  }
  const header = Buffer.concat([
    Buffer.from([0x45, 0]),
    uint16(20 + payload.length),
    Buffer.from([0, 1, 0, 0, hopLimit, protocol, 0, 0]),
    source,
    target,
  ]);
  header.writeUInt16BE(checksum(header), 10);
  return ethernet(fields, ETHERTYPE.ipv4, Buffer.concat([header, payload]));
}

function icmpv6(fields: Ip, message: Buffer): Buffer {
  const filled = Buffer.from(message);
  filled.writeUInt16BE(transportChecksum(fields, PROTOCOL.icmpv6, filled), 2);
  // Neighbour discovery is only believed with the full hop limit: it proves that no router passed it on.
  return ip(fields, PROTOCOL.icmpv6, filled, 255);
}

export interface RouterAdvertisement {
  readonly from: string;
  /** Link-local. */
  readonly sourceIp: string;
  /** Prefix of 64 bits, announced for autoconfiguration: "2001:db8:bad::". */
  readonly prefix: string;
}

/** To all nodes, as default router for half an hour. */
export function routerAdvertisement(fields: RouterAdvertisement): Buffer {
  const message = Buffer.concat([
    Buffer.from([134, 0, 0, 0, 64, 0]),
    uint16(1800),
    Buffer.alloc(8),
    Buffer.from([1, 1]),
    macBytes(fields.from),
    Buffer.from([3, 4, 64, 0xc0, 0, 1, 0x51, 0x80, 0, 0, 0x38, 0x40, 0, 0, 0, 0]),
    addressBytes(fields.prefix),
  ]);
  return icmpv6({ from: fields.from, to: "33:33:00:00:00:01", sourceIp: fields.sourceIp, targetIp: "ff02::1" }, message);
}

export interface NeighbourAdvertisement extends Ip {
  /** The address that the sender claims. */
  readonly claimedIp: string;
  readonly claimedMac: string;
}

/** Unsolicited, with override: poisons the receiver's neighbour table. */
export function neighbourAdvertisement(fields: NeighbourAdvertisement): Buffer {
  const message = Buffer.concat([
    Buffer.from([136, 0, 0, 0, 0x20, 0, 0, 0]),
    addressBytes(fields.claimedIp),
    Buffer.from([2, 1]),
    macBytes(fields.claimedMac),
  ]);
  return icmpv6(fields, message);
}

export type DhcpKind = "discover" | "offer" | "request" | "ack";

export interface Dhcp {
  readonly kind: DhcpKind;
  /** The client's hardware address and its transaction. */
  readonly clientMac: string;
  readonly transaction: number;
  /** Of the frame; a server's or a client's. */
  readonly from: string;
  /** Default: broadcast. */
  readonly to?: string;
  /** The address offered or asked for. */
  readonly address?: string;
  readonly serverIp?: string;
  /** Default "255.255.0.0". */
  readonly mask?: string;
}

const DHCP_TYPES: readonly (DhcpKind | undefined)[] = [undefined, "discover", "offer", "request", undefined, "ack"];
const DHCP_COOKIE = Buffer.from([0x63, 0x82, 0x53, 0x63]);

export function dhcp(fields: Dhcp): Buffer {
  const fromServer = fields.kind === "offer" || fields.kind === "ack";
  const none = "0.0.0.0";
  const options: Buffer[] = [Buffer.from([53, 1, DHCP_TYPES.indexOf(fields.kind)])];
  if (fields.serverIp !== undefined) {
    options.push(Buffer.from([54, 4]), addressBytes(fields.serverIp));
  }
  if (fromServer) {
    options.push(Buffer.from([51, 4, 0, 0, 0x0e, 0x10, 1, 4]), addressBytes(fields.mask ?? "255.255.0.0"));
  } else if (fields.address !== undefined) {
    options.push(Buffer.from([50, 4]), addressBytes(fields.address));
  }
  const message = Buffer.concat([
    Buffer.from([fromServer ? 2 : 1, 1, 6, 0]),
    uint32(fields.transaction),
    Buffer.from([0, 0, 0x80, 0]),
    addressBytes(none),
    addressBytes(fromServer ? (fields.address ?? none) : none),
    addressBytes(fields.serverIp ?? none),
    addressBytes(none),
    macBytes(fields.clientMac),
    Buffer.alloc(10 + 192),
    DHCP_COOKIE,
    ...options,
    Buffer.from([255]),
  ]);
  return udp({
    from: fields.from,
    to: fields.to ?? BROADCAST,
    sourceIp: fromServer ? (fields.serverIp ?? none) : none,
    targetIp: "255.255.255.255",
    sourcePort: fromServer ? 67 : 68,
    targetPort: fromServer ? 68 : 67,
    payload: message,
  });
}

export interface DhcpMessage {
  readonly kind: DhcpKind;
  readonly clientMac: string;
  readonly transaction: number;
  /** The address offered. */
  readonly address: string;
  readonly serverIp?: string;
}

/** Reads a DHCPv4 message out of a frame; undefined when it holds none. */
export function readDhcp(frame: Buffer): DhcpMessage | undefined {
  if (frame.length < 14 + 28 + 240 || frame.readUInt16BE(12) !== ETHERTYPE.ipv4 || frame[23] !== PROTOCOL.udp) {
    return undefined;
  }
  const bootp = frame.subarray(14 + ((frame[14] ?? 0) & 15) * 4 + 8);
  if (!bootp.subarray(236, 240).equals(DHCP_COOKIE)) {
    return undefined;
  }
  const options = new Map<number, Buffer>();
  for (let at = 240; at < bootp.length && bootp[at] !== 255; ) {
    const length = bootp[at + 1] ?? 0;
    options.set(bootp[at] ?? 0, bootp.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const kind = DHCP_TYPES[options.get(53)?.[0] ?? 0];
  const server = options.get(54);
  return kind === undefined
    ? undefined
    : {
        kind,
        clientMac: macText(bootp.subarray(28, 34)),
        transaction: bootp.readUInt32BE(4),
        address: addressText(bootp.subarray(16, 20)),
        serverIp: server && addressText(server),
      };
}

/** A DHCPv6 server's advertisement (RFC 8415, type 2) to a client: what a rogue server would send. */
export function dhcpv6Advertise(fields: {
  readonly from: string;
  readonly to: string;
  readonly sourceIp: string;
  readonly targetIp: string;
}): Buffer {
  const serverId = Buffer.concat([Buffer.from([0, 2, 0, 10, 0, 3, 0, 1]), macBytes(fields.from)]);
  return udp({ ...fields, sourcePort: 547, targetPort: 546, payload: Buffer.concat([Buffer.from([2, 0x12, 0x34, 0x56]), serverId]) });
}

/** RFC 1071. */
export function checksum(data: Buffer): number {
  let total = 0;
  for (let at = 0; at < data.length; at += 2) {
    total += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  }
  while (total > 0xffff) {
    total = (total & 0xffff) + (total >>> 16);
  }
  return ~total & 0xffff;
}

/** Over the pseudo header of either family; the checksum field within `data` must be zero. */
function transportChecksum(fields: Ip, protocol: number, data: Buffer): number {
  return checksum(
    Buffer.concat([addressBytes(fields.sourceIp), addressBytes(fields.targetIp), uint32(data.length), uint32(protocol), data]),
  );
}

function addressBytes(text: string): Buffer {
  return Buffer.from(ipaddr.parse(text).toByteArray());
}

const addressText = (bytes: Buffer): string => ipaddr.fromByteArray([...bytes]).toString();

const macBytes = (text: string): Buffer => Buffer.from(text.replace(/:/g, ""), "hex");

const macText = (bytes: Buffer): string => bytes.toString("hex").match(/../g)?.join(":") ?? "";

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
