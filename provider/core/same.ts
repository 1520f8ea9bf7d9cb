import type { Shape } from "../schema/shape";
import { isPlain } from "./defaults";
import { UNKNOWN } from "./define";

/** Whether two values mean the same: defaults filled in, leaves in canonical spelling, unordered lists as sets. UNKNOWN equals nothing. */
export function sameMeaning(shape: Shape | undefined, a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return false;
  const left = a ?? shape?.defaultValue;
  const right = b ?? shape?.defaultValue;
  if (left === right) return true;
  if (left === undefined || right === undefined || left === null || right === null) return false;
  if (shape === undefined || shape.kind === "any" || shape.kind === "union")
    return canonicalText(shape, left) === canonicalText(shape, right);
  switch (shape.kind) {
    case "object": {
      if (!isPlain(left) || !isPlain(right)) return false;
      for (const [key, field] of shape.fields) {
        const [x, y] = [left[key], right[key]];
        if ((x !== y || x === UNKNOWN) && !sameMeaning(field, x, y)) return false;
      }
      return sameForeignFields(shape.fields, left, right);
    }
    case "record": {
      if (!isPlain(left) || !isPlain(right)) return false;
      const keys = Object.keys(left);
      return (
        keys.length === Object.keys(right).length &&
        keys.every((key) => Object.hasOwn(right, key) && sameMeaning(shape.value, left[key], right[key]))
      );
    }
    case "list": {
      if (!Array.isArray(left) || !Array.isArray(right)) return false;
      if (left.length === right.length && left.every((element, index) => sameMeaning(shape.element, element, right[index]))) return true;
      if (shape.meta.unordered !== true) return false;
      const members = new Set(left.map((element) => canonicalText(shape.element, element)));
      const others = new Set(right.map((element) => canonicalText(shape.element, element)));
      return (
        members.size === others.size &&
        [...others].every((member) => members.has(member)) &&
        !left.includes(UNKNOWN) &&
        !right.includes(UNKNOWN)
      );
    }
    default:
      return canonicalLeaf(shape, left) === canonicalLeaf(shape, right);
  }
}

function sameForeignFields(
  fields: ReadonlyMap<string, Shape>,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): boolean {
  for (const key in a) if (!fields.has(key) && !sameMeaning(undefined, a[key], b[key])) return false;
  for (const key in b) if (!fields.has(key) && a[key] === undefined && b[key] !== undefined) return false;
  return true;
}

/** A leaf in its one spelling. */
export function canonicalLeaf(shape: Shape | undefined, value: unknown): unknown {
  return typeof value === "string" && shape?.meta.canonical !== undefined ? shape.meta.canonical(value) : value;
}

/** Any value as text that is equal for equal meanings; two UNKNOWNs are told apart by nobody, so callers look for them first. */
export function canonicalText(shape: Shape | undefined, value: unknown): string {
  if (value === UNKNOWN) return "?";
  if (Array.isArray(value))
    return `[${value.map((element) => canonicalText(shape?.kind === "list" ? shape.element : undefined, element)).join(",")}]`;
  if (isPlain(value)) {
    const child = (key: string) => (shape?.kind === "object" ? shape.fields.get(key) : shape?.kind === "record" ? shape.value : undefined);
    const keys = Object.keys(value).filter((key) => value[key] !== undefined && value[key] !== null);
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalText(child(key), value[key])}`)
      .join(",")}}`;
  }
  return JSON.stringify(canonicalLeaf(shape, value)) ?? "null";
}
