import fc from "fast-check";
import type { ArpPacket, Packet } from "../../provider/firewall/traffic/packet";
import { canonicalCidr, parseCidr, parsePorts, protocolNumber } from "../../provider/firewall/values/spelling";
import { CARDS, type GuestName, OUTSIDE, PLACES, type Place, SETS, v4, v6 } from "./places";
import type { Policy } from "./policies";

/**
 * Packets near the borders of a policy: from addresses inside and just outside of what its rules name, to ports at the edges of their ranges, in
 * another's name, under tags, in fragments. Most fields of a packet are honest, so that the others decide.
 */

/** What is sent: a packet as its sender makes it, an answer to an earlier one, or an ICMP error about an earlier one. */
export type Sent =
  | ({ readonly is: "packet" } & Made)
  | { readonly is: "answer"; readonly to: number }
  | { readonly is: "error"; readonly about: number; readonly from: Place; readonly type: number; readonly toSender: boolean };

export interface Made {
  readonly from: Place;
  readonly link: Pick<Packet, "sourceMac" | "targetMac" | "etherType" | "vlan">;
  readonly arp?: ArpPacket;
  readonly ip?: MadeIp;
}

export interface MadeIp {
  readonly family: "inet" | "inet6";
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  /** Undefined: one that no other packet has. */
  readonly sourcePort?: number;
  readonly targetPort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly neighbour?: string;
  readonly igmpType?: number;
  /** Undefined: as the message usually has it. */
  readonly hopLimit?: number;
  /** Longer than a message of neighbour discovery is. */
  readonly long?: boolean;
  readonly flags?: "syn" | "ack";
  /** The identifier of an echo. Undefined: one that no other packet has. */
  readonly echo?: number;
  /** It is the other side's answer to a SYN: the number that it acknowledges. */
  readonly answers?: number;
  /** All its fragments, the later one alone, or one that is whole. */
  readonly cut?: "fragments" | "later fragment";
}

const BROADCAST = "ff:ff:ff:ff:ff:ff";
const UNKNOWN_MAC = "02:00:00:80:00:99";
const MACS = [...Object.values(CARDS).map(({ mac }) => mac), UNKNOWN_MAC];
const SPECIAL4 = ["0.0.0.0", "255.255.255.255", "10.80.0.255", "127.0.0.1", "192.0.2.1"];
const SPECIAL6 = ["::", "::1", "fe80::1", "2001:db8::1", ...Object.values(CARDS).map(({ mac }) => linkLocalOf(mac))];
const GROUPS4 = ["224.0.0.1", "224.0.0.13", "224.0.0.106", "239.1.2.3"];
const GROUPS6 = ["ff02::1", "ff02::2", "ff02::d", "ff02::16", "ff05::2"];
/** IPv6 headers that are no protocol, what has other packets here, and what no tool can name. */
const NO_PROTOCOLS: ReadonlySet<number> = new Set([0, 1, 6, 17, 33, 43, 44, 51, 58, 59, 60, 132, 136]);

function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const pair = (high: number, low: number) => ((high << 8) | low).toString(16);
  return canonicalCidr(`fe80::${pair(a ^ 2, b)}:${pair(c, 0xff)}:${pair(0xfe, d)}:${pair(e, f)}`);
}

/** What a policy's rules name, with its neighbours. */
interface Borders {
  readonly inet: readonly string[];
  readonly inet6: readonly string[];
  readonly ports: readonly number[];
  readonly icmp: readonly { readonly type: number; readonly code: number }[];
  readonly protocols: readonly number[];
}

