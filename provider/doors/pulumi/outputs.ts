import type { Values } from "../../core/define";
import { encode } from "./codec";

/** A field of an answer: its value, and its entry in a struct. */
interface Given {
  readonly value: unknown;
  readonly bytes: Buffer;
}

/**
 * Resources' outputs as entries of a struct. The ports of a thousand guests are seldom other than a moment ago: what is the same as in a
 * resource's last answer is not encoded again.
 */
export class OutputEntries {
  private readonly last = new Map<string, ReadonlyMap<string, Given>>();

  of(outputs: Values, urn: string): Buffer[] {
    const before = this.last.get(urn);
    const entries = Object.entries(outputs).map(([key, value]): [string, Given] => {
      const earlier = before?.get(key);
      return [
        key,
        earlier !== undefined && sameValue(earlier.value, value) ? earlier : { value, bytes: encode({ [key]: value }, undefined) },
      ];
    });
    this.last.set(urn, new Map(entries));
    return entries.map(([, { bytes }]) => bytes);
  }
}

/** Of plain values. node:util's isDeepStrictEqual also asks for prototypes and symbols, and takes ten times as long. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue((a as Values)[key], (b as Values)[key]))
  );
}

/** An object whose fields are made when somebody looks at them. */
export function eachWhenRead(names: Iterable<string>, read: (name: string) => unknown): Values {
  const outputs = new Map<string, unknown>();
  const object = {};
  for (const name of names)
    Object.defineProperty(object, name, {
      enumerable: true,
      get: () => {
        if (!outputs.has(name)) outputs.set(name, read(name));
        return outputs.get(name);
      },
    });
  return object;
}
