import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { buildGo, type GoCommand } from "../engines/go";

const CALLER: GoCommand = { name: "grpccall", version: "1", module: "grpccall", package: "./call", minutes: 1 };

/**
 * Calls a plugin with the engine's own gRPC library, from a Go process like the engine. The cost of a call depends on the sender: six megabytes from
 * grpc-js take twice as long as from the engine.
 */
export class EngineCalls {
  private readonly answers: AsyncIterator<string>;

  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: Interface,
    private readonly folder: string,
  ) {
    this.answers = lines[Symbol.asyncIterator]();
  }

  /** `port`: the plugin's port. Builds the caller if there is none yet, which needs Go. */
  static async start(port: number, progress: (text: string) => void): Promise<EngineCalls> {
    const child = spawn(await buildGo(CALLER, progress), [`127.0.0.1:${port}`], { stdio: ["pipe", "pipe", "inherit"] });
    return new EngineCalls(child, createInterface({ input: child.stdout }), mkdtempSync(join(tmpdir(), "csp-bench-call-")));
  }

  /** Milliseconds from the call to its answer. Throws the plugin's error if it refuses. */
  async call(method: string, request: Buffer): Promise<{ readonly took: number; readonly answer: Buffer }> {
    const [asked, answered] = [join(this.folder, "request"), join(this.folder, "answer")];
    writeFileSync(asked, request);
    this.process.stdin?.write(`${method} ${asked} ${answered}\n`);
    const { value = "failed: the caller has ended" } = await this.answers.next();
    if (!/^\d+$/.test(value)) throw new Error(`${method}: ${value}`);
    return { took: Number(value) / 1000, answer: readFileSync(answered) };
  }

  stop(): void {
    this.process.stdin?.end();
    this.lines.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
