import fc from "fast-check";
import type { Difference } from "../../provider/core/diff";

/** Rules for tests of diffs and of reading back. */
export interface TestRule {
  readonly name: string;
  readonly protocol?: string;
  readonly ports?: readonly string[];
  readonly from?: readonly string[];
  readonly action?: string;
}

export const rule = (name: string): TestRule => ({ name, protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] });

const address = fc.tuple(fc.nat(3), fc.nat(3)).map(([x, y]) => `10.0.${x}.${y}`);

export const ruleLists: fc.Arbitrary<TestRule[]> = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom("a", "b", "c", "d", "e", "f"),
      protocol: fc.constantFrom("tcp", "udp"),
      ports: fc.uniqueArray(fc.constantFrom("22", "80", "443", "8000:8080"), { minLength: 1 }),
      from: fc.uniqueArray(address, { minLength: 1, maxLength: 4 }),
      action: fc.constantFrom("allow", "drop"),
    },
    { requiredKeys: ["name"] },
  ),
  { selector: ({ name }) => name },
);

/** The same rules in other words. */
export function respelled(rules: readonly TestRule[]): unknown[] {
  return rules.map(({ name, protocol, ports, from, action }) => ({
    name,
    protocol: protocol === undefined ? "all" : protocol === "tcp" ? "6" : "UDP",
    ...(ports === undefined
      ? {}
      : { ports: ports.map((port) => (port.includes(":") ? port.replace(":", "-") : `${port}:${port}`)).reverse() }),
    ...(from === undefined ? {} : { from: from.map((peer) => `${peer}/32`).reverse() }),
    action: action ?? "allow",
    log: false,
  }));
}

/**
 * The old value with the differences put onto it, as a reader of a preview would: deletions at old indices, then additions at new ones;
 * an update in a list is both. The values come from `after`, the places from the differences alone.
 */
export function applied(before: object, after: object, differences: readonly Difference[]): unknown {
  const result = structuredClone(before);
  const steps = (path: string) => path.split(/[.[\]]+/).filter((step) => step !== "");
  const at = (root: unknown, path: readonly string[]) =>
    path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], root);
  const places = differences
    .map(({ path, kind }) => ({ parts: steps(path), kind }))
    // Deeper ones first, while indices are still the old ones.
    .sort((x, y) => y.parts.length - x.parts.length);
  const depths = [...new Set(places.map(({ parts }) => parts.length))];
  for (const depth of depths) {
    const level = places.filter(({ parts }) => parts.length === depth);
    const byIndex = (x: { parts: string[] }, y: { parts: string[] }) => Number(x.parts.at(-1)) - Number(y.parts.at(-1));
    for (const { parts } of level.filter(({ kind }) => kind !== "add").sort((x, y) => byIndex(y, x))) {
      const parent = at(result, parts.slice(0, -1)) as Record<string, unknown>;
      const last = parts.at(-1) ?? "";
      if (Array.isArray(parent)) parent.splice(Number(last), 1);
      else delete parent[last];
    }
    for (const { parts } of level.filter(({ kind }) => kind !== "delete").sort(byIndex)) {
      const parent = at(result, parts.slice(0, -1)) as Record<string, unknown>;
      const last = parts.at(-1) ?? "";
      const value = at(after, parts);
      if (Array.isArray(parent)) parent.splice(Number(last), 0, value);
      else parent[last] = value;
    }
  }
  return result;
}

/** The same value with sorted lists where lists are sets. */
export function setsInOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const inner = value.map(setsInOrder);
    return inner.every((element) => typeof element === "string") ? inner.sort() : inner;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, setsInOrder(entry)]));
}
