import type { Plane } from "./host";

/** The result of a bench: one ratio, measured side by side in one run, and its parts. */
export interface Figure {
  readonly name: string;
  /** Our time divided by the peer's. Undefined if nothing could be measured. */
  readonly ratio: number;
  /** The time, if the aim is a time and not a ratio. */
  readonly milliseconds?: number;
  /** "<= 2", ">= 0.95": the aim for the ratio, or for the time. Undefined: it is said, and nothing is asked of it. */
  readonly aim: Aim | undefined;
  /** In a useful order for the reader. In milliseconds, unless the name says otherwise. */
  readonly parts: Readonly<Record<string, number>>;
  /** Every sample of every series, in the order taken. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  readonly points?: readonly Point[];
}

/** A point of a plot (plots.ts). */
export interface Point {
  readonly plot: string;
  readonly series: string;
  readonly guests: number;
  readonly value: number;
}

export type Aim = `${"<=" | ">="} ${number}`;

export interface Bench {
  readonly name: string;
  /** One line for `--list`. */
  readonly what: string;
  readonly aim?: Aim;
  /** The ratio is that of the worst of `planes`. */
  readonly run: (progress: (text: string) => void, planes: readonly Plane[]) => Promise<Omit<Figure, "name" | "aim">>;
}

export function isMet(ratio: number, aim: Aim | undefined): boolean {
  if (aim === undefined) return true;
  const bound = Number(aim.slice(3));
  return aim.startsWith("<=") ? ratio <= bound : ratio >= bound;
}

/** The median of the samples, which one slow run on a busy machine does not change. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The smallest sample that so many of a hundred are not above. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

/** The ratio that is furthest from the aim. */
export function worst(ratios: readonly number[], aim: Aim): number {
  return aim.startsWith("<=") ? Math.max(...ratios) : Math.min(...ratios);
}

export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
