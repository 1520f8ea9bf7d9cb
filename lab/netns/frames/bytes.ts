/** Numbers and addresses as a frame has them. */
import * as ipaddr from "ipaddr.js";

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** 4 or 16 bytes. */
export const addressBytes = (text: string): Buffer => Buffer.from(ipaddr.parse(text).toByteArray());

export const addressText = (bytes: Buffer): string => ipaddr.fromByteArray([...bytes]).toString();

export const macBytes = (text: string): Buffer => Buffer.from(text.replace(/:/g, ""), "hex");

export const macText = (bytes: Buffer): string => bytes.toString("hex").match(/../g)?.join(":") ?? "";

/** As long as asked for: cut, or filled with zeros. */
export function fitted(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes.subarray(0, length), Buffer.alloc(Math.max(0, length - bytes.length))]);
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
