import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Series of samples: each call is one sample. It returns milliseconds, or another unit that the bench uses. */
export type Series = Readonly<Record<string, () => Promise<number>>>;

/**
 * Takes `rounds` samples of every series in turn (A B C, A B C, ...), so that other work on the machine affects all of them equally. The first round is
 * a warm-up and is thrown away, unless the caller has already done that.
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

/** Milliseconds that `work` takes. This process collects its garbage before and not meanwhile, so that this time is not measured. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  collect();
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}
