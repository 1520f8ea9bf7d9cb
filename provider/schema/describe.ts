import type { Shape } from "./shape";

/** What a use of a field means, and its default: the same text in every schema, and in the documentation. */
export function describe(shape: Shape): string {
  const text = shape.meta.description ?? "";
  const fallback = defaultText(shape);
  return fallback === undefined ? text : `${text} Default: ${fallback}.`.trim();
}

function defaultText(shape: Shape): string | undefined {
  const value = shape.defaultValue;
  if (value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0)) return undefined;
  return `\`${JSON.stringify(value)}\``;
}
