import fc from "fast-check";
import {
  ACCEPT,
  ARP,
  address,
  DROP,
  ethertype,
  goTo,
  ICMP,
  ICMPV6,
  IPV4,
  IPV6,
  jump,
  type Match,
  mac,
  not,
  ports,
  protocol,
  RARP,
  RETURN,
  type Rule,
  TCP,
  UDP,
  UNICAST,
  type Verdict,
  VLAN,
} from "../../../provider/firewall/model/rule";
import { Unsayable } from "../../../provider/firewall/model/unsayable";
import { printRule } from "../../../provider/firewall/planes/nft/print";
import { sayable } from "../../../provider/firewall/planes/nft/say";
import { canonicalCidr } from "../../../provider/firewall/values/spelling";

/** Rules as values, of every kind that nft has words for. The chains and sets that they name: {@link TARGETS} and {@link SETS}. */

export const TARGETS = ["csp-vif-0000000000000001", "csp-gin-0000000000000002"];

const octet = fc.nat(255);
const end = fc.constantFrom("source" as const, "target" as const);
const direction = fc.constantFrom("in" as const, "out" as const);
const macs = fc
  .tuple(octet, octet, octet, octet, octet, octet)
  .map((octets) => octets.map((one) => one.toString(16).padStart(2, "0")).join(":"));
const masked = fc.constantFrom(UNICAST, "01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0", "02:00:00:00:00:00/ff:00:00:00:00:00");
const inet = fc.tuple(octet, octet, octet, octet, fc.nat(32)).map(([a, b, c, d, prefix]) => canonicalCidr(`${a}.${b}.${c}.${d}/${prefix}`));
const inet6 = fc.tuple(fc.ipV6(), fc.oneof(fc.constant(128), fc.nat(128))).map(([text, prefix]) => canonicalCidr(`${text}/${prefix}`));
const cidrOf = (family: "inet" | "inet6") => (family === "inet" ? inet : inet6);
const number16 = fc.nat(65535);
const range = fc.tuple(number16, number16).map(([a, b]) => (a === b ? `${a}` : `${Math.min(a, b)}:${Math.max(a, b)}`));
const port = fc.oneof(number16.map(String), range);

/** With or without a negation. */
const maybeNot = <M extends Match>(match: fc.Arbitrary<M>): fc.Arbitrary<Match> =>
  fc.tuple(match, fc.integer({ min: 0, max: 3 })).map(([one, times]) => (times === 0 ? not(one) : one));

const name = fc.oneof(
  fc.tuple(fc.constantFrom("vif", "tap", "vnet", "veth"), fc.nat(9999), fc.nat(9)).map(([front, a, b]) => `${front}${a}.${b}`),
  fc.constantFrom("vif+", "vif1+", "xenbr0", "lo", "tap1*"),
);
const interfaceMatch: fc.Arbitrary<Match> = maybeNot(fc.record({ is: fc.constant("interface" as const), direction, name }));

/** The part of a packet's type: a family's, with its own conditions. */
const layer4 = (family: "inet" | "inet6"): fc.Arbitrary<Match[]> => {
  const type = fc.nat(254).map(String);
  const types = fc.tuple(fc.nat(254), fc.nat(254)).map(([a, b]) => (a === b ? `${a}` : `${Math.min(a, b)}:${Math.max(a, b)}`));
  const icmp = fc
    .oneof(
      maybeNot(fc.record({ is: fc.constant("icmp-type" as const), family: fc.constant(family), type: fc.oneof(type, types) })),
      fc.tuple(type, octet).map(([one, code]): Match => ({ is: "icmp-type", family, type: `${one}/${code}` })),
      fc
        .tuple(type, fc.nat(100), fc.integer({ min: 101, max: 255 }))
        .map(([one, low, high]): Match => ({ is: "icmp-type", family, type: `${one}/${low}:${high}` })),
    )
    .map((match): Match[] => [protocol(family === "inet" ? ICMP : ICMPV6), match]);
  const oneEnd = fc.tuple(end, fc.array(port, { minLength: 1, maxLength: 4 })).map(([at, all]) => ports(at, ...all));
  const withPorts = fc
    .tuple(fc.constantFrom(TCP, UDP, 132, 33, 136), maybeNot(oneEnd))
    .map(([one, match]): Match[] => [protocol(one), match]);
  const bothEnds = fc
    .tuple(fc.constantFrom(TCP, UDP), port, port)
    .map(([one, from, to]): Match[] => [protocol(one), ports("source", from), ports("target", to)]);
  const flag = fc.uniqueArray(fc.constantFrom("FIN", "SYN", "RST", "PSH", "ACK", "URG"), { minLength: 1 });
  const flags = fc
    .tuple(flag, fc.array(fc.nat(5), { maxLength: 4 }))
    .map(([mask, which]): Match => ({ is: "tcp-flags", mask, set: [...new Set(which.flatMap((at) => mask[at] ?? []))] }));
  const tcp = maybeNot(flags as fc.Arbitrary<Match>).map((match): Match[] => [protocol(TCP), match]);
  const bare = maybeNot(fc.integer({ min: 1, max: 255 }).map(protocol)).map((match): Match[] => [match]);
  const discovery =
    family === "inet6"
      ? [
          fc
            .tuple(fc.constantFrom("135", "136"), maybeNot(inet6.map((cidr): Match => ({ is: "nd-target", cidr }))))
            .filter(([, match]) => match.is !== "nd-target" || !cidrIsAny(match.cidr))
            .map(([kind, match]): Match[] => [protocol(ICMPV6), { is: "icmp-type", family, type: kind }, match]),
        ]
      : [];
  return fc.oneof(icmp, withPorts, bothEnds, tcp, bare, ...discovery, fc.constant<Match[]>([]));
};

