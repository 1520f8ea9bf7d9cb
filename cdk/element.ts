import { Lazy, Token } from "cdktn";

/**
 * Between a construct's fields and Terraform's attributes: each attribute's name by its field, and what is inside where it is an object, or
 * a list or map of them.
 */
export interface Fields {
  readonly [field: string]: string | readonly [attribute: string, inside: Fields, nesting: "single" | "list" | "map"];
}

/** A construct's configuration as Terraform reads it. What Terraform only knows later (a token) stays as it is. */
export function attributesOf(fields: Fields, config: object): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(config)) {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (known === undefined || value === undefined) continue;
    if (typeof known === "string") attributes[known] = value;
    else attributes[known[0]] = nested(known[1], known[2], value);
  }
  return attributes;
}

function nested(inside: Fields, nesting: "single" | "list" | "map", value: unknown): unknown {
  if (Token.isUnresolved(value) || typeof value !== "object" || value === null) return value;
  if (nesting === "list") return Array.isArray(value) ? value.map((element: unknown) => nested(inside, "single", element)) : value;
  if (nesting === "map") return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, nested(inside, "single", entry)]));
  return attributesOf(inside, value);
}

/**
 * A provider's attributes. The library puts every key in there into snake case, at any depth, so that a host called "hv-01" would be "hv_01"
 * (lib/terraform-provider.ts, keysToSnakeCase); what is only produced when it is written it leaves alone.
 */
export function asTheyAre(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, Lazy.anyValue({ produce: () => value })]));
}

/** What is a block in HCL and no attribute: Terraform's own, which every resource has (provider/doors/terraform/schema.ts). */
const BLOCKS: ReadonlySet<string> = new Set(["timeouts"]);

/**
 * The same for the library's other way of writing, HCL. It wants to be told of each attribute what it is; told "any", it writes values by
 * guessing (lib/hcl/render.js, renderFuzzyJsonExpression), which a text that is already a literal passes untouched.
 */
export function hclOf(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const isBlock = BLOCKS.has(name);
      const kind = isBlock ? "struct" : "any";
      return [name, { value: Lazy.anyValue({ produce: () => literals(value) }), isBlock, type: kind, storageClassType: kind }];
    }),
  );
}

/** Texts as HCL's literals, but for those that Terraform only knows later. */
function literals(value: unknown): unknown {
  if (Token.isUnresolved(value)) return value;
  if (typeof value === "string") return value.includes("${") ? value : JSON.stringify(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, literals(entry)]));
}
