import type { Line, Origin } from "./kernel";

/** Lines made before, by their text: nearly always one. */
const known = new Map<string, Line[]>();
const MOST = 65536;

/**
 * The same lines, as objects that guests share: most of what a fleet's guests may do is the same for all of them, and a copy for each was a third
 * of all that is kept in memory.
 */
export function shared(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => {
    const same = known.get(line.text);
    const found = same?.find(({ origin }) => isSame(origin, line.origin));
    if (found !== undefined) return found;
    if (same !== undefined) same.push(line);
    else {
      if (known.size >= MOST) known.clear();
      known.set(line.text, [line]);
    }
    return line;
  });
}

function isSame(a: Origin | undefined, b: Origin | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.list === b.list && a.rule === b.rule && a.group === b.group);
}
