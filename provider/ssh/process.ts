import type { ClientChannel } from "ssh2";
import {
  ERRORS_LIMIT,
  type ExecResult,
  LINES_LIMIT,
  OUTPUT_LIMITS,
  type RemoteProcess,
  type SshTarget,
  type StartOptions,
} from "./connection";
import * as errors from "./errors";
import { Output } from "./output";
import type { Step } from "./step";

interface Waiter {
  readonly line: string;
  readonly resolve: (output: string) => void;
  readonly reject: (error: unknown) => void;
}

const NEWLINE = 0x0a;
// During a dialogue, the dialogue reports a failure; nobody may be waiting for the end yet.
const UNHEARD = () => {};

/** A command that runs on a host, over its own channel. If the step fails, every open promise rejects with the step's reason. */
export class ChannelProcess implements RemoteProcess {
  private readonly ended: Promise<void>;
  private outcome: Promise<ExecResult> | undefined;
  private stdout = new Output();
  private stderr = new Output();
  private readonly printed = { stdout: 0, stderr: 0 };
  private lines = 0;
  private exited: { readonly code: number | undefined } | undefined;
  private closed = false;
  private waiter: Waiter | undefined;

  constructor(
    private readonly target: SshTarget,
    private readonly channel: ClientChannel,
    private readonly step: Step,
    { prints = "answer" }: Pick<StartOptions, "prints"> = {},
  ) {
    channel.on("data", (chunk: Buffer) => {
      this.take("stdout", chunk, OUTPUT_LIMITS[prints]);
      this.look();
    });
    channel.stderr.on("data", (chunk: Buffer) => this.take("stderr", chunk, ERRORS_LIMIT));
    // ssh2 gives null for the code if a signal ended the command.
    channel.on("exit", (code: number | null) => {
      this.exited = { code: code ?? undefined };
    });
    channel.on("error", (error: Error) => step.fail(errors.connectionLost(target, step.purpose, error)));
    this.ended = new Promise((resolve, reject) => {
      step.onFailure(reject);
      channel.on("close", () => {
        this.closed = true;
        // If a channel closes without saying how the command ended, the result is unknown, as after a lost connection.
        if (this.exited === undefined) step.fail(errors.connectionLost(target, step.purpose));
        step.end();
        resolve();
        this.look();
      });
    });
    this.ended.catch(UNHEARD);
    step.onFailure((error) => {
      this.waiter?.reject(error);
      this.waiter = undefined;
      // Nobody reads it any more, and the channel may take a while to close.
      this.stdout = new Output();
      this.stderr = new Output();
    });
  }

  private take(stream: "stdout" | "stderr", chunk: Buffer, limit: number): void {
    if (this.step.failure !== undefined) return;
    this.printed[stream] += chunk.length;
    this.lines += linesIn(chunk);
    const tooLong = (most: string) => this.step.fail(errors.outputTooLong(this.target, this.step.purpose, stream, most));
    if (this.printed[stream] > limit) tooLong(errors.size(limit));
    else if (this.lines > LINES_LIMIT) tooLong(`${LINES_LIMIT.toLocaleString("en-US")} lines`);
    else this[stream].push(chunk);
  }

  get result(): Promise<ExecResult> {
    if (this.outcome === undefined) {
      this.outcome = this.ended.then(() => ({ code: this.exited?.code, stdout: this.stdout.rest(), stderr: this.stderr.rest() }));
      this.outcome.catch(UNHEARD);
    }
    return this.outcome;
  }

  write(data: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.step.failure !== undefined) return reject(this.step.failure);
      if (this.closed || !this.channel.writable) return reject(this.tooSoon());
      // ssh2 never calls back for data that it could no longer send.
      const gone = () => reject(this.step.failure ?? this.tooSoon());
      const forget = this.step.onFailure(reject);
      this.channel.once("close", gone);
      this.channel.write(data, (error) => {
        forget();
        this.channel.removeListener("close", gone);
        if (error) reject(errors.connectionLost(this.target, this.step.purpose, error));
        else resolve();
      });
    });
  }

  end(data?: string | Buffer): void {
    if (this.closed || !this.channel.writable) return;
    if (data === undefined) this.channel.end();
    else this.channel.end(data);
  }

  readUntil(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.step.failure !== undefined) return reject(this.step.failure);
      this.waiter = { line, resolve, reject };
      this.look();
    });
  }

  private look(): void {
    if (this.waiter === undefined) return;
    const { line, resolve, reject } = this.waiter;
    const output = this.stdout.take(line, this.closed);
    if (output === undefined && !this.closed) return;
    this.waiter = undefined;
    if (output !== undefined) resolve(output);
    else reject(this.step.failure ?? this.tooSoon());
  }

  private tooSoon() {
    return errors.endedEarly(this.target, this.step.purpose, this.exited?.code, this.stderr.peek());
  }
}

function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
