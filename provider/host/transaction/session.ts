import { setMaxListeners } from "node:events";
import { CspError } from "../../errors";
import type { Dial, RemoteProcess, SshConnection, StartOptions } from "../../ssh/connection";
import type { HostFacts } from "../look/facts";
import { type Snapshot, splitSections } from "../look/snapshot";
import type { HostPlan } from "../state/desired";
import * as errors from "./errors";
import { compareReadBack, PRELUDE, RECEIVE_COMMAND, renderTransaction, withLength } from "./transaction";

const DEADLINE_MS = 300_000;

export interface Order {
  readonly plan: HostPlan;
  /** The snapshot that the plan was made from. */
  readonly snapshot: Snapshot;
  readonly facts: HostFacts;
  /** The signals of all who wait for it. It stops when all of them have aborted. */
  readonly signals: readonly AbortSignal[];
  /** Called before the final confirmation, if the change could cut off SSH: the reason why csp cannot connect, or undefined. */
  readonly wayIn?: () => Promise<string | undefined>;
}

export interface Committed {
  /** What the host read back, by the names that remote/transaction.sh gives them. */
  readonly sections: ReadonlyMap<string, string>;
  /** The change is made. Until this settles, the host still puts files in their places. Never rejects. */
  readonly clearing: Promise<unknown>;
}

/**
 * The host's end of one transaction. It starts before the plan is made: while this process plans, the host's shell gets ready and waits for
 * the work.
 */
export class TransactionSession {
  readonly started: Promise<RemoteProcess>;
  private readonly givenUp = new AbortController();

  constructor(
    private readonly host: string,
    dial: Dial,
  ) {
    const options = { purpose: "changing the firewall", deadlineMs: DEADLINE_MS, signal: this.givenUp.signal, prints: "state" as const };
    this.started = dial().then((connection) => openTransaction(connection, options));
    // Whoever needs the session gets the error then.
    this.started.catch(() => undefined);
  }

  /**
   * Sends the transaction, compares what the host reads back, and confirms or undoes. If the host has changed since the plan was made,
   * nothing is done: "overtaken" by another csp process, or "changed" by somebody else.
   */
  async carryOut({ plan, snapshot, facts, signals, wayIn }: Order): Promise<Committed | "overtaken" | "changed"> {
    const process = await this.serve(signals);
    // The text is not kept once it is sent: with a hundred hosts, it would be most of the memory.
    const sent = process.write(withLength(renderTransaction(plan, snapshot, facts)));
    const readBack = await unlessEnded(sent.then(() => process.readUntil("@@csp verdict")));
    if (readBack === undefined) {
      const result = await process.result;
      const sections = splitSections(result.stdout);
      if (sections.has("stale generation")) return "overtaken";
      if ([...sections.keys()].some((name) => name.startsWith("stale"))) return "changed";
      throw failure(this.host, sections, result.stdout + result.stderr);
    }
    const sections = splitSections(readBack);
    const difference = compareReadBack(plan, sections);
    const shutOut = difference === undefined ? await wayIn?.() : undefined;
    if (shutOut !== undefined) {
      // If this does not arrive, the host undoes the change by itself.
      await process.write("undo\n").catch(() => undefined);
      process.end();
      await process.result.catch(() => undefined);
      throw errors.lockedOut(this.host, shutOut);
    }
    await unlessEnded(process.write(difference === undefined ? "commit\n" : "undo\n"));
    process.end();
    const clearing = process.result.catch(() => undefined);
    if (difference === undefined && (await unlessEnded(process.readUntil("@@csp committed"))) !== undefined) {
      // If csp leaves the host, it waits until nothing of csp is left there.
      if (plan.files.remove.includes("frame")) await clearing;
      return { sections, clearing };
    }
    const result = await process.result;
    const answer = splitSections(result.stdout);
    if (difference !== undefined && answer.has("undone")) throw errors.verifyFailed(this.host, difference);
    throw failure(this.host, answer, result.stdout + result.stderr);
  }

  /** The process, on behalf of several operations. It stops when none of them needs it any more. */
  private async serve(signals: readonly AbortSignal[]): Promise<RemoteProcess> {
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

  /** Ends the session because there is nothing to change. The host's shell leaves nothing behind. */
  dismiss(): void {
    this.started.then(
      (process) => process.end(),
      () => undefined,
    );
  }
}

/**
 * Gets a host ready for a transaction, whose text may be sent when this resolves: what reads the script there may read further than its end
 * (busybox's `head -c`). If the host ends instead, it says why in the process's result.
 */
export async function openTransaction(connection: SshConnection, options: StartOptions): Promise<RemoteProcess> {
  const process = await connection.start(RECEIVE_COMMAND, options);
  await unlessEnded(process.write(PRELUDE).then(() => process.readUntil("@@csp ready")));
  return process;
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

/** Undefined if the remote program ended before it took or printed what was expected. Its last output then says why. */
export async function unlessEnded<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof CspError && error.code === "command-ended-early") return undefined;
    throw error;
  }
}

/** The error for the last output of a failed transaction. */
export function failure(host: string, sections: ReadonlyMap<string, string>, output: string): CspError {
  // What it read back does not belong into the error.
  const message = output
    .split(/^(?=@@csp )/m)
    .filter((piece) => !piece.startsWith("@@csp is."))
    .join("")
    .replace(/^@@csp .*$/gm, "")
    .trim();
  const failed = [...sections.keys()].find((name) => name.startsWith("failed "));
  if (failed !== undefined) return errors.applyFailed(host, failed.slice("failed ".length), message);
  if (sections.has("nospace")) return errors.noSpace(host, message);
  if (sections.has("busy")) return errors.hostBusy(host);
  if (sections.has("nolock")) return errors.noLock(host);
  const unreadable = [...sections.keys()].find((name) => name.startsWith("unreadable "));
  if (unreadable !== undefined) return errors.unreadable(host, unreadable.slice("unreadable ".length));
  if (sections.has("undofailed") || sections.has("unfinished")) return errors.undoFailed(host, message);
  return errors.brokenOff(host, message);
}
