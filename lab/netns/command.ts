import { type ChildProcess, spawn } from "node:child_process";
import { LabErrors } from "./errors";

export interface CommandResult {
  /** The exit status; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and returns its output, whatever its status. */
export function attempt(argv: readonly string[], stdin = ""): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const [file = "", ...args] = argv;
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }));
    // If a command does not read its input, EPIPE arrives here. Only its status matters.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}

/** Runs a command that must succeed; returns its stdout. */
export async function run(argv: readonly string[], stdin = ""): Promise<string> {
  const result = await attempt(argv, stdin);
  if (result.code !== 0) {
    throw LabErrors.commandFailed(argv.slice(0, 6).join(" "), result.code, result.stderr);
  }
  return result.stdout;
}

/** Waits for the first line that a child prints on stdout; undefined if it ended without one. */
export function firstLine(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end >= 0) {
        resolve(text.slice(0, end));
      }
    });
    child.stdout?.on("close", () => resolve(undefined));
  });
}

/** Runs the jobs, at most `width` at a time. */
export async function inParallel<T>(width: number, items: readonly T[], job: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      await job(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
