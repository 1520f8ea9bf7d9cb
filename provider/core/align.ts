import type { Shape } from "../schema/shape";
import { isPlain } from "./defaults";
import { UNKNOWN } from "./define";
import { canonicalText } from "./same";

/** Which elements of two lists are the same one. Every index of either list is in exactly one of the three. */
export interface Alignment {
  /** Pairs of old and new index, ascending in both. */
  readonly kept: readonly (readonly [number, number])[];
  /** Old indices. */
  readonly deleted: readonly number[];
  /** New indices. */
  readonly added: readonly number[];
}

/**
 * Aligns by the field that names an element. The longest run of elements whose order is the same on both sides is kept; the others have
 * moved, and are deleted in one place and added in another. Elements without a known, unique name are never the same one.
 */
export function alignByKey(keyedBy: string, before: readonly unknown[], after: readonly unknown[]): Alignment {
  const keyOf = (element: unknown) =>
    isPlain(element) && element[keyedBy] !== UNKNOWN && element[keyedBy] !== undefined ? element[keyedBy] : undefined;
  return inOrder(before.map(keyOf), after.map(keyOf));
}

/** Aligns as sets: an element is kept wherever it stands. Repeated elements count once; repetitions are kept with nothing to say. */
export function alignUnordered(shape: Shape, before: readonly unknown[], after: readonly unknown[]): Alignment {
  const old = new Map<string, number>();
  before.forEach((element, index) => {
    const text = canonicalText(shape, element);
    if (element !== UNKNOWN && !old.has(text)) old.set(text, index);
  });
  const present = new Set<string>();
  const added: number[] = [];
  after.forEach((element, index) => {
    const text = canonicalText(shape, element);
    if (element === UNKNOWN || (!old.has(text) && !present.has(text))) added.push(index);
    if (element !== UNKNOWN) present.add(text);
  });
  return { kept: [], deleted: [...old].filter(([text]) => !present.has(text)).map(([, index]) => index), added };
}

/** Aligns by what the elements say, as {@link alignByKey} does by their names. */
export function alignSequence(shape: Shape, before: readonly unknown[], after: readonly unknown[]): Alignment {
  const textOf = (element: unknown) => (element === UNKNOWN ? undefined : canonicalText(shape, element));
  return inOrder(before.map(textOf), after.map(textOf));
}

function inOrder(before: readonly unknown[], after: readonly unknown[]): Alignment {
  const positions = uniquePositions(before);
  const candidates = [...uniquePositions(after)].flatMap(([key, to]) => {
    const from = positions.get(key);
    return from === undefined ? [] : [[from, to] as const];
  });
  const kept = longestAscending(candidates.sort((a, b) => a[1] - b[1]));
  const keptOld = new Set(kept.map(([from]) => from));
  const keptNew = new Set(kept.map(([, to]) => to));
  return {
    kept,
    deleted: before.flatMap((_, index) => (keptOld.has(index) ? [] : [index])),
    added: after.flatMap((_, index) => (keptNew.has(index) ? [] : [index])),
  };
}

/** Where each key stands; keys that occur twice, or not at all, are left out. */
function uniquePositions(keys: readonly unknown[]): Map<unknown, number> {
  const positions = new Map<unknown, number>();
  const repeated = new Set<unknown>();
  keys.forEach((key, index) => {
    if (key === undefined) return;
    if (positions.has(key)) repeated.add(key);
    positions.set(key, index);
  });
  for (const key of repeated) positions.delete(key);
  return positions;
}

/**
 * The longest subsequence of pairs, given ascending by new index, that is ascending by old index too; of several as long, the one with the
 * most elements that stand where they stood.
 */
function longestAscending(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  // Nearly always nothing has moved.
  if (pairs.every(([from], index) => index === 0 || from > (pairs[index - 1]?.[0] ?? 0))) return [...pairs];
  const weight: number[] = [];
  const previous: number[] = [];
  let last = -1;
  pairs.forEach(([from, to], index) => {
    let before = -1;
    for (let i = 0; i < index; i++) {
      if ((pairs[i]?.[0] ?? 0) < from && (weight[i] ?? 0) > (weight[before] ?? 0)) before = i;
    }
    previous[index] = before;
    weight[index] = (weight[before] ?? 0) + pairs.length + 1 + (from === to ? 1 : 0);
    if (last < 0 || (weight[index] ?? 0) > (weight[last] ?? 0)) last = index;
  });
  const run: (readonly [number, number])[] = [];
  for (let index = last; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) run.unshift(pair);
  }
  return run;
}
