import { z } from "zod";
import type { AnyResource } from "../../../provider/core/define";
import { providerConfig } from "../../../provider/core/provider-config";
import { pulumiSchema } from "../../../provider/doors/pulumi/schema";
import { type Attribute, type AttributeType, insideOf, nestingOf, typeExpression } from "../../../provider/doors/terraform/attributes";
import { snakeCase, typeName } from "../../../provider/doors/terraform/names";
import { resourceType, typesOf } from "../../../provider/doors/terraform/schema";
import { writeOnlyAttributes } from "../../../provider/doors/terraform/write-only";
import { functions, resources } from "../../../provider/resources";
import { objectShape } from "../../../provider/schema/shape";
import { shelf } from "../toy";

// biome-ignore lint/suspicious/noExplicitAny: JSON of Pulumi's schema
type Json = Record<string, any>;

const pulumi = pulumiSchema({ resources, functions, config: providerConfig, version: "0.0.0" });
const terraform = typesOf({ resources, functions, config: providerConfig });

/** Fields that have another name in Terraform, because the word is reserved there. */
const RENAMED: Readonly<Record<string, string>> = { connection: "host_connection" };

/** Lists in Pulumi that are blocks of this name in Terraform. */
const BLOCKS: Readonly<Record<string, string>> = {
  ...{ interfaces: "interface", jumps: "jump", packs: "pack", files: "file", scripts: "script", sources: "source" },
  ...{ driverSources: "driver_source", initialPartitions: "initial_partition", fcoeInterfaces: "fcoe_interface" },
};

/** A property of Pulumi's schema with its reference followed. */
const followed = (spec: Json): Json =>
  spec.$ref?.startsWith("#/types/") ? { ...pulumi.types[spec.$ref.slice(8)], secret: spec.secret } : spec;

/** Every difference between the two schemas about one field, by path. */
function compare(path: string, spec: Json, attribute: AttributeType): string[] {
  const type = followed(spec);
  if (attribute.kind === "dynamic" && attribute.of !== undefined) return compare(path, spec, attribute.of);
  if (attribute.kind === "dynamic") return isAnything(type) ? [] : [`${path}: dynamic, and ${JSON.stringify(spec)}`];
  if (type.oneOf !== undefined) {
    const options = (type.oneOf as Json[]).filter((option) => (followed(option).type === "object") === (attribute.kind === "object"));
    return options.length === 1 ? compare(path, options[0]!, attribute) : [`${path}: ${options.length} options fit`];
  }
  if (attribute.kind === "object") return compareFields(path, type.properties ?? {}, type.required ?? [], attribute.attributes, false);
  if (attribute.kind === "map")
    return type.additionalProperties ? compare(`${path}.*`, type.additionalProperties, attribute.element) : [path];
  if (attribute.kind === "list" || attribute.kind === "set")
    return type.items ? compare(`${path}[]`, type.items, attribute.element) : [path];
  const kind = { string: "string", number: "number", integer: "number", boolean: "bool" }[String(type.type)];
  return kind === attribute.kind ? [] : [`${path}: ${type.type}, and ${attribute.kind}`];
}

const isAnything = (type: Json) => JSON.stringify(type).includes("pulumi.json#/Any");

function compareFields(
  path: string,
  properties: Json,
  required: readonly string[],
  attributes: readonly Attribute[],
  atTop: boolean,
): string[] {
  const found: string[] = [];
  const left = new Set(attributes);
  for (const [field, spec] of Object.entries(properties) as [string, Json][]) {
    const name = (atTop ? RENAMED[field] : undefined) ?? snakeCase(field);
    const own = attributes.filter((attribute) =>
      attribute.block && BLOCKS[field] ? attribute.name === BLOCKS[field] : attribute.name === name || attribute.name === `inline_${name}`,
    );
    const at = `${path}.${field}`;
    if (own.length !== (followed(spec).oneOf === undefined ? 1 : 2)) found.push(`${at}: ${own.length} attributes`);
    for (const attribute of own) {
      left.delete(attribute);
      if (!attribute.description.startsWith(spec.description ?? "")) found.push(`${at}: described otherwise`);
      if (attribute.sensitive !== (spec.secret === true)) found.push(`${at}: secret in one alone`);
      if (attribute.mode !== "computed" && own.length === 1 && (attribute.mode === "required") !== required.includes(field))
        found.push(`${at}: required in one alone`);
      found.push(...compare(at, spec, attribute.type));
    }
  }
  return [...found, ...[...left].map(({ name }) => `${path}.${name}: Terraform's alone`)];
}

