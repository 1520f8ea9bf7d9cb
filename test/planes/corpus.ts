import type { UnitDeclaration } from "../../provider/firewall/compile/unit";
import type { Sets } from "../../provider/firewall/model/kernel";
import type { Blindness } from "../../provider/firewall/traffic/card-layer2";
import type { DeclaredHost, Occupant } from "../../provider/firewall/traffic/declared";
import { type Judgement, sayJudgement } from "../../provider/firewall/traffic/judgement";
import type { IpPacket, Packet } from "../../provider/firewall/traffic/packet";
import { policyEvaluator } from "../../provider/firewall/traffic/policy-verdict";
import { declarePolicy } from "../../provider/resources/host-policy/policy-declaration";
import { Connections, isUnseen, type Tracked } from "./connections";
import type { Made, MadeIp, Sent } from "./packets";
import { CARDS, GUESTS, PLACES, type Place, SETS } from "./places";
import type { Policy } from "./policies";
import { type Mark, type Wire, wireOf } from "./wire";

/** One packet of the corpus as it is sent, and what the policy says of it. */
export interface Shot {
  readonly from: Place;
  readonly wire: Wire;
  readonly packet: Omit<Packet, "in" | "out">;
  /** Undefined: it is no IP. */
  readonly tracked?: Tracked;
  /** The packet that it answers, or that it is an error about. */
  readonly about?: Shot;
  /** What the evaluator says, for each place that the bridge brings it to. A place that is not here gets nothing. */
  readonly judgements: ReadonlyMap<Place, Judgement>;
}

/** How a plane's host looks to the evaluator. */
export interface Setting {
  readonly ports: Readonly<Record<Place, string>>;
  readonly bridge: string;
  readonly blind: ReadonlySet<Blindness>;
}

export const unitOf = (policy: Policy): UnitDeclaration =>
  declarePolicy(policy, new Map(Object.entries(GUESTS).map(([name, { uuid }]) => [name, uuid])));

export const SETS_OF_HOST: Sets = new Map(
  Object.entries(SETS).map(([name, { family, members }]) => [name, { type: "hash:net", family, members: new Set<string>(members) }]),
);

export function declaredHost(unit: UnitDeclaration, ports: Setting["ports"]): DeclaredHost {
  const occupants: [string, Occupant][] = [[ports.idle, "nobody"]];
  for (const [guest, { cards }] of Object.entries(GUESTS))
    for (const device of cards.keys()) occupants.push([ports[(device === 0 ? guest : `${guest}/${device}`) as Place], { guest, device }]);
  return { units: [unit], sets: SETS_OF_HOST, ports: new Map(occupants) };
}

/** Numbers that no two packets of a process have in common, so that none is taken for another, nor for a part of one. */
let last = 0;

function nextMark(index: number): Mark {
  last++;
  return { text: last.toString(36).padStart(6, "0"), port: 20_000 + index, identification: last & 0xffff };
}

/** Resolves what is to be sent, in order: each packet's bytes, its state as the one before it left it, and what the policy says of it. */
export function shotsOf(policy: Policy, sent: readonly Sent[], { ports, bridge, blind }: Setting): Shot[] {
  const evaluate = policyEvaluator(declaredHost(unitOf(policy), ports));
  const connections = new Connections();
  const shots: Shot[] = [];
  for (const [index, each] of sent.entries()) {
    const mark = nextMark(index);
    const resolved = resolve(each, shots);
    if (resolved === undefined) continue;
    const { made, about } = resolved;
    const quotes = each.is === "error" ? about : undefined;
    const wire = wireOf(made, mark, quotes?.wire.whole.subarray(14));
    const packet = packetOf(made, wire, mark, bridge);
    const tracked = trackedOf(packet.ip, made.ip, mark, connections, quotes);
    const judged: Shot["packet"] = tracked === undefined ? packet : { ...packet, ip: tracked.ip };
    const { from } = made;
    const judge = (to: Place) => evaluate({ ...judged, in: ports[from], out: ports[to] }, { blind });
    const judgements = new Map(placesFor(from, made.link.targetMac).map((to) => [to, judge(to)]));
    const kept = isGroup(made.link.targetMac) || [...judgements.values()].some(({ verdict }) => verdict === "passes");
    // What a bridge would send back to where it comes from goes nowhere, but it is tracked. Whether it is, no receiver has a part in.
    const sends = judge(from === "office" ? "depot" : "office");
    if (tracked !== undefined && !isUnseen(sends, made.link.vlan !== undefined)) connections.met(tracked, kept);
    shots.push({
      from,
      wire,
      packet: judged,
      judgements,
      ...(tracked === undefined ? {} : { tracked }),
      ...(about === undefined ? {} : { about }),
    });
  }
  return shots;
}

function trackedOf(
  ip: IpPacket | undefined,
  made: MadeIp | undefined,
  mark: Mark,
  connections: Connections,
  quotes?: Shot,
): Tracked | undefined {
  if (ip === undefined || made === undefined) return undefined;
  const tracked = { ip, echo: made.echo ?? mark.port };
  return { ...tracked, ip: { ...ip, ...connections.stateOf(tracked, made, quotes?.tracked) } };
}

