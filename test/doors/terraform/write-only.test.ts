import { z } from "zod";
import type { ResourceDefinition } from "../../../provider/core/define";
import { Operations } from "../../../provider/doors/operations";
import { Redactor } from "../../../provider/doors/redactor";
import { inputAttributes } from "../../../provider/doors/terraform/attributes";
import { Log } from "../../../provider/doors/terraform/log";
import { validateResourceRequest } from "../../../provider/doors/terraform/messages";
import { ResourceCalls } from "../../../provider/doors/terraform/resource-calls";
import { resourceType } from "../../../provider/doors/terraform/schema";
import { Service } from "../../../provider/doors/terraform/service";
import { decodeValue, encodeValue, type Values } from "../../../provider/doors/terraform/values";
import { asGiven, checkWriteOnly, takenOf, withWriteOnly } from "../../../provider/doors/terraform/write-only";
import { Writer } from "../../../provider/doors/wire";
import type { Context } from "../../../provider/host/session/task";
import { UNKNOWN } from "../../../provider/schema/field";
import { objectShape } from "../../../provider/schema/shape";
import { shelf, toyCatalog } from "../toy";

const inputs = shelf.inputs.extend({
  password: z
    .string()
    .optional()
    .meta({ secret: true, writeOnly: { shownBy: ["onTheLabel"] } }),
  onTheLabel: z.boolean().default(false),
});
const shape = objectShape(inputs);
/** The values that each call of the core received. */
const given: { password: unknown; kept: string[] }[] = [];
const noted = (context: Context, { password }: { password?: unknown }) => given.push({ password, kept: [...(context.kept ?? [])] });
const locked = {
  ...shelf,
  inputs,
  create: async (context: Context, values: z.output<typeof inputs>) => {
    noted(context, values);
    return shelf.create(context, values);
  },
  update: async (context: Context, id: string, prior: never, values: z.output<typeof inputs>) => {
    noted(context, values);
    return shelf.update(context, id, prior, values);
  },
} as unknown as ResourceDefinition;
const type = resourceType(locked);

const VALUE = "$writeOnly.password";
const VERSION = "$version.password";

describe("what a configuration says of a write-only input", () => {
  test.each<[string, Values, boolean, [string, RegExp][]]>([
    ["nothing", {}, false, []],
    ["the plain one", { password: "a" }, false, []],
    ["value and version", { [VALUE]: "a", [VERSION]: "1" }, true, []],
    ["a value not known yet", { [VALUE]: UNKNOWN, [VERSION]: UNKNOWN }, true, []],
    ["a client that keeps it", { [VALUE]: "a", [VERSION]: "1" }, false, [[VALUE, /cannot keep a value out.*use `password`/]]],
    ["both", { password: "b", [VALUE]: UNKNOWN, [VERSION]: "1" }, true, [[VALUE, /both set/]]],
    ["a version alone", { password: "b", [VERSION]: "1" }, true, [[VERSION, /there is no `password_wo`/]]],
    ["a value alone", { [VALUE]: "a" }, true, [[VALUE, /no version.*`password_wo_version`/]]],
    ["shown", { [VALUE]: "a", [VERSION]: "1", onTheLabel: true }, true, [[VALUE, /`onTheLabel` would put/]]],
  ])("%s", (_what, values, supported, said) => {
    const issues = checkWriteOnly(shape, values, supported);
    expect(issues.map(({ path }) => path)).toEqual(said.map(([at]) => [at]));
    for (const [index, [, text]] of said.entries()) expect(`${issues[index]?.cause}; ${issues[index]?.remedy}`).toMatch(text);
  });

  test("the core gets it in its own field, and an error is shown at the attribute that was written", () => {
    expect(withWriteOnly(shape, { name: "a", [VALUE]: "b" }).password).toBe("b");
    expect(asGiven(shape, { [VALUE]: "b" }, ["password"])).toEqual([VALUE]);
    expect(asGiven(shape, { password: "b" }, ["password"])).toEqual(["password"]);
    expect(asGiven(shape, { [VALUE]: "b" }, ["name"])).toEqual(["name"]);
  });

  test.each<[string, Values, Values | undefined, Values, string[]]>([
    ["new", { [VALUE]: "a", [VERSION]: "1" }, undefined, { password: "a" }, []],
    ["imported, or plain before", { [VALUE]: "a", [VERSION]: "1" }, {}, { password: "a" }, []],
    ["the same version", { [VALUE]: "b", [VERSION]: "1" }, { [VERSION]: "1" }, {}, ["password"]],
    ["another version", { [VALUE]: "b", [VERSION]: "2" }, { [VERSION]: "1" }, { password: "b" }, []],
    ["a version not known yet", { [VALUE]: "b", [VERSION]: UNKNOWN }, { [VERSION]: "1" }, { password: "b" }, []],
    ["no longer given", {}, { [VERSION]: "1" }, {}, []],
  ])("taken or kept: %s", (_what, configured, prior, values, kept) => {
    expect(takenOf(shape, configured, prior)).toEqual({ values, kept: new Set(kept) });
  });

  test("only at the top of a resource", () => {
    const nested = z.object({ inside: z.object({ password: z.string().meta({ secret: true, writeOnly: {} }) }) });
    expect(() => inputAttributes(objectShape(nested))).toThrow("password: an input is write-only at the top");
  });
});

