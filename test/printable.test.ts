import fc from "fast-check";
import { CspError } from "../provider/errors";
import { LONGEST_TEXT, printable, printableJson, printableLine, shortened } from "../provider/printable";

/** Characters that a terminal obeys or a reader does not see, by number, so that this file contains none of them. */
const FORBIDDEN: readonly (readonly [from: number, to: number, what: string])[] = [
  [0x00, 0x09, "C0"],
  [0x0b, 0x1f, "C0"],
  [0x7f, 0x9f, "DEL and C1"],
  [0xa0, 0xa0, "no-break space"],
  [0xad, 0xad, "soft hyphen"],
  [0x34f, 0x34f, "grapheme joiner"],
  [0x61c, 0x61c, "Arabic letter mark"],
  [0x115f, 0x1160, "Hangul fillers"],
  [0x180b, 0x180f, "Mongolian selectors"],
  [0x2000, 0x200f, "spaces, zero width, direction marks"],
  [0x2028, 0x202f, "separators, bidi embeddings and overrides"],
  [0x205f, 0x206f, "invisible operators, bidi isolates"],
  [0x2800, 0x2800, "blank Braille"],
  [0x3164, 0x3164, "Hangul filler"],
  [0xd800, 0xdfff, "surrogates"],
  [0xe000, 0xf8ff, "private use"],
  [0xfe00, 0xfe0f, "variation selectors"],
  [0xfeff, 0xfeff, "byte order mark"],
  [0xffa0, 0xffa0, "halfwidth filler"],
  [0xfff0, 0xfffb, "annotations"],
  [0xfffe, 0xffff, "noncharacters"],
  [0x1bca0, 0x1bca3, "shorthand controls"],
  [0x1d173, 0x1d17a, "musical controls"],
  [0xe0000, 0xe0fff, "tags"],
  [0xf0000, 0x10ffff, "private use"],
];

const forbiddenIn = (text: string) =>
  [...text].filter((char) => {
    const code = char.codePointAt(0) ?? 0;
    return FORBIDDEN.some(([from, to]) => code >= from && code <= to);
  });

/** Any code units at all, halves of pairs among them, and often what is hostile. */
const anyText = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom(...FORBIDDEN.map(([from]) => from)).map((code) => String.fromCodePoint(code)),
    fc.string({ unit: "grapheme" }),
  ),
  { maxLength: 40 },
);
const hostile = anyText.map((parts) => parts.join(""));

describe("printable text", () => {
  test.each(FORBIDDEN)("%i to %i is escaped: %s", (from, to) => {
    for (const code of new Set([from, (from + to) >> 1, to])) {
      const text = `a${String.fromCodePoint(code)}b`;
      expect(printable(text)).toBe(`a\\u{${code.toString(16)}}b`);
      expect(printableLine(text)).toBe(printable(text));
    }
  });

  test("no hidden character is left, and doing it twice changes nothing", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(forbiddenIn(printable(text))).toEqual([]);
        expect(printable(printable(text))).toBe(printable(text));
        expect(forbiddenIn(printableLine(text))).toEqual([]);
        expect(printableLine(text)).not.toContain("\n");
        expect(printableLine(printableLine(text))).toBe(printableLine(text));
        expect(printable(text).split("\n").length).toBe(text.split("\n").length);
      }),
      { numRuns: 2000 },
    );
  });

  test("plain text is unchanged", () => {
    const plain = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    fc.assert(fc.property(plain, (text) => printable(text) === text && printableLine(text) === text));
    for (const text of [
      "Grüße aus Köln",
      "файл",
      "日本語",
      "😀",
      "-A csp-in-1 -s 10.0.0.0/8 -j ACCEPT",
      "a\\u{1b}b",
      "→ … — “x”",
      "e\u0301",
    ])
      expect(printableLine(text)).toBe(text);
    expect(printable("two\nlines")).toBe("two\nlines");
    expect(printableLine("two\nlines")).toBe("two\\u{a}lines");
  });

  test("bytes that are not UTF-8 become visible characters", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(forbiddenIn(printable(Buffer.from(bytes).toString("utf8")))).toEqual([]);
      }),
    );
  });

  test("JSON stays JSON of the same value", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(hostile, hostile), { maxLength: 3 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = printableJson(value, indent);
        expect(forbiddenIn(text)).toEqual([]);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("what is very long is cut between characters, once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 50, max: 300 }),
        fc.integer({ min: 0, max: 600 }),
        (odd, longest, pairs) => {
          const text = "a".repeat(odd) + "😀".repeat(pairs);
          const cut = shortened(text, longest);
          expect(cut.length).toBeLessThanOrEqual(longest);
          expect(forbiddenIn(cut)).toEqual([]);
          expect(shortened(cut, longest)).toBe(cut);
          const [, kept = "", left] = /^(.*)… \((\d+) more characters\)$/u.exec(cut) ?? [];
          if (text.length <= longest) expect(cut).toBe(text);
          else expect(kept.length + Number(left)).toBe(text.length);
        },
      ),
    );
    expect(shortened("x".repeat(100_000)).length).toBeLessThanOrEqual(LONGEST_TEXT);
  });
});

describe("an error", () => {
  test("has no hidden character in any part, and no line of others begins like a line of csp", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (subject, problem, remedy) => {
        const error = new CspError("x", subject, problem, remedy);
        for (const text of [error.message, error.subject, error.problem, error.remedy]) expect(forbiddenIn(text)).toEqual([]);
        expect(
          error.message
            .split("\n")
            .slice(1)
            .every((line) => line.startsWith(" ")),
        ).toBe(true);
      }),
    );
    expect(new CspError("x", "hv-01\nhv-02: nothing was found", "it said\nerror: all is well", "\u001b[2Jlook").message).toBe(
      "hv-01\\u{a}hv-02: nothing was found: it said\n  error: all is well. \\u{1b}[2Jlook.",
    );
  });
});
