import type { ChainPart, Jump, Table } from "../model/kernel";
import {
  dispatchChain,
  EGRESS,
  FORWARD,
  FROM,
  INGRESS,
  INPUT,
  NAMED,
  NAMED_TO,
  NEIGHBOURS,
  NEIGHBOURS_FROM,
  NEIGHBOURS_TO,
  PINS,
  RELATED,
  REST,
  TO,
  vifChain,
  ZONES,
} from "../model/names";
import { BASES } from "../planes/nft/base";
import { memo } from "../values/memo";
import {
  type Bridge,
  type ChainTemplate,
  type Claim,
  plant,
  type RuleTemplate,
  type Setting,
  type Templates,
  type TreeTemplate,
} from "./templates";

/**
 * The frame: the part of a host's firewall that no guest owns. It sends every frame from or to a guest's port to the chains of whoever claims
 * that port, and drops it when nobody does. An event that was missed therefore fails closed.
 *
 * A bridged frame passes, in this order: ebtables nat PREROUTING (may this port send it), the raw tables or nft's (whose connection table),
 * arptables FORWARD, iptables or ip6tables FORWARD (egress of the sender, then ingress of the receiver), ebtables nat POSTROUTING (is it for
 * the receiver). What a guest's port sends past the bridge, in link-local frames or where it is on none, ends in INPUT and FORWARD.
 */
export interface Frame {
  /** How guests' ports are named: prefixes, as ["vif", "tap", "vnet"]. Other ports are let through, but for those that a guest claims. */
  readonly guestPorts: readonly string[];
  /** How connections are told apart by bridge: a table of nft's, iptables' CT target, or not at all. */
  readonly zones?: ZoneMeans;
  /** Some guest sends tagged frames: their addresses are looked at before they are tracked. */
  readonly pins?: boolean;
}

export type ZoneMeans = "nft" | "raw";

/** `zone` below this are others': Neutron's begin at 4097, Open vSwitch's anywhere. */
export const FIRST_ZONE = 50_001;

const LAYER3 = ["iptables", "ip6tables"] as const;

/** Link-local frames: 802.1D's reserved group addresses, which no bridge forwards and each takes for itself. */
const LINK_LOCAL = "01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0";

/** The frame's templates; the same object for the same frame. */
export function frameTemplates(frame: Frame): Templates {
  const key = JSON.stringify([frame.guestPorts, frame.zones, frame.pins === true]);
  let templates = known.get(key);
  if (templates === undefined) {
    templates = {
      prefixes: frame.guestPorts,
      chains: [...layer2Chains(frame), ...LAYER3.flatMap((tool) => layer3Chains(tool, frame)), ...zoneChains(frame)],
      trees: frameTrees(frame),
      jumps: jumpsOf(frame),
      settings: SETTINGS,
    };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, templates);
  }
  return templates;
}

const known = new Map<string, Templates>();
const MOST_KNOWN = 64;

/**
 * The rules that lead into our chains; each is the first of its chain, so that no rule of somebody else lets a packet past.
 */
export function frameJumps(frame: Frame): readonly Jump[] {
  return frameTemplates(frame).jumps;
}

/** Chains of the last few hosts, by what they were made of: a host is compared with its trees several times in a run. */
const made = new Map<string, ChainPart>();
const MOST_MADE = 16;

/** The frame's chains in every table, with all claimed ports in their dispatch trees. */
export function frameChains(frame: Frame, claims: readonly Claim[], bridges: readonly Bridge[]): ChainPart {
  const sites = bridges.map(({ name, mac, zone }) => `${name} ${mac} ${zone}`).join("\n");
  const key = `${JSON.stringify([frame.guestPorts, frame.zones, frame.pins === true])}\n${textOf(claims)}\n\n${sites}`;
  let all = made.get(key);
  if (all === undefined) {
    all = plant(frameTemplates(frame), claims, bridges);
    for (const oldest of [...made.keys()].slice(0, Math.max(0, made.size - MOST_MADE + 1))) made.delete(oldest);
    made.set(key, all);
  }
  return all;
}

const textOf = memo((claims: readonly Claim[]) => claims.map(({ port, vif, traits }) => `${port} ${vif} ${traits.join(",")}`).join("\n"));

const once = (text: string): RuleTemplate => ({ each: "once", text });
const named = (text: string, of?: RuleTemplate["of"]): RuleTemplate => ({ each: "named", text, ...(of === undefined ? {} : { of }) });
const bridged = (text: string): RuleTemplate => ({ each: "bridge", text });

