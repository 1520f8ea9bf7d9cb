import type { AnyFunction, AnyResource, Definitions } from "../../core/define";
import { describe } from "../../schema/describe";
import { type EnumShape, inputOnly, type ObjectShape, objectShape, type Shape } from "../../schema/shape";

// biome-ignore lint/suspicious/noExplicitAny: JSON of pulumi's own metaschema
type Json = Record<string, any>;

/**
 * schema.json of the Pulumi package (metaschema: pulumi/pkg/codegen/schema/pulumi.json).
 *
 * Defaults stand in descriptions and not as `default`: SDKs would write each into every rule of every guest, so that state grows by half
 * and a later change of a default would be a change to everybody.
 */
export function pulumiSchema(source: Definitions & { readonly version: string }): Json {
  const types = new Types();
  const config = types.properties(objectShape(source.config), "csp:index:Provider");
  const resources = source.resources.map((resource) => [resource.token, resourceSpec(resource, types)] as const);
  const functions = source.functions.map((fn) => [fn.token, functionSpec(fn, types)] as const);
  return {
    name: "csp",
    displayName: "CSP",
    version: source.version,
    description: "Infrastructure as code for the virtualization hosts of cloud service providers.",
    keywords: ["pulumi", "xen", "xenserver", "xcp-ng", "kvm", "proxmox", "firewall", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: config.properties },
    provider: { description: "The fleet's inventory: which hosts there are and how to reach them.", inputProperties: config.properties },
    types: types.sorted(),
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(functions),
    language: {
      nodejs: { packageName: "csp-iac", respectSchemaVersion: true, containsEnums: true },
      python: { packageName: "pulumi_csp", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true, generateResourceContainerTypes: true },
      csharp: { respectSchemaVersion: true },
    },
  };
}

function resourceSpec(resource: AnyResource, types: Types): Json {
  const inputs = types.properties(objectShape(resource.inputs), resource.token);
  const outputs = types.properties(objectShape(resource.outputs), resource.token);
  const hidden = inputOnly(objectShape(resource.inputs));
  const shown = Object.entries(inputs.properties).filter(([name]) => !hidden.has(name));
  return {
    description: `${resource.description}\n\nImport ID: \`${resource.importId}\`.`,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
    properties: { ...Object.fromEntries(shown), ...outputs.properties },
    required: [...new Set([...inputs.required.filter((name) => !hidden.has(name)), ...outputs.required])],
  };
}

function functionSpec(fn: AnyFunction, types: Types): Json {
  const inputs = types.properties(objectShape(fn.inputs), fn.token);
  const outputs = types.properties(objectShape(fn.outputs), fn.token);
  return {
    description: fn.description,
    inputs: { type: "object", properties: inputs.properties, required: inputs.required },
    outputs: { type: "object", properties: outputs.properties, required: outputs.required },
  };
}

/** The named types that properties refer to, gathered on the way. */
class Types {
  private readonly specs = new Map<string, { readonly source: object; readonly spec: Json }>();

  properties(shape: ObjectShape, owner: string): { readonly properties: Json; readonly required: string[] } {
    const entries = [...shape.fields].map(([name, field]) => [name, this.property(field, owner, name)] as const);
    return {
      properties: Object.fromEntries(entries),
      required: [...shape.fields].filter(([, field]) => !field.optional).map(([name]) => name),
    };
  }

  sorted(): Json {
    return Object.fromEntries([...this.specs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([token, { spec }]) => [token, spec]));
  }

  private property(shape: Shape, owner: string, name: string): Json {
    const spec: Json = { ...this.type(shape, owner, name) };
    const description = describe(shape);
    if (description !== "") spec.description = description;
    if (shape.meta.secret === true) spec.secret = true;
    // Docs only; the differ decides.
    if (shape.meta.identity === true) spec.willReplaceOnChanges = true;
    if (shape.meta.environment !== undefined) spec.defaultInfo = { environment: shape.meta.environment };
    return spec;
  }

  private type(shape: Shape, owner: string, name: string): Json {
    switch (shape.kind) {
      case "string":
      case "number":
      case "integer":
      case "boolean":
        return { type: shape.kind };
      case "any":
        return { $ref: "pulumi.json#/Any" };
      case "list":
        return { type: "array", items: this.type(shape.element, owner, singular(name)) };
      case "record":
        return { type: "object", additionalProperties: this.type(shape.value, owner, singular(name)) };
      case "union":
        return { oneOf: shape.options.map((option) => this.type(option, owner, name)) };
      case "enum":
        return this.reference(shape, owner, name, () => enumSpec(shape));
      case "object":
        return this.reference(shape, owner, name, (token) => {
          const { properties, required } = this.properties(shape, token);
          return { type: "object", description: typeDescription(shape), properties, required };
        });
    }
  }

  /** A type by name: its own token; or else the field's name, in its owner's module; with the owner's before it where that is taken. */
  private reference(shape: Shape, owner: string, name: string, make: (token: string) => Json): Json {
    const module = owner.slice(0, owner.lastIndexOf(":"));
    const names =
      shape.meta.token === undefined
        ? [`${module}:${pascal(name)}`, `${module}:${owner.slice(module.length + 1)}${pascal(name)}`]
        : [shape.meta.token];
    for (const token of names) {
      const earlier = this.specs.get(token);
      if (earlier === undefined) {
        // Entered before it is made: types may contain themselves.
        this.specs.set(token, { source: shape.source, spec: {} });
        this.specs.set(token, { source: shape.source, spec: make(token) });
        return { $ref: `#/types/${token}` };
      }
      if (earlier.source === shape.source || JSON.stringify(earlier.spec) === JSON.stringify(make(token)))
        return { $ref: `#/types/${token}` };
    }
    throw new Error(`two types are both called ${names.join(" and ")}: give one a token with .meta({ token })`);
  }
}

function enumSpec(shape: EnumShape): Json {
  return {
    type: typeof shape.values[0] === "number" ? "number" : "string",
    enum: shape.values.map((value) => ({ name: pascal(String(value)), value, description: shape.meta.values?.[String(value)] })),
  };
}

/** The type's own description, not that of the field it is used in. */
function typeDescription(shape: ObjectShape): string {
  return shape.source.meta()?.description ?? shape.meta.description ?? "";
}

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function singular(name: string): string {
  return name.replace(/ses$/, "s").replace(/([^s])s$/, "$1");
}