test("it is always null in what is sent to a client", () => {
  const back = decodeValue(type.attributes, encodeValue(type.attributes, { name: "a", [VALUE]: "hunter2", [VERSION]: "1" }));
  expect(back).toEqual({ name: "a", [VERSION]: "1" });
});

describe("a resource's life", () => {
  const calls = new ResourceCalls(type, {
    context: () => ({ hosts: undefined as never, owner: "me", signal: new AbortController().signal, status: () => {}, warn: () => {} }),
    reachable: () => true,
  });
  const memory = { mark: "a" };
  const configured = { name: "wo", [VALUE]: "hunter2", [VERSION]: "1" };
  beforeEach(() => {
    given.length = 0;
  });

  test("the value is given once for each version, and is in no plan and no state", async () => {
    const { values: planned } = await calls.plan(configured, undefined, memory);
    expect(JSON.stringify(planned)).not.toContain("hunter2");
    const { values: state } = await calls.create(planned, configured, memory);
    expect(JSON.stringify(state)).not.toContain("hunter2");
    expect((await calls.plan({ ...configured, [VALUE]: "another" }, state, memory)).values).toEqual(state);

    const grown = { ...configured, items: [{ name: "x" }], [VALUE]: "another" };
    const { values: more } = await calls.update((await calls.plan(grown, state, memory)).values, state, grown, memory);
    const rotated = { ...grown, [VERSION]: "2" };
    const plan = await calls.plan(rotated, more, memory);
    expect(plan.values).toMatchObject({ [VERSION]: "2", count: UNKNOWN });
    const { values: last } = await calls.update(plan.values, more, rotated, memory);
    expect(JSON.stringify([more, last])).not.toContain("another");
    expect(given).toEqual([
      { password: "hunter2", kept: [] },
      { password: undefined, kept: ["password"] },
      { password: "another", kept: [] },
    ]);
  });

  test("if a create stops half-way, the version is not recorded, so that the next update takes the value again", async () => {
    const half = { ...configured, behaviour: "half" };
    const { values } = await calls.plan(half, undefined, memory);
    const { values: state, failure } = await calls.create(values, half, memory);
    expect(failure).toMatchObject({ code: "half" });
    expect(state[VERSION]).toBeUndefined();
    expect(takenOf(shape, half, state).values).toEqual({ password: "hunter2" });
  });
});

describe("what a client says it can do", () => {
  /** ValidateResourceConfig as protocol 6.8 has it, and as one that knows nothing of it: `can` undefined. */
  const validated = async (can: boolean | undefined): Promise<string> => {
    const catalog = { ...(await toyCatalog()), resources: [locked as never] };
    const service = new Service(catalog, new Operations(), new Redactor(), new Log());
    const config = new Map(Object.entries({ name: "a", password_wo: "hunter2", password_wo_version: "1" }));
    const attributes = type.attributes.map((attribute) => ({ ...attribute, field: attribute.name, writeOnly: undefined as never }));
    const writer = new Writer();
    writer.string(1, type.name);
    writer.message(2, () => writer.bytes(1, encodeValue(attributes, Object.fromEntries(config))));
    if (can !== undefined)
      writer.message(3, () => {
        writer.bool(1, true);
        writer.bool(2, can);
      });
    return service.validateResource(validateResourceRequest(writer.finish())).toString();
  };

  test.each([[undefined], [false]])("%s: refused at its attribute, with the one to use", async (can) => {
    const said = await validated(can);
    expect(said).toContain("Invalid password_wo");
    expect(said).toContain("Use `password`, or Terraform 1.11, OpenTofu 1.11 or later");
    expect(said).not.toContain("hunter2");
  });
  test("true: taken", async () => expect(await validated(true)).toBe(""));
});
