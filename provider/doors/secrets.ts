import { memory } from "../memory";
import { UNKNOWN } from "../schema/field";
import { optionFor, type Shape } from "../schema/shape";

/** Where secrets are: everything here (`true`), or at these keys and indices. Undefined: nowhere. */
export type SecretPlaces = true | ReadonlyMap<string | number, SecretPlaces> | undefined;

/** Places that are secret in either. */
export function union(a: SecretPlaces, b: SecretPlaces): SecretPlaces {
  if (a === true || b === true) return true;
  if (a === undefined || b === undefined) return a ?? b;
  const merged = new Map(a);
  for (const [key, places] of b) merged.set(key, union(merged.get(key), places));
  return merged;
}

/**
 * The same places in values that have been read again: elements of a list may have moved since, so a secret inside a list makes the whole
 * list one.
 */
export function widened(places: SecretPlaces): SecretPlaces {
  if (places === true || places === undefined) return places;
  const wide = new Map<string | number, SecretPlaces>();
  for (const [key, inner] of places) {
    if (typeof key === "number") return true;
    wide.set(key, widened(inner));
  }
  return wide;
}

/** Where a value has fields that its schema marks as secret. */
export function marked(declared: Shape, value: unknown): SecretPlaces {
  if (value === undefined || value === null || !holdsSecrets(declared)) return undefined;
  const shape = optionFor(declared, value);
  if (shape.meta.secret === true) return true;
  if (value === UNKNOWN || typeof value !== "object") return undefined;
  const found = new Map<string | number, SecretPlaces>();
  const visit = (key: string | number, inner: Shape | undefined, entry: unknown) => {
    const places = inner === undefined ? undefined : marked(inner, entry);
    if (places !== undefined) found.set(key, places);
  };
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) visit(index, shape.kind === "list" ? shape.element : undefined, element);
  } else {
    const field = (key: string) => (shape.kind === "object" ? shape.fields.get(key) : shape.kind === "record" ? shape.value : undefined);
    for (const [key, entry] of Object.entries(value)) visit(key, field(key), entry);
  }
  return found.size === 0 ? undefined : found;
}

const holdsSecrets: (shape: Shape) => boolean = memory.once(
  { name: "shapes that hold secrets", reason: "every value of every call is looked through for them" },
  (shape) =>
    shape.meta.secret === true ||
    (shape.kind === "object" && [...shape.fields.values()].some(holdsSecrets)) ||
    (shape.kind === "list" && holdsSecrets(shape.element)) ||
    (shape.kind === "record" && holdsSecrets(shape.value)) ||
    (shape.kind === "union" && shape.options.some(holdsSecrets)),
);

/** Whether a user made anything secret beyond what the schema marks anyway: then what is derived from it is secret as well. */
export function beyondMarked(places: SecretPlaces, byschema: SecretPlaces): boolean {
  if (places === undefined || byschema === true) return false;
  if (places === true) return true;
  return [...places].some(([key, inner]) => beyondMarked(inner, byschema?.get(key)));
}
