import { changesOf } from "./change-one";
import { type Bench, median, type Point, worst } from "./figure";
import { PLANES } from "./host";
import type { Rates } from "./packets";
import { makePair, type Pair } from "./pair";
import { pump } from "./pump";

/** What the plots are drawn from: `packets` and `change-one` for more numbers of guests than two. */
const COUNTS = [2, 10, 30, 100, 300, 1000] as const;
const FEWEST = COUNTS[0];
const MOST = COUNTS[COUNTS.length - 1] ?? FEWEST;

/** The name of the host that nobody filters. */
const BARE = "no rules";
const ROUNDS = 200;
const BURST = 400;
const CHANGES = 15;

export const packetsByGuests: Bench = {
  name: "packets-by-guests",
  what: `small UDP packets through the bridge with ${COUNTS.join(", ")} guests' policies and with none: established flows, ${MOST} against ${FEWEST}; for the plots`,
  run: async (progress, planes) => {
    const pairs: Pair[] = [];
    try {
      const lanes: object[] = [];
      const lane = async (name: string, ...[tag, ...rest]: Parameters<typeof makePair>) => {
        progress(`a host, ${name}`);
        const pair = await makePair(`b-by-${tag}`, ...rest);
        pairs.push(pair);
        lanes.push({ name, ...pair.ends });
      };
      await lane(BARE, "bare", planes[0] ?? PLANES[0]!, FEWEST, { rules: false });
      for (const plane of planes) for (const count of COUNTS) await lane(`${plane.name} ${count}`, `${plane.name}-${count}`, plane, count);
      progress(`${lanes.length} hosts, ${ROUNDS} rounds of ${BURST} packets each`);
      const rates = await pump<Rates>({ task: "packets", lanes, rounds: ROUNDS, burst: BURST });
      const of = (name: string, kind: "established" | "first") => median(rates[name]?.[kind] ?? []);
      const parts: Record<string, number> = {};
      const samples: Record<string, readonly number[]> = {};
      const points: Point[] = [];
      for (const kind of ["established", "first"] as const) {
        for (const [name, { [kind]: values }] of Object.entries(rates)) {
          samples[`${name} ${kind}`] = values;
          parts[`${name} ${kind} (packets/s)`] = median(values);
        }
        const plot = `packets-${kind}`;
        for (const guests of [FEWEST, MOST]) points.push({ plot, series: BARE, guests, value: of(BARE, kind) });
        for (const { name } of planes)
          for (const guests of COUNTS) points.push({ plot, series: name, guests, value: of(`${name} ${guests}`, kind) });
      }
      const kept = planes.map(({ name }) => of(`${name} ${MOST}`, "established") / of(`${name} ${FEWEST}`, "established"));
      return { ratio: worst(kept, ">= 1"), parts, samples, points };
    } finally {
      for (const { bed } of pairs) await bed.down();
    }
  },
};

export const changeByGuests: Bench = {
  name: "change-by-guests",
  what: `one rule of one guest among ${COUNTS.join(", ")}, from Update to confirmed, ${MOST} against ${FEWEST}; for the plots`,
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, readonly number[]> = {};
    const points: Point[] = [];
    for (const plane of planes)
      for (const guests of COUNTS) {
        const taken = await changesOf(plane, guests, CHANGES, progress);
        for (const [series, kind] of [
          ["csp", "update"],
          ["a bare restore", "restore"],
        ] as const) {
          const name = `${plane.name}, ${series}`;
          samples[`${name}, ${guests} guests`] = taken[kind];
          parts[`${name}, ${guests} guests`] = median(taken[kind]);
          points.push({ plot: "change", series: name, guests, value: median(taken[kind]) });
        }
      }
    const grown = planes.map(
      ({ name }) => (parts[`${name}, csp, ${MOST} guests`] ?? Number.NaN) / (parts[`${name}, csp, ${FEWEST} guests`] ?? Number.NaN),
    );
    return { ratio: worst(grown, "<= 1"), parts, samples, points };
  },
};
