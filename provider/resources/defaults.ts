import type { Shape } from "../schema/shape";

type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value with its defaults filled in, at every depth. UNKNOWN and values of the wrong type stay as they are; parts that have nothing to
 * fill in are shared, not copied.
 */
export function withDefaults(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) {
    return shape.defaultValue === undefined ? undefined : withDefaults({ ...shape, defaultValue: undefined }, shape.defaultValue);
  }
  switch (shape.kind) {
    case "object": {
      if (!isPlain(value)) return value;
      const filled: Record<string, unknown> = { ...value };
      for (const [key, field] of shape.fields) {
        const entry = withDefaults(field, value[key]);
        if (entry === undefined) delete filled[key];
        else filled[key] = entry;
      }
      return filled;
    }
    case "list":
      return Array.isArray(value) ? value.map((element) => withDefaults(shape.element, element)) : value;
    case "record":
      return isPlain(value)
        ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withDefaults(shape.value, entry)]))
        : value;
    default:
      return value;
  }
}
