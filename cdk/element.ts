import { Lazy, listMapper, Token } from "cdktn";
import { suggest } from "../provider/schema/suggest";

/**
 * Translates between a construct's fields and Terraform's attributes: each attribute's name by its field, and its own fields if it is an object,
 * or a list or map of objects. It is written as a value, as a block or as several blocks.
 */
export interface Fields {
  readonly [field: string]: string | readonly [attribute: string, inside: Fields, nesting: Nesting];
}

export type Nesting = "object" | "list" | "map" | "block" | "blocks";

/** Meta-arguments that every resource, data source or provider of Terraform takes, and that the library writes. */
const META: ReadonlySet<string> = new Set([
  "alias",
  "connection",
  "count",
  "dependsOn",
  "forEach",
  "lifecycle",
  "provider",
  "provisioners",
]);

/**
 * Throws if a field does not exist. TypeScript accepts an extra field if the object comes from a variable, and Terraform cannot refuse what it is
 * not told.
 */
export function checkFields(type: string, path: string, fields: Fields, config: object): void {
  check(`${type} ${path}`, "", fields, config, META);
}

function check(construct: string, place: string, fields: Fields, value: unknown, besides?: ReadonlySet<string>): void {
  if (!isConfig(value)) return;
  for (const [field, entry] of Object.entries(value)) {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const at = place === "" ? field : `${place}.${field}`;
    if (known === undefined) {
      if (entry === undefined || besides?.has(field)) continue;
      const meant = suggest(
        field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
        Object.keys(fields),
      );
      const remedy = meant === undefined ? `the fields are ${Object.keys(fields).join(", ")}` : `did you mean "${meant}"?`;
      throw new Error(`${construct}, ${at}: there is no such field; ${remedy}`);
    }
    if (typeof known === "string") continue;
    const [, inside, nesting] = known;
    if (Array.isArray(entry)) for (const [index, each] of entry.entries()) check(construct, `${at}[${index}]`, inside, each);
    else if (nesting === "map" && isConfig(entry))
      for (const [key, each] of Object.entries(entry)) check(construct, `${at}[${JSON.stringify(key)}]`, inside, each);
    else check(construct, at, inside, entry);
  }
}

/** An object that is written here, not a value that Terraform only knows later (a token). */
function isConfig(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

/** Blocks that Terraform makes, one for each element of a list (`TerraformIterator.dynamic`). They already have Terraform's own names. */
const dynamicBlocks = listMapper((block) => block, true);

/** A construct's configuration as Terraform reads it. Values that Terraform only knows later (tokens) stay unchanged. */
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

function nested(inside: Fields, nesting: Nesting, value: unknown): unknown {
  if (nesting === "blocks" && !Array.isArray(value)) return dynamicBlocks(value);
  if (Token.isUnresolved(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => nested(inside, "object", element));
  if (nesting === "map") return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, nested(inside, "object", entry)]));
  return attributesOf(inside, value);
}

/**
 * A provider's attributes. The library changes every key in there into snake case, at any depth, so that a host "hv-01" would become "hv_01"
 * (lib/terraform-provider.ts, keysToSnakeCase). It leaves alone what is only produced when it is written.
 */
export function asTheyAre(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, Lazy.anyValue({ produce: () => value })]));
}

/**
 * The same as {@link attributesOf}, for HCL, the library's other output. It needs the type of each attribute. For "any", it guesses how to write
 * values (lib/hcl/render.js, renderFuzzyJsonExpression), and leaves a text unchanged that is already a literal.
 */
export function hclOf(fields: Fields, config: object): Record<string, unknown> {
  const written = (kind: string, isBlock: boolean, value: unknown) => ({ value, isBlock, type: kind, storageClassType: kind });
  const attributes: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(config)) {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (known === undefined || value === undefined) continue;
    const [name, inside, nesting] = typeof known === "string" ? [known, {}, "value"] : known;
    if (nesting === "blocks" && !Array.isArray(value)) attributes[name] = dynamicBlocks(value);
    else if (nesting === "block" && isConfig(value)) attributes[name] = written("struct", true, hclOf(inside, value));
    else if (nesting === "blocks" && Array.isArray(value))
      attributes[name] = written(
        "list",
        true,
        value.map((each: object) => hclOf(inside, each)),
      );
    else {
      const given = typeof known === "string" ? value : nested(inside, nesting as Nesting, value);
      attributes[name] = written("any", false, Lazy.anyValue({ produce: () => literals(given) }));
    }
  }
  return attributes;
}

/** Texts as HCL literals, except those that Terraform only knows later. */
function literals(value: unknown): unknown {
  if (Token.isUnresolved(value)) return value;
  if (typeof value === "string") return value.includes("${") ? value : JSON.stringify(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, literals(entry)]));
}
