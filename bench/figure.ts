import type { Backend } from "../lab/netns/topology";

/** What a bench finds out: one ratio, measured side by side in one run, and what it is made of. */
export interface Figure {
  readonly name: string;
  /** Ours against the peer's. Undefined where nothing could be measured. */
  readonly ratio: number;
  /** Where the aim is about a time and not about the ratio: that time. */
  readonly milliseconds?: number;
  /** "<= 2", ">= 0.95": what is to be reached, by the ratio or else the time. */
  readonly aim: Aim;
  /** In the order in which a reader wants them. Milliseconds, unless the name says otherwise. */
  readonly parts: Readonly<Record<string, number>>;
  /** Every sample of every series, in the order taken. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export type Aim = `${"<=" | ">="} ${number}`;

export interface Bench {
  readonly name: string;
  /** One line for `--list`. */
  readonly what: string;
  readonly aim: Aim;
  /** The ratio is that of the worst of `backends`. */
  readonly run: (progress: (text: string) => void, backends: readonly Backend[]) => Promise<Omit<Figure, "name" | "aim">>;
}

export function isMet(ratio: number, aim: Aim): boolean {
  const bound = Number(aim.slice(3));
  return aim.startsWith("<=") ? ratio <= bound : ratio >= bound;
}

/** The middle of the samples: what one slow run of a busy machine does not move. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Of several ratios the one that is furthest from the aim. */
export function worst(ratios: readonly number[], aim: Aim): number {
  return aim.startsWith("<=") ? Math.max(...ratios) : Math.min(...ratios);
}

export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
