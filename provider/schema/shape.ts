import { z } from "zod";
import { memory } from "../memory";

/**
 * What a field is, read once from its zod schema. Everything that is made from a definition (schema.json, docs, diff, defaults, secrets) walks
 * this tree and never zod's own.
 */
export type Shape = Leaf | EnumShape | ObjectShape | ListShape | RecordShape | UnionShape | AnyShape;

interface Common {
  readonly meta: z.GlobalMeta;
  /** May be left out. */
  readonly optional: boolean;
  /** The value if it is left out; undefined if it has no default. */
  readonly defaultValue: unknown;
  /** The zod schema without its optional and default wrappers; the same object wherever the same field is used. */
  readonly source: z.ZodType;
}

export interface Leaf extends Common {
  readonly kind: "string" | "number" | "integer" | "boolean";
}
export interface EnumShape extends Common {
  readonly kind: "enum";
  readonly values: readonly (string | number)[];
}
export interface ObjectShape extends Common {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Shape>;
}
export interface ListShape extends Common {
  readonly kind: "list";
  readonly element: Shape;
}
export interface RecordShape extends Common {
  readonly kind: "record";
  readonly key: Shape;
  readonly value: Shape;
}
export interface UnionShape extends Common {
  readonly kind: "union";
  readonly options: readonly Shape[];
}
/** Any value: facts and other outputs without a fixed form. */
export interface AnyShape extends Common {
  readonly kind: "any";
}

/** The shape of a zod schema. Computed once for each schema object. */
export const shapeOf: (schema: z.ZodType) => Shape = memory.once(
  { name: "shapes of schemas", reason: "a thousand resources are checked by a dozen schemas" },
  read,
);

/** The same as {@link shapeOf}, for an object schema. */
export function objectShape(schema: z.ZodObject): ObjectShape {
  return shapeOf(schema) as ObjectShape;
}

function read(schema: z.ZodType): Shape {
  // An outer wrapper's meta wins: `.optional().describe("...")` describes the use, `.meta({ token })` inside the type.
  let meta: z.GlobalMeta = {};
  let optional = false;
  let defaultValue: unknown;
  let inner: z.ZodType = schema;
  for (;;) {
    meta = { ...inner.meta(), ...meta };
    if (inner instanceof z.ZodOptional) {
      optional = true;
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodDefault) {
      optional = true;
      defaultValue = inner.def.defaultValue;
      inner = inner.unwrap() as z.ZodType;
    } else break;
  }
  return { ...body(inner), meta, optional, defaultValue, source: original(inner) } as Shape;
}

/** `.describe()` makes a copy for one use of a named type; the type itself is the schema that was copied. */
function original(schema: z.ZodType): z.ZodType {
  let at = schema;
  for (let parent = at._zod.parent as z.ZodType | undefined; parent !== undefined; parent = at._zod.parent as z.ZodType | undefined) {
    const meta = parent.meta();
    if (meta?.token === undefined || meta.token !== at.meta()?.token) break;
    at = parent;
  }
  return at;
}

function body(schema: z.ZodType): object {
  if (schema instanceof z.ZodString) return { kind: "string" };
  if (schema instanceof z.ZodNumberFormat) return { kind: "integer" };
  if (schema instanceof z.ZodNumber) return { kind: "number" };
  if (schema instanceof z.ZodBoolean) return { kind: "boolean" };
  if (schema instanceof z.ZodEnum) return { kind: "enum", values: schema.options };
  if (schema instanceof z.ZodLiteral) return { kind: "enum", values: [...schema.values] };
  if (schema instanceof z.ZodArray) return { kind: "list", element: shapeOf(schema.element as z.ZodType) };
  if (schema instanceof z.ZodRecord)
    return { kind: "record", key: shapeOf(schema.keyType as z.ZodType), value: shapeOf(schema.valueType as z.ZodType) };
  if (schema instanceof z.ZodUnion) return { kind: "union", options: schema.options.map((option) => shapeOf(option as z.ZodType)) };
  if (schema instanceof z.ZodObject) {
    return { kind: "object", fields: new Map(Object.entries(schema.shape).map(([key, field]) => [key, shapeOf(field as z.ZodType)])) };
  }
  if (schema instanceof z.ZodAny || schema instanceof z.ZodUnknown) return { kind: "any" };
  throw new Error(`a resource field cannot be a zod ${schema.def.type}: the doors have no such type`);
}

/** For a union, the option that fits a value of this kind; for any other shape, the shape itself. */
export function optionFor(shape: Shape, value: unknown): Shape {
  if (shape.kind !== "union") return shape;
  const plain = typeof value === "object" && value !== null && !Array.isArray(value);
  return (plain ? shape.options.find(({ kind }) => kind === "object" || kind === "record") : undefined) ?? shape;
}

/** Names of the inputs that are not among the outputs. */
export const inputOnly = memory.once(
  { name: "fields that are not shown", reason: "every diff of a thousand resources asks for them" },
  (shape: ObjectShape): ReadonlySet<string> => new Set([...shape.fields].filter(([, field]) => field.meta.inputOnly).map(([name]) => name)),
);

/** Whether values have objects somewhere below them. */
export function holdsObjects(shape: Shape): boolean {
  switch (shape.kind) {
    case "object":
      return true;
    case "list":
      return holdsObjects(shape.element);
    case "record":
      return holdsObjects(shape.value);
    case "union":
      return shape.options.some(holdsObjects);
    default:
      return false;
  }
}

/** The shape of the field that a path leads to; undefined if it leads nowhere. */
export function shapeAt(shape: Shape, path: readonly PropertyKey[]): Shape | undefined {
  let at: Shape | undefined = shape;
  for (const step of path) {
    if (at?.kind === "object") at = at.fields.get(String(step));
    else if (at?.kind === "list") at = at.element;
    else if (at?.kind === "record") at = at.value;
    else return undefined;
  }
  return at;
}
