import { setMaxListeners } from "node:events";
import type { SshConnection, SshTarget } from "./connection";
import * as errors from "./errors";

/** A connection that is dialled when it is first needed, shared by all callers, and dialled again after it was lost. */
export class LazyConnection<C extends SshConnection = SshConnection> {
  private current: C | undefined;
  private dialling: { readonly connection: Promise<C>; readonly controller: AbortController; waiting: number } | undefined;
  private closed = false;

  constructor(
    private readonly target: SshTarget,
    private readonly dial: (signal: AbortSignal) => Promise<C>,
  ) {}

  /** Aborting ends this caller's wait. csp stops dialling when nobody waits any more. */
  async get(signal?: AbortSignal): Promise<C> {
    const purpose = "connecting";
    if (this.closed || signal?.aborted) throw errors.cancelled(this.target, purpose);
    if (this.current?.open) return this.current;
    const dialling = this.dialling ?? this.begin();
    dialling.waiting++;
    try {
      return await (signal === undefined
        ? dialling.connection
        : untilAborted(dialling.connection, signal, () => errors.cancelled(this.target, purpose)));
    } finally {
      // The next caller must not wait for a dial that is being stopped.
      if (--dialling.waiting === 0) this.giveUp(dialling);
    }
  }

  /** Ends the present connection, because the host is about to change. The next caller gets a new one. */
  hangUp(): void {
    this.current?.close();
    this.current = undefined;
  }

  close(): void {
    this.closed = true;
    if (this.dialling !== undefined) this.giveUp(this.dialling);
    this.current?.close();
    this.current = undefined;
  }

  private giveUp(dialling: { readonly controller: AbortController }): void {
    if (this.dialling === dialling) this.dialling = undefined;
    dialling.controller.abort();
  }

  private begin() {
    const controller = new AbortController();
    this.dialling = { connection: this.settle(controller), controller, waiting: 0 };
    return this.dialling;
  }

  private async settle(controller: AbortController): Promise<C> {
    try {
      const connection = await this.dial(controller.signal);
      if (controller.signal.aborted) {
        connection.close();
        throw errors.cancelled(this.target, "connecting");
      }
      this.current = connection;
      return connection;
    } finally {
      if (this.dialling?.controller === controller) this.dialling = undefined;
    }
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  // Every operation on a host waits here with the same signal.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const abort = () => reject(reason());
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
