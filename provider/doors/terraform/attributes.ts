import { describe } from "../../schema/describe";
import { holdsObjects, type ObjectShape, type Shape, type UnionShape } from "../../schema/shape";
import { attributeName, singular } from "./names";

/**
 * What the core's fields are to Terraform. A tree of its own, because some are otherwise there:
 * - An input that is an object, or a list of them, is a block. Of an attribute with attributes of its own Terraform drops the keys that it
 *   does not know without a word, and `form = var.office` opens a port to everybody; of a block it refuses them.
 * - A map of objects can be no block whose keys are only known later, and what is another resource's output is written as a reference: both
 *   are attributes of any type, and csp itself says which keys there are (keys.ts).
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
  /** Written as a block, or as several where the type is a list. */
  readonly block?: true;
}

export type AttributeType =
  | { readonly kind: "string" | "number" | "bool" }
  | { readonly kind: "list" | "set" | "map"; readonly element: AttributeType }
  | DynamicType
  | ObjectType;

/** Any type, as far as Terraform is to know. `of`: what it has to be all the same. */
export interface DynamicType {
  readonly kind: "dynamic";
  readonly of?: AttributeType;
}

export interface ObjectType {
  readonly kind: "object";
  readonly attributes: readonly Attribute[];
}

/** Where attributes stand: at the top of a resource, in a block, in a value of any type, or among what a provider answers. */
type Place = "top" | "block" | "value" | "outputs";

/** The attributes of a resource's, data source's or provider's own fields, in the order of the fields. */
export const inputAttributes = (shape: ObjectShape): Attribute[] => attributesIn("top", shape);

export const outputAttributes = (shape: ObjectShape): Attribute[] => attributesIn("outputs", shape, true);

function attributesIn(place: Place, shape: ObjectShape, atTop = place === "top"): Attribute[] {
  return [...shape.fields].flatMap(([field, declared]) => {
    if (declared.meta.writeOnly !== undefined && place !== "top")
      throw new Error(`${field}: an input is write-only at the top of a resource alone`);
    const mode = place === "outputs" ? "computed" : declared.optional ? "optional" : "required";
    const common = { field, mode, description: describe(declared), sensitive: declared.meta.secret === true } as const;
    const name = attributeName(field, atTop);
    const parts = declared.kind === "union" ? partsOf(declared) : undefined;
    if (parts === undefined) return [placed(place, { ...common, name, type: typeOf(declared, field, place) })];
    const description = `${common.description} Either \`${name}\` or \`inline_${name}\`.`;
    const either = { ...common, description, mode: place === "outputs" ? "computed" : "optional" } as const;
    return [
      { ...either, name, takes: "plain", type: typeOf(parts.plain, field, place) },
      placed(place, { ...either, name: `inline_${name}`, takes: "object", type: typeOf(parts.object, field, place) }),
    ] as const;
  });
}

/** The attribute, as a block where its place and its type make it one; of several, each is called by the singular. */
function placed(place: Place, attribute: Attribute): Attribute {
  if (place === "outputs" || place === "value") return attribute;
  const nesting = nestingOf(attribute.type);
  if (nesting === undefined) return attribute;
  return { ...attribute, name: nesting.nesting === "list" ? singular(attribute.name) : attribute.name, block: true };
}

/** A union of a plain value and an object, which Terraform has no type for. */
function partsOf(union: UnionShape): { readonly plain: Shape; readonly object: Shape } | undefined {
  const object = union.options.find(({ kind }) => kind === "object");
  const plain = union.options.find(({ kind }) => kind !== "object");
  return object === undefined || plain === undefined ? undefined : { plain, object };
}

function typeOf(shape: Shape, field: string, place: Place): AttributeType {
  if ((place === "top" || place === "block") && isValue(shape)) {
    // A list of blocks with such an attribute would be of no type itself (configschema: Block.ImpliedType).
    if (place === "block") throw new Error(`${field}: Terraform has no type for a map of objects, or references to outputs, in a block`);
    return { kind: "dynamic", of: typeOf(shape, field, "value") };
  }
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
      const element = inCollection(typeOf(shape.element, field, place), field);
      return { kind: shape.meta.unordered === true && element.kind !== "object" ? "set" : "list", element };
    }
    case "record": {
      const element = typeOf(shape.value, field, place);
      return element.kind === "dynamic" ? element : { kind: "map", element };
    }
    case "object":
      return { kind: "object", attributes: attributesIn(place === "top" ? "block" : place, shape, false) };
    case "union":
      return unionType(shape, field, place);
  }
}

/** Objects that are written as a value, because their keys are the user's or because they are what another resource gives. */
function isValue(shape: Shape): boolean {
  return (shape.kind === "record" && holdsObjects(shape.value)) || (shape.kind === "list" && shape.meta.references === true);
}

function unionType(shape: UnionShape, field: string, place: Place): AttributeType {
  const types = shape.options.map((option) => typeOf(option, field, place));
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
    const earlier = merged.get(attribute.name);
    if (earlier !== undefined && JSON.stringify(earlier.type) !== JSON.stringify(attribute.type))
      throw new Error(`${field}: Terraform has no type for \`${attribute.name}\`, which is of two types`);
    const everywhere = objects.every(({ attributes }) =>
      attributes.some(({ name, mode }) => name === attribute.name && mode === "required"),
    );
    merged.set(
      attribute.name,
      earlier ?? { ...attribute, mode: everywhere || attribute.mode === "computed" ? attribute.mode : "optional" },
    );
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

/** What an object is made of, or each object of a list or map; undefined for everything else, which has one type. */
export interface Nesting {
  readonly nesting: "single" | "list" | "map";
  readonly attributes: readonly Attribute[];
}

export function nestingOf(type: AttributeType): Nesting | undefined {
  if (type.kind === "object") return { nesting: "single", attributes: type.attributes };
  if ((type.kind === "list" || type.kind === "map") && type.element.kind === "object")
    return { nesting: type.kind, attributes: type.element.attributes };
  return undefined;
}

/** As {@link nestingOf}, for readers and writers of configurations: what a value of any type has to be made of, too. */
export function insideOf(type: AttributeType): Nesting | undefined {
  return nestingOf(type.kind === "dynamic" && type.of !== undefined ? type.of : type);
}
