/**
 * What the process remembers between calls, so that a thousand guests that did not change cost a thousand look-ups and not a second. All of it
 * belongs to one object, {@link memory}: each part has a name, a reason, and a bound. Nothing here is needed for a right answer: with
 * `CSP_MEMORY=off` in the environment nothing is remembered, and every answer is the same (`npm run test:pure` runs both ways).
 */
export interface Remembered {
  /** For people: "hashes of names". */
  readonly name: string;
  /** What it would cost not to remember it. */
  readonly reason: string;
}

export interface RememberedByText extends Remembered {
  /** Entries. One more, and a small memory forgets its oldest, a large one all: what is asked for again comes back by itself. */
  readonly most: number;
}

/** Values by a text. */
export interface TextMemory<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** Values by an object, for as long as the object lives: its bound is whoever holds the object. */
export interface ObjectMemory<K extends object, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
}

/** Full all the time, such a memory would be a good part of the process's. */
const LARGE = 1000;

class Memory {
  private readonly parts: { readonly what: Remembered | RememberedByText; readonly entries?: ReadonlyMap<string, unknown> }[] = [];

  constructor(private readonly on: boolean) {}

  byText<V>(what: RememberedByText): TextMemory<V> {
    const entries = new Map<string, V>();
    this.parts.push({ what, entries });
    if (!this.on) return NOTHING;
    return {
      get: (key) => entries.get(key),
      set: (key, value) => {
        if (entries.size >= what.most && !entries.has(key)) {
          if (what.most > LARGE) entries.clear();
          else entries.delete(entries.keys().next().value as string);
        }
        entries.set(key, value);
      },
    };
  }

  /**
   * A function that gives the value for a text and makes it if it is not remembered. The text says all that the value is made of. A value that
   * could not be made is not remembered.
   */
  onceByText<V>(what: RememberedByText): (key: string, make: () => V) => V {
    const made = this.byText<{ readonly value: V }>(what);
    return (key, make) => {
      let entry = made.get(key);
      if (entry === undefined) {
        entry = { value: make() };
        made.set(key, entry);
      }
      return entry.value;
    };
  }

  byObject<K extends object, V>(what: Remembered): ObjectMemory<K, V> {
    this.parts.push({ what });
    return this.on ? new WeakMap<K, V>() : NOTHING;
  }

  /** Values by two objects, for as long as both live. */
  byObjects<A extends object, B extends object, V>(what: Remembered) {
    const parts = this.byObject<A, WeakMap<B, V & {}>>(what);
    return {
      get: (a: A, b: B): V | undefined => parts.get(a)?.get(b),
      set: (a: A, b: B, value: V & {}): void => {
        const known = parts.get(a) ?? new WeakMap<B, V & {}>();
        parts.set(a, known);
        known.set(b, value);
      },
    };
  }

  /**
   * A function that makes its value once for each object. Compiled guests, their chains and lists of rules are never changed once made, so the
   * value of one that is the same is the same.
   */
  once<K extends object, V>(what: Remembered, make: (key: K) => V): (key: K) => V {
    const made = this.byObject<K, { readonly value: V }>(what);
    return (key) => {
      let entry = made.get(key);
      if (entry === undefined) {
        entry = { value: make(key) };
        made.set(key, entry);
      }
      return entry.value;
    };
  }

  /** The same for each pair of objects, for as long as both live. */
  onceByBoth<A extends object, B extends object, V>(what: Remembered, make: (a: A, b: B) => V): (a: A, b: B) => V {
    const made = this.once(what, (_: A) => new WeakMap<B, { readonly value: V }>());
    return (a, b) => {
      const known = made(a);
      let entry = known.get(b);
      if (entry === undefined) {
        entry = { value: make(a, b) };
        known.set(b, entry);
      }
      return entry.value;
    };
  }

  /** What was made last for an object, as long as it is made of the same parts: the same objects and values, in the same order. */
  last<A extends object, V>(what: Remembered): (anchor: A, parts: readonly unknown[], make: () => V) => V {
    const made = this.byObject<A, { readonly parts: readonly unknown[]; readonly value: V }>(what);
    return (anchor, parts, make) => {
      const last = made.get(anchor);
      if (last !== undefined && last.parts.length === parts.length && last.parts.every((part, index) => part === parts[index]))
        return last.value;
      const value = make();
      made.set(anchor, { parts, value });
      return value;
    };
  }

  /** Every part there is; `size` of those that count their entries. */
  list(): (Remembered & { readonly most?: number; readonly size?: number })[] {
    return this.parts.map(({ what, entries }) => ({ ...what, ...(entries === undefined ? {} : { size: entries.size }) }));
  }
}

const NOTHING = { get: () => undefined, set: () => {} };

export const memory = new Memory(process.env.CSP_MEMORY !== "off");
