/**
 * Keeps what was made last for `anchor`, as long as it is made of the same parts: the same objects and values, in the same order.
 */
export function lastMade<A extends object, V>(): (anchor: A, parts: readonly unknown[], make: () => V) => V {
  const known = new WeakMap<A, { readonly parts: readonly unknown[]; readonly value: V }>();
  return (anchor, parts, make) => {
    const last = known.get(anchor);
    if (last !== undefined && last.parts.length === parts.length && last.parts.every((part, index) => part === parts[index]))
      return last.value;
    const value = make();
    known.set(anchor, { parts, value });
    return value;
  };
}

/**
 * Keeps what was made of a value, for as long as the value lives. Compiled guests, their chains and their lists of rules never change once they
 * are made, so an unchanged guest costs only one look-up. Without it, a thousand guests cost a second.
 */
export function memo<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let entry = known.get(key);
    if (entry === undefined) {
      entry = { value: make(key) };
      known.set(key, entry);
    }
    return entry.value;
  };
}
