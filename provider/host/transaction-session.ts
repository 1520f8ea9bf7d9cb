import { setMaxListeners } from "node:events";
import type { RemoteProcess } from "../ssh/connection";
import type { Dial } from "./hosts";
import { PRELUDE, RECEIVE_COMMAND } from "./transaction";

const DEADLINE_MS = 300_000;

/**
 * The host's end of one transaction. It is started before the plan is made: while this process thinks, the host's shell gets ready and
 * waits for what there is to do.
 */
export class TransactionSession {
  readonly started: Promise<RemoteProcess>;
  private readonly givenUp = new AbortController();

  constructor(dial: Dial) {
    this.started = dial().then(async (connection) => {
      const options = { purpose: "changing the firewall", deadlineMs: DEADLINE_MS, signal: this.givenUp.signal };
      const process = await connection.start(RECEIVE_COMMAND, options);
      // A host that cannot take it says why when it is told what there is to do.
      process.write(PRELUDE).catch(() => undefined);
      return process;
    });
    // Whoever comes to need it hears of it.
    this.started.catch(() => undefined);
  }

  /** The process, on behalf of several operations: it is given up when none of them wants it any more. */
  async serve(signals: readonly AbortSignal[]): Promise<RemoteProcess> {
    const ended = new AbortController();
    // A listener for each operation.
    setMaxListeners(0, ended.signal);
    whenAllAbort(signals, ended.signal, (reason) => this.givenUp.abort(reason));
    try {
      const process = await this.started;
      process.result.catch(() => undefined).finally(() => ended.abort());
      return process;
    } catch (error) {
      ended.abort();
      throw error;
    }
  }

  /** There is nothing to change after all. The host's shell leaves nothing behind. */
  dismiss(): void {
    this.started.then(
      (process) => process.end(),
      () => undefined,
    );
  }
}

/** Nothing listens to the signals once `ended`. */
function whenAllAbort(signals: readonly AbortSignal[], ended: AbortSignal, then: (reason: unknown) => void): void {
  let left = signals.length;
  for (const signal of signals) {
    const gone = () => {
      left--;
      if (left === 0) then(signal.reason);
    };
    if (signal.aborted) gone();
    else signal.addEventListener("abort", gone, { once: true, signal: ended });
  }
}