function jumpsOf({ guestPorts, zones, pins }: Frame): Jump[] {
  const each = (table: Table, chain: string, text: (prefix: string) => string): Jump[] =>
    guestPorts.map((prefix) => ({ table, chain, text: text(prefix) }));
  const to = (table: Table, chain: string, text: string): Jump => ({ table, chain, text });
  return [
    to("ebtables.nat", "PREROUTING", `-d ${LINK_LOCAL} -j ${INPUT}`),
    ...each("ebtables.nat", "PREROUTING", (prefix) => `-i ${prefix}+ -j ${dispatchChain(FROM, prefix)}`),
    to("ebtables.nat", "PREROUTING", `-j ${NAMED}`),
    ...each("ebtables.nat", "POSTROUTING", (prefix) => `-o ${prefix}+ -j ${dispatchChain(TO, prefix)}`),
    to("ebtables.nat", "POSTROUTING", `-j ${NAMED_TO}`),
    to("ebtables.filter", "INPUT", `-d ${LINK_LOCAL} -j ${INPUT}`),
    to("arptables.filter", "INPUT", `-j ${INPUT}`),
    to("arptables.filter", "FORWARD", `-j ${FORWARD}`),
    ...LAYER3.flatMap((tool) => [
      ...(zones === "raw" ? [to(`${tool}.raw`, "PREROUTING", `-j ${ZONES}`)] : []),
      ...(pins
        ? each(`${tool}.raw`, "PREROUTING", (prefix) => `-m physdev --physdev-in ${prefix}+ -j ${dispatchChain(PINS, prefix)}`)
        : []),
      to(`${tool}.filter`, "INPUT", `-j ${INPUT}`),
      to(`${tool}.filter`, "FORWARD", `-m physdev --physdev-is-bridged -j ${FORWARD}`),
      to(`${tool}.filter`, "FORWARD", `-j ${REST}`),
    ]),
  ];
}

/** A port's chain is jumped to, never gone to: one that somebody flushed leads back to the tree, which ends in DROP. */
function frameTrees({ pins }: Frame): TreeTemplate[] {
  const from = (table: Table): TreeTemplate => ({
    table,
    root: FROM,
    leaves: [{ of: "*", text: `-i @port -j ${vifChain.layer2("@vif")}` }],
    branch: "-i @below+ -j @chain",
    close: "-j DROP",
  });
  const to = (table: Table, leaves: TreeTemplate["leaves"]): TreeTemplate => ({
    table,
    root: TO,
    leaves,
    branch: "-o @below+ -j @chain",
    close: "-j DROP",
  });
  return [
    from("ebtables.nat"),
    to("ebtables.nat", [
      { of: "+rcv", text: `-o @port -j ${vifChain.receive("@vif")}` },
      // A guest whose rules an earlier version wrote goes on as it was until it is written again.
      { of: "-rcv", text: "-o @port -j ACCEPT" },
    ]),
    from("arptables.filter"),
    to("arptables.filter", [{ of: "*", text: "-o @port -j ACCEPT" }]),
    ...LAYER3.flatMap((tool): TreeTemplate[] => [
      {
        table: `${tool}.filter`,
        root: EGRESS,
        leaves: [{ of: "*", text: `-m physdev --physdev-in @port -j ${vifChain.egress("@vif")}` }],
        branch: "-m physdev --physdev-in @below+ -g @chain",
        close: "-j DROP",
      },
      {
        table: `${tool}.filter`,
        root: INGRESS,
        leaves: [{ of: "*", text: `-m physdev --physdev-out @port -j ${vifChain.ingress("@vif")}` }],
        branch: "-m physdev --physdev-out @below+ -g @chain",
        close: "-j DROP",
      },
      ...(pins
        ? [
            {
              table: `${tool}.raw`,
              root: PINS,
              leaves: [{ of: "+pin", text: `-m physdev --physdev-in @port -j ${vifChain.pin("@vif")}` }],
              branch: "-m physdev --physdev-in @below+ -g @chain",
            } as const,
          ]
        : []),
    ]),
  ];
}

