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
import { Closing, Opening } from "./frame";
import { Output } from "./output";
import type { Step } from "./step";

interface Waiter {
  readonly line: string;
  readonly resolve: (output: string) => void;
  readonly reject: (error: unknown) => void;
}

const NEWLINE = 0x0a;
/** The status of frame.sh when the mark does not come. */
const INPUT_TAKEN = 97;
// During a dialogue, the dialogue reports a failure; nobody may be waiting for the end yet.
const UNHEARD = () => {};

export interface Channel {
  readonly channel: ClientChannel;
  /** What the command's answer stands between (frame.sh). */
  readonly mark: string;
  /** What goes in before the command's own input. */
  readonly preamble: string;
  /** If it never begins, sudo has refused it, and its words say why; otherwise the login runs something else. */
  readonly bySudo: boolean;
  /** Whether this login has run a command of csp before. Until it has, it is sent no input: another program would take that for its own. */
  readonly proven: boolean;
  /** Called when the command begins. */
  readonly onBegin: () => void;
}

/** A command that runs on a host, over its own channel. If the step fails, every open promise rejects with the step's reason. */
export class ChannelProcess implements RemoteProcess {
  private readonly ended: Promise<void>;
  private readonly channel: ClientChannel;
  private outcome: Promise<ExecResult> | undefined;
  private stdout = new Output();
  private stderr = new Output();
  private readonly opening: { readonly stdout: Opening; readonly stderr: Opening };
  private readonly closing: Closing;
  private readonly printed = { stdout: 0, stderr: 0 };
  private lines = 0;
  private exited: { readonly code: number | undefined } | undefined;
  private closed = false;
  private waiter: Waiter | undefined;
  /** Settles when input may be sent; undefined if it may be sent at once. */
  private readonly welcome: Promise<void> | undefined;
  private readonly begin: () => void;

  constructor(
    private readonly target: SshTarget,
    private readonly way: Channel,
    private readonly step: Step,
    { prints = "answer" }: Pick<StartOptions, "prints"> = {},
  ) {
    const { channel, mark } = way;
    this.channel = channel;
    this.opening = { stdout: new Opening(mark), stderr: new Opening(mark) };
    this.closing = new Closing(mark);
    let admit = () => {};
    if (!way.proven) this.welcome = new Promise((resolve) => (admit = resolve));
    this.begin = () => {
      way.onBegin();
      admit();
    };
    const { late } = step;
    step.late = () => (this.begun || way.bySudo ? late() : this.anotherProgram());
    step.onFailure(admit);
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
        admit();
        // If a channel closes without saying how the command ended, the result is unknown, as after a lost connection.
        if (this.exited === undefined) step.fail(errors.connectionLost(target, step.purpose));
        else if (!this.begun && !way.bySudo) step.fail(this.anotherProgram());
        else if (this.code === INPUT_TAKEN && this.complaints.startsWith("csp hears nothing"))
          step.fail(errors.inputTaken(target, step.purpose));
        this.stdout.push(this.closing.rest());
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
    if (way.preamble !== "") channel.write(way.preamble);
  }

  /** Whether the command has begun to run. */
  get begun(): boolean {
    return this.opening.stdout.begun;
  }

  /** How the command ended. A status counts only if the whole answer came before it. */
  private get code(): number | undefined {
    if (this.begun) return this.closing.code;
    return this.exited?.code === 0 ? undefined : this.exited?.code;
  }

  private get complaints(): string {
    return this.opening.stderr.begun ? this.stderr.peek() : this.opening.stderr.before;
  }

  private anotherProgram() {
    const { stdout, stderr } = this.opening;
    return errors.anotherProgram(this.target, this.exited, stderr.begun ? "" : stderr.before, stdout.before);
  }

  private take(stream: "stdout" | "stderr", raw: Buffer, limit: number): void {
    if (this.step.failure !== undefined) return;
    const opening = this.opening[stream];
    const { begun } = opening;
    const own = opening.push(raw);
    if (opening.begun && !begun && stream === "stdout") this.begin();
    const chunk = stream === "stdout" ? this.closing.push(own) : own;
    // What a login prints counts too: its greeting may have no end.
    this.printed[stream] += begun || opening.begun ? chunk.length : raw.length;
    this.lines += linesIn(begun || opening.begun ? chunk : raw);
    const tooLong = (most: string) => this.step.fail(errors.outputTooLong(this.target, this.step.purpose, stream, most));
    if (this.printed[stream] > limit) tooLong(errors.size(limit));
    else if (this.lines > LINES_LIMIT) tooLong(`${LINES_LIMIT.toLocaleString("en-US")} lines`);
    else if (chunk.length > 0) this[stream].push(chunk);
  }

  get result(): Promise<ExecResult> {
    if (this.outcome === undefined) {
      this.outcome = this.ended.then(() => ({ code: this.code, stdout: this.stdout.rest(), stderr: this.complaints }));
      this.outcome.catch(UNHEARD);
    }
    return this.outcome;
  }

  async write(data: string | Buffer): Promise<void> {
    if (this.welcome !== undefined) await this.welcome;
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
    if (this.welcome === undefined) this.finish(data);
    else void this.welcome.then(() => this.step.failure ?? this.finish(data));
  }

  private finish(data?: string | Buffer): void {
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
    return errors.endedEarly(this.target, this.step.purpose, this.code, this.complaints);
  }
}

function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
