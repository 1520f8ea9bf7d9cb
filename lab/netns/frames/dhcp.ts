/** DHCP of both families: messages of clients and servers, with any ports. */
import { addressBytes, addressText, macBytes, macText, uint16, uint32 } from "./bytes";
import { BROADCAST, ETHERTYPE } from "./ethernet";
import { PROTOCOL } from "./ip";
import { udp } from "./transport";

export type DhcpKind = "discover" | "offer" | "request" | "decline" | "ack" | "nak" | "release" | "inform";

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
  /** Default: as clients and servers have them, 68 and 67. */
  readonly sourcePort?: number;
  readonly targetPort?: number;
}

const DHCP_TYPES: readonly (DhcpKind | undefined)[] = [
  undefined,
  "discover",
  "offer",
  "request",
  "decline",
  "ack",
  "nak",
  "release",
  "inform",
];
const DHCP_COOKIE = Buffer.from([0x63, 0x82, 0x53, 0x63]);

export function dhcp(fields: Dhcp): Buffer {
  const fromServer = ["offer", "ack", "nak"].includes(fields.kind);
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
    sourcePort: fields.sourcePort ?? (fromServer ? 67 : 68),
    targetPort: fields.targetPort ?? (fromServer ? 68 : 67),
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

const DHCPV6_TYPES = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  reconfigure: 10,
} as const;

export type Dhcpv6Kind = keyof typeof DHCPV6_TYPES;

export interface Dhcpv6 {
  readonly kind: Dhcpv6Kind;
  readonly from: string;
  readonly to: string;
  readonly sourceIp: string;
  readonly targetIp: string;
  /** 24 bits. Default 0x123456. */
  readonly transaction?: number;
  /** Default: as clients and servers have them, 546 and 547. */
  readonly sourcePort?: number;
  readonly targetPort?: number;
}

/** A DHCPv6 message (RFC 8415) with nothing but its sender's identifier. */
export function dhcpv6(fields: Dhcpv6): Buffer {
  const fromServer = ["advertise", "reply", "reconfigure"].includes(fields.kind);
  const identifier = Buffer.concat([uint16(fromServer ? 2 : 1), Buffer.from([0, 10, 0, 3, 0, 1]), macBytes(fields.from)]);
  const head = uint32(DHCPV6_TYPES[fields.kind] * 2 ** 24 + (fields.transaction ?? 0x123456));
  return udp({
    ...fields,
    sourcePort: fields.sourcePort ?? (fromServer ? 547 : 546),
    targetPort: fields.targetPort ?? (fromServer ? 546 : 547),
    payload: Buffer.concat([head, identifier]),
  });
}

/** A DHCPv6 server's advertisement to a client: what a rogue server would send. */
export const dhcpv6Advertise = (fields: Omit<Dhcpv6, "kind">): Buffer => dhcpv6({ ...fields, kind: "advertise" });
