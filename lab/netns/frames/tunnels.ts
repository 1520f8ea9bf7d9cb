/** Packets below another header than Ethernet's own: PPPoE and MPLS. */
import { uint16, uint32 } from "./bytes";
import { ETHERTYPE, type Ethernet, ethernet } from "./ethernet";

const DISCOVERY = { PADI: 0x09, PADO: 0x07, PADR: 0x19, PADS: 0x65, PADT: 0xa7 } as const;

export interface PppoeDiscovery extends Ethernet {
  readonly kind: keyof typeof DISCOVERY;
  /** Of PADS and PADT. Default 0. */
  readonly session?: number;
  /** Default "": any. */
  readonly service?: string;
  /** Who answers, in a PADO. */
  readonly concentrator?: string;
}

export function pppoeDiscovery(fields: PppoeDiscovery): Buffer {
  const tag = (type: number, value: string): Buffer => Buffer.concat([uint16(type), uint16(Buffer.byteLength(value)), Buffer.from(value)]);
  const tags = [tag(0x0101, fields.service ?? ""), ...(fields.concentrator === undefined ? [] : [tag(0x0102, fields.concentrator)])];
  return ethernet(fields, ETHERTYPE.pppoeDiscovery, pppoe(DISCOVERY[fields.kind], fields.session ?? 0, Buffer.concat(tags)));
}

/** An IP packet of either family in a PPPoE session; see {@link payloadOf}. */
export function pppoeSession(link: Ethernet, session: number, packet: Buffer): Buffer {
  return ethernet(
    link,
    ETHERTYPE.pppoeSession,
    pppoe(0, session, Buffer.concat([uint16(version(packet) === 6 ? 0x0057 : 0x0021), packet])),
  );
}

function pppoe(code: number, session: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x11, code]), uint16(session), uint16(payload.length), payload]);
}

/** An IP packet below MPLS labels, the outermost first. */
export function mpls(link: Ethernet, labels: readonly number[], packet: Buffer, ttl = 64): Buffer {
  const entries = labels.map((label, index) => uint32(label * 4096 + (index === labels.length - 1 ? 256 : 0) + ttl));
  return ethernet(link, ETHERTYPE.mpls, Buffer.concat([...entries, packet]));
}

const version = (packet: Buffer): number => (packet[0] ?? 0) >> 4;
