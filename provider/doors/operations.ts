import { timedOut } from "./errors";

/** The work in flight: each piece ends when it is done, when its deadline passes, when its caller goes or when the engine cancels. */
export class Operations {
  private readonly everything = new AbortController();

  get cancelled(): boolean {
    return this.everything.signal.aborted;
  }

  /** A signal for one piece of work. `timeoutSeconds` 0 means none, as the protocol has it. */
  signal(timeoutSeconds: number, caller?: AbortSignal): AbortSignal {
    const signals = [this.everything.signal];
    if (caller !== undefined) signals.push(caller);
    if (timeoutSeconds > 0) signals.push(deadline(timeoutSeconds));
    return AbortSignal.any(signals);
  }

  cancel(): void {
    this.everything.abort(new Error("cancelled by the engine"));
  }
}

/**
 * Aborts after so many seconds. Not `AbortSignal.timeout`: one that nobody holds but `AbortSignal.any` is collected as garbage before its time
 * (Node 20), and then the work never ends. This one is held by its timer.
 */
function deadline(seconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(timedOut(seconds)), seconds * 1000).unref();
  return controller.signal;
}
