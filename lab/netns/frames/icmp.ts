/** ICMP of IPv4: echoes, and routers' errors about a packet. */
import { addressBytes, checksum, uint16 } from "./bytes";
import { type Ip, ip, PROTOCOL } from "./ip";

/** Any message: its type, code, the four bytes after the checksum, and the rest. */
export function icmp(fields: Ip, type: number, code: number, word: Buffer, rest: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), word, rest]);
  message.writeUInt16BE(checksum(message), 2);
  return ip(fields, PROTOCOL.icmp, message);
}

export interface Echo extends Ip {
  readonly kind: "request" | "reply";
  readonly id: number;
  readonly sequence: number;
  readonly payload: Buffer | string;
}

export function echo(fields: Echo): Buffer {
  const word = Buffer.concat([uint16(fields.id), uint16(fields.sequence)]);
  return icmp(fields, fields.kind === "request" ? 8 : 0, 0, word, Buffer.from(fields.payload));
}

export interface IcmpError extends Ip {
  /** 3: unreachable, 11: time exceeded, 12: parameter problem, 4: source quench. */
  readonly type: number;
  readonly code: number;
  /** Of "fragmentation needed" (3, 4). */
  readonly mtu?: number;
  /** The packet that the message is about, or its beginning; see {@link payloadOf}. */
  readonly quoted: Buffer;
}

export function icmpError(fields: IcmpError): Buffer {
  return icmp(fields, fields.type, fields.code, Buffer.concat([uint16(0), uint16(fields.mtu ?? 0)]), fields.quoted);
}

export interface IcmpRedirect extends Ip {
  /** "For this destination use that router from now on." */
  readonly gateway: string;
  /** 0: for a network, 1: for a host. Default 1. */
  readonly code?: number;
  readonly quoted: Buffer;
}

export function icmpRedirect(fields: IcmpRedirect): Buffer {
  return icmp(fields, 5, fields.code ?? 1, addressBytes(fields.gateway), fields.quoted);
}
