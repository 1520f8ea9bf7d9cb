/** Who waits for the answer to a call. */
export class Caller {
  private readonly gone = new AbortController();
  private isAnswered = false;

  /** `call`: as grpc-js has it, which says "cancelled" of every call that is over, the answered ones too. */
  constructor(call: { on(event: "cancelled", listener: () => void): unknown }) {
    call.on("cancelled", () => {
      if (!this.isAnswered) this.gone.abort();
    });
  }

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** From here on it is not the caller's to stop what a host still does: putting files in their places, for one. */
  answered(): void {
    this.isAnswered = true;
  }
}
