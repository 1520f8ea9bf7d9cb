import type { Path } from "../schema/field";
import type { Shape } from "../schema/shape";
import { isPlain } from "./defaults";
import type { Difference } from "./diff";

/** At most this many lines: a reader who wants more has `--diff`. */
const LONGEST = 20;

const SIGNS = { add: "+", delete: "-", update: "~" } as const;

/**
 * Differences in words a reader knows: elements of lists by their name and not by their index.
 * `~ guests["web-1"].ingress["ssh"].from`, `+ guests["web-1"].ingress["http"]`.
 */
export function summary(shape: Shape, before: unknown, after: unknown, differences: readonly Difference[]): string[] {
  const lines = new Set<string>();
  for (const { steps, kind } of differences) {
    const old = byName(shape, before, steps);
    const fresh = byName(shape, after, steps);
    if (kind === "update" && old.text !== fresh.text) {
      // Two elements that have nothing in common but their place.
      lines.add(`${SIGNS.delete} ${old.text}`);
      lines.add(`${SIGNS.add} ${fresh.text}`);
      continue;
    }
    const named = kind === "delete" ? old : fresh;
    // A member of a set has no name of its own: then it is the set that changed.
    lines.add(`${named.complete ? SIGNS[kind] : "~"} ${named.text}`);
  }
  const all = [...lines];
  return all.length <= LONGEST ? all : [...all.slice(0, LONGEST - 1), `... and ${all.length - LONGEST + 1} more`];
}

function byName(shape: Shape, value: unknown, steps: Path): { readonly text: string; readonly complete: boolean } {
  let text = "";
  let at: Shape | undefined = shape;
  let current = value;
  for (const step of steps) {
    if (typeof step === "number") {
      const { keyedBy } = at?.meta ?? {};
      const element: unknown = Array.isArray(current) ? current[step] : undefined;
      const name = keyedBy !== undefined && isPlain(element) ? element[keyedBy] : undefined;
      if (typeof name !== "string" && typeof name !== "number") return { text, complete: false };
      text += `[${JSON.stringify(name)}]`;
      at = at?.kind === "list" ? at.element : undefined;
      current = element;
    } else {
      const record = at?.kind === "record";
      text += record ? `[${JSON.stringify(step)}]` : text === "" ? step : `.${step}`;
      at = at?.kind === "object" ? at.fields.get(step) : at?.kind === "record" ? at.value : undefined;
      current = isPlain(current) ? current[step] : undefined;
    }
  }
  return { text, complete: true };
}
