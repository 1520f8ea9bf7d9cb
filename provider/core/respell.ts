import type { Shape } from "../schema/shape";
import { isPlain } from "./defaults";
import { canonicalText, sameMeaning } from "./same";

/**
 * What was read, in the user's own words: wherever the meaning is that of `prior`, its spelling, its order and its left-out defaults stay.
 * Without `prior` (an import) only defaults are left out, so that the program written from it is short.
 */
export function respell(shape: Shape, fresh: unknown, prior: unknown): unknown {
  if (sameMeaning(shape, fresh, prior)) return prior;
  if (prior === undefined && fresh !== undefined && sameMeaning(shape, fresh, undefined)) return undefined;
  if (shape.kind === "object" && isPlain(fresh)) {
    const old = isPlain(prior) ? prior : {};
    const entries = Object.entries(fresh).map(([key, value]) => {
      const field = shape.fields.get(key);
      return [key, field === undefined ? value : respell(field, value, old[key])] as const;
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  if (shape.kind === "record" && isPlain(fresh)) {
    const old = isPlain(prior) ? prior : {};
    return Object.fromEntries(Object.entries(fresh).map(([key, value]) => [key, respell(shape.value, value, old[key])]));
  }
  if (shape.kind === "list" && Array.isArray(fresh))
    return respellList(shape.element, fresh, Array.isArray(prior) ? prior : [], shape.meta.keyedBy, shape.meta.unordered === true);
  return fresh;
}

function respellList(
  shape: Shape,
  fresh: readonly unknown[],
  prior: readonly unknown[],
  keyedBy: string | undefined,
  unordered: boolean,
): unknown[] {
  if (keyedBy !== undefined) {
    const old = new Map(prior.map((element) => [isPlain(element) ? element[keyedBy] : undefined, element]));
    return fresh.map((element) => respell(shape, element, isPlain(element) ? old.get(element[keyedBy]) : undefined) ?? element);
  }
  if (!unordered) return fresh.map((element, index) => respell(shape, element, prior[index]) ?? element);
  const present = new Map(fresh.map((element) => [canonicalText(shape, element), element]));
  const kept = prior.filter((element) => present.has(canonicalText(shape, element)));
  const texts = new Set(kept.map((element) => canonicalText(shape, element)));
  return [...kept, ...[...present].filter(([text]) => !texts.has(text)).map(([, element]) => element)];
}
