import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { secondKernel } from "../lab/uml";

/**
 * The tests of `npm run test:kernels`: two second kernels beside each other, for each has one processor, and half of jest.kernels.config.js in
 * each. With arguments for jest, such as the name of a suite, one kernel runs it alone. Every line of output begins with the number of its
 * kernel; the last line counts both.
 */
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

interface Half {
  /** Passed, failed, skipped. */
  readonly counts: readonly [number, number, number];
  readonly status: number;
}

async function main(argv: readonly string[]): Promise<void> {
  // Before there are two that would build it.
  const { kind } = await secondKernel((sentence) => console.error(`test:kernels: ${sentence}`));
  process.env.CSP_UML_KERNEL = kind;
  const halves = argv.length > 0 ? [run(undefined, argv)] : [run(0, argv), run(1, argv)];
  let [passed, failed, skipped] = [0, 0, 0];
  for (const { counts, status } of await Promise.all(halves)) {
    passed += counts[0];
    // A kernel that dies, or jest before it could count, is one failure.
    failed += status !== 0 && counts[1] === 0 ? 1 : counts[1];
    skipped += counts[2];
  }
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
}

function run(half: number | undefined, argv: readonly string[]): Promise<Half> {
  const child = spawn("tsx", ["lab/uml/cli.ts", "jest", "--config", "jest.kernels.config.js", ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...(half === undefined ? {} : { CSP_HALF: String(half) }) },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  let counts: Half["counts"] = [0, 0, 0];
  const show = (stream: Readable, print: (line: string) => void) =>
    createInterface(stream).on("line", (line) => {
      const counted = COUNTS.exec(line);
      if (counted !== null) counts = [Number(counted[1]), Number(counted[2]), Number(counted[3])];
      print(`${(half ?? 0) + 1}| ${line}`);
    });
  show(child.stdout, (line) => console.log(line));
  show(child.stderr, (line) => console.error(line));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ counts, status: code ?? 1 }));
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
  console.log("\n0 passed, 1 failed, 0 skipped");
});
