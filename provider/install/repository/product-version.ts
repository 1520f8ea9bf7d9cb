import { atLeast, type Target } from "../targets";

/**
 * Versions of repositories, compared as the installer of a target compares them. It reads `version`, or `version-build` if there is a build. A
 * text between dots is a number if it has digits only; else it stays a text.
 *
 * 6.0 and later (python-libs, version.py): what follows the first "-" does not count. Numbers are compared one after the other. If one list is
 * the beginning of the other, it comes first. A text cannot be compared: the installer stops when it comes to one.
 *
 * 5.6 (product.py):
 * - The last part has a build if it has a "-" and ends in a letter: "5.6.100-50867p" is 5.6.100 with the build 50867. Between the last "-" and
 *   the letter, there must be what Python's int() reads, else the installer stops.
 * - Without a letter at its end, "100-50867" stays one part, of the subparts 100 and 50867. So the build counts always, and not only if the
 *   other version has one: 5.6.100-50867 comes after 5.6.100, and before 5.6.101.
 * - A build is compared if the required version has one. It is then compared as one more number behind each list; -1 where there is none. So
 *   with lists of different lengths, a build meets a number: 5.6-200p comes after 5.6.100-1p.
 * - Other texts cannot be compared, except that a part with subparts comes before a text without.
 *
 * Known: the grammar, and the rules for builds (the notes of product.py). Inferred, from the form that the same class has in the first
 * python-libs (2011): how subparts and texts compare, in Python 2, where None is less than any number. On 5.6, which has 32 bits, numbers from
 * 2147483648 on are of another type, which the comparison does not know. It is not known which release of python-libs first ignored the build;
 * csp takes it that 6.0 did.
 */
export interface ProductVersion {
  readonly parts: readonly Part[];
  readonly build?: bigint;
  /** Whether it is compared as 5.6 does it. */
  readonly old: boolean;
}

type Part = bigint | string;

export const TESTS = ["eq", "ne", "lt", "gt", "le", "ge"] as const;
export type Test = (typeof TESTS)[number];

/** The largest number of the type `int` on a machine with 32 bits. */
const MAX_INT = 2147483647n;

/** Undefined if the target's installer stops at it. */
export function parseVersion(version: string, build: string | undefined, target: Target): ProductVersion | undefined {
  const text = build === undefined || build === "" ? version : `${version}-${build}`;
  if (atLeast(target, "6.0")) return { parts: partsOf(text.split("-", 1)[0] ?? ""), old: false };
  const parts = partsOf(text);
  const last = parts.at(-1) ?? "";
  if (typeof last !== "string" || !/-[^-]*[A-Za-z]$/.test(last)) return { parts, old: true };
  const cut = last.lastIndexOf("-");
  const number = /^[ \t\n\v\f\r]*([+-]?\d+)[ \t\n\v\f\r]*$/.exec(last.slice(cut + 1, -1))?.[1];
  if (number === undefined) return undefined;
  return { parts: [...parts.slice(0, -1), partOf(last.slice(0, cut))], build: BigInt(number), old: true };
}

function partsOf(text: string): Part[] {
  return text.split(".").map(partOf);
}

function partOf(text: string): Part {
  return /^[0-9]+$/.test(text) ? BigInt(text) : text;
}

/** Whether an installed version meets a requirement. Undefined: the installer cannot compare the two, and stops. */
export function meets(there: ProductVersion, test: Test, required: ProductVersion): boolean | undefined {
  const order = compare(there, required);
  if (order === undefined) return undefined;
  switch (test) {
    case "eq":
      return order === 0n;
    case "ne":
      return order !== 0n;
    case "lt":
      return order < 0n;
    case "gt":
      return order > 0n;
    case "le":
      return order <= 0n;
    case "ge":
      return order >= 0n;
  }
}

function compare(there: ProductVersion, required: ProductVersion): bigint | undefined {
  const part = required.old ? oldPart : newPart;
  if (required.build === undefined) return compareLists(there.parts, required.parts, part);
  return compareLists([...there.parts, there.build ?? -1n], [...required.parts, required.build], part);
}

type Compare = (left: Part, right: Part) => bigint | undefined;

function compareLists(left: readonly Part[], right: readonly Part[], part: Compare): bigint | undefined {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = part(left[at] ?? "", right[at] ?? "");
    if (order !== 0n) return order;
  }
  return BigInt(left.length - right.length);
}

function newPart(left: Part, right: Part): bigint | undefined {
  return typeof left === "string" || typeof right === "string" ? undefined : left - right;
}

function oldPart(left: Part, right: Part): bigint | undefined {
  if (isInt(left)) {
    if (isInt(right)) return left - right;
    return hasSubparts(right) ? compareLists([left], subparts(right), oldPart) : undefined;
  }
  if (!hasSubparts(left)) return undefined;
  if (isInt(right)) return compareLists(subparts(left), [right], oldPart);
  // For what is neither, the comparison has no answer, and None is less than 0.
  return hasSubparts(right) ? compareLists(subparts(left), subparts(right), oldPart) : -1n;
}

function isInt(part: Part): part is bigint {
  return typeof part === "bigint" && part <= MAX_INT;
}

function hasSubparts(part: Part): part is string {
  return typeof part === "string" && part.includes("-");
}

function subparts(part: string): Part[] {
  return part.split("-").map(partOf);
}
