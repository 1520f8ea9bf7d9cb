import { spawn } from "node:child_process";
import { join } from "node:path";

const PYTHON = "/usr/bin/python3";

/** Runs a task of pump/, whose files say what their lanes are and what they return. */
export function pump<Result>(
  task: { readonly task: string; readonly lanes: readonly object[] } & Readonly<Record<string, unknown>>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, ["-I", "-B", join(__dirname, "pump")], { stdio: ["pipe", "pipe", "inherit"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(Buffer.concat(output).toString()) as Result) : reject(new Error(`pump ended with ${code}`)),
    );
    child.stdin.end(JSON.stringify(task));
  });
}
