import { frames } from "../../lab/netns";
import type { Made, MadeIp } from "./packets";

/** A packet of the corpus as bytes. */
export interface Wire {
  /** More than one only for a datagram in fragments. */
  readonly frames: readonly Buffer[];
  /** Bytes by which it is known wherever it turns up, if the way may change its other bytes. */
  readonly marker?: string;
  /** The whole frame, before it was tagged and cut: what an ICMP error quotes. */
  readonly whole: Buffer;
}

/** What makes a packet different from all others. */
export interface Mark {
  /** Six characters. */
  readonly text: string;
  /** A TCP or UDP port, or the identifier of an echo. */
  readonly port: number;
  /** Of an IP datagram. */
  readonly identification: number;
}

/** One of which fragments with a header and 1,400 bytes each make a datagram of two. Shorter ones are not all taken (nft's bridge conntrack). */
const LONG_DATAGRAM = 2000;
const FRAGMENT = 1400;

export function wireOf({ link, arp, ip }: Made, mark: Mark, quoted?: Buffer): Wire {
  const { sourceMac, targetMac, vlan } = link;
  const type = vlan?.encapsulated ?? link.etherType;
  const ethernet = { from: sourceMac, to: targetMac };
  const tag = (frame: Buffer) => (vlan === undefined ? frame : frames.tagged(frame, vlan.id));
  const text = Buffer.from(mark.text);
  if (arp !== undefined) {
    const message = frames.arp({
      ...ethernet,
      operation: arp.operation,
      senderMac: arp.senderMac,
      senderIp: arp.senderAddress,
      targetMac: arp.targetMac,
      targetIp: arp.targetAddress,
    });
    const whole = Buffer.concat([frames.ethernet(ethernet, type, frames.payloadOf(message)), text]);
    return { frames: [tag(whole)], whole };
  }
  if (ip === undefined) {
    // An 802.3 frame says its length where others have their type.
    const rest = Buffer.concat([Buffer.alloc(32), text]);
    const whole = frames.ethernet(ethernet, type, rest);
    return { frames: [tag(whole)], whole };
  }
  const whole = ipFrame(ip, ethernet, mark, quoted);
  if (ip.cut === undefined) return { frames: [tag(whole)], whole };
  const pieces = frames.fragments(whole, FRAGMENT, mark.identification).map(tag);
  return { frames: ip.cut === "fragments" ? pieces : pieces.slice(1), marker: mark.text, whole };
}

const word = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

function ipFrame(ip: MadeIp, link: { readonly from: string; readonly to: string }, mark: Mark, quoted?: Buffer): Buffer {
  const fields = {
    ...link,
    sourceIp: ip.source,
    targetIp: ip.target,
    identification: mark.identification,
    ...(ip.hopLimit === undefined ? {} : { hopLimit: ip.hopLimit }),
  };
  const text = Buffer.from(mark.text);
  const ports = { ...fields, sourcePort: ip.sourcePort ?? mark.port, targetPort: ip.targetPort ?? 0 };
  switch (ip.protocol) {
    case 6: {
      const flags = ip.answers ? (["syn", "ack"] as const) : ([ip.flags ?? "syn"] as const);
      return frames.tcp({
        ...ports,
        flags,
        payload: ip.answers ? "" : mark.text,
        sequence: mark.identification + 1,
        acknowledgement: ip.answers ?? 0,
      });
    }
    case 17:
      return frames.udp({ ...ports, payload: ip.cut === undefined ? mark.text : mark.text.repeat(LONG_DATAGRAM / mark.text.length) });
    case 132:
      return frames.ip(fields, 132, Buffer.concat([word(ports.sourcePort), word(ports.targetPort), Buffer.alloc(8), text]));
    case 136: {
      // The sum covers all of it.
      const datagram = Buffer.concat([word(ports.sourcePort), word(ports.targetPort), word(0), word(0), text]);
      datagram.writeUInt16BE(frames.transportChecksum(fields, 136, datagram) || 0xffff, 6);
      return frames.ip(fields, 136, datagram);
    }
    case 1:
      return icmp4(ip, fields, mark, quoted);
    case 58:
      return icmp6(ip, fields, mark, quoted);
    default: {
      const rest = ip.igmpType === undefined ? Buffer.alloc(8) : Buffer.concat([Buffer.from([ip.igmpType]), Buffer.alloc(7)]);
      return frames.ip(fields, ip.protocol, Buffer.concat([rest, text]));
    }
  }
}

type Fields = Parameters<typeof frames.ip>[0];

function icmp4({ icmp, echo }: MadeIp, fields: Fields, mark: Mark, quoted?: Buffer): Buffer {
  const { type, code } = icmp ?? { type: 8, code: 0 };
  const text = Buffer.from(mark.text);
  if (quoted !== undefined) return frames.icmp(fields, type, code, Buffer.alloc(4), Buffer.concat([quoted, text]));
  return frames.icmp(fields, type, code, Buffer.concat([word(echo ?? mark.port), word(1)]), text);
}

/** An option of neighbour discovery that nobody knows, and who does not know it passes over it. */
const marking = (text: string, long = false) =>
  frames.discoveryOption(253, Buffer.concat([Buffer.from(text), Buffer.alloc(long ? 96 : 0)]));
const address = (text: string) =>
  frames.payloadOf(frames.ip({ from: ZERO, to: ZERO, sourceIp: text, targetIp: text }, 0, Buffer.alloc(0))).subarray(8, 24);
const ZERO = "00:00:00:00:00:00";

/** The hop limit that a message of the link has to have. */
const hopsOf = (type: number) => ([130, 131, 132, 143].includes(type) ? 1 : type >= 133 && type <= 137 ? 255 : 64);

function icmp6(ip: MadeIp, fields: Fields, mark: Mark, quoted?: Buffer): Buffer {
  const { type, code } = ip.icmp ?? { type: 128, code: 0 };
  const make = (...rest: readonly Buffer[]) =>
    frames.icmpv6({ ...fields, hopLimit: ip.hopLimit ?? hopsOf(type) }, type, code, Buffer.concat(rest));
  const text = Buffer.from(mark.text);
  if (quoted !== undefined) return make(Buffer.alloc(4), quoted, text);
  const { long = false } = ip;
  switch (type) {
    case 130:
    case 131:
    case 132:
      return make(Buffer.alloc(4), address("ff05::2"), text);
    case 133:
      return make(Buffer.alloc(4), marking(mark.text, long));
    case 134:
      return make(Buffer.alloc(12), marking(mark.text, long));
    case 135:
    case 136:
      return make(Buffer.alloc(4), address(ip.neighbour ?? ip.target), marking(mark.text, long));
    case 137:
      return make(Buffer.alloc(4), address("fe80::1"), address("fd80::77"), marking(mark.text, long));
    case 143:
      return make(Buffer.alloc(4), text);
    default:
      return make(word(ip.echo ?? mark.port), word(1), text);
  }
}
