import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** A series of samples: each call is one. Gives milliseconds, or whatever the bench counts in. */
export type Series = Readonly<Record<string, () => Promise<number>>>;

/**
 * Takes `rounds` samples of every series in turn (A B C, A B C, ...), so that what else the machine is doing falls on all of them alike. The
 * first round warms up and is thrown away, unless the caller has done that.
 */
export async function interleave<S extends Series>(
  series: S,
  rounds: number,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<{ [K in keyof S]: number[] }> {
  const samples = Object.fromEntries(Object.keys(series).map((name) => [name, [] as number[]])) as { [K in keyof S]: number[] };
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    for (const [name, take] of Object.entries(series)) {
      const sample = await take();
      if (round > 0) samples[name]?.push(sample);
    }
  }
  return samples;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Milliseconds that `work` takes. This process's own garbage is collected before and not meanwhile: it is nobody's time that is measured. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  collect();
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}
