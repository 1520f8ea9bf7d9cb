import { run } from "../lab/netns/command";
import { type Bench, median, percentile, worst } from "./figure";
import { makePair, type Pair } from "./pair";
import { pump } from "./pump";

const GUESTS = 1000;
const ROUNDS = 100;
const BURST = 50;
const KINDS = ["established", "first"] as const;

type Times = Readonly<Record<string, Readonly<Record<(typeof KINDS)[number], readonly number[]>>>>;

export const latency: Bench = {
  name: "latency",
  what: `a small UDP request and its answer through the bridge with ${GUESTS.toLocaleString("en")} guests' policies against none at all: the median of an established flow`,
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, readonly number[]> = {};
    for (const plane of planes) {
      const pairs: Pair[] = [];
      try {
        const lanes: object[] = [];
        for (const rules of [false, true]) {
          const name = rules ? `${GUESTS} guests` : "no rules";
          progress(`${plane.name}: a host, ${name}`);
          const pair = await makePair(`b-lat-${plane.name}-${lanes.length}`, plane, rules ? GUESTS : 2, { rules });
          pairs.push(pair);
          await knowEachOther(pair);
          lanes.push({ name, ...pair.ends });
        }
        progress(`${plane.name}: ${ROUNDS} rounds of ${BURST} requests each`);
        const times = await pump<Times>({ task: "latency", lanes, rounds: ROUNDS, burst: BURST });
        for (const kind of KINDS) {
          const [bare, ours] = Object.entries(times).map(([name, { [kind]: nanoseconds }]) => {
            const part = `${plane.name} ${kind}, ${name}`;
            samples[`${part} (ns)`] = nanoseconds;
            const [half, most] = [median(nanoseconds) / 1000, percentile(nanoseconds, 99) / 1000];
            parts[`${part}: median (microseconds)`] = half;
            parts[`${part}: 99 of 100 (microseconds)`] = most;
            return { half, most };
          });
          parts[`${plane.name} ${kind} ratio of medians`] = (ours?.half ?? Number.NaN) / (bare?.half ?? Number.NaN);
          parts[`${plane.name} ${kind} ratio of 99 of 100`] = (ours?.most ?? Number.NaN) / (bare?.most ?? Number.NaN);
        }
      } finally {
        for (const { bed } of pairs) await bed.down();
      }
    }
    const ratios = planes.map(({ name }) => parts[`${name} established ratio of medians`] ?? Number.NaN);
    return { ratio: worst(ratios, "<= 1"), parts, samples };
  },
};

/** So that no question about an address gets between a request and its answer. */
async function knowEachOther({ ends: { sender, receiver, mac, ip } }: Pair): Promise<void> {
  for (const [place, other] of [
    [sender, 1],
    [receiver, 0],
  ] as const)
    await run(["nsenter", `--net=${place}`, "ip", "neigh", "replace", ip[other], "lladdr", mac[other], "dev", "eth0", "nud", "permanent"]);
}