function bordersOf({ groups, guests }: Policy): Borders {
  const lists = [...Object.values(groups), ...Object.values(guests)];
  const rules = lists.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  const named = [
    ...rules.flatMap((rule) => ("from" in rule ? rule.from : "to" in rule ? rule.to : undefined) ?? []),
    ...Object.values(groups).flatMap(({ members }) => members),
    ...Object.values(SETS).flatMap(({ members }) => members.map((member) => member.split(" ")[0] ?? "")),
    ...Object.values(guests).flatMap(({ interfaces }) =>
      interfaces.flatMap(({ addresses, addressRanges }) => [...addresses, ...addressRanges]),
    ),
  ];
  const edges = named.flatMap(edgesOf);
  const ports = rules.flatMap(({ ports = [] }) => ports.flatMap((text) => Object.values(parsePorts(text) ?? {})));
  const types = rules.flatMap(({ icmpType }) => (icmpType === undefined ? [] : [icmpType.split("/").map(Number)]));
  const protocols = rules.map(({ protocol }) => protocolNumber(protocol) ?? 0);
  return {
    inet: [...new Set([...edges.filter((one) => !one.includes(":")), ...SPECIAL4])],
    inet6: [...new Set([...edges.filter((one) => one.includes(":")), ...SPECIAL6])],
    ports: [
      ...new Set([...ports.flatMap((one) => [one - 1, one, one + 1]), 22, 67, 68, 546, 547].filter((one) => one >= 0 && one < 65_536)),
    ],
    icmp: [
      ...types.flatMap(([type = 0, code = 0]) => [
        { type, code },
        { type, code: code + 1 },
        { type: type + 1, code },
      ]),
      ...[0, 5, 8, 13, 128, 129].map((type) => ({ type, code: 0 })),
    ],
    protocols: [...new Set([...protocols, 2, 4, 41, 47, 50, 89, 103, 112, 255].filter((one) => !NO_PROTOCOLS.has(one)))],
  };
}

/** First and last address of a network, and those beside it; of one address its neighbours. */
function edgesOf(text: string): string[] {
  const cidr = parseCidr(text);
  if (cidr === undefined) return [];
  const bits = cidr.family === "inet" ? 32 : 128;
  const first = numberOf(cidr.address);
  const last = first + (1n << BigInt(bits - cidr.prefix)) - 1n;
  return [first - 1n, first, last, last + 1n].filter((one) => one >= 0n && one < 1n << BigInt(bits)).map((one) => textOf(one, bits));
}

