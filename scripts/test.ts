import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * All of `npm test`: formatter and linter, compiler, build, engines, then jest with the given arguments. Every step runs, even if an earlier one
 * fails; a failed step counts as one failed test. The last line is `N passed, N failed, N skipped`, and nothing else.
 */
const STEPS: readonly (readonly [title: string, ...argv: string[]])[] = [
  ["format and lint", "biome", "ci", "--log-level=warn", "."],
  ["shell scripts", "sh", "-c", "shellcheck .ci/run $(git ls-files '*.sh')"],
  ["type check", "tsc", "--noEmit"],
  ["build", "npm", "run", "--silent", "build"],
  ["engines", "tsx", "engines/main.ts"],
  ["pure tests, with nothing remembered", "env", "CSP_MEMORY=off", "jest", "--config", "jest.pure.config.js", "--silent"],
];

/** Milliseconds. A run that takes longer hangs; a failure that says so is better than a job that is killed from outside. */
const LIMIT = 24 * 60_000;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(): Promise<void> {
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, ...argv] of STEPS) {
    console.log(`\n== ${title}`);
    const ok = (await run(argv)) === 0;
    if (!ok) console.log(`FAILED: ${title}`);
    total[ok ? "passed" : "failed"] += 1;
  }

  console.log("\n== tests");
  const folder = mkdtempSync(join(tmpdir(), "csp-test-"));
  const result = join(folder, "result.json");
  try {
    const code = await run(["jest", ...process.argv.slice(2)], { CSP_TEST_RESULT: result });
    const counts = readCounts(result);
    total.passed += counts.passed;
    total.failed += counts.failed + (code !== 0 && counts.failed === 0 ? 1 : 0);
    total.skipped += counts.skipped;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = total.failed === 0 ? 0 : 1;
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

/** Runs a command with our output, and returns its exit status. */
function run(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  const [command = "", ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: "inherit", env: { ...process.env, ...environment } });
    const timer = setTimeout(() => {
      console.error(`${argv.join(" ")}: stopped after ${LIMIT / 60_000} minutes`);
      child.kill("SIGKILL");
    }, LIMIT);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}

/** The counts of the reporter; one failure if jest died before it could count. */
function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch (error) {
    console.error(`jest left no result: ${(error as Error).message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

main().catch((error: unknown) => {
  console.error(error);
  console.log("\n0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
});