const cidrIsAny = (cidr: string) => cidr.endsWith("/0");

const layer3 = (family: "inet" | "inet6"): fc.Arbitrary<Match[]> => {
  const cidrs = cidrOf(family);
  const one: fc.Arbitrary<Match> = maybeNot(fc.tuple(end, cidrs).map(([at, cidr]) => address(at, cidr)));
  const both = fc.tuple(cidrs, cidrs).map(([from, to]): Match[] => [address("source", from), address("target", to)]);
  const several = fc.tuple(end, fc.array(cidrs, { minLength: 2, maxLength: 3 })).map(([at, all]): Match[] => [address(at, ...all)]);
  const set = maybeNot(
    end.map(
      (at): Match => ({ is: "in-set", set: family === "inet" ? "csp-g00000000000000014" : "csp-g00000000000000026", ends: [at], family }),
    ),
  );
  const pair = fc.tuple(end, end).map(
    ([a, b]): Match => ({
      is: "in-set",
      set: family === "inet" ? "csp-g00000000000000034" : "csp-g00000000000000046",
      ends: [a, b],
      type: "hash:net,port",
      family,
    }),
  );
  const hops = maybeNot(
    fc.record({
      is: fc.constant("hop-limit" as const),
      compare: fc.constantFrom("is" as const, "below" as const, "above" as const),
      hops: octet.map(String),
    }),
  );
  const least = family === "inet" ? 20 : 40;
  const length = maybeNot(
    fc
      .tuple(fc.integer({ min: least, max: 9000 }), fc.oneof(fc.constant(0), fc.nat(1000), fc.constant(65535)))
      .map(([from, more]): Match => ({ is: "length", bytes: more === 0 ? `${from}` : `${from}:${Math.min(65535, from + more)}` })),
  );
  const fragment: fc.Arbitrary<Match[]> =
    family === "inet" ? maybeNot(fc.constant<Match>({ is: "fragment" })).map((match) => [match]) : fc.constant([]);
  const single = fc.oneof(one, set, pair, hops, length).map((match): Match[] => [match]);
  return fc.oneof({ weight: 4, arbitrary: single }, both, several, fragment, fc.constant<Match[]>([]));
};

const arp: fc.Arbitrary<Match[]> = fc
  .record(
    {
      hardware: maybeNot(octet.map((number): Match => ({ is: "arp-hardware", number: String(number) }))),
      kind: fc.constantFrom<Match>({ is: "arp-protocol", number: "0x0800" }, { is: "arp-protocol", number: "0x1234" }),
      lengths: fc.constantFrom<Match>({ is: "arp-hardware-length", number: "6" }, { is: "arp-protocol-length", number: "4" }),
      operation: fc.nat(10).map((operation): Match => ({ is: "arp-operation", operation: String(operation) })),
      address: fc.tuple(end, inet).map(([at, cidr]): Match => ({ is: "arp-address", end: at, cidr })),
      mac: fc.tuple(end, fc.oneof(macs, masked)).map(([at, one]): Match => ({ is: "arp-mac", end: at, mac: one })),
      same: fc.constant<Match>({ is: "arp-gratuitous" }),
    },
    { requiredKeys: [] },
  )
  .map((fields) => [ethertype(ARP), ...Object.values(fields)]);

