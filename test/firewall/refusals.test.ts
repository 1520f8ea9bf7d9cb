import fc from "fast-check";
import { validate } from "../../provider/core/validate";
import { guestFirewall } from "../../provider/resources/guest-firewall";
import { hostPolicy } from "../../provider/resources/host-policy";
import { ipSet } from "../../provider/resources/ip-set";
import { formatPath } from "../../provider/schema/field";
import { unit } from "./arbitrary";

/** csp refuses what kernels and tools were found to refuse or to misunderstand, before it reaches them. */
const vif = { device: 0, mac: "02:00:00:00:00:01", addresses: ["10.0.0.5"] };
const guest = (rule: object, nic: object = {}) => ({
  host: "hv-01",
  guest: { uuid: "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e" },
  interfaces: [{ ...vif, ...nic }],
  ingress: [{ name: "r", ...rule }],
});

type Definition = Parameters<typeof validate>[0];
const refusals = (definition: Definition, inputs: object) =>
  validate(definition, inputs).map(({ path, cause, remedy }) => [formatPath(path), cause, remedy]);

describe("a rule is refused", () => {
  test.each<[string, object, string, RegExp, RegExp]>([
    [
      "with the default burst at one a day",
      { limit: { rate: "1/day" } },
      "ingress[0].limit.burst",
      /a burst of 5 at "1\/day" takes more than a day to refill/,
      /at most 1\b/,
    ],
    ["with more than a day's worth", { limit: { rate: "1/hour", burst: 25 } }, "ingress[0].limit.burst", /a burst of 25/, /at most 24\b/],
    ["for ICMP type 255, which is any", { protocol: "icmp", icmpType: "255" }, "ingress[0].icmpType", /any type/, /leave `icmpType` out/],
    ["for ICMP type 255 with a code", { protocol: "icmp", icmpType: "255/0" }, "ingress[0].icmpType", /any type/, /leave `icmpType` out/],
    ["for a protocol whose name means two", { protocol: "ipip" }, "ingress[0].protocol", /"ipip" is not a protocol/, /number/],
  ])("%s", (_, rule, path, cause, remedy) => {
    expect(refusals(guestFirewall, guest(rule))).toEqual([[path, expect.stringMatching(cause), expect.stringMatching(remedy)]]);
  });

  test.each([{ rate: "1/day", burst: 1 }, { rate: "5/day" }, { rate: "1/hour", burst: 24 }, { rate: "1/minute", burst: 1440 }])(
    "%j is not",
    (limit) => {
      expect(refusals(guestFirewall, guest({ limit }))).toEqual([]);
    },
  );
});

test.each(["0x0800", "0x86DD", "0x0806", "0x0600", "0x0001"])(
  "ethertype %s is refused: all of IP would pass unchecked, or it is a length",
  (type) => {
    expect(refusals(guestFirewall, guest({}, { etherTypes: [type] }))).toEqual([
      [
        "interfaces[0].etherTypes[0]",
        expect.stringContaining(`"${type}" is not an ethertype that can be let through`),
        expect.stringContaining("leave it out"),
      ],
    ]);
  },
);

describe("a member of a set is refused", () => {
  test.each([
    ["10.0.0.5,dccp:5", /only tcp, udp, sctp and udplite/, /"dccp:0"/],
    ["10.0.0.5,gre:1", /only tcp, udp, sctp and udplite/, /"gre:0"/],
    ["10.0.0.5,icmp:8", /not an ICMP type and code/, /"icmp:8\/0"/],
    ["10.0.0.5,icmp:256/0", /not an ICMP type and code/, /numbers/],
    ["10.0.0.5,tcp:80/1", /is not a port/, /tcp:443/],
  ])("%s", (member, cause, remedy) => {
    expect(refusals(ipSet, { host: "hv-01", name: "s", type: "hash:ip,port", members: [member] })).toEqual([
      ["members[0]", expect.stringMatching(cause), expect.stringMatching(remedy)],
    ]);
  });

  test.each(["10.0.0.5,gre:0", "10.0.0.5,47:0", "10.0.0.5,icmp:8/0", "10.0.0.5,132:9"])("%s is not", (member) => {
    expect(refusals(ipSet, { host: "hv-01", name: "s", type: "hash:ip,port", members: [member] })).toEqual([]);
  });
});

test("the generated policies, which every kernel accepts, are accepted", () => {
  fc.assert(
    fc.property(unit(2, 8), ({ groups, guests }) => {
      const inputs = {
        host: "hv-01",
        groups: Object.fromEntries(groups),
        guests: Object.fromEntries(guests.map(({ label, ...one }) => [label, one])),
      };
      // Two guests that share an address or a MAC are checked on the host, not by the compiler.
      expect(refusals(hostPolicy, inputs).filter(([, cause]) => !/is declared twice|^the range .* covers/.test(String(cause)))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
