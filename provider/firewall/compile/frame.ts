import { memory } from "../../memory";
import type { ChainPart, Jump, Printer, Table } from "../model/kernel";
import {
  dispatchChain,
  EGRESS,
  FORWARD,
  FROM,
  INGRESS,
  INPUT,
  LOCAL_IN,
  NAMED,
  NAMED_TO,
  NEIGHBOURS,
  NEIGHBOURS_FROM,
  NEIGHBOURS_TO,
  PINS,
  POSTROUTING,
  PREROUTING,
  RELATED,
  REST,
  TO,
  vifChain,
  ZONES,
} from "../model/names";
import {
  ACCEPT,
  address,
  BRIDGED,
  comesBy,
  DROP,
  fromPort,
  goTo,
  hopLimit,
  ICMP,
  ICMPV6,
  icmpType,
  icmpv6Type,
  jump,
  leavesBy,
  type Match,
  mac,
  not,
  protocol,
  RETURN,
  type Rule,
  rule,
  state,
  toPort,
  type Verdict,
} from "../model/rule";
import { baseOf, hookOf } from "../planes/nft/base";
import { CURRENT } from "../planes/print";
import {
  type Bridge,
  type ChainTemplate,
  type Claim,
  plant,
  type RuleTemplate,
  type Setting,
  type Templates,
  type TreeLeaf,
  type TreeTemplate,
} from "./templates";

/**
 * The frame: the part of a host's firewall that no guest owns. It sends every packet from or to a guest's port to the chains of the guest
 * that claims the port, and drops it if no guest claims the port. A missed event therefore lets nothing through.
 *
 * A bridged packet passes, in this order: ebtables nat PREROUTING (may this port send it), the raw tables or nft's (which connection table),
 * arptables FORWARD, iptables or ip6tables FORWARD (egress of the sender, then ingress of the receiver), ebtables nat POSTROUTING (is it for
 * the receiver). What a guest's port sends past the bridge (link-local Ethernet frames, or anything if it is on no bridge) ends in INPUT and
 * FORWARD. Where layer 2 is nft's, its one table does at the first and the last of these places what ebtables and arptables do.
 */
export interface Frame {
  /** How the names of guests' ports begin, for example ["vif", "tap", "vnet"]. Other ports are let through, except those that a guest claims. */
  readonly guestPorts: readonly string[];
  /** How the connections of different bridges are kept apart: by a table of nft, by iptables' CT target, or not at all. */
  readonly zones?: ZoneMeans;
  /** Some guest sends tagged Ethernet frames: their addresses are checked before they are tracked. */
  readonly pins?: boolean;
  /** "drop": the host's tools cannot filter guests' IPv6, so no guest has any. */
  readonly ipv6?: "drop";
  /** The words of the host's tools; default: those of current ones. */
  readonly print?: Printer;
}

const keyOf = ({ guestPorts, zones, pins, ipv6, print = CURRENT }: Frame): string =>
  JSON.stringify([guestPorts, zones, pins === true, ipv6, print.name]);

const printerOf = ({ print = CURRENT }: Frame): Printer => print;
const planeOf = (frame: Frame) => printerOf(frame).plane;

export type ZoneMeans = "nft" | "raw";

/** Lower zone numbers belong to other programs: Neutron's begin at 4097, Open vSwitch's anywhere. */
export const FIRST_ZONE = 50_001;

const LAYER3 = ["iptables", "ip6tables"] as const;

/** Link-local Ethernet frames: 802.1D's reserved group addresses. No bridge forwards them; each bridge keeps them for itself. */
const LINK_LOCAL = "01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0";

/** The frame's templates. The same frame gives the same object. */
export function frameTemplates(frame: Frame): Templates {
  const key = keyOf(frame);
  let templates = templatesOf.get(key);
  if (templates === undefined) {
    templates = {
      prefixes: frame.guestPorts,
      chains: [
        ...(planeOf(frame) === "xtables" ? layer2Chains(frame) : wholeLayer2Chains(frame)),
        ...LAYER3.flatMap((tool) => (isClosed(tool, frame) ? closedChains(frame) : layer3Chains(tool, frame))),
        ...zoneChains(frame),
      ],
      trees: frameTrees(frame),
      jumps: jumpsOf(frame).flatMap(({ rule, ...jump }) =>
        printerOf(frame)
          .lines(jump.table, [rule])
          .map(({ text }) => ({ ...jump, text })),
      ),
      settings: SETTINGS,
      print: printerOf(frame),
    };
    templatesOf.set(key, templates);
  }
  return templates;
}