const rarp: fc.Arbitrary<Match[]> = fc
  .tuple(fc.nat(5), macs, end)
  .map(([operation, one, at]): Match[] => [
    ethertype(RARP),
    { is: "arp-operation", operation: String(operation) },
    { is: "arp-mac", end: at, mac: one },
  ]);

const type16 = fc.oneof(number16, fc.constantFrom(IPV4, IPV6, ARP, RARP, VLAN, 0x88a8)).filter((type) => type >= 0x0600);
const vlan: fc.Arbitrary<Match[]> = fc
  .tuple(fc.nat(4095), type16, fc.integer({ min: 1, max: 3 }))
  .map(([id, type, which]): Match[] => [
    ethertype(VLAN),
    ...((which & 1) !== 0 ? [{ is: "vlan", id: String(id) } as const] : []),
    ...((which & 2) !== 0 ? [{ is: "vlan-type", type } as const] : []),
  ]);

const state: fc.Arbitrary<Match> = maybeNot(
  fc
    .uniqueArray(fc.constantFrom("new", "established", "related", "invalid", "untracked"), { minLength: 1 })
    .map((states): Match => ({ is: "state", states })),
);

const rates = fc.constantFrom("10/min", "1/sec", "5/day", "7/hour", "10000/sec", "60/min");
const rate: fc.Arbitrary<Match> = fc
  .tuple(rates, fc.integer({ min: 1, max: 10000 }))
  .map(([one, burst]): Match => ({ is: "rate", rate: one, burst }));

/** What a person may call a rule. */
const comment = fc.option(
  fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/),
    fc.stringMatching(/^[ -~]{1,60}$/),
    fc.stringMatching(/^["\\'{}@#;,n ]{1,90}$/),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }).filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text)),
  ),
  { nil: undefined, freq: 2 },
);

const verdicts = (bridge: boolean): fc.Arbitrary<Verdict | undefined> =>
  fc.oneof(
    fc.constantFrom<Verdict>(ACCEPT, DROP, RETURN, ...TARGETS.map(jump), ...TARGETS.map(goTo)),
    fc.stringMatching(/^[ -~]{1,60}$/).map((prefix): Verdict => ({ do: "log", prefix })),
    ...(bridge ? [fc.constant<Verdict>(jump("csp-from"))] : [fc.nat(65535).map((zone): Verdict => ({ do: "zone", zone: String(zone) }))]),
  );

const rejection = (family: "inet" | "inet6"): fc.Arbitrary<Verdict> =>
  (family === "inet"
    ? fc.constantFrom("net-unreachable", "host-unreachable", "proto-unreachable", "port-unreachable", "net-prohibited", "admin-prohibited")
    : fc.constantFrom("no-route", "adm-prohibited", "addr-unreachable", "port-unreachable", "policy-fail", "reject-route")
  ).map((reply) => ({ do: "reject", reply: `${family === "inet" ? "icmp" : "icmp6"}-${reply}` }));

/** Rules of the bridge family, without what this machine's kernel cannot do there. */
export const layer2Rule: fc.Arbitrary<Rule> = fc
  .record({
    port: fc.option(interfaceMatch, { nil: undefined }),
    mac: fc.option(fc.tuple(end, fc.oneof(macs, masked), fc.boolean()), { nil: undefined }),
    body: fc.oneof(
      ...(["inet", "inet6"] as const).map((family) =>
        fc
          .tuple(layer3(family), layer4(family), fc.boolean())
          .map(([three, four, typed]): Match[] => [
            ...(typed ? [ethertype(family === "inet" ? IPV4 : IPV6)] : []),
            ...marked(family, three),
            ...four,
          ]),
      ),
      arp,
      rarp,
      vlan,
      maybeNot(type16.map(ethertype)).map((match): Match[] => [match]),
      maybeNot(fc.constant<Match>({ is: "ethertype", type: "length" })).map((match): Match[] => [match]),
      fc.constant<Match[]>([]),
    ),
    rate: fc.option(rate, { nil: undefined, freq: 5 }),
    verdict: verdicts(true),
    comment,
  })
  .map(({ port: at, mac: frame, body, rate: limit, verdict, comment: text }) => ({
    matches: [
      ...(at === undefined ? [] : [at]),
      ...(frame === undefined ? [] : [macOf(frame, body)]),
      ...body,
      ...(limit === undefined ? [] : [limit]),
    ],
    ...(verdict === undefined ? {} : { verdict }),
    ...(text === undefined ? {} : { comment: text }),
  }));

