import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../../../provider/install/targets";

/** A value as the parsers print it. Tuples are lists, too. */
export type Recorded = null | boolean | number | string | readonly Recorded[] | { readonly [key: string]: Recorded } | Unprinted | Cut;

/** Something of the recorder's machine that prints as no value: `<Inst object at 0x7f>`. */
export class Unprinted {
  constructor(readonly text: string) {}
}

/** A list that was cut when it was recorded: its first items. */
export class Cut {
  constructor(readonly items: readonly Recorded[]) {}
}

/** An answerfile, and what the parser of one version said to it (test/install/cases/README.md). */
export interface RecordedCase {
  readonly id: string;
  readonly target: Target;
  readonly bytes: Buffer;
  readonly accepted: boolean;
  /** Where the installer stopped. */
  readonly why?: string;
  /** What the parser made of an accepted file, by its own names. */
  readonly understood?: Readonly<Record<string, Recorded>>;
  readonly stages?: readonly string[];
  /** What was changed by chance; nothing: csp wrote it so. */
  readonly changed: readonly string[];
}

interface Line extends Omit<RecordedCase, "bytes" | "understood"> {
  readonly xml?: string;
  readonly base64?: string;
  readonly understood?: Readonly<Record<string, string>>;
}

/** The recorded words of the real parsers. */
export function recordedCases(): RecordedCase[] {
  const lines = readFileSync(join(__dirname, "../cases/answerfiles.jsonl"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const { xml, base64, understood, ...rest } = JSON.parse(line) as Line;
      const bytes = xml === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(xml);
      return { ...rest, bytes, ...(understood === undefined ? {} : { understood: values(understood) }) };
    });
}

function values(printed: Readonly<Record<string, string>>): Record<string, Recorded> {
  return Object.fromEntries(
    Object.entries(printed).map(([name, text]) => {
      const value = parsePython(text);
      return [name, name === "nic" ? fieldsOf(value) : value];
    }),
  );
}

/** `nic` is the interface's fields, each with its value printed once more. */
function fieldsOf(value: Recorded): Recorded {
  const pairs = value as readonly (readonly [string, string])[];
  return Object.fromEntries(pairs.map(([name, text]) => [name, parsePython(text)]));
}

/** A value from its `repr()`, of Python 2 or 3. */
export function parsePython(text: string): Recorded {
  return new Parser(text).whole();
}

const WORDS: Readonly<Record<string, Recorded>> = { None: null, True: true, False: false };
const PAIRS: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Recorded {
    const value = this.value();
    this.blank();
    if (value === undefined || this.at < this.text.length) throw new Error(`not a Python value: ${this.text}`);
    return value;
  }

  /** Undefined: the text ended within it. */
  private value(): Recorded | undefined {
    this.blank();
    const next = this.text[this.at];
    if (next === undefined) return undefined;
    if (next === "<") return this.unprinted();
    const close = PAIRS[next];
    if (close !== undefined) return close === "}" ? this.dictionary() : this.list(close);
    const quoted = this.match(/[ub]?(['"])/y);
    if (quoted !== undefined) return this.string(quoted.at(-1) ?? "");
    const word = this.match(/[\w.+-]+/y) ?? "";
    const known = WORDS[word];
    if (known !== undefined) return known;
    const number = Number(word.replace(/L$/, ""));
    if (word !== "" && !Number.isNaN(number)) return number;
    // A cut can be within a word.
    return this.at === this.text.length ? undefined : this.fail();
  }

  /** Cut ones have no ">". */
  private unprinted(): Unprinted {
    const rest = this.text.slice(this.at);
    const text = /^<[^<>]*object at 0x[0-9a-f]+>/.exec(rest)?.[0] ?? rest;
    this.at += text.length;
    return new Unprinted(text);
  }

  private list(close: string): Recorded | undefined {
    this.at += 1;
    const items: Recorded[] = [];
    for (;;) {
      this.blank();
      if (this.text[this.at] === close) break;
      const item = this.value();
      // Only the outermost list can be one that was cut: of the others, nothing is left.
      if (item === undefined) return close === "]" && this.text.startsWith("[") ? new Cut(items) : undefined;
      items.push(item);
      this.match(/\s*,/y);
    }
    this.at += 1;
    return items;
  }

  private dictionary(): Recorded | undefined {
    this.at += 1;
    const found: Record<string, Recorded> = {};
    for (;;) {
      this.blank();
      if (this.text[this.at] === "}") break;
      const key = this.value();
      if (key === undefined || this.match(/\s*:/y) === undefined) return undefined;
      const value = this.value();
      if (value === undefined) return undefined;
      found[String(key)] = value;
      this.match(/\s*,/y);
    }
    this.at += 1;
    return found;
  }

  private string(quote: string): string | undefined {
    let found = "";
    while (this.at < this.text.length) {
      const next = this.text[this.at++] ?? "";
      if (next === quote) return found;
      if (next !== "\\") {
        found += next;
        continue;
      }
      const code = this.match(/x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}/y);
      const escaped = code === undefined ? this.text[this.at++] : undefined;
      found += code === undefined ? (ESCAPES[escaped ?? ""] ?? escaped ?? "") : String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    }
    return undefined;
  }

  private blank(): void {
    this.match(/\s*/y);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private fail(): never {
    throw new Error(`not a Python value at ${this.at}: ${this.text}`);
  }
}
