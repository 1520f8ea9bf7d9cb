import * as fc from "fast-check";
import { frames } from "../../lab/netns";

const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("hex").match(/../g)!.join(":"));
const ipv4 = fc.ipV4();
const port = fc.integer({ min: 1, max: 65535 });

describe("frames", () => {
  it("gives an ARP request byte for byte", () => {
    const frame = frames.arp({
      from: "02:00:00:00:00:01",
      to: frames.BROADCAST,
      operation: "request",
      senderMac: "02:00:00:00:00:01",
      senderIp: "10.0.0.1",
      targetIp: "10.0.0.2",
    });
    expect(frame.toString("hex")).toBe(
      "ffffffffffff020000000001" + "0806" + "0001080006040001" + "0200000000010a000001" + "0000000000000a000002",
    );
  });

  it.each([
    // RFC 1071, section 3.
    ["0001f203f4f5f6f7", 0x220d],
    ["00", 0xffff],
    ["ffff", 0x0000],
    ["4500003c1c4640004006" + "0000" + "ac100a63ac100a0c", 0xb1e6],
  ])("sums %s to %i", (hex, sum) => {
    expect(frames.checksum(Buffer.from(hex, "hex"))).toBe(sum);
  });

  it("makes UDP packets whose headers and datagrams add up, whatever their length", () => {
    fc.assert(
      fc.property(
        mac,
        mac,
        ipv4,
        ipv4,
        port,
        port,
        fc.uint8Array({ maxLength: 300 }),
        (from, to, sourceIp, targetIp, sourcePort, targetPort, data) => {
          const frame = frames.udp({ from, to, sourceIp, targetIp, sourcePort, targetPort, payload: Buffer.from(data) });
          const header = frame.subarray(14, 34);
          const datagram = frame.subarray(34);
          expect(frames.checksum(header)).toBe(0);
          expect(header.readUInt16BE(2)).toBe(frame.length - 14);
          const pseudo = Buffer.from([0, 17, datagram.length >> 8, datagram.length & 255]);
          expect(frames.checksum(Buffer.concat([header.subarray(12, 20), pseudo, datagram]))).toBe(0);
        },
      ),
    );
  });

  it("makes ICMPv6 messages that add up", () => {
    const frame = frames.routerAdvertisement({ from: "02:00:00:00:00:01", sourceIp: "fe80::1", prefix: "2001:db8:bad::" });
    const message = frame.subarray(54);
    const pseudo = Buffer.alloc(8);
    pseudo.writeUInt32BE(message.length, 0);
    pseudo[7] = 58;
    expect(frames.checksum(Buffer.concat([frame.subarray(22, 54), pseudo, message]))).toBe(0);
    expect(frame[21]).toBe(255);
  });

  it("reads back the DHCP it wrote", () => {
    const kind = fc.constantFrom<frames.DhcpKind>("discover", "offer", "request", "ack");
    fc.assert(
      fc.property(kind, mac, fc.nat(0xffffffff), ipv4, ipv4, (each, clientMac, transaction, address, serverIp) => {
        const read = frames.readDhcp(frames.dhcp({ kind: each, from: clientMac, clientMac, transaction, address, serverIp }));
        const offered = each === "offer" || each === "ack" ? address : "0.0.0.0";
        expect(read).toEqual({ kind: each, clientMac, transaction, address: offered, serverIp });
      }),
    );
  });

  it("finds no DHCP in other frames", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(frames.readDhcp(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});
