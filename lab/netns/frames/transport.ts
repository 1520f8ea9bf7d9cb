import { uint16, uint32 } from "./bytes";
import { type Ip, ip, PROTOCOL, transportChecksum } from "./ip";

interface Ports extends Ip {
  readonly sourcePort: number;
  readonly targetPort: number;
}

export interface Udp extends Ports {
  readonly payload: Buffer | string;
}

export function udp(fields: Udp): Buffer {
  const data = Buffer.from(fields.payload);
  const datagram = Buffer.concat([uint16(fields.sourcePort), uint16(fields.targetPort), uint16(8 + data.length), uint16(0), data]);
  // Zero means "no checksum".
  datagram.writeUInt16BE(transportChecksum(fields, PROTOCOL.udp, datagram) || 0xffff, 6);
  return ip(fields, PROTOCOL.udp, datagram);
}

const FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

export type TcpFlag = keyof typeof FLAGS;

export interface Tcp extends Ports {
  /** None is allowed too. */
  readonly flags: readonly TcpFlag[];
  /** Default 1. */
  readonly sequence?: number;
  /** Default 0. */
  readonly acknowledgement?: number;
  /** Default 64240. */
  readonly window?: number;
  readonly payload?: Buffer | string;
}

/** One segment. It belongs to no real connection. */
export function tcp(fields: Tcp): Buffer {
  const { flags, sequence = 1, acknowledgement = 0, window = 64240, payload = "" } = fields;
  const bits = flags.reduce((all, flag) => all | FLAGS[flag], 0);
  const segment = Buffer.concat([
    uint16(fields.sourcePort),
    uint16(fields.targetPort),
    uint32(sequence),
    uint32(acknowledgement),
    Buffer.from([0x50, bits]),
    uint16(window),
    Buffer.alloc(4),
    Buffer.from(payload),
  ]);
  segment.writeUInt16BE(transportChecksum(fields, PROTOCOL.tcp, segment), 16);
  return ip(fields, PROTOCOL.tcp, segment);
}
