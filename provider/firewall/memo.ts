/**
 * What was made of a value before, for as long as the value lives. Compiled guests, their chains and lists of rules are never changed once
 * made, so an unchanged guest costs one look-up where a thousand of them would cost a second.
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
