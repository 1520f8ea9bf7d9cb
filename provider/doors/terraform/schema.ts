import type { z } from "zod";
import type { AnyFunction, AnyResource, Definitions } from "../../core/define";
import { objectShape } from "../../schema/shape";
import { type Attribute, inputAttributes, outputAttributes, typeExpression } from "./attributes";
import type { ProviderSchema, Schema } from "./messages";
import { typeName } from "./names";
import { writeOnlyAttributes } from "./write-only";

/**
 * Of the state's form. To be raised, with a step in upgrade.ts, when a state that an older version wrote can no longer be read by
 * name and type.
 */
export const STATE_VERSION = 1;

const DURATION = 'As a number and a unit: "30s", "10m", "2h".';
const OPERATIONS = ["create", "read", "update", "delete"] as const;

/** The key under which the core's values carry the `timeouts` block; no field of the core begins so. */
export const TIMEOUTS_FIELD = "$timeouts";

const TIMEOUTS: Attribute = {
  name: "timeouts",
  field: TIMEOUTS_FIELD,
  description: "How long an operation may take before it is given up. Without it: as long as it takes.",
  mode: "optional",
  sensitive: false,
  block: true,
  type: {
    kind: "object",
    attributes: OPERATIONS.map((name) => ({
      ...{ name, field: name, description: DURATION, mode: "optional", sensitive: false },
      type: { kind: "string" },
    })),
  },
};

const ID: Omit<Attribute, "description"> = { name: "id", field: "$id", mode: "computed", sensitive: false, type: { kind: "string" } };
export const ID_FIELD = ID.field;

/** A resource and what it is to Terraform. */
export interface ResourceType {
  readonly name: string;
  readonly definition: AnyResource;
  readonly schema: Schema;
  /** All of a state's: ID, inputs, outputs, timeouts. */
  readonly attributes: readonly Attribute[];
}

export interface DataSource {
  readonly name: string;
  readonly definition: AnyFunction;
  readonly schema: Schema;
}

export function resourceType(definition: AnyResource): ResourceType {
  const shape = objectShape(definition.inputs);
  const inputs = [...inputAttributes(shape), ...writeOnlyAttributes(shape)];
  const outputs = outputAttributes(objectShape(definition.outputs));
  checkNames(definition.token, inputs, outputs);
  const id = { ...ID, description: `\`${definition.importId}\`, which is also what an import takes.` };
  // What is on no host takes no time.
  const own = definition.live ? [TIMEOUTS] : [];
  const attributes = [id, ...inputs, ...outputs.filter(({ field }) => !shape.fields.has(field)), ...own];
  return {
    name: typeName(definition.token),
    definition,
    schema: { version: STATE_VERSION, description: definition.description, attributes },
    attributes,
  };
}

/** A state has one place for each name: an output that is called as an input is has to be that input. */
function checkNames(token: string, inputs: readonly Attribute[], outputs: readonly Attribute[]): void {
  for (const { name, field, type } of outputs) {
    const input = inputs.find((each) => each.name === name || each.field === field);
    if (input !== undefined && JSON.stringify(typeExpression(input.type)) !== JSON.stringify(typeExpression(type)))
      throw new Error(`${token}: the input and the output \`${field}\` are of two types, and Terraform has one place for both: rename one`);
  }
}

export function dataSource(definition: AnyFunction): DataSource {
  const inputs = inputAttributes(objectShape(definition.inputs));
  const outputs = outputAttributes(objectShape(definition.outputs));
  checkNames(definition.token, inputs, outputs);
  return {
    name: typeName(definition.token),
    definition,
    schema: { version: 0, description: definition.description, attributes: [...inputs, ...outputs] },
  };
}

/**
 * The provider's own settings. All of them optional, as far as Terraform is to know: tools that only want the schema (`cdktn get`) fail on
 * required ones.
 */
export function providerSettings(config: z.ZodObject): Schema {
  return {
    version: 0,
    description: "The fleet's inventory: which hosts there are and how to reach them.",
    attributes: inputAttributes(objectShape(config)),
  };
}

export interface Types {
  readonly resources: ReadonlyMap<string, ResourceType>;
  readonly dataSources: ReadonlyMap<string, DataSource>;
  readonly provider: Schema;
}

export function typesOf(source: Definitions): Types {
  return {
    resources: byName(source.resources.map(resourceType)),
    dataSources: byName(source.functions.map(dataSource)),
    provider: providerSettings(source.config),
  };
}

function byName<T extends { readonly name: string }>(types: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const type of types) {
    if (map.has(type.name)) throw new Error(`two types are both called ${type.name} by Terraform: name one in doors/terraform/names.ts`);
    map.set(type.name, type);
  }
  return map;
}

export function providerSchema({ provider, resources, dataSources }: Types): ProviderSchema {
  const schemas = (types: ReadonlyMap<string, { readonly schema: Schema }>) =>
    new Map([...types].map(([name, { schema }]) => [name, schema] as const));
  return { provider, resources: schemas(resources), dataSources: schemas(dataSources) };
}
