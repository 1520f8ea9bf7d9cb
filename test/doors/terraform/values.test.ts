import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { sameMeaning } from "../../../provider/core/same";
import type { Attribute, AttributeType } from "../../../provider/doors/terraform/attributes";
import { plannedInputs } from "../../../provider/doors/terraform/plan";
import { resourceType } from "../../../provider/doors/terraform/schema";
import { decodeJsonState, decodeValue, encodeValue, type Values } from "../../../provider/doors/terraform/values";
import { guestFirewall } from "../../../provider/resources/guest-firewall";
import { guestFirewallInputs } from "../../../provider/resources/guest-firewall/fields";
import { UNKNOWN } from "../../../provider/schema/field";
import { objectShape } from "../../../provider/schema/shape";

const attribute = (name: string, type: AttributeType, more: Partial<Attribute> = {}): Attribute => ({
  name,
  field: name,
  description: "",
  mode: "optional",
  sensitive: false,
  type,
  ...more,
});
const STRING = { kind: "string" } as const;

const ATTRIBUTES: readonly Attribute[] = [
  attribute("text", STRING),
  attribute("max_elements", { kind: "number" }, { field: "maxElements" }),
  attribute("on", { kind: "bool" }),
  attribute("members", { kind: "set", element: STRING }),
  attribute("rules", { kind: "list", element: { kind: "object", attributes: [attribute("icmp_type", STRING, { field: "icmpType" })] } }),
  attribute("guests", { kind: "map", element: { kind: "map", element: STRING } }),
  attribute("facts", { kind: "dynamic" }),
];

/** Terraform has one zero. */
const unsigned = (value: number) => value + 0;
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(fc.oneof(values, fc.constant(UNKNOWN as unknown as T)), { nil: undefined });
const text = fc.string({ unit: "grapheme" });
const key = fc.string({ minLength: 1 }).filter((name) => name !== "__proto__");
const values: fc.Arbitrary<Values> = fc
  .record({
    text: maybe(text),
    maxElements: maybe(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map(unsigned))),
    on: maybe(fc.boolean()),
    members: maybe(fc.array(text)),
    rules: maybe(fc.array(fc.record({ icmpType: text }))),
    guests: maybe(fc.dictionary(key, fc.dictionary(key, text))),
    facts: maybe(fc.dictionary(key, fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text), fc.dictionary(key, text)))),
  })
  .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));

describe("values on the wire", () => {
  test("come back unchanged", () => {
    fc.assert(fc.property(values, (value) => expect(decodeValue(ATTRIBUTES, encodeValue(ATTRIBUTES, value))).toEqual(value)));
  });

  test("nothing is null, every attribute is there, and unknown is extension 0", () => {
    expect(Buffer.from(encodeValue(ATTRIBUTES, undefined))).toEqual(Buffer.of(0xc0));
    const [one] = ATTRIBUTES;
    expect(Buffer.from(encodeValue([one!], {}))).toEqual(Buffer.from(encode({ text: null })));
    expect(Buffer.from(encodeValue([one!], { text: UNKNOWN })).toString("hex")).toBe("81a474657874d40000");
  });

  test("any extension means an unknown value, and a number may come as text", () => {
    // {"text": refined unknown (extension 12), "max_elements": "18446744073709551615"}
    const bytes = Buffer.concat([
      Buffer.from([0x82, 0xa4]),
      Buffer.from("text"),
      Buffer.from([0xd4, 0x0c, 0x80, 0xac]),
      Buffer.from("max_elements"),
    ]);
    const number = encode("18446744073709551615");
    expect(decodeValue(ATTRIBUTES, Buffer.concat([bytes, number]))).toEqual({ text: UNKNOWN, maxElements: 2 ** 64 });
  });

  test("a state file's JSON, with attributes that no longer exist", () => {
    const state = { text: "a", max_elements: 3, gone: true, facts: { type: ["object", { a: "string" }], value: { a: "x" } } };
    expect(decodeJsonState(ATTRIBUTES, JSON.stringify(state))).toEqual({ text: "a", maxElements: 3, facts: { a: "x" } });
  });

  test("only one of two attributes for one field may be set", () => {
    const both = [
      attribute("bastion", STRING, { takes: "plain" }),
      attribute("inline_bastion", { kind: "object", attributes: [attribute("address", STRING)] }, { field: "bastion", takes: "object" }),
    ];
    const plain = encodeValue(both, { bastion: "gw" });
    const inline = encodeValue(both, { bastion: { address: "gw" } });
    expect([decodeValue(both, plain), decodeValue(both, inline)]).toEqual([{ bastion: "gw" }, { bastion: { address: "gw" } }]);
    expect(() => decodeValue(both, encode({ bastion: "gw", inline_bastion: { address: "gw" } }))).toThrow(
      expect.objectContaining({ code: "both-set" }),
    );
  });
});

describe("what a plan promises", () => {
  const { attributes } = resourceType(guestFirewall);
  const shape = objectShape(guestFirewallInputs);
  const rule = fc.record(
    {
      name: fc.constantFrom("a", "b", "c"),
      action: fc.constantFrom("allow", "drop"),
      ports: fc.constantFrom(["22"], ["22:22"], ["80", "22"], ["22", "80"]),
      from: fc.constantFrom(["10.0.0.5/8"], ["10.0.0.0/8"], ["192.0.2.1/32"]),
    },
    { requiredKeys: ["name"] },
  );
  const inputs = fc.record(
    {
      guest: fc.constantFrom(
        { name: "x" },
        { uuid: "6C1A0000-0000-4000-8000-00000000000B" },
        { uuid: "6c1a0000-0000-4000-8000-00000000000b" },
      ),
      ingress: fc.array(rule, { maxLength: 3 }),
      egressDefault: fc.constantFrom("allow", "drop"),
    },
    { requiredKeys: [] },
  );

  test("has the configured values, in the state's spelling if the meaning is the same", () => {
    fc.assert(
      fc.property(inputs, inputs, (configured, prior) => {
        const planned = plannedInputs(shape, attributes, configured, prior);
        expect(sameMeaning(shape, planned, configured)).toBe(true);
        expect(permitted(planned, configured, prior)).toBe(true);
      }),
    );
    const before = { ingress: [{ name: "a", ports: ["22"], from: ["10.0.0.0/8"] }] };
    expect(plannedInputs(shape, attributes, { ingress: [{ name: "a", ports: ["22:22"], from: ["10.0.0.5/8"] }] }, before)).toEqual(before);
  });

  /** Terraform's own rule: each attribute is as configured or as it was, elements of lists compared by index. */
  function permitted(planned: unknown, configured: unknown, prior: unknown): boolean {
    if (JSON.stringify(planned) === JSON.stringify(configured)) return true;
    if (configured === undefined) return false;
    if (prior !== undefined && JSON.stringify(planned) === JSON.stringify(prior)) return true;
    if (Array.isArray(planned) && Array.isArray(configured) && typeof planned[0] === "object")
      return planned.length === configured.length && planned.every((each, i) => permitted(each, configured[i], (prior as unknown[])?.[i]));
    if (typeof planned !== "object" || planned === null || Array.isArray(planned)) return false;
    const keys = new Set([...Object.keys(planned), ...Object.keys(configured as object)]);
    const at = (from: unknown, key: string) => (from as Values | undefined)?.[key];
    return [...keys].every((each) => permitted(at(planned, each), at(configured, each), at(prior, each)));
  }
});