const templatesOf = memory.byText<Templates>({
  name: "templates of frames",
  reason: "every host of a fleet has one of a few frames, and asks for it several times in a run",
  most: 64,
});

/**
 * The jumps that lead into our chains. Each is the first rule of its chain, so that no rule of others lets a packet past.
 */
export function frameJumps(frame: Frame): readonly Jump[] {
  return frameTemplates(frame).jumps;
}

const chainsOfFrames = memory.byText<ChainPart>({
  name: "chains of frames",
  reason: "a host is compared with its trees several times in a run",
  most: 16,
});

/** The frame's chains in every table, with all claimed ports in their dispatch trees. */
export function frameChains(frame: Frame, claims: readonly Claim[], bridges: readonly Bridge[]): ChainPart {
  const sites = bridges.map(({ name, mac, zone }) => `${name} ${mac} ${zone}`).join("\n");
  const key = `${keyOf(frame)}\n${textOf(claims)}\n\n${sites}`;
  let all = chainsOfFrames.get(key);
  if (all === undefined) {
    all = plant(frameTemplates(frame), claims, bridges);
    chainsOfFrames.set(key, all);
  }
  return all;
}

const textOf = memory.once(
  { name: "claims as text", reason: "thousands of ports are compared several times in a run" },
  (claims: readonly Claim[]) => claims.map(({ port, vif, traits }) => `${port} ${vif} ${traits.join(",")}`).join("\n"),
);

const once = (matches: readonly Match[], verdict: Verdict): RuleTemplate => ({ each: "once", rule: rule(matches, verdict) });
const named = (matches: readonly Match[], verdict: Verdict, of?: RuleTemplate["of"]): RuleTemplate => ({
  each: "named",
  rule: rule(matches, verdict),
  ...(of === undefined ? {} : { of }),
});
const bridged = (matches: readonly Match[], verdict: Verdict): RuleTemplate => ({ each: "bridge", rule: rule(matches, verdict) });

/** All ports whose names begin so. */
const all = (prefix: string) => `${prefix}+`;
const PORT = "@port";
const BELOW = "@below+";
const leadsOn = jump("@chain");
const goesOn = goTo("@chain");

interface JumpTemplate extends Omit<Jump, "text"> {
  readonly rule: Rule;
}

function jumpsOf(frame: Frame): JumpTemplate[] {
  const { guestPorts, zones, pins } = frame;
  const to = (table: Table, chain: string, matches: readonly Match[], target: string): JumpTemplate => ({
    ...{ table, chain, rule: rule(matches, jump(target)) },
  });
  const each = (table: Table, chain: string, match: (name: string) => Match, root: string): JumpTemplate[] =>
    guestPorts.map((prefix) => to(table, chain, [match(all(prefix))], dispatchChain(root, prefix)));
  const layer2 = [
    to("ebtables.nat", "PREROUTING", [mac("target", LINK_LOCAL)], INPUT),
    ...each("ebtables.nat", "PREROUTING", comesBy, FROM),
    to("ebtables.nat", "PREROUTING", [], NAMED),
    ...each("ebtables.nat", "POSTROUTING", leavesBy, TO),
    to("ebtables.nat", "POSTROUTING", [], NAMED_TO),
    to("ebtables.filter", "INPUT", [mac("target", LINK_LOCAL)], INPUT),
    to("arptables.filter", "FORWARD", [], FORWARD),
  ];
  return [
    ...(planeOf(frame) === "xtables" ? layer2 : []),
    // ARP of a port that is on no bridge.
    to("arptables.filter", "INPUT", [], INPUT),
    ...LAYER3.flatMap((tool) => [
      ...(zones === "raw" ? [to(`${tool}.raw`, "PREROUTING", [], ZONES)] : []),
      ...(pins && !isClosed(tool, frame) ? each(`${tool}.raw`, "PREROUTING", fromPort, PINS) : []),
      to(`${tool}.filter`, "INPUT", [], INPUT),
      to(`${tool}.filter`, "FORWARD", [BRIDGED], FORWARD),
      to(`${tool}.filter`, "FORWARD", [], REST),
    ]),
  ];
}