/** An answer and an error are about an earlier packet; undefined if there is none that has one. */
function resolve(sent: Sent, shots: readonly Shot[]): { readonly made: Made; readonly about?: Shot } | undefined {
  if (sent.is === "packet") return { made: sent };
  const about = shots[(sent.is === "answer" ? sent.to : sent.about) % Math.max(1, shots.length)];
  const ip = about?.packet.ip;
  if (about === undefined || ip === undefined || ip.incomplete || about.packet.vlan !== undefined || about.wire.marker !== undefined)
    return undefined;
  const { sourceMac, targetMac, etherType } = about.packet;
  if (sent.is === "error") {
    if (![6, 17].includes(ip.protocol) && !isEcho(ip)) return undefined;
    const type = ip.family === "inet" ? sent.type : sent.type === 11 ? 3 : 1;
    const made: Made = {
      from: sent.from,
      link: { sourceMac: CARDS[sent.from].mac, targetMac: sourceMac, etherType },
      ip: {
        family: ip.family,
        source: ip.target,
        target: sent.toSender ? ip.source : ip.target,
        protocol: ip.family === "inet" ? 1 : 58,
        icmp: { type, code: type === 11 ? 0 : 1 },
      },
    };
    return { made, about };
  }
  const back = PLACES.find((place) => CARDS[place].mac === targetMac);
  const answer = answerTo(ip, about.wire);
  if (back === undefined || answer === undefined) return undefined;
  return { made: { from: back, link: { sourceMac: targetMac, targetMac: sourceMac, etherType }, ip: answer }, about };
}

function isEcho({ family, protocol, icmpType }: IpPacket): boolean {
  return family === "inet" ? protocol === 1 && icmpType === 8 : protocol === 58 && icmpType === 128;
}

function answerTo(ip: IpPacket, wire: Wire): MadeIp | undefined {
  const ends = { family: ip.family, source: ip.target, target: ip.source, protocol: ip.protocol };
  if (isEcho(ip)) return { ...ends, icmp: { type: ip.family === "inet" ? 0 : 129, code: ip.icmpCode ?? 0 }, echo: identifierIn(wire, ip) };
  const ports = { sourcePort: ip.targetPort ?? 0, targetPort: ip.sourcePort ?? 0 };
  if (ip.protocol === 17) return { ...ends, ...ports };
  const SYN = 2;
  const tcp = wire.whole.subarray(ip.family === "inet" ? 34 : 54);
  if (ip.protocol !== 6 || tcp[13] !== SYN) return undefined;
  // All that it has sent: the SYN and the bytes with it.
  return { ...ends, ...ports, answers: tcp.readUInt32BE(4) + 1 + tcp.length - 20 };
}

const identifierIn = (wire: Wire, { family }: IpPacket): number => wire.whole.readUInt16BE((family === "inet" ? 34 : 54) + 4);

/** The packet as rules see it, but for its state. */
function packetOf({ link, arp, ip }: Made, wire: Wire, mark: Mark, bridge: string): Omit<Packet, "in" | "out"> {
  const packet = { bridge, ...link, ...(arp === undefined ? {} : { arp }) };
  if (ip === undefined) return packet;
  const { whole } = wire;
  const v4 = ip.family === "inet";
  const hasPorts = ip.targetPort !== undefined;
  const isNeighbours = ip.icmp?.type === 135 || ip.icmp?.type === 136;
  const facts: IpPacket = {
    family: ip.family,
    source: ip.source,
    target: ip.target,
    protocol: ip.protocol,
    state: "new",
    hopLimit: whole.readUInt8(v4 ? 22 : 21),
    length: v4 ? whole.readUInt16BE(16) : whole.readUInt16BE(18) + 40,
    ...(hasPorts ? { sourcePort: ip.sourcePort ?? mark.port, targetPort: ip.targetPort } : {}),
    ...(ip.icmp === undefined ? {} : { icmpType: ip.icmp.type, icmpCode: ip.icmp.code }),
    ...(isNeighbours && ip.protocol === 58 ? { neighbour: ip.neighbour ?? ip.target } : {}),
    ...(ip.igmpType === undefined ? {} : { igmpType: ip.igmpType }),
    ...(ip.cut === "later fragment" ? { incomplete: true as const } : {}),
  };
  return { ...packet, ip: facts };
}

const isGroup = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;

/** Where the bridge brings an Ethernet frame: to its MAC's port, or, if it does not know the MAC, to all. */
function placesFor(from: Place, targetMac: string): readonly Place[] {
  const known = PLACES.find((place) => CARDS[place].mac === targetMac);
  if (known === from) return [];
  return known === undefined ? PLACES.filter((place) => place !== from) : [known];
}

/** A shot and what is wrong about it, with all that is needed to understand it. */
export function describeShot({ from, packet, wire, judgements, about }: Shot, seen: string): string {
  const said = [...judgements].map(([place, judgement]) => `  to ${place}: ${sayJudgement(judgement)}`);
  return [
    `from ${from}: ${JSON.stringify(packet)}`,
    `  ${wire.frames.map((frame) => frame.toString("hex")).join(" ")}`,
    ...said,
    `  ${seen}`,
    ...(about === undefined ? [] : [`  about a packet before, ${describeShot(about, "").trimEnd()}`]),
  ].join("\n");
}
