import fc from "fast-check";
import { decode, encode, entriesBut, type Values } from "../../provider/doors/pulumi/codec";
import { isRegular, sameStruct } from "../../provider/doors/pulumi/same-struct";
import { Writer } from "../../provider/doors/wire";

/** A struct that was read before is not read again; the result must be the same as of a full reading. */
const leaf = fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("x".repeat(200)), fc.double({ noNaN: true }), fc.boolean());
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 6 }),
  ),
})).value;
const values = fc.dictionary(fc.string(), value, { maxKeys: 8 }) as fc.Arbitrary<Values>;

/** The same in another order of fields, at every depth; `seeds` decide. */
function reordered(from: unknown, seeds: () => number): unknown {
  if (Array.isArray(from)) return from.map((element) => reordered(element, seeds));
  if (typeof from !== "object" || from === null) return from;
  const entries = Object.entries(from).map(([key, entry]) => [seeds(), key, reordered(entry, seeds)] as const);
  const result: Record<string, unknown> = Object.create(null);
  for (const [, key, entry] of entries.sort((a, b) => a[0] - b[0])) result[key] = entry;
  return result;
}

/** Every value that differs from `from` in one place: a leaf, an element, a field, a name. */
function* changed(from: unknown): Generator<unknown> {
  if (typeof from === "string") {
    yield `${from}!`;
    // As long as before.
    if (from !== "") yield `${from.slice(0, -1)}${from.endsWith("a") ? "b" : "a"}`;
  } else if (typeof from === "number") yield from === 0 ? 1 : -from;
  else if (typeof from === "boolean") yield !from;
  else if (Array.isArray(from)) {
    yield [...from, true];
    for (const [index, element] of from.entries()) {
      yield from.filter((_, at) => at !== index);
      for (const other of changed(element)) yield from.map((each, at) => (at === index ? other : each));
    }
  } else if (typeof from === "object" && from !== null) {
    const entries = Object.entries(from);
    const without = (key: string) => entries.filter(([name]) => name !== key);
    yield objectOf([...entries, [entries.some(([key]) => key === "new") ? "newer" : "new", true]]);
    for (const [key, entry] of entries) {
      yield objectOf(without(key));
      for (const other of changed(entry)) yield objectOf([...without(key), [key, other]]);
    }
  }
}

function objectOf(entries: readonly (readonly [string, unknown])[]): Values {
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of entries) result[key] = entry;
  return result;
}

const bytes = (from: unknown) => encode(from as Values, undefined);
const orders = fc.infiniteStream(fc.double({ noNaN: true }));

