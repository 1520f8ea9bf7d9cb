import fc from "fast-check";
import { decode, encode, type Values } from "../../provider/doors/pulumi/codec";
import { eachWhenRead, OutputEntries } from "../../provider/doors/pulumi/outputs";

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
  ),
})).value;
const outputs = fc.dictionary(fc.string({ minLength: 1 }), plain, { maxKeys: 5 }) as fc.Arbitrary<Values>;

describe("outputs in answers", () => {
  test("whatever the answers before were, the entries are those of this answer", () => {
    fc.assert(
      fc.property(fc.array(outputs, { minLength: 1, maxLength: 4 }), (answers) => {
        const entries = new OutputEntries();
        for (const answer of answers) {
          const copy = structuredClone(answer);
          expect(decode(Buffer.concat(entries.of(copy, "urn")))).toEqual(decode(encode(answer, undefined)));
        }
      }),
    );
  });

  test("outputs that did not change have exactly the same bytes, for each resource separately", () => {
    const entries = new OutputEntries();
    const answer = () => ({ ports: { web: ["vif1.0"], db: ["vif2.0"] }, drift: [] as string[] });
    const [ports, drift] = entries.of(answer(), "a");
    const [samePorts, otherDrift] = entries.of({ ...answer(), drift: ["gone"] }, "a");
    expect(samePorts).toBe(ports);
    expect(otherDrift).not.toEqual(drift);
    expect(entries.of(answer(), "b")[0]).not.toBe(ports);
  });

  test.each([
    ["a list and a record", ["x"], { 0: "x" }],
    ["an absent name and another", { a: "x" }, { b: "x" }],
    ["a longer list", ["x"], ["x", "y"]],
    ["text and number", "1", 1],
    ["nothing and an empty record", null, {}],
  ])("%s are not the same", (_, one, other) => {
    const entries = new OutputEntries();
    entries.of({ field: one }, "a");
    expect(Buffer.concat(entries.of({ field: other }, "a"))).toEqual(encode({ field: other }, undefined));
  });

  test("a field is made once, when somebody reads it", () => {
    const made: string[] = [];
    const fields = eachWhenRead(["a", "b"], (name) => {
      made.push(name);
      return name.toUpperCase();
    });
    expect([fields.b, fields.b, made]).toEqual(["B", "B", ["b"]]);
    expect({ ...fields }).toEqual({ a: "A", b: "B" });
  });
});