/** A tree jumps to a port's chain and never uses goto: if somebody flushes the chain, packets return to the tree, which ends in DROP. */
function frameTrees(frame: Frame): TreeTemplate[] {
  const { pins } = frame;
  const leaf = (of: TreeLeaf["of"], match: Match, verdict: Verdict): TreeLeaf => ({ of, rule: rule([match], verdict) });
  const from = (table: Table): TreeTemplate => ({
    table,
    root: FROM,
    leaves: [leaf("*", comesBy(PORT), jump(vifChain.layer2("@vif")))],
    branch: rule([comesBy(BELOW)], leadsOn),
    close: rule([], DROP),
  });
  const to = (table: Table, leaves: TreeTemplate["leaves"]): TreeTemplate => ({
    table,
    root: TO,
    leaves,
    branch: rule([leavesBy(BELOW)], leadsOn),
    close: rule([], DROP),
  });
  const layer2 = [
    from("ebtables.nat"),
    to("ebtables.nat", [
      leaf("+rcv", leavesBy(PORT), jump(vifChain.receive("@vif"))),
      // If an earlier version wrote a guest's rules, they stay in force until csp writes them again.
      leaf("-rcv", leavesBy(PORT), ACCEPT),
    ]),
    from("arptables.filter"),
    to("arptables.filter", [leaf("*", leavesBy(PORT), ACCEPT)]),
  ];
  return [
    ...(planeOf(frame) === "xtables" ? layer2 : []),
    ...LAYER3.filter((tool) => !isClosed(tool, frame)).flatMap((tool): TreeTemplate[] => [
      {
        table: `${tool}.filter`,
        root: EGRESS,
        leaves: [leaf("*", fromPort(PORT), jump(vifChain.egress("@vif")))],
        branch: rule([fromPort(BELOW)], goesOn),
        close: rule([], DROP),
      },
      {
        table: `${tool}.filter`,
        root: INGRESS,
        leaves: [leaf("*", toPort(PORT), jump(vifChain.ingress("@vif")))],
        branch: rule([toPort(BELOW)], goesOn),
        close: rule([], DROP),
      },
      ...(pins
        ? [
            {
              table: `${tool}.raw`,
              root: PINS,
              leaves: [leaf("+pin", fromPort(PORT), jump(vifChain.pin("@vif")))],
              branch: rule([fromPort(BELOW)], goesOn),
            } as const,
          ]
        : []),
    ]),
  ];
}

function inputChain({ guestPorts }: Frame, table: Table): ChainTemplate {
  return { table, chain: INPUT, rules: [...guestPorts.map((prefix) => once([comesBy(all(prefix))], DROP)), named([comesBy(PORT)], DROP)] };
}

/**
 * Layer 2 in nft's one table. Verdict maps lead from a port's name to its chains, so there are no trees. As there, a packet that a flushed chain
 * leads back is dropped.
 */
function wholeLayer2Chains(frame: Frame): ChainTemplate[] {
  const { guestPorts } = frame;
  const table = "nft.bridge";
  const chain = (name: string, ...rules: readonly RuleTemplate[]): ChainTemplate => {
    const base = baseOf(table, name);
    return { table, chain: name, ...(base === undefined ? {} : { base }), rules };
  };
  const toInput = once([mac("target", LINK_LOCAL)], jump(INPUT));
  const others = (match: (name: string) => Match) => guestPorts.map((prefix) => once([match(all(prefix))], DROP));
  const port = (matches: readonly Match[], verdict: Verdict): RuleTemplate => ({ each: "port", rule: rule(matches, verdict) });
  return [
    chain(PREROUTING, toInput, once([], jump(FROM)), ...others(comesBy), once([], jump(NAMED))),
    chain(FROM, port([comesBy(PORT)], jump(vifChain.layer2("@vif")))),
    chain(NAMED, named([comesBy(PORT)], DROP)),
    chain(POSTROUTING, once([], jump(TO)), ...others(leavesBy), once([], jump(NAMED_TO))),
    chain(TO, port([leavesBy(PORT)], jump(vifChain.receive("@vif")))),
    chain(NAMED_TO, named([leavesBy(PORT)], DROP)),
    chain(LOCAL_IN, toInput),
    inputChain(frame, table),
    inputChain(frame, "arptables.filter"),
  ];
}

function layer2Chains(frame: Frame): ChainTemplate[] {
  const { guestPorts } = frame;
  const layer2 = named([comesBy(PORT)], jump(vifChain.layer2("@vif")));
  const toGuests = guestPorts.map((prefix) => once([leavesBy(all(prefix))], jump(dispatchChain(TO, prefix))));
  return [
    { table: "ebtables.nat", chain: NAMED, rules: [layer2, named([comesBy(PORT)], DROP)] },
    {
      table: "ebtables.nat",
      chain: NAMED_TO,
      rules: [
        named([leavesBy(PORT)], jump(vifChain.receive("@vif")), "+rcv"),
        named([leavesBy(PORT)], ACCEPT, "-rcv"),
        named([leavesBy(PORT)], DROP),
      ],
    },
    ...(["ebtables.nat", "ebtables.filter", "arptables.filter"] as const).map((table) => inputChain(frame, table)),
    // First the guest that sends: its own chain leads an allowed packet on to csp-to.
    {
      table: "arptables.filter",
      chain: FORWARD,
      rules: [
        ...guestPorts.map((prefix) => once([comesBy(all(prefix))], jump(dispatchChain(FROM, prefix)))),
        layer2,
        named([comesBy(PORT)], DROP),
        ...toGuests,
      ],
    },
    { table: "arptables.filter", chain: TO, rules: [...toGuests, once([], ACCEPT)] },
  ];
}

