import { encode } from "@msgpack/msgpack";
import { providerConfig } from "../../../provider/core/provider-config";
import { type Attribute, type AttributeType, insideOf } from "../../../provider/doors/terraform/attributes";
import { refusalOf } from "../../../provider/doors/terraform/diagnostics";
import { Keys } from "../../../provider/doors/terraform/keys";
import { typesOf } from "../../../provider/doors/terraform/schema";
import { decodeValue, encodeValue } from "../../../provider/doors/terraform/values";
import { functions, resources } from "../../../provider/resources";
import { UNKNOWN } from "../../../provider/schema/field";

const types = typesOf({ resources, functions, config: providerConfig });
const all = [...types.resources.values(), ...types.dataSources.values(), { name: "provider", schema: types.provider }];
const policy = types.resources.get("csp_host_policy")!.attributes;
const guest = types.resources.get("csp_guest_firewall")!.attributes;

/** A configuration as it comes, with one value of any type in it. */
function config(attributes: readonly Attribute[], name: string, value: unknown, type: unknown = "dynamic"): Uint8Array {
  const pair = [new TextEncoder().encode(JSON.stringify(type)), value];
  return encode(Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.name === name ? pair : null])));
}

/** The refusal as a user of Terraform reads it. */
function refused(attributes: readonly Attribute[], name: string, value: unknown): string[] {
  const keys = new Keys(attributes);
  decodeValue(attributes, config(attributes, name, value), keys);
  return keys.strays.map((issue) => {
    const { summary, detail } = refusalOf(attributes, issue);
    return `${summary}: ${detail}`;
  });
}

/** Every object that a value can have in it, each with what leads there. */
function* objects(type: AttributeType, around = (value: unknown) => value): Generator<readonly [readonly Attribute[], typeof around]> {
  const inside = insideOf(type);
  if (inside === undefined) return;
  const into = (value: unknown) => around(inside.nesting === "map" ? { key: value } : inside.nesting === "list" ? [value] : value);
  yield [inside.attributes, into];
  for (const { name, type: inner } of inside.attributes) yield* objects(inner, (value) => into({ [name]: value }));
}

const places = all.flatMap(({ name: of, schema }) =>
  schema.attributes
    .filter(({ type, mode }) => type.kind === "dynamic" && mode !== "computed")
    .flatMap(({ name, type }) =>
      [...objects(type)].map(
        ([attributes, around], index) => [`${of} ${name} ${index}`, schema.attributes, name, attributes, around] as const,
      ),
    ),
);

test("there is a place for each kind of object in values of any type", () => expect(places.length).toBeGreaterThan(20));

describe.each(places)("%s", (_what, top, name, attributes, around) => {
  test("each of its keys is accepted, and a misspelt one is refused", () => {
    const names = attributes.map((each) => each.name);
    for (const each of names) {
      expect(refused(top, name, around({ [each]: null }))).toEqual([]);
      for (const wrong of [
        `${each}x`,
        each.slice(1),
        each.toUpperCase(),
        each.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      ]) {
        if (names.includes(wrong)) continue;
        expect(refused(top, name, around({ [wrong]: null }))).toEqual([expect.stringContaining(`There is no key "${wrong}" here. `)]);
      }
    }
  });
});

test.each<[string, object, string]>([
  ["nearly", { ingress: [{ form: [] }] }, 'Invalid guests["web-1"].ingress[0].form: There is no key "form" here. Did you mean "from"?'],
  ["camel case", { antiSpoofing: "mac", egressDefault: "drop" }, 'Write it in snake case: "egress_default".'],
  ["one level down", { from: [] }, '"from" belongs into "ingress", one level deeper.'],
  ["one level up", { ingress: [{ uuid: "" }] }, '"uuid" belongs further out, into guests["web-1"].'],
  ["two levels up", { ingress: [{ limit: { interfaces: [] } }] }, '"interfaces" belongs further out, into guests["web-1"].'],
  ["a block's name", { interface: [] }, 'Did you mean "interfaces"?'],
  ["nothing near", { ingress: [{ limit: { whatever: 1 } }] }, 'The keys are "rate", "burst".'],
  ["endless", { ["x".repeat(100)]: 1 }, `There is no key "${"x".repeat(59)}…" here.`],
])("the remedy says what was meant: %s", (_what, value, said) => {
  expect(refused(policy, "guests", { "web-1": value }).join("\n")).toContain(said);
});

