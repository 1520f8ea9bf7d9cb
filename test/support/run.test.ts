import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "csp-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** jest over files of plain JavaScript, with our reporter. */
function jest(files: Record<string, string>) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const configuration = { rootDir: folder, reporters: ["default", join(ROOT, "test/support/reporter.js")], transform: {} };
  const environment = { ...process.env };
  delete environment.CSP_TEST_RESULT;
  const argv = [join(ROOT, "node_modules/jest/bin/jest.js"), "--ci", "--config", JSON.stringify(configuration)];
  // Both streams through one pipe, as a terminal or a job's log has them.
  const quoted = [process.execPath, ...argv].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const result = spawnSync("sh", ["-c", `${quoted} 2>&1`], { cwd: folder, env: environment, encoding: "utf8" });
  return { code: result.status, output: result.stdout, last: result.stdout.trimEnd().split("\n").at(-1) };
}

test("a run ends with the counts, alone on the last line", () => {
  const { code, last } = jest({ "a.test.js": 'test("a", () => {}); test.skip("b", () => {}); test.todo("c");' });
  expect(last).toBe("1 passed, 0 failed, 2 skipped");
  expect(code).toBe(0);
});

test("a failure is counted and fails the run", () => {
  const { code, last } = jest({ "a.test.js": 'test("a", () => {}); test("b", () => { throw new Error("no"); });' });
  expect(last).toBe("1 passed, 1 failed, 0 skipped");
  expect(code).not.toBe(0);
});

test("a suite that cannot be loaded counts as a failure", () => {
  const { code, last } = jest({ "a.test.js": 'require("./nowhere");', "b.test.js": 'test("b", () => {});' });
  expect(last).toBe("1 passed, 1 failed, 0 skipped");
  expect(code).not.toBe(0);
});

test("skipped tests are announced with reason and number", () => {
  const { output } = jest({
    "a.test.js": 'describe.skip("x [skipped: needs a moon]", () => { test("a", () => {}); test("b", () => {}); });',
  });
  expect(output).toContain("SKIPPED 2 test(s): needs a moon");
});

describe("setup.sh", () => {
  test("prints nothing if everything is there", () => {
    const result = spawnSync("sh", ["scripts/setup.sh", "lab"], { cwd: ROOT, encoding: "utf8" });
    expect(result).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("without root says so, shows a container recipe and fails", () => {
    // A user namespace without a mapping is nobody, whoever runs the tests.
    const result = spawnSync("unshare", ["--user", "sh", "scripts/setup.sh", "lab"], { cwd: ROOT, encoding: "utf8" });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("this needs root");
    expect(result.stderr).toContain("docker run --rm -it --privileged");
  });

  test("refuses a need that it does not know", () => {
    const result = spawnSync("sh", ["scripts/setup.sh", "labb"], { cwd: ROOT, encoding: "utf8" });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("unknown need 'labb'");
  });
});
