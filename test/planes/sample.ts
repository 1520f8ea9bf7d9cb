/** What fast-check says at the end of a run. */
interface Run {
  readonly failed: boolean;
  readonly seed: number;
  readonly counterexamplePath: string | null;
  readonly errorInstance: unknown;
}

/** How many policies, and how many packets for each: `CSP_CORPUS=100x2000`. */
export function corpusSize(usual: { readonly policies: number; readonly packets: number }) {
  const text = process.env.CSP_CORPUS;
  const [, policies, packets] = /^(\d+)x(\d+)$/.exec(text ?? "") ?? [];
  if (text !== undefined && packets === undefined) throw new Error(`CSP_CORPUS=${text}: write POLICIESxPACKETS, like 100x2000`);
  return packets === undefined ? usual : { policies: Number(policies), packets: Number(packets) };
}

/** The case to run again: `CSP_SEED=SEED CSP_PATH=PATH`, as a failure names them. */
export function again(): { readonly seed?: number; readonly path?: string } {
  const { CSP_SEED, CSP_PATH } = process.env;
  return { ...(CSP_SEED === undefined ? {} : { seed: Number(CSP_SEED) }), ...(CSP_PATH === undefined ? {} : { path: CSP_PATH }) };
}

/** Says seed, path and the property's own words, and not the hundreds of packets that the counterexample consists of. */
export function inItsOwnWords({ failed, seed, counterexamplePath, errorInstance }: Run): void {
  if (!failed) return;
  const words = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(`seed ${seed}, path ${JSON.stringify(counterexamplePath)}: ${words}`);
}

/** At most so many, and how many more there are. */
export function first(all: readonly string[], most = 6): string {
  return [...all.slice(0, most), ...(all.length > most ? [`... and ${all.length - most} more`] : [])].join("\n");
}