test("a whole resource in place of its output", () => {
  const group = { name: "ops", ingress: [], egress: null, members: null };
  expect(refused(guest, "groups", [{ id: "ops", ...group, policy: group }])).toEqual([
    'Invalid groups[0].policy: There is no key "policy" here. Write what is in it, `.policy`, in place of the whole.',
  ]);
});

test.each<[string, (string | number)[], object[], string]>([
  [
    "a block, down to the attribute",
    ["interfaces", 0, "mac"],
    [{ attribute: "interface" }, { index: 0 }, { attribute: "mac" }],
    "interface[0].mac",
  ],
  ["no further than a set", ["ingress", 1, "from", 2], [{ attribute: "ingress" }, { index: 1 }, { attribute: "from" }], "ingress[1].from"],
  [
    "a value of any type, and no further",
    ["groups", 0, "ingress", 1, "icmpType"],
    [{ attribute: "groups" }],
    "groups[0].ingress[1].icmp_type",
  ],
])("a refusal points at %s", (_what, path, attribute, place) => {
  expect(refusalOf(guest, { path, cause: "", remedy: "" })).toMatchObject({ summary: `Invalid ${place}`, attribute });
});

describe("a value of any type", () => {
  const given = {
    "web-1": { interfaces: [{ device: "0", dhcp: "true", vlans: ["7", 8], port: null }], ingress: [{ name: 5, log: "soon" }] },
  };

  test("is converted as Terraform does where there is a type", () => {
    expect(decodeValue(policy, config(policy, "guests", given))).toEqual({
      guests: { "web-1": { interfaces: [{ device: 0, dhcp: true, vlans: [7, 8] }], ingress: [{ name: "5", log: "soon" }] } },
    });
  });

  test("goes back as it came, with its type", () => {
    const type = ["map", ["object", { interfaces: "dynamic" }]];
    const bytes = config(policy, "guests", given, type);
    expect(Buffer.from(encodeValue(policy, { ...decodeValue(policy, bytes) }))).toEqual(Buffer.from(bytes));
  });

  test("that csp makes itself has Terraform's names, and the types of its content", () => {
    const values = { guests: { "web-1": { egressDefault: "drop", interfaces: [{ device: 0, antiSpoofing: UNKNOWN }] } } };
    expect(decodeValue(policy, encodeValue(policy, values))).toEqual(values);
    expect(Buffer.from(encodeValue(policy, values)).toString("latin1")).toContain(
      '["object",{"web-1":["object",{"interfaces":["tuple",[["object",{"device":"number","anti_spoofing":"dynamic"}]]],"egress_default":"string"}]}]',
    );
  });

  test("whose type is known before its value stays so", () => {
    // ["string" as the type, unknown]
    const unknown = Buffer.from([0x92, 0xc4, 0x08, ...Buffer.from('"string"'), 0xd4, 0x00, 0x00]);
    const name = Buffer.from([0xa0 + "guests".length, ...Buffer.from("guests")]);
    const only = policy.filter((attribute) => attribute.name === "guests");
    const bytes = Buffer.concat([Buffer.of(0x81), name, unknown]);
    expect(decodeValue(only, bytes)).toEqual({ guests: UNKNOWN });
    expect(Buffer.from(encodeValue(only, { guests: UNKNOWN }, bytes))).toEqual(bytes);
    expect(Buffer.from(encodeValue(only, { guests: UNKNOWN })).toString("hex")).toBe(
      `${Buffer.concat([Buffer.of(0x81), name]).toString("hex")}d40000`,
    );
  });
});

test("no blocks mean an empty list, and an empty list means no blocks", () => {
  const [ingress] = types.resources.get("csp_security_group")!.attributes.filter(({ name }) => name === "ingress");
  expect(Buffer.from(encodeValue([ingress!], {}))).toEqual(Buffer.from(encode({ ingress: [] })));
  expect(decodeValue([ingress!], encode({ ingress: [] }))).toEqual({});
});