const isClosed = (tool: (typeof LAYER3)[number], { ipv6 }: Frame): boolean => tool === "ip6tables" && ipv6 === "drop";

/** Where guests have no IPv6: nothing passes from their ports, and nothing to them. Layer 2 has dropped it before. */
function closedChains({ guestPorts }: Frame): ChainTemplate[] {
  const table = "ip6tables.filter";
  const drop = (match: (name: string) => Match) => [
    ...guestPorts.map((prefix) => once([match(all(prefix))], DROP)),
    named([match(PORT)], DROP),
  ];
  return [
    { table, chain: FORWARD, rules: [...drop(fromPort), ...drop(toPort)] },
    { table, chain: REST, rules: [...drop(comesBy), ...drop(leavesBy)] },
    { table, chain: INPUT, rules: drop(comesBy) },
  ];
}

function layer3Chains(tool: "iptables" | "ip6tables", { guestPorts }: Frame): ChainTemplate[] {
  const table = `${tool}.filter` as const;
  const v6 = tool === "ip6tables";
  const chain = (name: string, ...rules: readonly RuleTemplate[]): ChainTemplate => ({ table, chain: name, rules });
  const each = (match: (name: string) => Match, verdict: (prefix: string) => Verdict, ...more: readonly Match[]) =>
    guestPorts.map((prefix) => once([match(all(prefix)), ...more], verdict(prefix)));
  const neighbours = (name: string) => (v6 ? [once([protocol(ICMPV6)], jump(name))] : []);
  const drop = () => DROP;
  const toGuest = [
    ...each(toPort, (prefix) => goTo(dispatchChain(INGRESS, prefix))),
    named([toPort(PORT)], jump(vifChain.ingress("@vif"))),
    named([toPort(PORT)], DROP),
  ];
  return [
    chain(
      FORWARD,
      // Layer 2 has already checked against spoofing, so an accepted connection needs no further check.
      once([state("established")], ACCEPT),
      ...neighbours(NEIGHBOURS),
      ...each(fromPort, (prefix) => goTo(dispatchChain(EGRESS, prefix))),
      named([fromPort(PORT)], jump(vifChain.egress("@vif"))),
      named([fromPort(PORT)], DROP),
      // The guest's own chain decides what is related to its connections; this rule is for what comes from elsewhere.
      once([state("related")], jump(RELATED)),
      ...toGuest,
    ),
    // An egress rule leads what it allows to this chain, which always gives the verdict.
    chain(INGRESS, ...neighbours(NEIGHBOURS_TO), ...toGuest, once([], ACCEPT)),
    chain(
      RELATED,
      ...(v6
        ? [ROUTER_ADVERTISEMENT, REDIRECT].map((type) => once([protocol(ICMPV6), icmpv6Type(type)], RETURN))
        : [once([protocol(ICMP), icmpType(5)], RETURN)]),
      once([], ACCEPT),
    ),
    // The rules above have decided about a guest's bridged packets; these are packets that a flushed chain led back. What the host routes passes
    // by: layer 2 checks its addresses, and the rules of others say where it may go (docs/how-it-works.md).
    chain(
      REST,
      ...each(comesBy, drop),
      ...each(leavesBy, drop),
      ...each(fromPort, drop, BRIDGED),
      ...each(toPort, drop, BRIDGED),
      named([comesBy(PORT)], DROP),
      named([leavesBy(PORT)], DROP),
    ),
    chain(INPUT, ...each(comesBy, drop), named([comesBy(PORT)], DROP)),
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

/** The longest solicitation or advertisement that a guest needs to send: two options of 16 bytes, and some room (RFC 4861, 7527). */
const LONGEST_SOLICITATION = 128;

/**
 * Neighbour discovery is to IPv6 what ARP is to IPv4: no rule of a user may block it. A packet counts as neighbour discovery only if it
 * cannot have come through a router (hop limit 255, or 1 for reports of listeners) and if it is not longer than it needs to be.
 *
 * These rules are here and not in the guests' chains (twelve rules in each) because of their cost: some kernels check a table by walking
 * every path through it (docs/how-it-works.md), and each rule that leads on to csp-ingress is a path. Layer 2 has checked that the port may
 * send, and from which addresses. The guest's own chain decides whether the guest may send what only routers send.
 */
function neighbourChains(guestPorts: readonly string[]): ChainTemplate[] {
  const type = (number: number): Match[] => [protocol(ICMPV6), icmpv6Type(number)];
  const table = "ip6tables.filter";
  const asked = [ROUTER_SOLICITATION, NEIGHBOUR_SOLICITATION, NEIGHBOUR_ADVERTISEMENT];
  const routers = [ROUTER_ADVERTISEMENT, REDIRECT];
  const tooLong: Match = { is: "length", bytes: `${LONGEST_SOLICITATION + 1}:65535` };
  return [
    {
      table,
      chain: NEIGHBOURS,
      rules: [
        ...[...asked, ...routers].map((number) => once([...type(number), not(hopLimit(255))], DROP)),
        ...asked.map((number) => once([...type(number), tooLong], DROP)),
        ...[LISTENER_QUERY, ...LISTENER_REPORTS].map((number) => once([...type(number), not(hopLimit(1))], DROP)),
        ...guestPorts.map((prefix) => once([fromPort(all(prefix))], goTo(NEIGHBOURS_FROM))),
        named([fromPort(PORT)], goTo(NEIGHBOURS_FROM)),
        ...guestPorts.map((prefix) => once([toPort(all(prefix))], goTo(NEIGHBOURS_TO))),
        named([toPort(PORT)], goTo(NEIGHBOURS_TO)),
      ],
    },
    {
      table,
      chain: NEIGHBOURS_FROM,
      rules: [
        ...asked.map((number) => once(type(number), goTo(INGRESS))),
        // A listener that has no address yet reports from the unspecified address (RFC 3590, RFC 3810 5.2.13).
        ...LISTENER_REPORTS.flatMap((number) =>
          ["fe80::/10", "::"].map((source) => once([address("source", source), ...type(number)], goTo(INGRESS))),
        ),
        ...LISTENER_REPORTS.map((number) => once(type(number), DROP)),
      ],
    },
    {
      table,
      chain: NEIGHBOURS_TO,
      rules: [
        ...asked.map((number) => once(type(number), ACCEPT)),
        ...[LISTENER_QUERY, ...routers].map((number) => once([address("source", "fe80::/10"), ...type(number)], ACCEPT)),
      ],
    },
  ];
}

/**
 * By default, a host has one connection table for all its bridges: a tenant's packet would match another tenant's connection by addresses and
 * ports alone. Therefore each bridge gets its own zone, before anything is tracked. Packets for the host itself, or through it, stay in the
 * common zone, because their answers may come another way.
 *
 * nft sets the zone also before fragments are put together (priority -400). The raw tables come after that, unless the kernel is told
 * otherwise (`raw_before_defrag`).
 */
function zoneChains({ zones }: Frame): ChainTemplate[] {
  const bridge = comesBy("@bridge");
  const zone: Verdict = { do: "zone", zone: "@zone" };
  if (zones === "nft")
    return [
      { table: "nft.csp", chain: ZONES, base: hookOf("nft.csp", ZONES), rules: [bridged([bridge, not(mac("target", "@mac"))], zone)] },
    ];
  if (zones === "raw")
    return LAYER3.map((tool) => ({
      table: `${tool}.raw` as const,
      chain: ZONES,
      rules: [bridged([bridge, { is: "for-this-host" }], RETURN), bridged([bridge], zone)],
    }));
  return [];
}

/**
 * What a bridge does without evaluating any rule.
 *
 * - `nf_call_*`: this bridge's packets are filtered whatever the sysctls of the same names say (br_netfilter_hooks.c).
 * - `no_linklocal_learn`: the bridge learns nothing from the source of a link-local Ethernet frame (5.0 and later).
 * - `group_fwd_mask` of a port: the bridge forwards link-local Ethernet frames of the port like others, so they meet rules, which drop them
 *   (4.15 and later; not pause frames, which the bridge drops). Without it, LLDP's meet no rule.
 * - `root_block`: what is behind the port does not become the root of the spanning tree.
 */
const SETTINGS: readonly Setting[] = [
  ...["nf_call_iptables", "nf_call_ip6tables", "nf_call_arptables", "no_linklocal_learn"].map(
    (name): Setting => ({ of: "bridge", file: `bridge/${name}`, value: "1" }),
  ),
  { of: "port", file: "brport/group_fwd_mask", value: "0xfffd" },
  { of: "port", file: "brport/root_block", value: "1" },
];