describe("both doors lead to the same", () => {
  test.each(resources.map((resource) => [resource.token]))("%s", (token) => {
    const spec = pulumi.resources[token];
    const type = terraform.resources.get(typeName(token));
    expect(type).toBeDefined();
    // What only Terraform has: the ID, and another way to give some inputs.
    const own = new Set(["id", "timeouts", ...writeOnlyAttributes(objectShape(type!.definition.inputs)).map(({ name }) => name)]);
    const attributes = type!.schema.attributes.filter(({ name }) => !own.has(name));
    expect(compareFields(token, { ...spec.properties, ...spec.inputProperties }, spec.requiredInputs, attributes, true)).toEqual([]);
    expect(attributes.filter(({ mode }) => mode !== "computed").map(({ field }) => field)).toEqual(
      expect.arrayContaining(Object.keys(spec.inputProperties)),
    );
    expect(spec.description).toContain(type!.schema.description);
  });

  test.each(functions.map((fn) => [fn.token]))("%s", (token) => {
    const spec = pulumi.functions[token];
    const source = terraform.dataSources.get(typeName(token));
    const properties = { ...spec.inputs.properties, ...spec.outputs.properties };
    expect(compareFields(token, properties, spec.inputs.required, source!.schema.attributes, true)).toEqual([]);
  });

  test("the provider's settings, all of them optional to Terraform", () => {
    const { attributes } = terraform.provider;
    expect(compareFields("provider", pulumi.provider.inputProperties, [], attributes, true)).toEqual([]);
    expect(attributes.every(({ mode }) => mode === "optional")).toBe(true);
  });
});

test("names are those of the design", () => {
  expect([...terraform.resources.keys()]).toEqual(
    expect.arrayContaining(["csp_host", "csp_ip_set", "csp_security_group", "csp_guest_firewall", "csp_host_policy"]),
  );
  expect([...terraform.dataSources.keys()]).toEqual(expect.arrayContaining(["csp_host", "csp_guests"]));
  expect(["icmpType", "bootURL", "sha256", "maxElements"].map(snakeCase)).toEqual(["icmp_type", "boot_url", "sha256", "max_elements"]);
});

test("lists without an order are sets, and a choice between a name and an object is two attributes", () => {
  const guest = terraform.resources.get("csp_guest_firewall")!;
  const typeOf = (attributes: readonly Attribute[], name: string) => attributes.find((attribute) => attribute.name === name)!.type;
  const ingress = typeOf(guest.attributes, "ingress");
  if (ingress.kind !== "list" || ingress.element.kind !== "object") throw new Error("ingress is no list of objects");
  expect(typeExpression(typeOf(ingress.element.attributes, "from"))).toEqual(["set", "string"]);
  const connection = typeOf(guest.attributes, "host_connection");
  if (connection.kind !== "object") throw new Error("host_connection is no object");
  expect(connection.attributes.filter(({ field }) => field === "bastion").map(({ name }) => name)).toEqual(["bastion", "inline_bastion"]);
});

test("an output with the name of an input of another type is refused, because a state has one place for both", () => {
  const outputs = shelf.outputs.extend({ items: z.record(z.string(), z.string()) });
  expect(() => resourceType({ ...shelf, outputs } as unknown as AnyResource)).toThrow("csp:toy:Shelf: the input and the output `items`");
});

/** Every attribute below these that is made of attributes itself, and where it stands. */
function* nested(attributes: readonly Attribute[], path = ""): Generator<{ readonly at: string; readonly attribute: Attribute }> {
  for (const attribute of attributes) {
    const at = `${path}${attribute.name}`;
    const inside = nestingOf(attribute.type);
    if (inside === undefined) continue;
    yield { at, attribute };
    yield* nested(inside.attributes, `${at}.`);
  }
}

test("no configurable attribute has nested attributes, because Terraform drops unknown keys of these", () => {
  const all = [...terraform.resources.values(), ...terraform.dataSources.values(), { name: "provider", schema: terraform.provider }];
  const configured = all.flatMap(({ name, schema }) =>
    [...nested(schema.attributes)].filter(({ attribute }) => attribute.mode !== "computed").map((each) => ({ name, ...each })),
  );
  expect(configured.length).toBeGreaterThan(50);
  expect(configured.filter(({ attribute }) => attribute.block !== true).map(({ name, at }) => `${name} ${at}`)).toEqual([]);
  // csp knows every attribute of any type.
  const dynamic = all.flatMap(({ name, schema }) =>
    schema.attributes.filter(({ type, mode }) => type.kind === "dynamic" && mode !== "computed").map((each) => ({ ...each, of: name })),
  );
  expect(dynamic.map(({ of, field, type }) => [of, field, insideOf(type)?.nesting])).toEqual(
    expect.arrayContaining([
      ["csp_guest_firewall", "groups", "list"],
      ["csp_guest_firewall", "peerGroups", "list"],
      ["csp_host_policy", "guests", "map"],
      ["csp_host_policy", "groups", "map"],
    ]),
  );
  expect(dynamic.filter(({ type }) => insideOf(type) === undefined)).toEqual([]);
});

test("an input that csp only writes can be given as write-only, with a version that the state keeps", () => {
  const { attributes } = terraform.resources.get("csp_answerfile")!.schema;
  const [value, version] = ["root_password_wo", "root_password_wo_version"].map((name) => attributes.find((each) => each.name === name)!);
  expect(value).toMatchObject({ mode: "optional", sensitive: true, writeOnly: true, type: { kind: "string" } });
  expect(version).toMatchObject({ mode: "optional", sensitive: false, type: { kind: "string" } });
  expect(version!.writeOnly).toBeUndefined();
  // A connection is needed to read back as well, and a hash is among the outputs anyway.
  const all = [...terraform.resources.values()].flatMap(({ schema }) => schema.attributes);
  expect(all.filter(({ writeOnly }) => writeOnly).map(({ name }) => name)).toEqual(["root_password_wo"]);
});