function numberOf(address: string): bigint {
  if (!address.includes(":")) return address.split(".").reduce((all, octet) => (all << 8n) | BigInt(octet), 0n);
  const [head = "", tail = ""] = address.split("::");
  const words = (text: string) => text.split(":").filter((word) => word !== "");
  const zeros = new Array<string>(8 - words(head).length - words(tail).length).fill("0");
  const all = address.includes("::") ? [...words(head), ...zeros, ...words(tail)] : words(address);
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

function textOf(value: bigint, bits: number): string {
  const width = bits === 32 ? 8n : 16n;
  const parts = Array.from(
    { length: bits / Number(width) },
    (_, index) => (value >> (BigInt(bits) - width * BigInt(index + 1))) & ((1n << width) - 1n),
  );
  return bits === 32 ? parts.join(".") : canonicalCidr(parts.map((part) => part.toString(16)).join(":"));
}

function declaredAt(place: Place, policy: Policy) {
  const [guest = "", device = "0"] = place.split("/");
  return policy.guests[guest as GuestName]?.interfaces[Number(device)];
}

const vlansOf = (place: Place, policy: Policy): readonly number[] => declaredAt(place, policy)?.vlans ?? [];

/** The addresses that somebody rightly has. */
function ownOf(place: Place, policy: Policy, family: "inet" | "inet6"): readonly string[] {
  const isOf = (address: string) => address.includes(":") === (family === "inet6");
  const { block, mac } = CARDS[place];
  if (place === "idle" || place in OUTSIDE) return [v4(block, 1), v6(block, 1)].filter(isOf);
  const nic = declaredAt(place, policy);
  const declared = [...(nic?.addresses ?? []), ...(nic?.addressRanges ?? []).map((range) => range.split("/")[0] ?? "")].filter(isOf);
  return [...declared, ...(family === "inet6" ? [linkLocalOf(mac)] : declared.length === 0 ? [v4(block, 15)] : [])];
}

/** Mostly undefined: the honest value. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>, honest = 8): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: honest, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const isOutside = (place: Place): boolean => place in OUTSIDE;
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const from = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Place[]>("a", "b", "c", "c/1") },
  { weight: 4, arbitrary: fc.constantFrom<Place[]>("office", "depot") },
  { weight: 1, arbitrary: fc.constant<Place>("idle") },
);

/** Packets that are near this policy's borders. Equal seeds give equal packets. */
export function packetsNear(policy: Policy, count: number): fc.Arbitrary<Sent[]> {
  const near = bordersOf(policy);
  const ends = fc.record({
    from,
    to: fc.constantFrom(...PLACES),
    sourceMac: rarely(fc.constantFrom(...MACS), 14),
    targetMac: rarely(fc.constantFrom(...MACS, BROADCAST), 10),
    vlan: rarely(fc.constantFrom(0, 5, 7), 9),
    trunk: rarely(fc.nat(1), 2),
    pick: fc.tuple(fc.nat(7), fc.nat(7)),
  });
  type Ends = typeof ends extends fc.Arbitrary<infer T> ? T : never;

  const link = ({ from, to, sourceMac, targetMac, vlan, trunk }: Ends, type: number, usual?: string): Made["link"] => {
    const vlans = [...vlansOf(from, policy), ...vlansOf(to, policy)];
    const id = vlan ?? (trunk === undefined || vlans.length === 0 ? undefined : at(vlans, trunk));
    return {
      sourceMac: sourceMac ?? CARDS[from].mac,
      targetMac: targetMac ?? usual ?? CARDS[to].mac,
      ...(id === undefined ? { etherType: type } : { etherType: 0x8100, vlan: { id, encapsulated: type } }),
    };
  };

  const linkTypes = [130, 131, 132, 133, 134, 135, 136, 137, 143, 151];
  const content = (family: "inet" | "inet6") => {
    const addresses = near[family];
    return fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          protocol: fc.constantFrom(6, 6, 17, 17, 17, 132, 136),
          targetPort: fc.constantFrom(...near.ports),
          sourcePort: rarely(fc.constantFrom(...(family === "inet" ? [67, 68] : [546, 547])), 10),
          flags: fc.constantFrom("syn" as const, "syn" as const, "ack" as const),
          cut: rarely(fc.constantFrom("fragments" as const, "later fragment" as const), 12),
        }),
      },
      { weight: 3, arbitrary: fc.record({ protocol: fc.constant(family === "inet" ? 1 : 58), icmp: fc.constantFrom(...near.icmp) }) },
      {
        weight: family === "inet" ? 0 : 4,
        arbitrary: fc.record({
          protocol: fc.constant(58),
          icmp: fc.constantFrom(...linkTypes.map((type) => ({ type, code: 0 }))),
          neighbour: fc.constantFrom(...addresses),
          hopLimit: rarely(fc.constantFrom(1, 64, 254, 255), 10),
          long: rarely(fc.constant(true), 12),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          protocol: fc.oneof(fc.constantFrom(...near.protocols), fc.constantFrom(2, 103)),
          igmpType: fc.constantFrom(0x11, 0x16, 0x22),
        }),
      },
    );
  };

  const ip = (family: "inet" | "inet6"): fc.Arbitrary<Made> =>
    fc
      .record({
        ends,
        content: content(family),
        source: rarely(
          fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom(...near[family]) },
            { weight: 1, arbitrary: fc.constant(family === "inet" ? "0.0.0.0" : "::") },
          ),
          4,
        ),
        target: rarely(fc.constantFrom(...near[family]), 3),
        group: rarely(fc.constantFrom(...(family === "inet" ? GROUPS4 : GROUPS6)), 8),
        elsewhere: fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom(...near[family]), fc.constantFrom(...near[family])),
      })
      .map(({ ends, content, source, target, group, elsewhere }) => {
        const own = (place: Place, pick: number, far: boolean, there: string) =>
          isOutside(place) && far ? there : at(ownOf(place, policy, family), pick);
        const addresses = {
          source: source ?? own(ends.from, ends.pick[0], elsewhere[0], elsewhere[2]),
          target: group ?? target ?? own(ends.to, ends.pick[1], elsewhere[1], elsewhere[3]),
        };
        const { flags, cut, igmpType, ...rest } = content as Partial<MadeIp> & { readonly protocol: number };
        return {
          from: ends.from,
          link: link(ends, family === "inet" ? 0x0800 : 0x86dd, group === undefined ? undefined : multicastMac(group)),
          ip: {
            family,
            ...addresses,
            ...rest,
            ...(rest.protocol === 6 && flags !== undefined ? { flags } : {}),
            ...(rest.protocol === 17 && cut !== undefined ? { cut } : {}),
            ...(rest.protocol === 2 && igmpType !== undefined ? { igmpType } : {}),
          },
        };
      });

  /** What a client and a server say to each other. */
  const dhcp: fc.Arbitrary<Made> = fc
    .record({ ends, v6: fc.boolean(), server: fc.boolean(), lost: rarely(fc.constantFrom(...near.inet)), all: fc.boolean() })
    .map(({ ends, v6: six, server, lost, all }) => {
      const family = six ? ("inet6" as const) : ("inet" as const);
      const [client, serverPort] = six ? [546, 547] : [68, 67];
      const own = at(ownOf(ends.from, policy, family), ends.pick[0]);
      const everybody = six ? "ff02::1:2" : "255.255.255.255";
      return {
        from: ends.from,
        link: link(ends, six ? 0x86dd : 0x0800, all ? (six ? multicastMac(everybody) : BROADCAST) : undefined),
        ip: {
          family,
          source: six || server ? own : (lost ?? "0.0.0.0"),
          target: all ? everybody : at(ownOf(ends.to, policy, family), ends.pick[1]),
          protocol: 17,
          sourcePort: server ? serverPort : client,
          targetPort: server ? client : serverPort,
        },
      };
    });

  const arp: fc.Arbitrary<Made> = fc
    .record({
      ends,
      operation: fc.constantFrom(1, 1, 2, 2, 3, 4),
      reverse: rarely(fc.constant(true)),
      senderMac: rarely(fc.constantFrom(...MACS)),
      sender: rarely(fc.oneof(fc.constantFrom(...near.inet), fc.constant("0.0.0.0")), 3),
      target: rarely(fc.constantFrom(...near.inet), 3),
      gratuitous: rarely(fc.constant(true), 6),
      all: fc.boolean(),
    })
    .map(({ ends, operation, reverse, senderMac, sender, target, gratuitous, all }) => {
      const senderAddress = sender ?? at(ownOf(ends.from, policy, "inet"), ends.pick[0]);
      return {
        from: ends.from,
        link: link(ends, reverse ? 0x8035 : 0x0806, all ? BROADCAST : undefined),
        arp: {
          operation: reverse && operation < 3 ? 3 : operation,
          senderMac: senderMac ?? CARDS[ends.from].mac,
          senderAddress,
          targetMac: CARDS[ends.to].mac,
          targetAddress: gratuitous ? senderAddress : (target ?? at(ownOf(ends.to, policy, "inet"), ends.pick[1])),
        },
      };
    });

  const other: fc.Arbitrary<Made> = fc
    .record({
      ends,
      type: fc.constantFrom(0x88b5, 0x8863, 0x88cc, 0x88a8, 0x0026),
      mac: rarely(fc.constantFrom(BROADCAST, "01:80:c2:00:00:0e"), 2),
    })
    .map(({ ends, type, mac }) => ({ from: ends.from, link: link(ends, type, mac) }));

  const packet = fc.oneof(
    { weight: 10, arbitrary: ip("inet") },
    { weight: 9, arbitrary: ip("inet6") },
    { weight: 2, arbitrary: dhcp },
    { weight: 3, arbitrary: arp },
    { weight: 1, arbitrary: other },
  );
  const sent: fc.Arbitrary<Sent> = fc.oneof(
    { weight: 12, arbitrary: packet.map((made) => ({ is: "packet" as const, ...made })) },
    { weight: 1, arbitrary: fc.nat(count).map((to) => ({ is: "answer" as const, to })) },
    {
      weight: 1,
      arbitrary: fc.record({
        is: fc.constant("error" as const),
        about: fc.nat(count),
        from,
        type: fc.constantFrom(3, 3, 11, 5),
        toSender: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      }),
    },
  );
  return fc.array(sent, { minLength: count, maxLength: count, size: "max" });
}

function multicastMac(group: string): string {
  const value = numberOf(group);
  const hex = (number: bigint, octets: number) =>
    number
      .toString(16)
      .padStart(octets * 2, "0")
      .match(/../g)
      ?.join(":");
  return group.includes(":") ? `33:33:${hex(value & 0xffffffffn, 4)}` : `01:00:5e:${hex(value & 0x7fffffn, 3)}`;
}
