import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Versioned } from "../../provider/install/repository/rpm";
import { rpmMeets } from "../../provider/install/repository/rpm-version";

const orderOf = (a: string, b: string) =>
  (["<", "=", ">"] as const).findIndex((sign) => rpmMeets(a, { name: "product-version", sign, version: b })) - 1;

test.each<[there: string, sign: Versioned["sign"], version: string, met: boolean]>([
  ["8.3.0", "=", "8.3.0", true],
  ["8.3.0", "=", "8.3", false],
  ["8.3.0", ">=", "8.3", true],
  ["8.3.0", "<", "8.10", true],
  ["8.3.0", "<=", "8.3.0", true],
  ["8.3.0", ">", "8.3.0", false],
  ["8.3.0", "=", "8.3.0-1", true],
  ["8.3.0-2", ">", "8.3.0-1", true],
  ["1:1", ">", "8.3.0", true],
])("%s %s %s: %p", (there, sign, version, met) => {
  expect(rpmMeets(there, { name: "product-version", sign, version })).toBe(met);
});

test("versions compare as the real rpm compares them", () => {
  const run = fc.constantFrom("0", "1", "2", "10", "007", "a", "rc", "Z", ".", "_", "~", "^", "+");
  const version = fc.array(run, { minLength: 1, maxLength: 6 }).map((runs) => runs.join(""));
  const pairs = fc.sample(fc.tuple(version, version), 2_000);
  const folder = mkdtempSync(join(tmpdir(), "csp-vercmp-"));
  try {
    const script = join(folder, "compare.lua");
    writeFileSync(script, pairs.map(([a, b]) => `print(rpm.vercmp("${a}", "${b}"))\n`).join(""));
    const said = execFileSync("rpmlua", [script], { encoding: "utf8" }).trim().split("\n").map(Number);
    expect(pairs.flatMap(([a, b], at) => (orderOf(a, b) === said[at] ? [] : [[a, b, orderOf(a, b), said[at]]]))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