function layer2Chains({ guestPorts }: Frame): ChainTemplate[] {
  const dropAll = guestPorts.map((prefix) => once(`-i ${prefix}+ -j DROP`));
  const input = (table: Table): ChainTemplate => ({ table, chain: INPUT, rules: [...dropAll, named("-i @port -j DROP")] });
  return [
    {
      table: "ebtables.nat",
      chain: NAMED,
      rules: [named(`-i @port -j ${vifChain.layer2("@vif")}`), named("-i @port -j DROP")],
    },
    {
      table: "ebtables.nat",
      chain: NAMED_TO,
      rules: [named(`-o @port -j ${vifChain.receive("@vif")}`, "+rcv"), named("-o @port -j ACCEPT", "-rcv"), named("-o @port -j DROP")],
    },
    input("ebtables.nat"),
    input("ebtables.filter"),
    input("arptables.filter"),
    // From a guest first; a packet it may send goes on to csp-to from its own chain.
    {
      table: "arptables.filter",
      chain: FORWARD,
      rules: [
        ...guestPorts.map((prefix) => once(`-i ${prefix}+ -j ${dispatchChain(FROM, prefix)}`)),
        named(`-i @port -j ${vifChain.layer2("@vif")}`),
        named("-i @port -j DROP"),
        ...guestPorts.map((prefix) => once(`-o ${prefix}+ -j ${dispatchChain(TO, prefix)}`)),
      ],
    },
    {
      table: "arptables.filter",
      chain: TO,
      rules: [...guestPorts.map((prefix) => once(`-o ${prefix}+ -j ${dispatchChain(TO, prefix)}`)), once("-j ACCEPT")],
    },
  ];
}

function layer3Chains(tool: "iptables" | "ip6tables", { guestPorts }: Frame): ChainTemplate[] {
  const table = `${tool}.filter` as const;
  const v6 = tool === "ip6tables";
  const chain = (name: string, ...rules: readonly RuleTemplate[]): ChainTemplate => ({ table, chain: name, rules });
  const each = (text: (prefix: string) => string) => guestPorts.map((prefix) => once(text(prefix)));
  const neighbours = (name: string) => (v6 ? [once(`-p ipv6-icmp -j ${name}`)] : []);
  const toGuest = [
    ...each((prefix) => `-m physdev --physdev-out ${prefix}+ -g ${dispatchChain(INGRESS, prefix)}`),
    named(`-m physdev --physdev-out @port -j ${vifChain.ingress("@vif")}`),
    named("-m physdev --physdev-out @port -j DROP"),
  ];
  return [
    chain(
      FORWARD,
      // Anti-spoofing has been at layer 2, so an accepted connection needs no further look.
      once("-m conntrack --ctstate ESTABLISHED -j ACCEPT"),
      ...neighbours(NEIGHBOURS),
      ...each((prefix) => `-m physdev --physdev-in ${prefix}+ -g ${dispatchChain(EGRESS, prefix)}`),
      named(`-m physdev --physdev-in @port -j ${vifChain.egress("@vif")}`),
      named("-m physdev --physdev-in @port -j DROP"),
      // What is related to a guest's connection is that guest's own chain to say; here it comes from anywhere else.
      once(`-m conntrack --ctstate RELATED -j ${RELATED}`),
      ...toGuest,
    ),
    // Where an egress rule sends what it allows: the verdict is always given from here.
    chain(INGRESS, ...neighbours(NEIGHBOURS_TO), ...toGuest, once("-j ACCEPT")),
    chain(
      RELATED,
      ...(v6
        ? ["134", "137"].map((type) => once(`-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`))
        : [once("-p icmp -m icmp --icmp-type 5 -j RETURN")]),
      once("-j ACCEPT"),
    ),
    // Of what comes by the bridge, a guest's packets have been decided; these are such as a flushed chain led back. What the host routes passes
    // by: it is pinned at layer 2, and others' rules say where it may go (docs/how-it-works.md).
    chain(
      REST,
      ...each((prefix) => `-i ${prefix}+ -j DROP`),
      ...each((prefix) => `-o ${prefix}+ -j DROP`),
      ...each((prefix) => `-m physdev --physdev-in ${prefix}+ --physdev-is-bridged -j DROP`),
      ...each((prefix) => `-m physdev --physdev-out ${prefix}+ --physdev-is-bridged -j DROP`),
      named("-i @port -j DROP"),
      named("-o @port -j DROP"),
    ),
    chain(INPUT, ...each((prefix) => `-i ${prefix}+ -j DROP`), named("-i @port -j DROP")),
    ...(v6 ? neighbourChains(guestPorts) : []),
  ];
}

/** ICMPv6 types (RFC 4861, 2710, 3810). */
const ROUTER_SOLICITATION = 133;
const ROUTER_ADVERTISEMENT = 134;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
const REDIRECT = 137;
const LISTENER_QUERY = 130;
const LISTENER_REPORTS = [131, 132, 143];

/** The longest solicitation or advertisement that a guest has reason to send: two options of 16 bytes and room to spare (RFC 4861, 7527). */
const LONGEST_SOLICITATION = 128;

