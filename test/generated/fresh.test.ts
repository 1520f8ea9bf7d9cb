import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/needs";

const ROOT = join(__dirname, "../..");

function tsx(...argv: string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", ...argv], { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? "fresh" : `exit status ${status}\n${stdout}${stderr}`;
}

test("schema.json and the resource pages are what the definitions give", () => {
  expect(tsx("provider/generate/generate.ts", "--check")).toBe("fresh");
});

test("the schema has the package's version", () => {
  const version = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8")).version;
  expect(version("provider/schema.json")).toBe(version("package.json"));
});

describeWith(["generator"], "the SDK", () => {
  test("is what schema.json gives", () => {
    expect(tsx("engines/generate-sdk.ts", "--check")).toBe("fresh");
  }, 300_000);
});
