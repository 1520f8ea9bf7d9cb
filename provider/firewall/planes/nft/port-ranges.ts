import { parsePorts } from "../../values/spelling";

/**
 * Several ports without a set: all from the first to the last of them (`tcp dport 22-443`), without what lies between them (`tcp dport != 23-79`).
 */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Ports in order, neighbours as one range. */
export function joined(ports: readonly string[]): PortRange[] {
  const ranges: PortRange[] = [];
  for (const range of ports.flatMap((text) => parsePorts(text) ?? []).sort((a, b) => a.first - b.first)) {
    const last = ranges.at(-1);
    if (last === undefined || range.first > last.last + 1) ranges.push(range);
    else ranges[ranges.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
  }
  return ranges;
}

/** What lies between ranges that are in order. */
export function gaps(ranges: readonly PortRange[]): PortRange[] {
  return ranges.slice(1).map(({ first }, index) => ({ first: (ranges[index] as PortRange).last + 1, last: first - 1 }));
}

/** Ranges without others. */
export function without(ranges: readonly PortRange[], others: readonly PortRange[]): PortRange[] {
  return others.reduce<readonly PortRange[]>(
    (left, other) =>
      left.flatMap(({ first, last }) =>
        [
          { first, last: Math.min(last, other.first - 1) },
          { first: Math.max(first, other.last + 1), last },
        ].filter((range) => range.first <= range.last),
      ),
    ranges,
  ) as PortRange[];
}

/** "80", or "80:90". */
export const asPorts = ({ first, last }: PortRange): string => (first === last ? String(first) : `${first}:${last}`);
