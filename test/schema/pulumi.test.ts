import { z } from "zod";
import { defineResource } from "../../provider/core/define";
import { providerConfig } from "../../provider/core/provider-config";
import { pulumiSchema } from "../../provider/doors/pulumi/schema";
import { resourcePage } from "../../provider/generate/docs";
import { functions, resources } from "../../provider/resources";

const schema = pulumiSchema({ resources, functions, config: providerConfig, version: "1.2.3" });

/** Every object of the schema, with its path. */
function* walk(value: unknown, path = ""): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, entry] of Object.entries(value)) yield* walk(entry, `${path}/${key}`);
}

const resource = (inputs: z.ZodObject) =>
  defineResource({
    token: "csp:toy:Toy",
    description: "A toy.",
    inputs,
    outputs: z.object({ made: z.string().describe("When.") }),
    importId: "<name>",
    live: false,
    create: async () => ({ id: "x", outputs: { made: "" } }),
    recall: async () => undefined,
    read: async () => undefined,
    update: async () => ({ made: "" }),
    delete: async () => {},
  });
const schemaOf = (inputs: z.ZodObject) =>
  pulumiSchema({ resources: [resource(inputs)], functions: [], config: z.object({}), version: "1.2.3" });

describe("schema.json", () => {
  test("every reference leads to a type, and every type is used", () => {
    const used = [...walk(schema)].flatMap(([, { $ref }]) =>
      typeof $ref === "string" && $ref.startsWith("#/types/") ? [$ref.slice(8)] : [],
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(schema.types).sort());
  });

  test("secrets are leaves, never whole objects", () => {
    const secrets = [...walk(schema)].filter(([, spec]) => spec.secret === true);
    expect(secrets.length).toBeGreaterThan(0);
    for (const [path, spec] of secrets) expect([path, spec.type]).toEqual([path, "string"]);
  });

  test("every input, output and type says what it is", () => {
    for (const [path, spec] of walk(schema)) {
      if (/\/(properties|inputProperties|variables)\/[^/]+$/.test(path))
        expect([path, spec.description]).toEqual([path, expect.stringMatching(/\S/)]);
    }
  });

  test("the SDKs fill in no default, and each default is documented", () => {
    for (const [path, spec] of walk(schema)) if (path.includes("/properties/")) expect([path, spec.default]).toEqual([path, undefined]);
    expect(schema.types["csp:firewall:IngressRule"].properties.protocol.description).toContain('Default: `"any"`.');
  });

  test("an input-only field is not an output", () => {
    const made = schemaOf(z.object({ name: z.string(), rules: z.array(z.string()).meta({ inputOnly: true }) }));
    const { requiredInputs, inputProperties, properties, required } = made.resources["csp:toy:Toy"];
    expect([Object.keys(inputProperties), requiredInputs]).toEqual([
      ["name", "rules"],
      ["name", "rules"],
    ]);
    expect([Object.keys(properties), required].map((names) => names.includes("rules"))).toEqual([false, false]);
    expect(required).toContain("name");
  });

  test("a definition's kinds of fields", () => {
    const made = schemaOf(
      z.object({
        name: z.string().meta({ identity: true }),
        size: z.int().default(3).describe("How large."),
        colour: z
          .enum(["red", "light-blue"])
          .optional()
          .meta({ values: { red: "as a fire engine" } }),
        key: z.string().optional().meta({ secret: true }),
        either: z.union([z.string(), z.object({ a: z.boolean() }).meta({ token: "csp:toy:A" })]).optional(),
        map: z.record(z.string(), z.array(z.number())).optional(),
      }),
    );
    expect(made.resources["csp:toy:Toy"]).toMatchObject({
      requiredInputs: ["name"],
      required: ["name", "made"],
      inputProperties: {
        name: { type: "string", willReplaceOnChanges: true },
        size: { type: "integer", description: "How large. Default: `3`." },
        colour: { $ref: "#/types/csp:toy:Colour" },
        key: { type: "string", secret: true },
        either: { oneOf: [{ type: "string" }, { $ref: "#/types/csp:toy:A" }] },
        map: { type: "object", additionalProperties: { type: "array", items: { type: "number" } } },
      },
    });
    expect(made.types["csp:toy:Colour"].enum).toEqual([
      { name: "Red", value: "red", description: "as a fire engine" },
      { name: "LightBlue", value: "light-blue", description: undefined },
    ]);
  });

  test("two types with one name are distinguished by their owner, and refused if both have the name explicitly", () => {
    const inner = z.object({ kind: z.enum(["x"]).optional() }).meta({ token: "csp:toy:Inner" });
    expect(Object.keys(schemaOf(z.object({ kind: z.enum(["a"]).optional(), inner })).types)).toEqual([
      "csp:toy:Inner",
      "csp:toy:InnerKind",
      "csp:toy:Kind",
    ]);
    const named = (field: z.ZodType) => z.object({ field }).meta({ token: "csp:toy:Same" });
    expect(() => schemaOf(z.object({ a: named(z.string()), b: named(z.int()) }))).toThrow(/two types are both called csp:toy:Same/);
  });

  test("a field the doors have no type for is refused", () => {
    expect(() => schemaOf(z.object({ at: z.date() }))).toThrow(/cannot be a zod date/);
  });
});

test("a page of the documentation names inputs, outputs, types and the import", () => {
  const page = resourcePage(
    resource(z.object({ name: z.string().meta({ identity: true, description: "Its | name." }) })),
    "new csp.Toy();\n",
  );
  for (const part of [
    "# Toy",
    "```ts\nnew csp.Toy();\n```",
    "| `name` | string | required, replaces | Its \\| name. |",
    "| `made` | string | required | When. |",
    "pulumi import csp:toy:Toy NAME '<name>'",
  ]) {
    expect(page).toContain(part);
  }
});
