import { frames } from "../../lab/netns";
import { type Actor, db, web } from "./actors";

/** The marks by which a row's frame is recognized wherever it arrives. */
export interface Mark {
  /** Six bytes that no other row has. */
  readonly text: string;
  /** A number from 20,000 that no other row has: its source port, its packet's identification. */
  readonly port: number;
}

export const markOf = (row: number): Mark => ({ text: `<${String(row).padStart(4, "0")}>`, port: 20_000 + row });

/** The fields of a frame besides those of its kind. Default: an honest frame from web to db. */
type But<F> = Partial<F>;

/** Source and target of a packet between two honest endpoints. */
export const way = (from: Actor = web, to: Actor = db) => ({ from: from.mac, to: to.mac, sourceIp: from.ip, targetIp: to.ip });
export const way6 = (from: Actor = web, to: Actor = db) => ({ from: from.mac, to: to.mac, sourceIp: from.ip6, targetIp: to.ip6 });
/** By link-local addresses. */
export const wayLink = (from: Actor = web, to: Actor = db) => ({
  from: from.mac,
  to: to.mac,
  sourceIp: from.linkLocal,
  targetIp: to.linkLocal,
});

type UdpFields = Parameters<typeof frames.udp>[0];

export const udp = ({ text, port }: Mark, but: But<UdpFields> = {}): Buffer =>
  frames.udp({ ...way(), sourcePort: port, targetPort: 514, payload: text, identification: port, ...but });

export const udp6 = ({ text, port }: Mark, but: But<UdpFields> = {}): Buffer =>
  frames.udp({ ...way6(), sourcePort: port, targetPort: 514, payload: text, ...but });

export const tcp = ({ text, port }: Mark, but: But<Parameters<typeof frames.tcp>[0]> = {}): Buffer =>
  frames.tcp({ ...way(), sourcePort: port, targetPort: 80, flags: ["syn"], payload: text, identification: port, ...but });

export const ping = ({ text, port }: Mark, but: But<Parameters<typeof frames.echo>[0]> = {}): Buffer =>
  frames.echo({ ...way(), kind: "request", id: port, sequence: 1, payload: text, identification: port, ...but });

/** A packet of any protocol. */
export const ip = (
  { text, port }: Mark,
  protocol: number,
  but: But<Parameters<typeof frames.ip>[0]> = {},
  before: Buffer = Buffer.alloc(8),
): Buffer => frames.ip({ ...way(), identification: port, ...but }, protocol, Buffer.concat([before, Buffer.from(text)]));

/** After the end of an ARP message, where a switch pads frames. */
export const arp = ({ text }: Mark, but: But<Parameters<typeof frames.arp>[0]> = {}): Buffer =>
  Buffer.concat([
    frames.arp({
      from: web.mac,
      to: frames.BROADCAST,
      operation: "reply",
      senderMac: web.mac,
      senderIp: web.ip,
      targetIp: db.ip,
      targetMac: db.mac,
      ...but,
    }),
    Buffer.from(text),
  ]);

/** An option of neighbour discovery that nobody knows; receivers skip unknown options. */
const marking = ({ text }: Mark): Buffer => frames.discoveryOption(253, Buffer.from(text));

export const claim = (mark: Mark, but: But<Parameters<typeof frames.neighbourAdvertisement>[0]> = {}): Buffer =>
  frames.neighbourAdvertisement({ ...way6(), claimedIp: web.ip6, claimedMac: web.mac, options: [marking(mark)], ...but });

export const ask = (mark: Mark, but: But<Parameters<typeof frames.neighbourSolicitation>[0]> = {}): Buffer =>
  frames.neighbourSolicitation({ from: web.mac, sourceIp: web.ip6, wantedIp: db.ip6, options: [marking(mark)], ...but });

export const advertise = (
  mark: Mark,
  but: But<Parameters<typeof frames.routerAdvertisement>[0]> & { readonly to?: string; readonly targetIp?: string } = {},
): Buffer =>
  frames.routerAdvertisement({ from: web.mac, sourceIp: web.linkLocal, prefix: "2001:db8:bad::", options: [marking(mark)], ...but });

export const solicit = (mark: Mark, but: But<Parameters<typeof frames.routerSolicitation>[0]> = {}): Buffer =>
  frames.routerSolicitation({ from: web.mac, sourceIp: web.linkLocal, options: [marking(mark)], ...but });

export const redirect6 = (mark: Mark, but: But<Parameters<typeof frames.redirect>[0]> = {}): Buffer =>
  frames.redirect({ ...wayLink(), destinationIp: "fd70::99", viaIp: web.linkLocal, options: [marking(mark)], ...but });

/** A frame of any ethertype. */
export const other = (
  { text }: Mark,
  etherType: number,
  to: string = db.mac,
  from: string = web.mac,
  before: Buffer = Buffer.alloc(40),
): Buffer => frames.ethernet({ from, to }, etherType, Buffer.concat([before, Buffer.from(text)]));

/** 802.3: a length, LLC with these service access points, and anything. */
export const llc = ({ text }: Mark, sap: number, to: string = db.mac, from: string = web.mac): Buffer =>
  frames.llc({ from, to }, { dsap: sap, ssap: sap }, Buffer.concat([Buffer.alloc(40), Buffer.from(text)]));

/** Below SNAP: what another frame carries, with its ethertype or that of an organisation. */
export const snapped = (frame: Buffer, organisation = 0, etherType = frame.readUInt16BE(12)): Buffer =>
  frames.snap(
    { to: macText(frame.subarray(0, 6)), from: macText(frame.subarray(6, 12)) },
    etherType,
    frames.payloadOf(frame),
    organisation,
  );

export const macText = (bytes: Buffer): string => bytes.toString("hex").replace(/..(?=.)/g, "$&:");

/** A frame whose payload begins with other bytes than an honest sender would write. */
export function patched(frame: Buffer, at: number, ...bytes: readonly number[]): Buffer {
  const copy = Buffer.from(frame);
  Buffer.from(bytes).copy(copy, 14 + at);
  return copy;
}

/** The same for the header of an IPv4 packet, with a corrected checksum. */
export function patchedIp(frame: Buffer, at: number, ...bytes: readonly number[]): Buffer {
  const copy = patched(patched(frame, at, ...bytes), 10, 0, 0);
  const length = ((copy[14] ?? 0) & 15) * 4;
  copy.writeUInt16BE(frames.checksum(copy.subarray(14, 14 + length)), 24);
  return copy;
}
