import { type ObjectShape, objectShape } from "../schema/shape";
import { withDefaults } from "./defaults";
import type { AnyResource, State, Values } from "./define";
import { holdsUnknown } from "./validate";

/** From what a door has of a resource to what its definition takes. */

/** The resource's own inputs among other values; the same object when there are no others, which is how those who saw it before know it again. */
export function ownInputs(definition: AnyResource, values: Values): Values {
  const { fields } = objectShape(definition.inputs);
  const keys = Object.keys(values);
  return keys.every((key) => fields.has(key))
    ? values
    : Object.fromEntries(keys.filter((key) => fields.has(key)).map((key) => [key, values[key]]));
}

/** The names of the outputs that are not inputs as well. */
export function outputNames(definition: AnyResource): readonly string[] {
  const { fields } = objectShape(definition.inputs);
  return [...objectShape(definition.outputs).fields.keys()].filter((name) => !fields.has(name));
}

/** Inputs with their defaults; all of them are known where something is made of them. */
export function complete(definition: AnyResource, inputs: Values): Values {
  if (holdsUnknown(inputs)) throw new Error("inputs hold unknown values where all must be known");
  return withDefaults(objectShape(definition.inputs), inputs) as Values;
}

/** A state as a door has it. `inputs` are read when somebody looks at them: an update seldom does, and those of a thousand guests take their time. */
export function stateOf(definition: AnyResource, inputs: () => Values, outputs: Values): State {
  let filled: Values | undefined;
  return {
    get inputs() {
      filled ??= withDefaults(objectShape(definition.inputs), ownInputs(definition, inputs())) as Values;
      return filled;
    },
    outputs,
  };
}

/** The shape of what a declaration says and what stands beside it in the state: inputs, and contents of the files that they name. */
export function declaredShape({ inputs, outputs, contents }: AnyResource): ObjectShape {
  const shape = objectShape(inputs);
  return contents === undefined ? shape : { ...shape, fields: new Map([...objectShape(outputs).fields, ...shape.fields]) };
}
