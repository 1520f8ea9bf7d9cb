import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import * as readline from "node:readline";
import { LabErrors } from "./errors";
import { PYTHON } from "./requirements";

/** agent/ writes it, this file reads it. */
interface Reply {
  readonly id: number;
  readonly ok?: Record<string, unknown>;
  readonly error?: string;
  readonly event?: Record<string, unknown>;
}

interface Job {
  readonly what: string;
  readonly resolve: (value: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
  readonly event?: (event: Record<string, unknown>) => void;
}

/** A job of the agent that runs until it is cancelled. */
export interface RunningJob {
  readonly id: number;
  /** What the job reports at its end. */
  readonly result: Promise<Record<string, unknown>>;
  /** Ends it and waits for its last report. */
  cancel(): Promise<Record<string, unknown>>;
}

/** The process that sends and receives (agent/), over JSON lines. Ends with this process. */
export class Agent {
  private readonly jobs = new Map<number, Job>();
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private nextId = 1;
  private lastWords = "";
  private closing = false;

  constructor() {
    const child = spawn(PYTHON, ["-I", "-B", "-u", path.join(__dirname, "agent")], { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    this.child = child;
    readline.createInterface({ input: child.stdout }).on("line", (line) => this.receive(JSON.parse(line) as Reply));
    child.stderr.on("data", (chunk: Buffer) => {
      this.lastWords = (this.lastWords + chunk.toString()).slice(-2000);
    });
    child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      child.on("close", () => {
        for (const job of this.jobs.values()) {
          job.reject(LabErrors.probeFailed(job.what, `the packet agent ended: ${this.lastWords.trim() || "no output"}`));
        }
        this.jobs.clear();
        resolve();
      });
    });
    // The agent must not keep a finished program running.
    child.unref();
    for (const pipe of [child.stdin, child.stdout, child.stderr]) {
      (pipe as unknown as { unref(): void }).unref();
    }
  }

  /** Starts a job. `what` names it in errors. */
  start(op: string, what: string, fields: Record<string, unknown>, event?: Job["event"]): RunningJob {
    const id = this.nextId++;
    this.hold(true);
    const result = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.jobs.set(id, { what, resolve, reject, event });
      this.child.stdin?.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    });
    return {
      id,
      result,
      cancel: () => {
        this.child.stdin?.write(`${JSON.stringify({ id, op: "cancel" })}\n`);
        return result;
      },
    };
  }

  /** Starts a job that lasts, and waits until it is ready. */
  async startReady(op: string, what: string, fields: Record<string, unknown>, event?: Job["event"]): Promise<RunningJob> {
    let ready = (): void => undefined;
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const job = this.start(op, what, fields, (data) => (data.ready ? ready() : event?.(data)));
    await Promise.race([isReady, job.result]);
    return job;
  }

  run(op: string, what: string, fields: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.start(op, what, fields).result;
  }

  async close(): Promise<void> {
    this.closing = true;
    this.hold(true);
    this.child.stdin?.end();
    await this.ended;
  }

  private receive(reply: Reply): void {
    const job = this.jobs.get(reply.id);
    if (job === undefined) {
      return;
    }
    if (reply.event !== undefined) {
      job.event?.(reply.event);
      return;
    }
    this.jobs.delete(reply.id);
    if (this.jobs.size === 0 && !this.closing) {
      this.hold(false);
    }
    if (reply.error !== undefined) {
      job.reject(LabErrors.probeFailed(job.what, reply.error));
    } else {
      job.resolve(reply.ok ?? {});
    }
  }

  /** While jobs run, this process waits for their end. Between jobs, the agent does not keep this process running. */
  private hold(on: boolean): void {
    for (const part of [this.child, this.child.stdout, this.child.stderr] as unknown as { ref(): void; unref(): void }[]) {
      if (on) {
        part.ref();
      } else {
        part.unref();
      }
    }
  }
}