function macOf([at, one, negated]: [at: "source" | "target", one: string, negated: boolean], body: readonly Match[]): Match {
  const other = body.some((match) => match.negated === true && match.is === "ethertype");
  return negated && !other ? not(mac(at, one)) : mac(at, one);
}

/** A rule about hops or lengths has to say of which family. */
function marked(family: "inet" | "inet6", matches: readonly Match[]): Match[] {
  return matches.some(({ is }) => is === "hop-limit" || is === "length")
    ? [...matches, address("source", family === "inet" ? "0.0.0.0/0" : "::/0")]
    : [...matches];
}

/** Rules about packets and connections, in a table of the inet family: what a kernel with conntrack in bridges has there too. */
export const layer3Rule: fc.Arbitrary<Rule> = fc.constantFrom("inet" as const, "inet6" as const).chain((family) =>
  fc
    .record({
      port: fc.option(interfaceMatch, { nil: undefined }),
      three: layer3(family),
      four: layer4(family),
      state: fc.option(state, { nil: undefined }),
      origin: fc.option(fc.tuple(end, cidrOf(family), fc.boolean()), { nil: undefined }),
      rate: fc.option(rate, { nil: undefined, freq: 3 }),
      connections: fc.option(fc.tuple(fc.nat(65535), fc.integer({ min: 0, max: family === "inet" ? 32 : 128 }), end, fc.boolean()), {
        nil: undefined,
        freq: 3,
      }),
      here: fc.option(maybeNot(fc.constant<Match>({ is: "for-this-host" })), { nil: undefined, freq: 5 }),
      verdict: fc.oneof(verdicts(false), rejection(family)),
      comment,
    })
    .map(({ port: at, three, four, state: of, origin, rate: limit, connections, here, verdict, comment: text }) => {
      const counted: Match[] =
        connections === undefined
          ? []
          : [
              {
                ...{ is: "connections", most: String(connections[0]), prefix: String(connections[1]), end: connections[2] },
                set: family === "inet" ? "csp-r00000000000000014" : "csp-r00000000000000026",
                ...(connections[3] ? { negated: true } : {}),
              },
            ];
      const ended: Match[] =
        origin === undefined ? [] : [{ is: "connection-end", end: origin[0], cidr: origin[1], ...(origin[2] ? { negated: true } : {}) }];
      const all = [...(at === undefined ? [] : [at]), ...marked(family, three), ...four, ...(of === undefined ? [] : [of]), ...ended];
      const needs = counted.length > 0 && !all.some(({ is }) => is === "address");
      return {
        matches: [
          ...all,
          ...(needs ? [address("source", family === "inet" ? "0.0.0.0/0" : "::/0")] : []),
          ...(here === undefined ? [] : [here]),
          ...(limit === undefined ? [] : [limit]),
          ...counted,
        ],
        ...(verdict === undefined ? {} : { verdict }),
        ...(text === undefined ? {} : { comment: text }),
      };
    }),
);

/** What the rules need beside themselves, as text for `nft -f`. */
export const SETS = (table: string): string =>
  [
    "set %T csp-g00000000000000014 { type ipv4_addr; flags interval; }",
    "set %T csp-g00000000000000026 { type ipv6_addr; flags interval; }",
    "set %T csp-g00000000000000034 { type ipv4_addr . inet_proto . inet_service; flags interval; }",
    "set %T csp-g00000000000000046 { type ipv6_addr . inet_proto . inet_service; flags interval; }",
    "set %T csp-r00000000000000014 { type ipv4_addr; size 65535; flags dynamic; }",
    "set %T csp-r00000000000000026 { type ipv6_addr; size 65535; flags dynamic; }",
    "set %T csp-same { typeof @nh,112,8 . @nh,192,8; }",
    "map %T csp-from { type ifname : verdict; }",
    ...TARGETS.map((chain) => `chain %T ${chain}`),
  ]
    .map((line) => `add ${line.replace("%T", table)}\n`)
    .join("");

/** Each line of a rule, with the rule that it is to be; none of a rule that nft has no words for. */
export function saidInNft(rule: Rule): { readonly one: Rule; readonly text: string }[] {
  try {
    return sayable(rule).map((one) => ({ one, text: printRule(one) }));
  } catch (error) {
    if (error instanceof Unsayable) return [];
    throw error;
  }
}
