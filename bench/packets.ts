import { spawn } from "node:child_process";
import { join } from "node:path";
import { guestNamespace, hostNamespace, namespacePath } from "../lab/netns/names";
import { type Bench, median } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { Bed } from "./host";

const MANY = 1000;
const FEW = 2;
const ROUNDS = 400;
const BURST = 400;
const PYTHON = "/usr/bin/python3";

/** What each kind of packet is held to; the figure's ratio is relative to it. */
const AIMS = { established: 0.95, first: 0.8 } as const;

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
        for (const count of [FEW, MANY]) {
          progress(`${backend}: a host with ${count} guests`);
          const guests = fleetGuests(count);
          // From the middle: what a dispatch tree looks at on the way to them is what it looks at on average.
          const pair = count === FEW ? guests : guests.slice(553, 555);
          const name = `pkt-${backend}-${count}`;
          const bed = await Bed.make(
            name,
            backend,
            guests,
            pair.map((guest) => guest.name),
          );
          beds.push(bed);
          await bed.adopt();
          await bed.create(fleetPolicy(guests));
          const place = (guest: string) => namespacePath(guestNamespace(name, guest));
          lanes.push({
            name: String(count),
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
      } finally {
        for (const bed of beds) await bed.down();
      }
    }
    return { ratio, parts, samples };
  },
};

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
