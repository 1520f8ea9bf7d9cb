import { formatPath, type Path } from "../schema/field";
import { type ListShape, type ObjectShape, objectShape, type Shape } from "../schema/shape";
import { alignByKey, alignSequence, alignUnordered } from "./align";
import { isPlain } from "./defaults";
import { type ResourceDefinition, UNKNOWN } from "./define";
import { sameMeaning } from "./same";

/**
 * The difference between two inputs of a resource, the way the engine draws it:
 * - Spellings of one meaning are no difference, and neither is a default written out on one side only.
 * - A list with `keyedBy` is aligned by that field: an inserted element is one `add` at its new index, a removed one a `delete` at its
 *   old index, a moved one both. A change inside an element that kept its place is an `update` of the element, so that its name is drawn
 *   beside the fields that changed; where the engine's own drawing of it, by position, would show more than what changed, it is at the
 *   paths of the fields. Inside an element whose index shifted it is a delete and an add of the element, because a property path has only
 *   one index and the engine reads both sides with it.
 * - An `unordered` list is compared as a set, a `sequence` by what its elements say, in the same way.
 * - Two elements that are unrelated but at the same index (one deleted, one added there) are one `update`, since a path has one kind.
 * - What is not known yet counts as changed.
 */
export interface Difference {
  /** As Pulumi writes property paths; unique. */
  readonly path: string;
  /** The same, step by step. */
  readonly steps: Path;
  readonly kind: "add" | "delete" | "update";
  /** The top-level field. */
  readonly field: string;
  /** The field identifies the resource: a change replaces it. */
  readonly replaces: boolean;
}

export function diff(definition: Pick<ResourceDefinition, "inputs">, oldInputs: unknown, newInputs: unknown): Difference[] {
  return diffShape(objectShape(definition.inputs), oldInputs, newInputs);
}

export function diffShape(shape: ObjectShape, oldInputs: unknown, newInputs: unknown): Difference[] {
  const found: Difference[] = [];
  compareFields(shape, isPlain(oldInputs) ? oldInputs : {}, isPlain(newInputs) ? newInputs : {}, [], (path, kind) => {
    const field = String(path[0]);
    found.push({ path: formatPath(path), steps: path, kind, field, replaces: shape.fields.get(field)?.meta.identity === true });
  });
  return found;
}

type Emit = (path: Path, kind: Difference["kind"]) => void;
type Plain = Readonly<Record<string, unknown>>;

function compare(shape: Shape | undefined, before: unknown, after: unknown, path: Path, emit: Emit): void {
  if (before === after && before !== UNKNOWN) return;
  const absentBefore = before === undefined || before === null;
  const absentAfter = after === undefined || after === null;
  if (absentBefore && absentAfter) return;
  if (sameMeaning(shape, before, after)) return;
  if (absentBefore) emit(path, "add");
  else if (absentAfter) emit(path, "delete");
  else if (shape?.kind === "object" && isPlain(before) && isPlain(after)) compareFields(shape, before, after, path, emit);
  else if (shape?.kind === "record" && isPlain(before) && isPlain(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(shape.value, before[key], after[key], [...path, key], emit);
  } else if (shape?.kind === "list" && Array.isArray(before) && Array.isArray(after)) compareLists(shape, before, after, path, emit);
  else emit(path, "update");
}

function compareFields(shape: ObjectShape, before: Plain, after: Plain, path: Path, emit: Emit): void {
  for (const [key, field] of shape.fields) compare(field, before[key], after[key], [...path, key], emit);
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!shape.fields.has(key)) compare(undefined, before[key], after[key], [...path, key], emit);
  }
}

function compareLists(shape: ListShape, before: readonly unknown[], after: readonly unknown[], path: Path, emit: Emit): void {
  const { keyedBy, unordered, sequence } = shape.meta;
  if (keyedBy === undefined && unordered !== true && sequence !== true) {
    for (let i = 0; i < Math.max(before.length, after.length); i++) compare(shape.element, before[i], after[i], [...path, i], emit);
    return;
  }
  const alignment = sequence
    ? alignSequence(shape.element, before, after)
    : keyedBy === undefined
      ? alignUnordered(shape.element, before, after)
      : alignByKey(keyedBy, before, after);
  const deleted = new Set(alignment.deleted);
  const added = new Set(alignment.added);
  for (const [from, to] of alignment.kept) {
    if (from === to) compareElement(shape.element, before[from], after[to], [...path, to], emit);
    else if (!sameMeaning(shape.element, before[from], after[to])) {
      deleted.add(from);
      added.add(to);
    }
  }
  for (const index of [...deleted].sort((a, b) => a - b)) emit([...path, index], added.has(index) ? "update" : "delete");
  for (const index of [...added].sort((a, b) => a - b)) if (!deleted.has(index)) emit([...path, index], "add");
}

function compareElement(shape: Shape, before: unknown, after: unknown, path: Path, emit: Emit): void {
  const found: Parameters<Emit>[] = [];
  compare(shape, before, after, path, (...difference) => found.push(difference));
  if (found.length > 0 && differencesByPosition(before, after) === found.length) emit(path, "update");
  else for (const difference of found) emit(...difference);
}

/** How many marks the engine draws when it compares two values itself: fields by name, elements by index. */
function differencesByPosition(before: unknown, after: unknown): number {
  if (Array.isArray(before) && Array.isArray(after)) {
    let count = 0;
    for (let i = 0; i < Math.max(before.length, after.length); i++) count += differencesByPosition(before[i], after[i]);
    return count;
  }
  if (isPlain(before) && isPlain(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].reduce((count, key) => count + differencesByPosition(before[key], after[key]), 0);
  }
  return before === after && before !== UNKNOWN ? 0 : 1;
}
