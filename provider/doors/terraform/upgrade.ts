import type { Attribute, AttributeType } from "./attributes";
import { attributeName } from "./names";
import { decodeJsonState, type Values } from "./values";

/**
 * A state file's JSON of whatever form, read as the core has it: what an older version wrote, by the names and types of its time.
 *
 * - 0: blocks were attributes. Of several, the one attribute was called by the plural and null where there are none now; values of any type
 *   had types of their own.
 */
export function upgraded(attributes: readonly Attribute[], version: number, json: string): Values | undefined {
  return decodeJsonState(version === 0 ? attributes.map((attribute) => form0(attribute, true)) : attributes, json);
}

function form0({ block, ...attribute }: Attribute, atTop = false): Attribute {
  const { name, field, type } = attribute;
  // The timeouts are no field of the core, and an inline one has no plural.
  const wasPlural = block === true && type.kind === "list";
  return { ...attribute, name: wasPlural ? attributeName(field, atTop) : name, type: typeInForm0(type) };
}

function typeInForm0(type: AttributeType): AttributeType {
  if (type.kind === "dynamic") return type.of ?? type;
  if (type.kind === "object") return { kind: "object", attributes: type.attributes.map((attribute) => form0(attribute)) };
  return "element" in type ? { ...type, element: typeInForm0(type.element) } : type;
}
