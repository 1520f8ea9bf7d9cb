/** The beginning of every frame, and its tags. */
import * as ipaddr from "ipaddr.js";
import { addressBytes, macBytes, macText, uint16 } from "./bytes";

export const BROADCAST = "ff:ff:ff:ff:ff:ff";

export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  vlan: 0x8100,
  ipv6: 0x86dd,
  flowControl: 0x8808,
  slow: 0x8809,
  mpls: 0x8847,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  provider: 0x88a8,
  lldp: 0x88cc,
} as const;

export interface Ethernet {
  readonly from: string;
  readonly to: string;
}

export function ethernet(link: Ethernet, etherType: number, payload: Buffer): Buffer {
  return Buffer.concat([macBytes(link.to), macBytes(link.from), uint16(etherType), payload]);
}

/** What an untagged frame carries: the packet, to be put into something else. */
export const payloadOf = (frame: Buffer): Buffer => frame.subarray(14);

export interface Tag {
  /** The type that says "a tag follows". Default 0x8100; 0x88a8 is a provider's, 0x9100 an old one of the same kind. */
  readonly tpid?: number;
  /** 0 to 7. Default 0. */
  readonly priority?: number;
  /** Drop eligible. Default false. */
  readonly dropEligible?: boolean;
}

/** Puts a VLAN tag into a frame, outside of those that it has. VLAN 0 is a priority tag. */
export function tagged(frame: Buffer, vlan: number, { tpid = ETHERTYPE.vlan, priority = 0, dropEligible = false }: Tag = {}): Buffer {
  const control = (priority << 13) | (dropEligible ? 1 << 12 : 0) | vlan;
  return Buffer.concat([frame.subarray(0, 12), uint16(tpid), uint16(control), frame.subarray(12)]);
}

export interface Llc {
  readonly dsap: number;
  readonly ssap: number;
  /** Default 3: an unnumbered information frame. */
  readonly control?: number;
}

/** An 802.3 frame: a length where others have their type, then LLC. */
export function llc(link: Ethernet, { dsap, ssap, control = 3 }: Llc, payload: Buffer): Buffer {
  return ethernet(link, 3 + payload.length, Buffer.concat([Buffer.from([dsap, ssap, control]), payload]));
}

/** The same with SNAP: a type of some organisation's, 0 being Ethernet's own types. */
export function snap(link: Ethernet, etherType: number, payload: Buffer, organisation = 0): Buffer {
  const head = Buffer.from([organisation >> 16, (organisation >> 8) & 255, organisation & 255]);
  return llc(link, { dsap: 0xaa, ssap: 0xaa }, Buffer.concat([head, uint16(etherType), payload]));
}

/** The MAC that frames to an IP multicast group go to. */
export function multicastMac(group: string): string {
  const bytes = addressBytes(group);
  if (ipaddr.parse(group).kind() === "ipv6") {
    return macText(Buffer.concat([Buffer.from([0x33, 0x33]), bytes.subarray(12)]));
  }
  return macText(Buffer.from([1, 0, 0x5e, (bytes[1] ?? 0) & 127, bytes[2] ?? 0, bytes[3] ?? 0]));
}
