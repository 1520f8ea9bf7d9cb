import { isIP } from "node:net";
import fc from "fast-check";
import { canonicalMember } from "../../provider/firewall/values/member-spelling";
import { ETHERTYPE_NUMBERS, PROTOCOL_NUMBERS } from "../../provider/firewall/values/numbers";
import {
  canonicalCidr,
  canonicalIcmpType,
  canonicalMac,
  canonicalPorts,
  canonicalProtocol,
  canonicalRate,
  parseCidr,
  parsePorts,
  parseRate,
  protocolNumber,
} from "../../provider/firewall/values/spelling";

describe("addresses", () => {
  test.each([
    ["10.0.0.5", "10.0.0.5"],
    ["10.0.0.5/32", "10.0.0.5"],
    ["10.0.0.5/24", "10.0.0.0/24"],
    ["255.255.255.255/1", "128.0.0.0/1"],
    ["1.2.3.4/0", "0.0.0.0/0"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["2001:db8::1/128", "2001:db8::1"],
    ["2001:db8:ffff::1/33", "2001:db8:8000::/33"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::FFFF:C000:201", "::ffff:192.0.2.1"],
    ["::1.2.3.4", "::102:304"],
    ["::0.180.121.234", "::b4:79ea"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    ["::/0", "::/0"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalCidr(text)).toBe(canonical);
    expect(canonicalCidr(canonical)).toBe(canonical);
  });

  test.each([
    "",
    "10",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1.",
    "0x7f.1",
    "10.0.0.1/33",
    "10.0.0.1/",
    "10.0.0.1/-1",
    "10.0.0.1/24/24",
    ":::",
    "1::2::3",
    "2001:db8::/129",
    "fe80::1%eth0",
    "::1.2.3",
    "::1.2.3.400",
    "10.0.0.1 ",
    "\n10.0.0.1",
    "example.org",
    "10.0.0.1-10.0.0.5",
  ])("%j is none", (text) => {
    expect(parseCidr(text)).toBeUndefined();
    expect(canonicalCidr(text)).toBe(text);
  });

  test("have one canonical spelling, and only addresses are accepted", () => {
    const literal = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
      fc.string({ maxLength: 45, unit: fc.constantFrom(..."0123456789abcdef:./") }),
    );
    fc.assert(
      fc.property(literal, fc.option(fc.integer({ min: 0, max: 130 }), { nil: undefined }), (address, prefix) => {
        const text = prefix === undefined ? address : `${address}/${prefix}`;
        const canonical = canonicalCidr(text);
        expect(canonicalCidr(canonical)).toBe(canonical);
        const parsed = parseCidr(text);
        if (parsed === undefined) return;
        // Node's own idea of an address, which is the C library's.
        expect(isIP(text.split("/")[0] ?? "")).toBe(parsed.family === "inet" ? 4 : 6);
        expect(isIP(parsed.address)).toBe(parsed.family === "inet" ? 4 : 6);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ["22", "22"],
  ["00022", "22"],
  ["22:22", "22"],
  ["22-23", "22:23"],
  ["0:65535", "0:65535"],
  ["23:22", undefined],
  ["65536", undefined],
  ["1:65536", undefined],
  [":80", undefined],
  ["80:", undefined],
  ["-1", undefined],
  ["ssh", undefined],
  ["22,23", undefined],
])("ports %s are %s", (text, canonical) => {
  expect(parsePorts(text) === undefined ? undefined : canonicalPorts(text)).toBe(canonical);
});

test.each([
  ["02:00:00:00:00:01", "02:00:00:00:00:01"],
  ["2:0:0:0:0:A", "02:00:00:00:00:0a"],
  ["02-16-3E-00-00-01", "02:16:3e:00:00:01"],
  ["02:00:00:00:00", "02:00:00:00:00"],
  ["02:00:00:00:00:001", "02:00:00:00:00:001"],
])("MAC %s is %s", (text, canonical) => {
  expect(canonicalMac(text)).toBe(canonical);
});

describe("protocols", () => {
  test.each([
    ["tcp", 6, "tcp"],
    ["TCP", 6, "tcp"],
    ["6", 6, "tcp"],
    ["006", 6, "tcp"],
    ["any", 0, "any"],
    ["ALL", 0, "any"],
    ["0", 0, "any"],
    ["ipv6-icmp", 58, "icmpv6"],
    ["58", 58, "icmpv6"],
    ["ipencap", 4, "4"],
    ["ipv4", 4, "4"],
    ["gre", 47, "47"],
    ["255", 255, "255"],
    ["256", undefined, "256"],
    ["-1", undefined, "-1"],
    ["tcpp", undefined, "tcpp"],
    ["constructor", undefined, "constructor"],
  ])("%s is %s, written %s", (text, number, canonical) => {
    expect(protocolNumber(text)).toBe(number);
    expect(canonicalProtocol(text)).toBe(canonical);
  });

  test('"ipip" is 94 where a tool prints it, and nothing where a user writes it', () => {
    expect([protocolNumber("ipip"), canonicalProtocol("ipip")]).toEqual([undefined, "94"]);
  });

  test("every number has one spelling, and every name of one number the same", () => {
    for (let number = 0; number < 256; number++)
      expect(canonicalProtocol(canonicalProtocol(String(number)))).toBe(canonicalProtocol(String(number)));
    for (const [name, number] of PROTOCOL_NUMBERS) expect(canonicalProtocol(name)).toBe(canonicalProtocol(String(number)));
    expect([...PROTOCOL_NUMBERS.values(), ...ETHERTYPE_NUMBERS.values()].every(Number.isInteger)).toBe(true);
  });
});

describe("rates", () => {
  /** As iptables-save 1.8.9 printed them. */
  test.each([
    ["60/minute", "1/sec"],
    ["1/second", "1/sec"],
    ["3600/hour", "1/sec"],
    ["10/s", "10/sec"],
    ["7/minute", "7/min"],
    ["90/minute", "90/min"],
    ["24/day", "1/hour"],
    ["5/d", "5/day"],
    ["10000/second", "10000/sec"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalRate(text)).toBe(canonical);
  });

  test("settle at once", () => {
    const rate = fc
      .tuple(fc.integer({ min: 1, max: 10000 }), fc.constantFrom("second", "minute", "hour", "day"))
      .map(([events, unit]) => `${events}/${unit}`);
    fc.assert(
      fc.property(rate, (text) => {
        fc.pre(parseRate(text) !== undefined);
        expect(canonicalRate(canonicalRate(text))).toBe(canonicalRate(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each(["0/second", "1/week", "1", "/second", "1.5/second", "-1/second", "1 / second"])("%s is none", (text) => {
    expect(parseRate(text)).toBeUndefined();
  });
});

test.each([
  ["8", "8"],
  ["008", "8"],
  ["3/04", "3/4"],
  ["echo-request", "echo-request"],
])("ICMP type %s is %s", (text, canonical) => {
  expect(canonicalIcmpType(text)).toBe(canonical);
});

describe("members of sets, as users and `ipset save` write them", () => {
  test.each([
    ["10.0.0.0/24", "10.0.0.0/24"],
    ["10.0.0.9/24", "10.0.0.0/24"],
    ["10.0.0.5/32", "10.0.0.5"],
    ["2001:DB8::5/128", "2001:db8::5"],
    ["10.1.2.3/16  nomatch", "10.1.0.0/16 nomatch"],
    ["10.0.0.0/8 timeout 300", "10.0.0.0/8"],
    ['10.0.0.0/8 packets 3 bytes 180 comment "a b"', "10.0.0.0/8"],
    ["10.0.0.5,80", "10.0.0.5,tcp:80"],
    ["10.0.0.5,TCP:0080", "10.0.0.5,tcp:80"],
    ["10.0.0.5,17:53", "10.0.0.5,udp:53"],
    ["10.0.0.5,icmp:echo-request", "10.0.0.5,icmp:8/0"],
    ["10.0.0.5,icmp:08/0", "10.0.0.5,icmp:8/0"],
    ["2001:db8::1,ipv6-icmp:neighbour-solicitation", "2001:db8::1,icmpv6:135/0"],
    ["10.0.0.5,gre:0", "10.0.0.5,47:0"],
    ["10.0.0.5,80,10.1.0.9/16", "10.0.0.5,tcp:80,10.1.0.0/16"],
    ["2001:db8::1,tcp:80,2001:DB8::2", "2001:db8::1,tcp:80,2001:db8::2"],
    ["10.0.0.0/24,eth1", "10.0.0.0/24,eth1"],
    ["1.1.1.1/0,physdev:xenbr0", "0.0.0.0/0,physdev:xenbr0"],
    ["2-A-0-0-0-1", "02:0a:00:00:00:01"],
    ["02:0A:00:00:00:01", "02:0a:00:00:00:01"],
    ["00080", "80"],
    ["blocklist", "blocklist"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalMember(text)).toBe(canonical);
    expect(canonicalMember(canonical)).toBe(canonical);
  });
});
