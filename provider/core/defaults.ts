import { dictionary } from "../dictionary";
import { memory } from "../memory";
import { holdsObjects, type ObjectShape, type Shape } from "../schema/shape";

type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value with its defaults filled in, at every depth, its fields in the schema's order and a record's in their own names' (the engine sends
 * them in another order every time). UNKNOWN and values of the wrong type stay as they are.
 */
export function withDefaults(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) {
    return shape.defaultValue === undefined ? undefined : withDefaults({ ...shape, defaultValue: undefined }, shape.defaultValue);
  }
  switch (shape.kind) {
    case "object":
      return isPlain(value) ? filled(shape, value) : value;
    case "list":
      // What has no fields has no defaults.
      return Array.isArray(value) && holdsObjects(shape.element) ? value.map((element) => withDefaults(shape.element, element)) : value;
    case "record":
      return isPlain(value)
        ? dictionary(
            Object.keys(value)
              .sort()
              .map((key) => [key, withDefaults(shape.value, value[key])]),
          )
        : value;
    default:
      return value;
  }
}

const filled = memory.onceByBoth(
  {
    name: "inputs with their defaults",
    reason: "a thousand guests of a policy are filled in again for the check, the diff and the update",
  },
  (shape: ObjectShape, value: Plain): object => {
    const all: Record<string, unknown> = {};
    for (const [key, field] of shape.fields) {
      const entry = withDefaults(field, value[key]);
      if (entry !== undefined) all[key] = entry;
    }
    for (const key of Object.keys(value)) if (!shape.fields.has(key)) all[key] = value[key];
    return all;
  },
);
