import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../../errors";
import type { Change, Outcome } from "./transaction";

/** How long the first change of a transaction waits for others that the engine is about to send. */
const GATHER_MS = 10;
/**
 * Where there is more than one, the engine is in the middle of sending many, one after the other, each after a write of its state file:
 * they go together once it has been silent for so long, or when the first has waited for the longest that may be.
 */
const SILENCE_MS = 100;
/** An engine on a busy machine sends them further apart: it is silent after as many times what lies between them, and at most after so long. */
const SILENCE_GAPS = 4;
const SILENCE_MOST_MS = 500;
const GATHER_MOST_MS = 2_000;
/** A change that comes so soon after a transaction is one of many. */
const STREAM_MS = 300;

/** Failures that may be one change's alone. */
const SINGLE_OUT = new Set(["apply-failed", "verify-failed", "locked-out"]);

/** A change that waits for its transaction. */
export interface Waiting {
  readonly change: Change;
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The host's end of a transaction, made ready while the changes for it are gathered. */
export interface Session {
  /** Settles when the host is ready, or cannot be. */
  readonly started: Promise<unknown>;
  /** There may have been nothing to do. */
  dismiss(): void;
}

/**
 * Changes of one host on their way into transactions: one transaction at a time, and each takes all that waits when it begins. The engine
 * sends hundreds of resources one by one; they cost a few transactions.
 */
export class GroupCommit<S extends Session> {
  private readonly queue: Waiting[] = [];
  private draining = false;
  /** Of a change that is about to come. */
  private ready: S | undefined;
  private expected = 0;
  /** When the last transaction ended, by this process's clock (ms). */
  private endedAt = 0;
  /** When the last change came (ms), and how far apart those lately came that came while others were under way. */
  private cameAt = 0;
  private gap = 0;

  /** `commit` carries out one transaction, and resolves or rejects each change that goes into it unless it throws. */
  constructor(
    private readonly host: string,
    private readonly open: () => S,
    private readonly commit: (waiting: readonly Waiting[], session: S) => Promise<void>,
  ) {}

  submit(change: Change, options: { readonly signal: AbortSignal; readonly status?: (message: string) => void }): Promise<Outcome> {
    const now = Date.now();
    if (this.draining) this.gap = (3 * this.gap + now - this.cameAt) / 4;
    else this.gap = 0;
    this.cameAt = now;
    return new Promise<Outcome>((resolve, reject) => {
      this.queue.push({ change, signal: options.signal, status: options.status ?? (() => {}), resolve, reject });
      if (this.draining) options.status?.(`waiting for the transaction in flight on ${this.host}`);
      else void this.drain();
    });
  }

  /**
   * A change is about to come: its session gets ready while the change is still being read. The caller calls what it gets once the change
   * has come, or will not.
   */
  expect(): () => void {
    this.expected++;
    if (!this.draining) this.ready ??= this.open();
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.expected--;
      if (this.expected === 0) this.takeReady()?.dismiss();
    };
  }

  private takeReady(): S | undefined {
    const session = this.ready;
    this.ready = undefined;
    return session;
  }

  /** What is under way goes on; what waits for its turn is refused. */
  refuse(reason: CspError): void {
    for (const { reject } of this.queue.splice(0)) reject(reason);
  }

  private async drain(): Promise<void> {
    this.draining = true;
    try {
      while (this.queue.length > 0) {
        const session = this.takeReady() ?? this.open();
        await this.gathered(session);
        await this.commitTogether(this.queue.splice(0), session);
        this.endedAt = Date.now();
      }
    } finally {
      this.draining = false;
    }
  }

  private async gathered(session: S): Promise<void> {
    const latest = Date.now() + GATHER_MOST_MS;
    // Right after a transaction, a change is the next of a stream and not a lone one. A lone one waits no longer than for the host's shell.
    if (Date.now() - this.endedAt < STREAM_MS) await sleep(this.silence());
    else if (this.expected > this.queue.length) await this.othersRead();
    else await Promise.race([session.started.catch(() => undefined), sleep(GATHER_MS)]);
    for (let seen = 1; this.queue.length > seen && Date.now() < latest; ) {
      seen = this.queue.length;
      await sleep(this.silence());
    }
  }

  /** One of several that are being read waits for the others, within reason. */
  private async othersRead(): Promise<void> {
    for (let waited = 0; this.expected > this.queue.length && waited < SILENCE_MS; waited += GATHER_MS) await sleep(GATHER_MS);
  }

  /** How long nothing has come when no more is about to (ms). */
  private silence(): number {
    return Math.min(SILENCE_MOST_MS, Math.max(SILENCE_MS, SILENCE_GAPS * this.gap));
  }

  private async commitTogether(waiting: readonly Waiting[], session = this.open()): Promise<void> {
    const live = waiting.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason);
      return !signal.aborted;
    });
    try {
      if (live.length > 0) await this.commit(live, session);
    } catch (error) {
      // One change may be what the host refused: each goes by itself, so that the others do not suffer for it.
      if (live.length > 1 && error instanceof CspError && SINGLE_OUT.has(error.code)) {
        for (const one of live) await this.commitTogether([one]);
      } else for (const { reject } of live) reject(error);
    } finally {
      session.dismiss();
    }
  }
}
