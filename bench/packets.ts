import { spawn } from "node:child_process";
import { join } from "node:path";
import type { LabHost } from "../lab/netns";
import { guestNamespace, hostNamespace, namespacePath } from "../lab/netns/names";
import { type Bench, median } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { Bed } from "./host";
import { dispatchRulesBetween, fewestRules } from "./walk";

const MANY = 1000;
const FEW = 2;
const ROUNDS = 400;
const BURST = 400;
const PYTHON = "/usr/bin/python3";

/** The aim for each kind of packet. The figure's ratio is relative to it. */
const AIMS = { established: 0.95, first: 0.8 } as const;

/** The number of rules that match nothing, which two more hosts have in front. They show what one rule costs a packet. */
const IDLE_RULES = 64;
const IDLE = {
  ebtables: (host: LabHost) => host.run("ebtables-restore --noflush", `*nat\n${"-I PREROUTING 1 -i idle+ -j DROP\n".repeat(IDLE_RULES)}`),
  iptables: (host: LabHost) =>
    host.run("iptables-restore --noflush", `*filter\n${"-I FORWARD 1 -m physdev --physdev-in idle+ -j DROP\n".repeat(IDLE_RULES)}COMMIT\n`),
};
type Tool = keyof typeof IDLE;
const TOOLS = ["ebtables", "iptables"] as const;

/** A host that packets are sent through: with 2 guests, with 2 guests and idle rules of one tool, or with 1,000 guests. */
interface Lane {
  readonly name: string;
  readonly guests: number;
  readonly idle?: Tool;
}
const LANES: readonly Lane[] = [
  { name: String(FEW), guests: FEW },
  ...TOOLS.map((idle) => ({ name: `${FEW}, idle ${idle} rules`, guests: FEW, idle })),
  { name: String(MANY), guests: MANY },
];

type Rates = Readonly<Record<string, Readonly<Record<keyof typeof AIMS, readonly number[]>>>>;

export const packets: Bench = {
  name: "packets",
  what: "small UDP packets through the bridge with 1,000 guests' policies against 2 guests': the worst of rate ratio / its own aim (0.95 established, 0.8 first)",
  aim: ">= 1",
  run: async (progress, backends) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, readonly number[]> = {};
    let ratio = Number.POSITIVE_INFINITY;
    for (const backend of backends) {
      const beds: Bed[] = [];
      try {
        const lanes: object[] = [];
        const walked = new Map<number, number>();
        const fewest = new Map<number, number>();
        for (const { name: lane, guests: count, idle } of LANES) {
          progress(`${backend}: a host with ${count} guests${idle === undefined ? "" : ` and ${IDLE_RULES} idle ${idle} rules`}`);
          const guests = fleetGuests(count);
          // Two guests from the middle, because the number of rules on the way to them is about the average.
          const pair = count === FEW ? guests : guests.slice(553, 555);
          const name = `pkt-${backend}-${idle ?? count}`;
          const bed = await Bed.make(
            name,
            backend,
            guests,
            pair.map((guest) => guest.name),
          );
          beds.push(bed);
          await bed.adopt();
          await bed.create(fleetPolicy(guests));
          const ports = guests.map((guest) => bed.lab.guest(guest.name).port());
          const [from, to] = pair.map((guest) => bed.lab.guest(guest.name).port());
          walked.set(count, dispatchRulesBetween(ports, from ?? "", to ?? ""));
          fewest.set(count, 2 * fewestRules(ports));
          if (idle !== undefined) await IDLE[idle](bed.host);
          const place = (guest: string) => namespacePath(guestNamespace(name, guest));
          lanes.push({
            name: lane,
            host: namespacePath(hostNamespace(name, "hv-01")),
            sender: place(pair[0]?.name ?? ""),
            receiver: place(pair[1]?.name ?? ""),
            mac: pair.map((guest) => guest.mac),
            ip: pair.map((guest) => guest.addresses[0]),
          });
        }
        progress(`${backend}: ${ROUNDS} rounds of ${BURST} packets each`);
        const rates = await pump({ lanes, rounds: ROUNDS, burst: BURST });
        for (const [kind, aim] of Object.entries(AIMS) as [keyof typeof AIMS, number][]) {
          const rate = (count: number) => rates[String(count)]?.[kind] ?? [];
          for (const count of [FEW, MANY]) {
            samples[`${backend} ${kind} ${count} guests`] = rate(count);
            parts[`${backend} ${kind} ${count} guests (packets/s)`] = median(rate(count));
          }
          const kept = median(rate(MANY)) / median(rate(FEW));
          parts[`${backend} ${kind} ratio (aim >= ${aim})`] = kept;
          ratio = Math.min(ratio, kept / aim);
        }
        const more = (rules: ReadonlyMap<number, number>) => (rules.get(MANY) ?? 0) - (rules.get(FEW) ?? 0);
        Object.assign(parts, limits(backend, rates, { ours: more(walked), names: more(fewest) }));
      } finally {
        for (const bed of beds) await bed.down();
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
function limits(backend: string, rates: Rates, more: { readonly ours: number; readonly names: number }): Record<string, number> {
  const nanoseconds = (lane: string, kind: keyof typeof AIMS) => 1e9 / median(rates[lane]?.[kind] ?? []);
  const few = { established: nanoseconds(String(FEW), "established"), first: nanoseconds(String(FEW), "first") };
  const rule = Object.fromEntries(
    LANES.flatMap(({ name, idle }) =>
      idle === undefined ? [] : [[idle, (nanoseconds(name, "established") - few.established) / IDLE_RULES]],
    ),
  ) as Record<Tool, number>;
  const fewest = 2 * (Math.log2(MANY) - Math.log2(FEW));
  const left = (kind: keyof typeof AIMS, rules: number) => {
    const extra = rules * rule.ebtables + (kind === "first" ? rules * rule.iptables : 0);
    return few[kind] / (few[kind] + extra);
  };
  const parts: Record<string, number> = {};
  for (const tool of TOOLS) parts[`${backend} one ${tool} rule (ns)`] = rule[tool];
  parts[`${backend} rules more on the way, our trees`] = more.ours;
  parts[`${backend} rules more on the way, trees over names (at least)`] = more.names;
  parts[`${backend} rules more on the way, any trees (at least)`] = fewest;
  for (const kind of Object.keys(AIMS) as (keyof typeof AIMS)[]) {
    parts[`${backend} a packet, ${kind}, ${FEW} guests (ns)`] = few[kind];
    parts[`${backend} ${kind} ratio that our trees leave`] = left(kind, more.ours);
    parts[`${backend} ${kind} ratio that trees over names leave (at most)`] = left(kind, more.names);
    parts[`${backend} ${kind} ratio that any trees leave (at most)`] = left(kind, fewest);
  }
  return parts;
}

function pump(task: object): Promise<Rates> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, ["-I", join(__dirname, "pump.py")], { stdio: ["pipe", "pipe", "inherit"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(Buffer.concat(output).toString()) as Rates) : reject(new Error(`pump.py ended with ${code}`)),
    );
    child.stdin.end(JSON.stringify(task));
  });
}
