import { setMaxListeners } from "node:events";
import type { CspError } from "../errors";
import type { SshTarget, StartOptions } from "./connection";
import * as errors from "./errors";

/** One action over a connection, with a deadline. It fails at most once: cancelled, too late, or the connection was lost. */
export class Step {
  readonly purpose: string;
  /** What it fails with when its deadline passes. */
  late: () => CspError;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly cancel: () => void;
  private readonly listeners = new Set<(error: CspError) => void>();

  constructor(
    target: SshTarget,
    private readonly options: StartOptions,
    private readonly onEnd: (step: Step) => void,
  ) {
    this.purpose = options.purpose;
    this.cancel = () => this.fail(errors.cancelled(target, options.purpose));
    this.late = () => errors.deadlinePassed(target, options.purpose, options.deadlineMs);
    this.timer = setTimeout(() => this.fail(this.late()), options.deadlineMs);
    if (options.signal === undefined) return;
    // Hundreds of steps may listen to one operation's signal.
    setMaxListeners(0, options.signal);
    options.signal.addEventListener("abort", this.cancel, { once: true });
    if (options.signal.aborted) this.cancel();
  }

  /** Aborted, with the failure as its reason, when the step fails. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get failure(): CspError | undefined {
    return this.signal.aborted ? (this.signal.reason as CspError) : undefined;
  }

  /** Calls `listener` when the step fails, or at once if it has failed. Returns a function that removes the listener. */
  onFailure(listener: (error: CspError) => void): () => void {
    if (this.failure === undefined) this.listeners.add(listener);
    else listener(this.failure);
    return () => this.listeners.delete(listener);
  }

  fail(error: CspError): void {
    if (this.failure !== undefined) return;
    this.end();
    this.controller.abort(error);
    for (const listener of this.listeners) listener(error);
    this.listeners.clear();
  }

  /** The deadline and the signal no longer matter. */
  end(): void {
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener("abort", this.cancel);
    this.onEnd(this);
  }
}
