/** What switches send to each other, to addresses that no bridge forwards. */
import { fitted, macBytes, uint16, uint32 } from "./bytes";
import { ETHERTYPE, ethernet, llc } from "./ethernet";

/** 01:80:c2:00:00:0x. */
export const linkLocalMac = (last: number): string => `01:80:c2:00:00:${last.toString(16).padStart(2, "0")}`;

const SPANNING_TREE = { dsap: 0x42, ssap: 0x42 };

export interface Bpdu {
  readonly from: string;
  /** Default 01:80:c2:00:00:00. */
  readonly to?: string;
  /** The bridge that is said to be the root: its priority (a multiple of 4096; the lowest wins) and MAC. */
  readonly root: { readonly priority: number; readonly mac: string };
  /** Who says so. Default: the root itself. */
  readonly bridge?: { readonly priority: number; readonly mac: string };
  /** From the bridge to the root. Default 0. */
  readonly cost?: number;
  /** Default 0x8001. */
  readonly port?: number;
  readonly topologyChange?: boolean;
}

/** A spanning tree's configuration message (802.1D-1998), with the usual times. */
export function bpdu(fields: Bpdu): Buffer {
  const { root, bridge = root, cost = 0, port = 0x8001, topologyChange = false } = fields;
  // In 1/256 seconds: age, longest age, hello time, forward delay.
  const times = [0, 20, 2, 15].map((seconds) => uint16(seconds * 256));
  const message = Buffer.concat([
    Buffer.from([0, 0, 0, 0, topologyChange ? 1 : 0]),
    uint16(root.priority),
    macBytes(root.mac),
    uint32(cost),
    uint16(bridge.priority),
    macBytes(bridge.mac),
    uint16(port),
    ...times,
  ]);
  return llc({ from: fields.from, to: fields.to ?? linkLocalMac(0) }, SPANNING_TREE, message);
}

/** "The topology has changed", towards the root: receivers forget what they learned. */
export function topologyChange(from: string, to = linkLocalMac(0)): Buffer {
  return llc({ from, to }, SPANNING_TREE, Buffer.from([0, 0, 0, 0x80]));
}

export interface Lldp {
  readonly from: string;
  /** Default 01:80:c2:00:00:0e; :03 and :00 are used as well. */
  readonly to?: string;
  /** The sender's port. */
  readonly port: string;
  readonly system: string;
}

export function lldp(fields: Lldp): Buffer {
  const part = (type: number, value: Buffer): Buffer => Buffer.concat([uint16((type << 9) | value.length), value]);
  const parts = [
    part(1, Buffer.concat([Buffer.from([4]), macBytes(fields.from)])),
    part(2, Buffer.concat([Buffer.from([5]), Buffer.from(fields.port)])),
    part(3, uint16(120)),
    part(5, Buffer.from(fields.system)),
    part(0, Buffer.alloc(0)),
  ];
  return ethernet({ from: fields.from, to: fields.to ?? linkLocalMac(0x0e) }, ETHERTYPE.lldp, Buffer.concat(parts));
}

/** "Let us bundle our links": the first message of somebody who knows no partner yet (802.3ad, version 1). */
export function lacp(from: string, to = linkLocalMac(2)): Buffer {
  // Active, short timeout, aggregatable, with defaults for the partner.
  const actor = Buffer.concat([Buffer.from([1, 20]), party(from, 0x47), Buffer.alloc(3)]);
  const partner = Buffer.concat([Buffer.from([2, 20]), party("00:00:00:00:00:00", 0), Buffer.alloc(3)]);
  const collector = Buffer.concat([Buffer.from([3, 16]), Buffer.alloc(14)]);
  const message = Buffer.concat([Buffer.from([1, 1]), actor, partner, collector]);
  return ethernet({ from, to }, ETHERTYPE.slow, fitted(message, 110));
}

/** System priority and MAC, key, port priority and number, state. */
function party(mac: string, state: number): Buffer {
  return Buffer.concat([uint16(0xffff), macBytes(mac), uint16(1), uint16(0xff), uint16(1), Buffer.from([state])]);
}

/** "Send nothing for so long", in units of 512 bit times. */
export function pause(from: string, time = 0xffff, to = linkLocalMac(1)): Buffer {
  return ethernet({ from, to }, ETHERTYPE.flowControl, fitted(Buffer.concat([uint16(1), uint16(time)]), 46));
}
