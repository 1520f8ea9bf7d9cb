import fc from "fast-check";
import { hostPolicyInputs } from "../../provider/resources/host-policy/fields";
import { ruleList, type Vocabulary } from "../firewall/arbitrary";
import { GUESTS, SETS, v4, v6 } from "./places";

/** Policies of the corpus: every field, with addresses and ports so few that rules of one guest are often about another. */

const GROUPS = ["peers", "others", "nobody"];

const octet = fc.integer({ min: 0, max: 130 });
const near4 = octet.map((one) => v4(one));
const near6 = octet.map((one) => v6(one));
const cidr4 = fc.oneof(
  { weight: 4, arbitrary: near4 },
  { weight: 4, arbitrary: fc.tuple(near4, fc.integer({ min: 24, max: 32 })).map(([one, prefix]) => `${one}/${prefix}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "203.0.113.0/25", "198.51.100.7", "224.0.0.0/4", "10.0.0.0/8"),
  },
);
const cidr6 = fc.oneof(
  { weight: 4, arbitrary: near6 },
  { weight: 4, arbitrary: fc.tuple(near6, fc.integer({ min: 120, max: 128 })).map(([one, prefix]) => `${one}/${prefix}`) },
  { weight: 2, arbitrary: fc.constantFrom("::/0", "8000::/1", "fe80::/10", "2001:db8::/33", "ff00::/8", "2001:db8:8000::7") },
);

/** DHCP's ports are among them, because csp has something to say about these as well. */
const PORTS = [0, 1, 22, 53, 67, 68, 80, 443, 546, 547, 1023, 1024, 8080, 65534, 65535];

const words: Vocabulary = {
  cidr4,
  cidr6,
  sets: Object.keys(SETS) as [string, string],
  groups: GROUPS,
  port: fc.constantFrom(...PORTS),
  icmpType: fc.constantFrom(
    "0",
    "3",
    "3/3",
    "3/4",
    "5",
    "8",
    "8/0",
    "11/0",
    "13",
    "128",
    "129/0",
    "1",
    "2",
    "130",
    "134",
    "135",
    "136/0",
    "143",
  ),
  // So high that the corpus stays below: which packet is the first above a limit is a matter of time.
  limit: fc.constant({ rate: "10000/second", burst: 10_000 }),
  maxConnections: fc.constant(65_535),
};

const card = ({ mac, block }: { readonly mac: string; readonly block: number }, device: number) => {
  const index = fc.integer({ min: 0, max: 11 });
  const addresses = fc
    .tuple(fc.uniqueArray(index, { minLength: 1, maxLength: 3 }), fc.uniqueArray(index, { maxLength: 3 }))
    .map(([four, six]) => [...four.map((one) => v4(block, one)), ...six.map((one) => v6(block, one))]);
  return fc.record(
    {
      device: fc.constant(device),
      mac: fc.constant(mac),
      addresses,
      addressRanges: fc.subarray([`${v4(block, 12)}/30`, `${v6(block, 12)}/126`]),
      antiSpoofing: fc.oneof({ weight: 3, arbitrary: fc.constant("strict") }, { weight: 2, arbitrary: fc.constantFrom("mac", "off") }),
      dhcp: fc.boolean(),
      dhcpServer: fc.boolean(),
      routerAdvertisements: fc.boolean(),
      etherTypes: fc.subarray(["0x88b5", "0x8863", "0x8035"]),
      vlans: fc.subarray([5, 7]),
    },
    { requiredKeys: ["device", "mac", "addresses"] },
  );
};

const rules = (most: number) => ({ ingress: ruleList("from", most, words), egress: ruleList("to", most, words) });

const guest = ({ uuid, cards }: (typeof GUESTS)[keyof typeof GUESTS]) =>
  fc
    .record(
      {
        uuid: fc.constant(uuid),
        interfaces: fc.tuple(...cards.map(card)),
        groups: fc.subarray(GROUPS),
        ...rules(6),
        egressDefault: fc.constantFrom("allow", "drop"),
        enforce: fc.oneof({ weight: 4, arbitrary: fc.constant("enforce") }, { weight: 1, arbitrary: fc.constant("observe") }),
        ipv6: fc.oneof({ weight: 6, arbitrary: fc.constant("filter") }, { weight: 1, arbitrary: fc.constant("drop") }),
      },
      { requiredKeys: ["uuid", "interfaces"] },
    )
    .map((fields) => (fields.ipv6 === "drop" ? { ...fields, interfaces: fields.interfaces.map(withoutIpv6) } : fields));

/** What a guest without IPv6 may declare. */
const withoutIpv6 = (nic: { readonly addresses: readonly string[]; readonly addressRanges?: readonly string[] }) => ({
  ...nic,
  addresses: nic.addresses.filter((address) => !address.includes(":")),
  addressRanges: (nic.addressRanges ?? []).filter((range) => !range.includes(":")),
});

const group = fc.record({ ...rules(3), members: fc.array(fc.oneof(cidr4, cidr6), { maxLength: 4 }) }, { requiredKeys: [] });

export type Policy = ReturnType<typeof hostPolicyInputs.parse>;

/** The inputs of a HostPolicy with all its guests, parsed. */
export const policy: fc.Arbitrary<Policy> = fc
  .record({
    groups: fc.record({ peers: group, others: group, nobody: fc.constant({}) }),
    guests: fc.record({ a: guest(GUESTS.a), b: guest(GUESTS.b), c: guest(GUESTS.c) }),
  })
  .map((fields) => hostPolicyInputs.parse({ host: "hv-01", name: "corpus", ...fields }));
