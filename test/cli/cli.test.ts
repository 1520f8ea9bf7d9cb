import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

function csp(...argv: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", ...argv], { cwd: ROOT, encoding: "utf8" });
}

test("version prints the package's version and Node's", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(csp("version").stdout).toBe(`csp ${version}\nnode ${process.versions.node} (${process.platform} ${process.arch})\n`);
  expect(csp("--version").stdout).toBe(`${version}\n`);
});

test("schema prints the schema of the provider", () => {
  const printed = csp("schema").stdout;
  expect(JSON.parse(printed)).toEqual(JSON.parse(readFileSync(join(ROOT, "provider/schema.json"), "utf8")));
});

test.each([
  [["schma"], "Did you mean schema?"],
  [["schema", "--jsn"], "unknown option '--jsn'"],
  [["version", "extra"], "too many arguments"],
])("a mistake is named, with a hint to the help: csp %j", (argv, says) => {
  const result = csp(...argv);
  expect(result.status).toBe(1);
  expect(result.stderr).toContain(says);
  expect(result.stderr).toContain("csp --help");
});

test("without a command, it shows the commands", () => {
  const result = csp();
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("Usage: csp");
});
