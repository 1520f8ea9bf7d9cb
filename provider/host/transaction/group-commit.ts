import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../../errors";
import type { Change, Outcome } from "./transaction";

/** How long the first change of a transaction waits for others that the engine is about to send. */
const GATHER_MS = 10;
/**
 * If there is more than one, the engine is sending many, one after the other, and writes its state file before each. They go together once the
 * engine has been silent for so long, or once the first change has waited for the maximum time.
 */
const SILENCE_MS = 100;
/** On a busy machine, the engine sends them at longer intervals: it counts as silent after so many intervals, and at most after so long. */
const SILENCE_GAPS = 4;
const SILENCE_MOST_MS = 500;
const GATHER_MOST_MS = 2_000;
/** A change that comes so soon after a transaction is taken for one of many. */
const STREAM_MS = 300;

/** Failures that one single change may have caused. */
const SINGLE_OUT = new Set(["apply-failed", "verify-failed", "locked-out"]);

/** A change that waits for its transaction. */
export interface Waiting {
  readonly change: Change;
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The host's end of a transaction. It gets ready while csp gathers the changes. */
export interface Session {
  /** Settles when the host is ready, or cannot get ready. */
  readonly started: Promise<unknown>;
  /** Ends the session without a change, because there was nothing to do. */
  dismiss(): void;
}

/**
 * Collects the changes of one host into transactions. One transaction runs at a time, and each takes all changes that wait when it begins. The
 * engine sends hundreds of resources one by one; in this way they cost only a few transactions.
 */
export class GroupCommit<S extends Session> {
  private readonly queue: Waiting[] = [];
  private draining = false;
  /** The session for a change that is about to come. */
  private ready: S | undefined;
  private expected = 0;
  /** When the last transaction ended, by this process's clock (ms). */
  private endedAt = 0;
  /** When the last change came (ms), and the recent interval between changes that came while others were on their way. */
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
   * Announces a change: its session gets ready while the change is still being read. The caller calls the result once the change
   * has come, or will not come.
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

  /** The running transaction continues; waiting changes are rejected. */
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
    // Right after a transaction, a change is probably one of many. A single change waits only for the host's shell.
    if (Date.now() - this.endedAt < STREAM_MS) await sleep(this.silence());
    else if (this.expected > this.queue.length) await this.othersRead();
    else await Promise.race([session.started.catch(() => undefined), sleep(GATHER_MS)]);
    for (let seen = 1; this.queue.length > seen && Date.now() < latest; ) {
      seen = this.queue.length;
      await sleep(this.silence());
    }
  }

  /** If several changes are being read, each waits for the others, up to a limit. */
  private async othersRead(): Promise<void> {
    for (let waited = 0; this.expected > this.queue.length && waited < SILENCE_MS; waited += GATHER_MS) await sleep(GATHER_MS);
  }

  /** After how long without a change csp expects no more (ms). */
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
      // The host may have refused only one of the changes, so each now goes by itself and the others still succeed.
      if (live.length > 1 && error instanceof CspError && SINGLE_OUT.has(error.code)) {
        for (const one of live) await this.commitTogether([one]);
      } else for (const { reject } of live) reject(error);
    } finally {
      session.dismiss();
    }
  }
}
