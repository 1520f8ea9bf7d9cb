import type { Versioned } from "./rpm";

/** Whether a version meets what is required, as rpm compares them. A release counts only if both have one. */
export function rpmMeets(there: string, { sign, version }: Versioned): boolean {
  const order = compareVersions(there, version);
  if (order === 0) return sign.includes("=");
  return order < 0 ? sign.startsWith("<") : sign.startsWith(">");
}

function compareVersions(a: string, b: string): number {
  const [one, other] = [parts(a), parts(b)];
  return (
    one.epoch - other.epoch ||
    compareTexts(one.version, other.version) ||
    (one.release === undefined || other.release === undefined ? 0 : compareTexts(one.release, other.release))
  );
}

function parts(text: string): { readonly epoch: number; readonly version: string; readonly release?: string } {
  const [, epoch, version = "", release] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/s.exec(text) ?? [];
  return { epoch: Number(epoch ?? 0), version, ...(release === undefined ? {} : { release }) };
}

/**
 * rpmvercmp: runs of digits and runs of letters, one after the other. Digits come after letters, more runs after fewer. "~" comes before
 * everything, even the end; "^" comes after the end, and before everything else.
 */
function compareTexts(a: string, b: string): number {
  const [one, other] = [runs(a), runs(b)];
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [x, y] = [one[at], other[at]];
    if (x === y) continue;
    for (const mark of ["~", "^"]) {
      if (x === mark) return mark === "^" && y === undefined ? 1 : -1;
      if (y === mark) return mark === "^" && x === undefined ? -1 : 1;
    }
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [numeric, otherNumeric] = [isNumber(x), isNumber(y)];
    if (numeric !== otherNumeric) return numeric ? 1 : -1;
    if (!numeric) return x < y ? -1 : 1;
    const difference = BigInt(x) - BigInt(y);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

function runs(text: string): string[] {
  return text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}

function isNumber(run: string): boolean {
  return /^\d/.test(run);
}
