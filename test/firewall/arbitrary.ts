import fc from "fast-check";
import { z } from "zod";
import type { GuestDeclaration } from "../../provider/firewall/compile/guest";
import type { UnitDeclaration } from "../../provider/firewall/compile/unit";
import { DEFAULT_BURST, guestPolicyFields } from "../../provider/firewall/policy/fields";
import { canonicalCidr, parseRate } from "../../provider/firewall/values/spelling";

/** Policies as users may write them: every field, in every spelling that validation accepts. */

const octet = fc.nat(255);
const address4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));
const cidr4 = fc.oneof(
  address4,
  fc.tuple(address4, fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`),
);
const address6 = fc.oneof(
  fc.ipV6(),
  fc.constantFrom("2001:DB8::1", "2001:0db8:0:0:0:0:0:1", "::ffff:192.0.2.1", "::1.2.3.4", "fd00::", "::1"),
);
const cidr6 = fc.oneof(
  address6,
  fc.tuple(address6, fc.integer({ min: 0, max: 128 })).map(([address, prefix]) => `${address}/${prefix}`),
);

/** What rules name. */
export interface Vocabulary {
  readonly cidr4: fc.Arbitrary<string>;
  readonly cidr6: fc.Arbitrary<string>;
  /** Names of a set of each family. */
  readonly sets: readonly [inet: string, inet6: string];
  readonly groups: readonly string[];
  readonly port: fc.Arbitrary<number>;
  readonly icmpType: fc.Arbitrary<string>;
  /** "60/minute" and a burst. */
  readonly limit: fc.Arbitrary<object>;
  readonly maxConnections: fc.Arbitrary<number>;
}

const portsOf = (port: fc.Arbitrary<number>) =>
  fc.array(
    fc.oneof(
      port.map(String),
      port.map((one) => `${one}:${one}`),
      port.map((one) => String(one).padStart(5, "0")),
      fc.tuple(port, port, fc.constantFrom(":", "-")).map(([a, b, to]) => `${Math.min(a, b)}${to}${Math.max(a, b)}`),
      fc.constant("0:65535"),
    ),
    { minLength: 1, maxLength: 20 },
  );

const PROTOCOLS_WITH_PORTS = ["tcp", "TCP", "6", "udp", "Udp", "17", "sctp", "132", "dccp", "33", "udplite", "136"];
const other = fc.record({
  protocol: fc.oneof(
    octet.filter((number) => number !== 1 && number !== 58).map(String),
    fc.constantFrom("any", "all", "ALL", "0", "gre", "GRE", "esp", "ah", "ipencap", "vrrp", "ospf", "igmp", "ipv6"),
  ),
});

const peers = (...kinds: fc.Arbitrary<string>[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(...kinds), { minLength: 17, maxLength: 24 }) },
  );

const rateUnit = fc.constantFrom("s", "sec", "second", "m", "min", "minute", "h", "hour", "d", "day", "Minutes");
const limit = fc
  .record(
    {
      rate: fc.tuple(fc.integer({ min: 1, max: 10000 }), rateUnit).map(([events, unit]) => `${events}/${unit}`),
      burst: fc.integer({ min: 1, max: 10000 }),
    },
    { requiredKeys: ["rate"] },
  )
  .filter(({ rate, burst = DEFAULT_BURST }) => {
    const { events, seconds } = parseRate(rate)!;
    return (seconds / events) * burst <= 86400;
  });

/** Words for the whole of what validation takes. */
const EVERYTHING: Vocabulary = {
  cidr4,
  cidr6,
  sets: ["foreign4", "foreign6"],
  groups: ["peers", "nobody"],
  port: fc.nat(65535),
  icmpType: fc.oneof(
    fc.nat(254).map(String),
    fc.tuple(fc.nat(254), octet).map(([type, code]) => `${type}/${code}`),
    fc.constantFrom("8", "08", "3/04", "254/255"),
  ),
  limit,
  maxConnections: fc.integer({ min: 1, max: 65535 }),
};

type Fields = Record<string, unknown>;
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/);

/** Rules of one list, unvalidated: what a user's program would hand over. `field` is where peers go. */
export function ruleList(field: "from" | "to", maxLength: number, words: Vocabulary = EVERYTHING): fc.Arbitrary<Fields[]> {
  const common = {
    action: fc.constantFrom("allow", "drop", "reject"),
    states: fc.uniqueArray(fc.constantFrom("new", "established", "related", "invalid", "untracked"), { minLength: 1 }),
    limit: words.limit,
    maxConnections: words.maxConnections,
    log: fc.boolean(),
    description: fc.string({ maxLength: 40 }),
  };
  const [set4, set6] = words.sets;
  const groups = words.groups.map((group) => `group:${group}`);
  const both = peers(words.cidr4, words.cidr6, fc.constantFrom(`set:${set4}`, `set6:${set6}`, ...groups));
  const only4 = peers(words.cidr4, fc.constantFrom(`set:${set4}`, ...groups));
  const only6 = peers(words.cidr6, fc.constantFrom(`set6:${set6}`, ...groups));
  const withPorts = fc.record(
    { protocol: fc.constantFrom(...PROTOCOLS_WITH_PORTS), ports: portsOf(words.port) },
    { requiredKeys: ["protocol"] },
  );
  const icmp = (...names: string[]) =>
    fc.record({ protocol: fc.constantFrom(...names), icmpType: words.icmpType }, { requiredKeys: ["protocol"] });
  const of = (match: fc.Arbitrary<Fields>, list: fc.Arbitrary<string[]>) =>
    fc.tuple(match, fc.option(list, { nil: undefined })).map(([one, whom]) => ({ ...one, list: whom }));
  // ICMP is of one family. A peer of the other is refused, so the generator has none.
  const matching: fc.Arbitrary<Fields> = fc.oneof(
    of(withPorts, both),
    of(icmp("icmp", "ICMP", "1"), only4),
    of(icmp("icmpv6", "ipv6-icmp", "58"), only6),
    of(other, both),
  );
  const rule = fc.tuple(name, matching, fc.record(common, { requiredKeys: [] })).map(([ruleName, { list, ...match }, rest]) => {
    const kept = { ...rest, ...match };
    return { name: ruleName, ...kept, ...(list === undefined ? {} : { [field]: list }) };
  });
  return fc.uniqueArray(rule, { selector: (one) => one.name, minLength: 0, maxLength });
}

const etherType = fc
  .integer({ min: 0x0601, max: 0xffff })
  .filter((type) => ![0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300].includes(type))
  .map((type) => `0x${type.toString(16).padStart(4, "0")}`);
const mac = fc
  .tuple(fc.nat(127), octet, octet, octet, octet, octet)
  .map(([first, ...rest]) => [first * 2, ...rest].map((part) => part.toString(16)).join(":"));

const accepted = (fields: Fields) =>
  guestPolicyFields.interfaces.safeParse([{ device: 0, mac: "02:00:00:00:00:01", antiSpoofing: "off", ...fields }]).success;
const ownAddress = fc
  .oneof(
    address4,
    address6,
    address4.map((one) => `${one}/32`),
    address6.map((one) => `${one}/128`),
  )
  .filter((one) => accepted({ addresses: [one] }));
const ownRange = fc
  .oneof(cidr4, cidr6)
  .map(canonicalCidr)
  .filter((one) => !one.endsWith("/0") && accepted({ addressRanges: [one] }));

const nic = (device: number) =>
  fc.record(
    {
      device: fc.constant(device),
      mac,
      addresses: fc.array(ownAddress, { minLength: 1, maxLength: 4 }),
      addressRanges: fc.array(ownRange, { maxLength: 2 }),
      antiSpoofing: fc.constantFrom("strict", "mac", "off"),
      dhcp: fc.boolean(),
      dhcpServer: fc.boolean(),
      routerAdvertisements: fc.boolean(),
      etherTypes: fc.uniqueArray(fc.oneof(etherType, fc.constantFrom("0x8863", "0x8864", "0x8035", "0x88CC")), { maxLength: 4 }),
      vlans: fc.uniqueArray(fc.integer({ min: 1, max: 4094 }), { maxLength: 3 }),
    },
    { requiredKeys: ["device", "mac", "addresses"] },
  );

export const policySchema = z.object(guestPolicyFields);

/** A guest with its policy, parsed as the resource would have it. */
export function guest(index: number, rules: number): fc.Arbitrary<GuestDeclaration> {
  return fc
    .record(
      {
        interfaces: fc.oneof(fc.tuple(nic(0)), fc.tuple(nic(0), nic(1))),
        ingress: ruleList("from", rules),
        egress: ruleList("to", rules),
        egressDefault: fc.constantFrom("allow", "drop"),
        enforce: fc.constantFrom("enforce", "observe"),
        inGroup: fc.boolean(),
      },
      { requiredKeys: ["interfaces"] },
    )
    .map(({ inGroup, ...fields }) => ({
      ...policySchema.parse(fields),
      label: `guest-${index}`,
      uuid: `6c1a0000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
      groups: inGroup ? ["peers"] : [],
    }));
}

/** A resource's worth of guests. Rules refer to the sets "foreign4" and "foreign6" and to the groups "peers" and "nobody". */
export function unit(guests: number, rules: number): fc.Arbitrary<UnitDeclaration> {
  return fc
    .record({
      guests: fc.tuple(...Array.from({ length: guests }, (_, index) => guest(index, rules))),
      group: fc.record({
        ingress: ruleList("from", 3),
        egress: ruleList("to", 3),
        members: fc.array(fc.oneof(cidr4, cidr6), { maxLength: 4 }),
      }),
      groupPeers: fc.constantFrom("set" as const, "inline" as const),
    })
    .map(({ guests: declared, group, groupPeers }) => {
      const { ingress, egress } = policySchema.pick({ ingress: true, egress: true }).parse(group);
      return {
        id: "policy/generated",
        guests: declared,
        groups: new Map([
          ["peers", { ingress, egress, members: group.members }],
          ["nobody", { ingress: [], egress: [], members: [] }],
        ]),
        groupPeers,
      };
    });
}
