import { atLeast, type Target } from "../targets";

/**
 * Versions of repositories, compared as the installer of a target compares them:
 * - 5.6 (product.py): numbers between dots. A build follows "-" and counts only if it ends in a letter ("5.6.100-50867p"). The numbers always count,
 *   the build only if the required version has one. A version without a build comes before all that have one.
 * - 6.0 and later (python-libs, version.py): what follows the first "-" does not count.
 * If a list of numbers is the beginning of another list, it comes before it.
 */
export interface ProductVersion {
  readonly arcs: readonly number[];
  readonly build?: number;
}

export const TESTS = ["eq", "ne", "lt", "gt", "le", "ge"] as const;
export type Test = (typeof TESTS)[number];

/** Undefined if the target's installer cannot read it. */
export function parseVersion(version: string, build: string | undefined, target: Target): ProductVersion | undefined {
  const text = build === undefined ? version : `${version}-${build}`;
  if (atLeast(target, "6.0")) return withArcs(text.split("-", 1)[0] ?? "");
  const match = /^(.*)-(\d+)[A-Za-z]$/.exec(text);
  if (match !== null) return withArcs(match[1] ?? "", Number(match[2]));
  return withArcs(text);
}

function withArcs(text: string, build?: number): ProductVersion | undefined {
  if (!/^\d+(\.\d+)*$/.test(text)) return undefined;
  const arcs = text.split(".").map(Number);
  return build === undefined ? { arcs } : { arcs, build };
}

/** Whether an installed version meets a requirement. */
export function meets(there: ProductVersion, test: Test, required: ProductVersion): boolean {
  const order = compare(there, required);
  switch (test) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "lt":
      return order < 0;
    case "gt":
      return order > 0;
    case "le":
      return order <= 0;
    case "ge":
      return order >= 0;
  }
}

function compare(there: ProductVersion, required: ProductVersion): number {
  for (let at = 0; at < Math.max(there.arcs.length, required.arcs.length); at++) {
    const difference = (there.arcs[at] ?? -1) - (required.arcs[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return required.build === undefined ? 0 : (there.build ?? -1) - required.build;
}
