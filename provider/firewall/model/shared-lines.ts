import { memory } from "../../memory";
import type { Line } from "./kernel";
import type { Origin } from "./rule";

/** By their text: nearly always one, and no more than a few are looked through. */
const known = memory.byText<Line[]>({
  name: "lines of guests",
  reason: "most of what a fleet's guests may do is the same for all of them, and is kept once",
  most: 65536,
});
const MOST_ORIGINS = 8;

/**
 * The same lines, as objects that guests share: most rules are the same for all guests of a fleet, and are kept once.
 */
export function shared(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => {
    const same = known.get(line.text);
    const found = same?.find(({ origin }) => isSame(origin, line.origin));
    if (found !== undefined) return found;
    if (same === undefined) {
      known.set(line.text, [line]);
    } else if (same.length < MOST_ORIGINS) same.push(line);
    return line;
  });
}

function isSame(a: Origin | undefined, b: Origin | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.list === b.list && a.rule === b.rule && a.group === b.group);
}
