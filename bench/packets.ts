import type { LabHost } from "../lab/netns";
import { type Bench, median } from "./figure";
import type { Plane } from "./host";
import { makePair, type Pair } from "./pair";
import { pump } from "./pump";
import { dispatchRulesBetween, fewestRules } from "./walk";

const MANY = 1000;
const FEW = 2;
const ROUNDS = 400;
const BURST = 400;

/** The aim for each kind of packet. The figure's ratio is relative to it. */
const AIMS = { established: 0.95, first: 0.8 } as const;

/** The number of rules that match nothing, which two more hosts have in front. They show what one rule costs a packet. */
const IDLE_RULES = 64;
const IDLE = {
  // One by one, because the legacy ebtables-restore cannot add to what is there.
  ebtables: (host: LabHost) => host.run("ebtables -t nat -I PREROUTING 1 -i idle+ -j DROP\n".repeat(IDLE_RULES)),
  iptables: (host: LabHost) =>
    host.run("iptables-restore --noflush", `*filter\n${"-I FORWARD 1 -m physdev --physdev-in idle+ -j DROP\n".repeat(IDLE_RULES)}COMMIT\n`),
};
type Tool = Plane["trees"][number];

/** A host that packets are sent through: with 2 guests, with 2 guests and idle rules of one tool, or with 1,000 guests. */
interface Lane {
  readonly name: string;
  readonly guests: number;
  readonly idle?: Tool;
}
const lanesOf = ({ trees }: Plane): Lane[] => [
  { name: String(FEW), guests: FEW },
  ...trees.map((idle) => ({ name: `${FEW}, idle ${idle} rules`, guests: FEW, idle })),
  { name: String(MANY), guests: MANY },
];

/** Packets per second, by lane. */
export type Rates = Readonly<Record<string, Readonly<Record<keyof typeof AIMS, readonly number[]>>>>;

export const packets: Bench = {
  name: "packets",
  what: "small UDP packets through the bridge with 1,000 guests' policies against 2 guests': the worst of rate ratio / its own aim (0.95 established, 0.8 first)",
  aim: ">= 1",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, readonly number[]> = {};
    let ratio = Number.POSITIVE_INFINITY;
    for (const plane of planes) {
      const pairs: Pair[] = [];
      try {
        const lanes: object[] = [];
        const walked = new Map<number, number>();
        const fewest = new Map<number, number>();
        for (const [number, { name: lane, guests: count, idle }] of lanesOf(plane).entries()) {
          progress(`${plane.name}: a host with ${count} guests${idle === undefined ? "" : ` and ${IDLE_RULES} idle ${idle} rules`}`);
          const pair = await makePair(`b-pkt-${plane.name}-${number}`, plane, count);
          pairs.push(pair);
          walked.set(count, dispatchRulesBetween(pair.ports, ...pair.between));
          fewest.set(count, 2 * fewestRules(pair.ports));
          if (idle !== undefined) await IDLE[idle](pair.bed.host);
          lanes.push({ name: lane, ...pair.ends });
        }
        progress(`${plane.name}: ${ROUNDS} rounds of ${BURST} packets each`);
        const rates = await pump<Rates>({ task: "packets", lanes, rounds: ROUNDS, burst: BURST });
        for (const [kind, aim] of Object.entries(AIMS) as [keyof typeof AIMS, number][]) {
          const rate = (count: number) => rates[String(count)]?.[kind] ?? [];
          for (const count of [FEW, MANY]) {
            samples[`${plane.name} ${kind} ${count} guests`] = rate(count);
            parts[`${plane.name} ${kind} ${count} guests (packets/s)`] = median(rate(count));
          }
          const kept = median(rate(MANY)) / median(rate(FEW));
          parts[`${plane.name} ${kind} ratio (aim >= ${aim})`] = kept;
          ratio = Math.min(ratio, kept / aim);
        }
        const more = (rules: ReadonlyMap<number, number>) => (rules.get(MANY) ?? 0) - (rules.get(FEW) ?? 0);
        if (plane.trees.length > 0) Object.assign(parts, limits(plane, rates, { ours: more(walked), names: more(fewest) }));
      } finally {
        for (const { bed } of pairs) await bed.down();
      }
    }
    return { ratio, parts, samples };
  },
};

/**
 * What it costs a packet that a thousand ports must be told apart. It is calculated from parts that are measured separately: the additional rules on the
 * packet's way, times the cost of one rule. ebtables checks every packet twice (may the sender's port send it, does a guest claim the receiver's port),
 * iptables checks first packets twice (egress, ingress).
 *
 * "our trees": the rules that the trees have now. "trees over names": the best possible trees if a rule knows a name or a beginning of names, which is
 * all that these tools know about a bridge's ports. "any trees": a rule has two answers, so no order of rules, whatever they test, tells N ports apart
 * with fewer than log2 N rules on average. This is the limit for everybody who makes these checks with these tools.
 */
function limits(plane: Plane, rates: Rates, more: { readonly ours: number; readonly names: number }): Record<string, number> {
  const nanoseconds = (lane: string, kind: keyof typeof AIMS) => 1e9 / median(rates[lane]?.[kind] ?? []);
  const few = { established: nanoseconds(String(FEW), "established"), first: nanoseconds(String(FEW), "first") };
  const rule = Object.fromEntries(
    lanesOf(plane).flatMap(({ name, idle }) =>
      idle === undefined ? [] : [[idle, (nanoseconds(name, "established") - few.established) / IDLE_RULES]],
    ),
  ) as Partial<Record<Tool, number>>;
  const fewest = 2 * (Math.log2(MANY) - Math.log2(FEW));
  const left = (kind: keyof typeof AIMS, rules: number) => {
    const extra = rules * (rule.ebtables ?? 0) + (kind === "first" ? rules * (rule.iptables ?? 0) : 0);
    return few[kind] / (few[kind] + extra);
  };
  const parts: Record<string, number> = {};
  for (const [tool, cost] of Object.entries(rule)) parts[`${plane.name} one ${tool} rule (ns)`] = cost;
  parts[`${plane.name} rules more on the way, our trees`] = more.ours;
  parts[`${plane.name} rules more on the way, trees over names (at least)`] = more.names;
  parts[`${plane.name} rules more on the way, any trees (at least)`] = fewest;
  for (const kind of Object.keys(AIMS) as (keyof typeof AIMS)[]) {
    parts[`${plane.name} a packet, ${kind}, ${FEW} guests (ns)`] = few[kind];
    parts[`${plane.name} ${kind} ratio that our trees leave`] = left(kind, more.ours);
    parts[`${plane.name} ${kind} ratio that trees over names leave (at most)`] = left(kind, more.names);
    parts[`${plane.name} ${kind} ratio that any trees leave (at most)`] = left(kind, fewest);
  }
  return parts;
}
