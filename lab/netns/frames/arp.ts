import { addressBytes, fitted, macBytes, uint16 } from "./bytes";
import { BROADCAST, ETHERTYPE, type Ethernet, ethernet } from "./ethernet";

export interface Arp extends Ethernet {
  readonly operation: "request" | "reply" | number;
  readonly senderMac: string;
  readonly senderIp: string;
  /** Default: zeros. */
  readonly targetMac?: string;
  readonly targetIp: string;
  /** Default 1, Ethernet. */
  readonly hardwareType?: number;
  /** Default 0x0800, IPv4. */
  readonly protocolType?: number;
  /** The lengths of the addresses according to the packet. The addresses are cut, or filled with zeros, to that length. Default: 6 and 4. */
  readonly hardwareLength?: number;
  readonly protocolLength?: number;
}

export function arp(fields: Arp): Buffer {
  return ethernet(fields, ETHERTYPE.arp, addressQuestion(fields));
}

function addressQuestion(fields: Omit<Arp, keyof Ethernet>): Buffer {
  const { operation, hardwareType = 1, protocolType = ETHERTYPE.ipv4, hardwareLength = 6, protocolLength = 4 } = fields;
  const code = typeof operation === "number" ? operation : operation === "request" ? 1 : 2;
  return Buffer.concat([
    uint16(hardwareType),
    uint16(protocolType),
    Buffer.from([hardwareLength, protocolLength]),
    uint16(code),
    fitted(macBytes(fields.senderMac), hardwareLength),
    fitted(addressBytes(fields.senderIp), protocolLength),
    fitted(macBytes(fields.targetMac ?? "00:00:00:00:00:00"), hardwareLength),
    fitted(addressBytes(fields.targetIp), protocolLength),
  ]);
}

/** "I am here", to everybody: a request for the sender's own address, or an answer that nobody asked for. */
export function gratuitousArp(mac: string, ip: string, operation: "request" | "reply" = "request"): Buffer {
  const targetMac = operation === "reply" ? BROADCAST : undefined;
  return arp({ from: mac, to: BROADCAST, operation, senderMac: mac, senderIp: ip, targetMac, targetIp: ip });
}

/** What QEMU sends to everybody for a guest that has just migrated: a reverse ARP request, padded to the shortest frame of a real wire. */
export function qemuAnnouncement(mac: string): Buffer {
  const none = "0.0.0.0";
  const question = addressQuestion({ operation: 3, senderMac: mac, senderIp: none, targetMac: mac, targetIp: none });
  return ethernet({ from: mac, to: BROADCAST }, ETHERTYPE.rarp, fitted(question, 46));
}