/**
 * Neighbour discovery is to IPv6 what ARP is to IPv4: no rule of a user's may cut it. It is what it says only where it cannot have come
 * through a router: with hop limit 255, or 1 for reports of listeners, and no longer than it needs to be.
 *
 * It is here and not in guests' chains, twelve rules in each, for what those cost: some kernels check a table by walking every path
 * through it (docs/how-it-works.md), and each rule that goes on to csp-ingress is one. Layer 2 has seen to it that the port may send and
 * from which addresses; whether a guest may send what only routers send is for its own chain to say.
 */
function neighbourChains(guestPorts: readonly string[]): ChainTemplate[] {
  const type = (number: number) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${number}`;
  const table = "ip6tables.filter";
  const asked = [ROUTER_SOLICITATION, NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT];
  const routers = [ROUTER_ADVERTISEMENT, REDIRECT];
  return [
    {
      table,
      chain: NEIGHBOURS,
      rules: [
        ...[...asked, ...routers].map((number) => once(`${type(number)} -m hl ! --hl-eq 255 -j DROP`)),
        ...asked.map((number) => once(`${type(number)} -m length --length ${LONGEST_SOLICITATION + 1}:65535 -j DROP`)),
        ...[LISTENER_QUERY, ...LISTENER_REPORTS].map((number) => once(`${type(number)} -m hl ! --hl-eq 1 -j DROP`)),
        ...guestPorts.map((prefix) => once(`-m physdev --physdev-in ${prefix}+ -g ${NEIGHBOURS_FROM}`)),
        named(`-m physdev --physdev-in @port -g ${NEIGHBOURS_FROM}`),
        ...guestPorts.map((prefix) => once(`-m physdev --physdev-out ${prefix}+ -g ${NEIGHBOURS_TO}`)),
        named(`-m physdev --physdev-out @port -g ${NEIGHBOURS_TO}`),
      ],
    },
    {
      table,
      chain: NEIGHBOURS_FROM,
      rules: [
        ...asked.map((number) => once(`${type(number)} -g ${INGRESS}`)),
        // A listener without an address yet reports from nowhere (RFC 3590, RFC 3810 5.2.13).
        ...LISTENER_REPORTS.flatMap((number) =>
          ["fe80::/10", "::/128"].map((source) => once(`-s ${source} ${type(number)} -g ${INGRESS}`)),
        ),
        ...LISTENER_REPORTS.map((number) => once(`${type(number)} -j DROP`)),
      ],
    },
    {
      table,
      chain: NEIGHBOURS_TO,
      rules: [
        ...asked.map((number) => once(`${type(number)} -j ACCEPT`)),
        ...[LISTENER_QUERY, ...routers].map((number) => once(`-s fe80::/10 ${type(number)} -j ACCEPT`)),
      ],
    },
  ];
}

/**
 * One connection table is for all bridges of a host: a tenant's packet would find another tenant's connection by addresses and ports alone. So
 * each bridge's are kept apart, in a zone, from before anything is tracked. What is for the host itself, or through it, is in the zone of all:
 * its answers may come another way.
 *
 * nft does so before fragments are put together (priority -400) too; the raw tables come after, where the kernel is not told otherwise
 * (`raw_before_defrag`).
 */
function zoneChains({ zones }: Frame): ChainTemplate[] {
  if (zones === "nft")
    return [
      {
        table: "nft.csp",
        chain: ZONES,
        base: BASES[ZONES],
        rules: [bridged(`iifname "@bridge" ether daddr != @mac ct zone set @zone`)],
      },
    ];
  if (zones === "raw")
    return LAYER3.map((tool) => ({
      table: `${tool}.raw` as const,
      chain: ZONES,
      rules: [bridged("-i @bridge -m addrtype --dst-type LOCAL -j RETURN"), bridged("-i @bridge -j CT --zone @zone")],
    }));
  return [];
}

/**
 * What a bridge does without asking any rule.
 *
 * - `nf_call_*`: this bridge's packets are filtered whatever the sysctls of the same names say (br_netfilter_hooks.c).
 * - `no_linklocal_learn`: the source of a link-local frame teaches the bridge nothing (5.0 and later).
 * - `group_fwd_mask` of a port: its link-local frames are forwarded like others, and so meet rules, which drop them (4.15 and later; all but
 *   pause frames, which the bridge drops). LLDP's are asked by no rule otherwise.
 * - `root_block`: what is behind the port does not become the root of the spanning tree.
 */
const SETTINGS: readonly Setting[] = [
  ...["nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables", "no_linklocal_learn"].map(
    (name): Setting => ({ of: "bridge", file: `bridge/${name}`, value: "1" }),
  ),
  { of: "port", file: "brport/group_fwd_mask", value: "0xfffd" },
  { of: "port", file: "brport/root_block", value: "1" },
];