describe("two structs", () => {
  test("that differ in the order of their fields are the same", () => {
    fc.assert(
      fc.property(values, orders, (from, order) => {
        const before = bytes(from);
        expect(isRegular(before)).toBe(true);
        expect(sameStruct(bytes(reordered(from, () => order.next().value)), before)).toBe(true);
      }),
    );
  });

  test("that differ in anything else are not", () => {
    fc.assert(
      fc.property(values, orders, (from, order) => {
        const before = bytes(from);
        for (const other of changed(from)) {
          expect(sameStruct(bytes(reordered(other, () => order.next().value)), before)).toBe(false);
          expect(sameStruct(before, bytes(other))).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("if a name occurs twice, the order has a meaning, and the struct is not compared", () => {
    const twice = (...texts: string[]) => {
      const writer = new Writer();
      for (const text of texts) {
        writer.message(1, () => {
          writer.presentString(1, "name");
          writer.message(2, () => writer.presentString(3, text));
        });
      }
      return writer.finish();
    };
    expect(decode(twice("a", "b")).values).toEqual({ name: "b" });
    expect(isRegular(twice("a", "b"))).toBe(false);
    expect(isRegular(twice("a", "a"))).toBe(false);
    expect(sameStruct(twice("a", "a"), bytes({ name: "a", same: "a" }))).toBe(false);
    // In a struct within a list within a struct, too.
    const nested = new Writer();
    nested.message(1, () => {
      nested.presentString(1, "list");
      nested.message(2, () => nested.message(6, () => nested.message(1, () => nested.bytes(5, twice("a", "b")))));
    });
    expect(decode(nested.finish()).values).toEqual({ list: [{ name: "b" }] });
    expect(isRegular(nested.finish())).toBe(false);
  });

  test("a struct with too many fields, or one that is cut off, is not compared", () => {
    const wide = (count: number) => bytes(Object.fromEntries(Array.from({ length: count }, (_, index) => [`field ${index}`, index])));
    expect([isRegular(wide(31)), isRegular(wide(32))]).toEqual([true, false]);
    const whole = bytes({ a: { b: ["c", { d: 1 }] } });
    for (let end = 1; end < whole.length; end++) {
      expect(isRegular(whole.subarray(0, end))).toBe(false);
      expect(sameStruct(whole.subarray(0, end), whole)).toBe(false);
    }
  });
});

describe("a struct without some of its entries", () => {
  test("reads as the object without them", () => {
    fc.assert(
      fc.property(values, fc.array(fc.string()), fc.nat(), (from, others, pick) => {
        const keys = Object.keys(from);
        const names = new Set([...others, ...keys.filter((_, index) => (index + pick) % 2 === 0)]);
        const rest = decode(Buffer.concat(entriesBut(bytes(from), names))).values;
        expect(rest).toEqual(decode(bytes(Object.fromEntries(Object.entries(from).filter(([key]) => !names.has(key))))).values);
      }),
    );
  });
});

describe("reading what was read before", () => {
  const guest = (name: string, note: unknown) => ({
    name,
    rules: Array.from({ length: 8 }, (_, index) => ({ name: `rule ${index}`, ports: ["22", "80:90"] })),
    note,
  });

  test("gives the same as reading all of it, whatever changed", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 4 }), orders, (steps, order) => {
        let before: Values | undefined;
        for (const [first, second] of steps) {
          const struct = bytes(
            reordered({ guests: { a: guest("a", first), b: guest("b", second), c: guest("c", "stays") } }, () => order.next().value),
          );
          const read = decode(struct, undefined, before);
          expect(read).toEqual(decode(struct));
          const [now, then] = [read.values, before].map((each) => (each?.guests as Values | undefined)?.c);
          if (then !== undefined) expect(now).toBe(then);
          before = read.values;
        }
      }),
    );
  });

  test("a small struct that comes again is the same object, and one with any difference is another object", () => {
    const rule = { name: "ssh", ports: ["22"] };
    const { a, b, c } = decode(encode({ a: rule, b: rule, c: { ...rule, ports: ["23"] } }, undefined)).values;
    expect(b).toBe(a);
    expect(c).toEqual({ name: "ssh", ports: ["23"] });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (all) => {
        const twice = { first: all, second: all };
        expect(decode(bytes(twice)).values).toEqual(twice);
        expect(decode(bytes({ all })).values).toEqual({ all });
      }),
    );
    // A secret is never taken for what it looks like.
    const hidden = { a: { name: "ssh" }, b: { name: "ssh" } };
    const places = new Map([["b", new Map([["name", true as const]])]]);
    expect(decode(encode(hidden, places))).toEqual({ values: hidden, secrets: places });
  });

  test("finds a secret in any place, any number of times", () => {
    const struct = encode({ guests: { a: guest("a", "hunter2") } }, new Map([["guests", new Map([["a", new Map([["note", true]])]])]]));
    const first = decode(struct);
    const second = decode(struct, undefined, first.values);
    expect(second).toEqual(first);
    expect(second.secrets).toEqual(new Map([["guests", new Map([["a", new Map([["note", true]])]])]]));
    const plain = decode(encode(first.values, undefined), undefined, first.values);
    expect([plain.values, plain.secrets]).toEqual([first.values, undefined]);
  });
});
