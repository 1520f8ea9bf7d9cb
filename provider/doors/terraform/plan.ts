import { isPlain } from "../../core/defaults";
import { sameMeaning } from "../../core/same";
import { UNKNOWN } from "../../schema/field";
import { type ObjectShape, type Shape, shapeAt } from "../../schema/shape";
import { type Attribute, nestingOf } from "./attributes";
import type { Values } from "./values";

/**
 * The inputs a plan promises: as they are configured, but in the prior state's words wherever the meaning is the same, so that another
 * spelling is no change. Terraform takes either for each attribute (docs/resource-instance-change-lifecycle.md), and compares elements of
 * lists by index; what is left out stays left out.
 */
export function plannedInputs(shape: ObjectShape, attributes: readonly Attribute[], configured: Values, prior: Values): Values {
  const planned: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const { field } = attribute;
    if (configured[field] === undefined || field in planned) continue;
    planned[field] = keep(shape.fields.get(field), attribute, configured[field], prior[field]);
  }
  return planned;
}

function keep(shape: Shape | undefined, attribute: Attribute, configured: unknown, prior: unknown): unknown {
  if (configured === UNKNOWN || prior === undefined) return configured;
  const nesting = nestingOf(attribute.type);
  if (nesting === undefined) return sameMeaning(shape, configured, prior) ? prior : configured;
  const inner = (part: Shape | undefined, own: unknown, old: unknown) =>
    part?.kind === "object" && isPlain(own) && isPlain(old) ? plannedInputs(part, nesting.attributes, own, old) : own;
  if (nesting.nesting === "single") return inner(shape, configured, prior);
  if (Array.isArray(configured) && Array.isArray(prior)) {
    const element = shape === undefined ? undefined : shapeAt(shape, [0]);
    return configured.map((own, index) => inner(element, own, prior[index]));
  }
  if (isPlain(configured) && isPlain(prior)) {
    const element = shape?.kind === "record" ? shape.value : undefined;
    return Object.fromEntries(Object.entries(configured).map(([key, own]) => [key, inner(element, own, prior[key])]));
  }
  return configured;
}
