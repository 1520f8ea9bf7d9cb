import { spawn } from "node:child_process";
import { join } from "node:path";
import { guestNamespace, hostNamespace, namespacePath } from "../lab/netns/names";
import { type Bench, median } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { Bed } from "./host";
import { layer2RulesBetween } from "./walk";

const MANY = 1000;
const FEW = 2;
const ROUNDS = 400;
const BURST = 400;
const PYTHON = "/usr/bin/python3";

/** What each kind of packet is held to; the figure's ratio is relative to it. */
const AIMS = { established: 0.95, first: 0.8 } as const;

/** Rules that match nothing, put in front on a third host: what one rule costs a packet. */
const IDLE_RULES = 64;
const IDLE = `${FEW} and ${IDLE_RULES} idle rules`;

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
        const walked = new Map<string, number>();
        for (const kind of [String(FEW), IDLE, String(MANY)]) {
          const count = kind === String(MANY) ? MANY : FEW;
          progress(`${backend}: a host with ${kind}${kind === IDLE ? "" : " guests"}`);
          const guests = fleetGuests(count);
          // From the middle: what a dispatch tree looks at on the way to them is what it looks at on average.
          const pair = count === FEW ? guests : guests.slice(553, 555);
          const name = `pkt-${backend}-${kind === IDLE ? "idle" : count}`;
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
          walked.set(kind, layer2RulesBetween(ports, from ?? "", to ?? ""));
          if (kind === IDLE)
            await bed.host.run("ebtables-restore --noflush", `*nat\n${"-I PREROUTING 1 -i idle+ -j DROP\n".repeat(IDLE_RULES)}`);
          const place = (guest: string) => namespacePath(guestNamespace(name, guest));
          lanes.push({
            name: kind,
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
        Object.assign(parts, limit(backend, rates, (walked.get(String(MANY)) ?? 0) - (walked.get(String(FEW)) ?? 0)));
      } finally {
        for (const bed of beds) await bed.down();
      }
    }
    return { ratio, parts, samples };
  },
};

/**
 * What the dispatch trees of ebtables cost an established packet, from parts that are measured by themselves: rules more on its way, times
 * what one rule costs. ebtables tells ports apart by prefix only, so ten digits at a place are ten rules, and these many rules are the
 * fewest of any tree over the names.
 */
function limit(backend: string, rates: Rates, more: number): Record<string, number> {
  const nanoseconds = (kind: string) => 1e9 / median(rates[kind]?.established ?? []);
  const few = nanoseconds(String(FEW));
  const rule = (nanoseconds(IDLE) - few) / IDLE_RULES;
  return {
    [`${backend} a packet, ${FEW} guests (ns)`]: few,
    [`${backend} one ebtables rule (ns)`]: rule,
    [`${backend} ebtables rules more on the way`]: more,
    [`${backend} established ratio that these rules leave`]: few / (few + more * rule),
  };
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
