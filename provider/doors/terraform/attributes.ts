import { describe } from "../../schema/pulumi";
import type { ObjectShape, Shape, UnionShape } from "../../schema/shape";
import { attributeName } from "./names";

/**
 * What the core's fields are to Terraform. A tree of its own, because some are otherwise there:
 * - A list whose order has no meaning, of plain values, is a set: Terraform then shows members that come and go, and nothing else.
 * - A plain value or an object (the provider's `bastion`) is two attributes, `bastion` and `inline_bastion`, of which one may be set.
 * - One of several objects is one object with the fields of all.
 * - What has no type of its own is dynamic.
 *
 * A default stands in the description and not in the plan, as in the other door: filled in, it would stand in every rule of every guest,
 * and a later change of a default would be a change to everybody's state.
 */
export interface Attribute {
  readonly name: string;
  /** The core's name of the field. */
  readonly field: string;
  readonly description: string;
  readonly mode: "required" | "optional" | "computed";
  readonly sensitive: boolean;
  /** In configurations only; null in every plan and state. */
  readonly writeOnly?: true;
  readonly type: AttributeType;
  /** Of a field with two attributes: the values this one is for. */
  readonly takes?: "plain" | "object";
}

export type AttributeType =
  | { readonly kind: "string" | "number" | "bool" | "dynamic" }
  | { readonly kind: "list" | "set" | "map"; readonly element: AttributeType }
  | ObjectType;

export interface ObjectType {
  readonly kind: "object";
  readonly attributes: readonly Attribute[];
}

/** The attributes of an object's fields, in the order of the fields. `computed`: outputs. */
export function attributesOf(shape: ObjectShape, options: { readonly atTop?: boolean; readonly computed?: boolean } = {}): Attribute[] {
  const { atTop = false, computed = false } = options;
  return [...shape.fields].flatMap(([field, declared]) => {
    if (declared.meta.writeOnly !== undefined && !atTop) throw new Error(`${field}: an input is write-only at the top of a resource alone`);
    const mode = computed ? "computed" : declared.optional ? "optional" : "required";
    const common = { field, mode, description: describe(declared), sensitive: declared.meta.secret === true } as const;
    const name = attributeName(field, atTop);
    const parts = declared.kind === "union" ? partsOf(declared) : undefined;
    if (parts === undefined) return [{ ...common, name, type: typeOf(declared, field, computed) }];
    const description = `${common.description} Either \`${name}\` or \`inline_${name}\`.`;
    const either = { ...common, description, mode: computed ? "computed" : "optional" } as const;
    return [
      { ...either, name, takes: "plain", type: typeOf(parts.plain, field, computed) },
      { ...either, name: `inline_${name}`, takes: "object", type: typeOf(parts.object, field, computed) },
    ] as const;
  });
}

/** A union of a plain value and an object, which Terraform has no type for. */
function partsOf(union: UnionShape): { readonly plain: Shape; readonly object: Shape } | undefined {
  const object = union.options.find(({ kind }) => kind === "object");
  const plain = union.options.find(({ kind }) => kind !== "object");
  return object === undefined || plain === undefined ? undefined : { plain, object };
}

function typeOf(shape: Shape, field: string, computed: boolean): AttributeType {
  switch (shape.kind) {
    case "string":
      return { kind: "string" };
    case "enum":
      return { kind: typeof shape.values[0] === "number" ? "number" : "string" };
    case "number":
    case "integer":
      return { kind: "number" };
    case "boolean":
      return { kind: "bool" };
    case "any":
      return { kind: "dynamic" };
    case "list": {
      const element = inCollection(typeOf(shape.element, field, computed), field);
      return { kind: shape.meta.unordered === true && element.kind !== "object" ? "set" : "list", element };
    }
    case "record": {
      const element = typeOf(shape.value, field, computed);
      return element.kind === "dynamic" ? element : { kind: "map", element };
    }
    case "object":
      return { kind: "object", attributes: attributesOf(shape, { computed }) };
    case "union":
      return unionType(shape, field, computed);
  }
}

function unionType(shape: UnionShape, field: string, computed: boolean): AttributeType {
  const types = shape.options.map((option) => typeOf(option, field, computed));
  const objects = types.filter((type): type is ObjectType => type.kind === "object");
  if (objects.length === types.length) return { kind: "object", attributes: ofAll(objects, field) };
  const [first] = types;
  if (first !== undefined && types.every((type) => JSON.stringify(type) === JSON.stringify(first))) return first;
  // Terraform turns a number or a boolean into the text it is written as.
  if (types.every(({ kind }) => kind === "string" || kind === "number" || kind === "bool")) return { kind: "string" };
  throw new Error(`${field}: Terraform has no type for a choice between ${types.map(({ kind }) => kind).join(" and ")} here`);
}

/** One object for several: every field is optional, and which belong together is for validation to say. */
function ofAll(objects: readonly ObjectType[], field: string): Attribute[] {
  const merged = new Map<string, Attribute>();
  for (const attribute of objects.flatMap(({ attributes }) => attributes)) {
    const known = merged.get(attribute.name);
    if (known !== undefined && JSON.stringify(known.type) !== JSON.stringify(attribute.type))
      throw new Error(`${field}: Terraform has no type for \`${attribute.name}\`, which is of two types`);
    const everywhere = objects.every(({ attributes }) =>
      attributes.some(({ name, mode }) => name === attribute.name && mode === "required"),
    );
    merged.set(attribute.name, known ?? { ...attribute, mode: everywhere || attribute.mode === "computed" ? attribute.mode : "optional" });
  }
  return [...merged.values()];
}

function inCollection(element: AttributeType, field: string): AttributeType {
  if (element.kind === "dynamic") throw new Error(`${field}: Terraform has no type for a list of anything`);
  return element;
}

/** Terraform's notation of a type, as JSON (docs/plugin-protocol, "Type constraints"). */
export type TypeExpression = "string" | "number" | "bool" | "dynamic" | readonly [string, unknown];

export function typeExpression(type: AttributeType): TypeExpression {
  if (type.kind === "object")
    return ["object", Object.fromEntries(type.attributes.map(({ name, type: inner }) => [name, typeExpression(inner)]))];
  return "element" in type ? [type.kind, typeExpression(type.element)] : type.kind;
}

/** Objects, and collections of them, are attributes with attributes of their own; everything else has one type. */
export function nestingOf(
  type: AttributeType,
): { readonly nesting: "single" | "list" | "map"; readonly attributes: readonly Attribute[] } | undefined {
  if (type.kind === "object") return { nesting: "single", attributes: type.attributes };
  if ((type.kind === "list" || type.kind === "map") && type.element.kind === "object")
    return { nesting: type.kind, attributes: type.element.attributes };
  return undefined;
}
