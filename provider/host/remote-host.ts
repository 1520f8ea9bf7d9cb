import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../errors";
import { TOOLS } from "../firewall/kernel";
import type { RemoteProcess, SshConnection, SshTarget, StartOptions } from "../ssh/connection";
import { DesiredHost, type HostPlan } from "./desired";
import * as errors from "./errors";
import { FACTS_SCRIPT, type HostFacts, parseFacts, REQUIRED_TOOLS } from "./facts";
import type { Host } from "./host";
import type { Dial } from "./hosts";
import { parseDeclaration, STATE_DIR } from "./records";
import { parseSnapshot, type Snapshot, snapshotScript, splitSections } from "./snapshot";
import {
  type Change,
  compareReadBack,
  type Outcome,
  PRELUDE,
  RECEIVE_COMMAND,
  renderTransaction,
  snapshotAfter,
  withLength,
} from "./transaction";
import { TransactionSession } from "./transaction-session";

const FACTS_DEADLINE_MS = 60_000;
const READ_DEADLINE_MS = 120_000;
const APPLY_DEADLINE_MS = 300_000;

/** A snapshot this old or younger serves another reader: concurrent refreshes of one host ask it once. */
const SNAPSHOT_LIFE_MS = 2_000;
/** A snapshot this old or younger is planned from. */
const PLAN_FROM_MS = 30_000;
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
/** How often a plan is made anew when the host changed under it. */
const ATTEMPTS = 4;
/** How often other csp processes on the same host may come first. */
const PATIENCE = 40;

/** Failures that may be one change's alone. */
const SINGLE_OUT = new Set(["apply-failed", "verify-failed", "locked-out"]);

/** How long a fresh connection may take, where one decides: less than the minute after which the host undoes what nobody confirms. */
const CONFIRM_MS = 20_000;

interface Waiting {
  readonly change: Change;
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A host reached over SSH. */
export class RemoteHost implements Host {
  private foundFacts: Promise<HostFacts> | undefined;
  private reading: { readonly startedAt: number; readonly snapshot: Promise<Snapshot> } | undefined;
  private latest: Snapshot | undefined;
  /** The end of the last transaction's script: a look before that would take its journal for one left behind. */
  /** The end of the last transaction, which puts its files in place after it has said that it is so. */
  private clearing: Promise<unknown> = Promise.resolve();
  private readonly queue: Waiting[] = [];
  private draining = false;
  /** When the last transaction ended, by this process's clock (ms). */
  private endedAt = 0;
  private transactions = 0;
  /** When the last change came (ms), and how far apart those lately came that came while others were under way. */
  private cameAt = 0;
  private gap = 0;

  constructor(
    private readonly target: SshTarget,
    private readonly dial: Dial,
    private readonly hangUp: () => void,
    private readonly dialAnew: Dial,
  ) {}

  get name(): string {
    return this.target.name;
  }

  async facts(): Promise<HostFacts> {
    const facts = await this.look();
    const missing = Object.entries(REQUIRED_TOOLS).filter(([tool]) => !(tool in facts.tools));
    if (missing.length > 0)
      throw errors.toolsMissing(
        this.name,
        missing.map(([tool, from]) => ({ tool, package: from })),
      );
    return facts;
  }

  look({ fresh, signal }: { readonly fresh?: boolean; readonly signal?: AbortSignal } = {}): Promise<HostFacts> {
    if (!fresh && this.foundFacts !== undefined) return this.foundFacts;
    const found = this.findFacts(fresh ? signal : undefined);
    this.foundFacts = found;
    // A look that failed, or was given up by the one who wanted it, is nobody else's.
    found.catch(() => {
      if (this.foundFacts === found) this.foundFacts = undefined;
    });
    return found;
  }

  private async findFacts(signal?: AbortSignal): Promise<HostFacts> {
    const connection = await this.dial(signal);
    const result = await connection.exec("exec sh", {
      purpose: "finding out what the host is",
      stdin: FACTS_SCRIPT,
      deadlineMs: FACTS_DEADLINE_MS,
      signal,
    });
    if (result.code !== 0) throw errors.factsFailed(this.name, result.stderr || result.stdout);
    const facts = parseFacts(result.stdout);
    if (facts.uid !== 0) throw errors.notRoot(this.name, this.target.user);
    return facts;
  }

  forget(): void {
    this.foundFacts = undefined;
    this.latest = undefined;
    this.reading = undefined;
    this.clearing = Promise.resolve();
    this.hangUp();
  }

  async snapshot(options: { readonly fresh?: boolean; readonly signal?: AbortSignal } = {}): Promise<Snapshot> {
    options.signal?.throwIfAborted();
    const now = Date.now();
    if (!options.fresh) {
      if (this.latest !== undefined && now - this.latest.takenAt < SNAPSHOT_LIFE_MS) return this.latest;
      if (this.reading !== undefined) return this.reading.snapshot;
    }
    const reading = { startedAt: now, snapshot: this.readSnapshot(now) };
    this.reading = reading;
    try {
      const snapshot = await reading.snapshot;
      if (this.latest === undefined || snapshot.takenAt >= this.latest.takenAt) this.latest = snapshot;
      return snapshot;
    } finally {
      if (this.reading === reading) this.reading = undefined;
    }
  }

  private async readSnapshot(takenAt: number, attempt = 1): Promise<Snapshot> {
    const facts = await this.facts();
    const connection = await this.dial();
    await this.clearing;
    const result = await connection.exec("exec sh", {
      purpose: "reading the firewall",
      stdin: snapshotScript(facts),
      deadlineMs: READ_DEADLINE_MS,
    });
    const snapshot = parseSnapshot(result.stdout, takenAt, this.latest);
    if (snapshot === undefined) {
      const failed = /^@@csp failed (\S+)/m.exec(result.stdout)?.[1];
      throw errors.snapshotFailed(this.name, failed ?? "firewall", result.stderr);
    }
    if (!snapshot.unfinished) return snapshot;
    // Recovery says when it cannot; if there is something unfinished after it, it is the next transaction of a process that is alive.
    if (attempt === PATIENCE) throw errors.hostBusy(this.name);
    await this.recover(connection);
    return this.readSnapshot(takenAt, attempt + 1);
  }

  /** Lets the host finish or undo what an earlier transaction left. One that is still running holds the lock until it has ended. */
  private async recover(connection: SshConnection): Promise<void> {
    const stream = `@@csp settings\nwait=''\narptables=arptables\ngeneration=''\n@@csp recover\n@@csp end\n`;
    const result = await connection.exec(RECEIVE_COMMAND, {
      purpose: "finishing what an earlier run left",
      stdin: PRELUDE + withLength(stream),
      deadlineMs: APPLY_DEADLINE_MS,
    });
    const sections = splitSections(result.stdout);
    if (!sections.has("done")) throw this.failure(sections, result.stdout + result.stderr);
  }

  apply(change: Change, options: { readonly signal: AbortSignal; readonly status?: (message: string) => void }): Promise<Outcome> {
    const now = Date.now();
    if (this.draining) this.gap = (3 * this.gap + now - this.cameAt) / 4;
    else this.gap = 0;
    this.cameAt = now;
    return new Promise<Outcome>((resolve, reject) => {
      this.queue.push({ change, signal: options.signal, status: options.status ?? (() => {}), resolve, reject });
      if (this.draining) options.status?.(`waiting for the transaction in flight on ${this.name}`);
      else void this.drain();
    });
  }

  /** Runs transactions until nothing waits; each takes everything that waits when it begins. */
  private async drain(): Promise<void> {
    this.draining = true;
    try {
      while (this.queue.length > 0) {
        const session = new TransactionSession(this.dial);
        await this.gathered(session);
        await this.commitTogether(this.queue.splice(0), session);
        this.endedAt = Date.now();
      }
    } finally {
      this.draining = false;
    }
  }

  private async gathered(session: TransactionSession): Promise<void> {
    const latest = Date.now() + GATHER_MOST_MS;
    // Right after a transaction, a change is the next of a stream and not a lone one. A lone one waits no longer than for the host's shell.
    if (Date.now() - this.endedAt < STREAM_MS) await sleep(this.silence());
    else await Promise.race([session.started.catch(() => undefined), sleep(GATHER_MS)]);
    for (let seen = 1; this.queue.length > seen && Date.now() < latest; ) {
      seen = this.queue.length;
      await sleep(this.silence());
    }
  }

  /** How long nothing has come when no more is about to (ms). */
  private silence(): number {
    return Math.min(SILENCE_MOST_MS, Math.max(SILENCE_MS, SILENCE_GAPS * this.gap));
  }

  private async commitTogether(waiting: readonly Waiting[], session = new TransactionSession(this.dial)): Promise<void> {
    const live = waiting.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason);
      return !signal.aborted;
    });
    try {
      if (live.length > 0) await this.attempt(live, session);
    } catch (error) {
      // One change may be what the host refused: each goes by itself, so that the others do not suffer for it.
      if (live.length > 1 && error instanceof CspError && SINGLE_OUT.has(error.code)) {
        for (const one of live) await this.commitTogether([one]);
      } else for (const { reject } of live) reject(error);
    } finally {
      session.dismiss();
    }
  }

  /**
   * What a first plan is made from. The engine reads a resource before it updates it, and a look at a thousand guests takes seconds. Where
   * the plan depends on what has changed since, the transaction says so, before it begins or when it reads back: the next attempt looks anew.
   */
  private lastSeen(): Promise<Snapshot> {
    if (this.latest !== undefined && Date.now() - this.latest.takenAt < PLAN_FROM_MS) return Promise.resolve(this.latest);
    return this.snapshot();
  }

  /** `first`: for the first try; each takes a session of its own. */
  private async attempt(waiting: readonly Waiting[], first: TransactionSession): Promise<void> {
    const facts = await this.facts();
    let candidates = waiting;
    for (let attempt = 1, changed = 0; ; attempt++) {
      const snapshot = attempt === 1 ? await this.lastSeen() : await this.snapshot({ fresh: true });
      const { desired, accepted } = this.gather(candidates, facts, snapshot);
      if (accepted.length === 0) return;
      candidates = accepted;
      const plan = desired.plan();
      for (const { status } of accepted) status(describe(plan, accepted.length, this.name));
      const session = attempt === 1 ? first : new TransactionSession(this.dial);
      const sections = await this.commit(plan, snapshot, facts, accepted, session).catch((error: unknown) => {
        if (attempt === 1 && error instanceof CspError && error.code === "verify-failed") return "changed" as const;
        throw error;
      });
      if (sections === "changed") {
        changed++;
        if (changed === ATTEMPTS) throw errors.keepsChanging(this.name);
        continue;
      }
      if (sections === "overtaken") {
        if (attempt === PATIENCE) throw errors.hostBusy(this.name);
        // At random, so that two who overtake each other do not keep step.
        await sleep(Math.random() * 20 * attempt);
        continue;
      }
      this.transactions++;
      this.latest = snapshotAfter(snapshot, plan, sections, desired.records());
      for (const { resolve } of accepted) resolve({ together: accepted.length, transaction: this.transactions, snapshot: this.latest });
      return;
    }
  }

  /** All changes' edits on one model; a change that may not be made is rejected by itself. */
  private gather(
    waiting: readonly Waiting[],
    facts: HostFacts,
    snapshot: Snapshot,
  ): { desired: DesiredHost; accepted: readonly Waiting[] } {
    let candidates = waiting;
    for (;;) {
      const desired = new DesiredHost(this.name, facts, snapshot);
      const refused = new Map<Waiting, unknown>();
      for (const one of candidates) {
        try {
          for (const edit of one.change.edits(snapshot)) desired.edit(edit);
        } catch (error) {
          refused.set(one, error);
          break;
        }
      }
      if (refused.size === 0) return { desired, accepted: candidates };
      // A model that a refused change has touched is not used.
      for (const [one, error] of refused) one.reject(error);
      candidates = candidates.filter((one) => !refused.has(one));
    }
  }

  /**
   * Sends one transaction and answers what it reads back. When the host is not what the plan was made from any more: "overtaken" by
   * another csp process, or "changed" by somebody else.
   */
  private async commit(
    plan: HostPlan,
    snapshot: Snapshot,
    facts: HostFacts,
    accepted: readonly Waiting[],
    session: TransactionSession,
  ): Promise<ReadonlyMap<string, string> | "overtaken" | "changed"> {
    const stream = withLength(renderTransaction(plan, snapshot, facts));
    const process = await session.serve(accepted.map(({ signal }) => signal));
    const readBack = await unlessEnded(process.write(stream).then(() => process.readUntil("@@csp verdict")));
    if (readBack === undefined) {
      const result = await process.result;
      const sections = splitSections(result.stdout);
      if (sections.has("stale generation")) return "overtaken";
      if ([...sections.keys()].some((name) => name.startsWith("stale"))) return "changed";
      throw this.failure(sections, result.stdout + result.stderr);
    }
    const sections = splitSections(readBack);
    const difference = compareReadBack(plan, sections);
    const shutOut = difference === undefined && accepted.some(({ change }) => change.confirm) ? await this.wayIn() : undefined;
    if (shutOut !== undefined) {
      // The word may never get there, and then the host undoes it by itself.
      await process.write("undo\n").catch(() => undefined);
      process.end();
      await process.result.catch(() => undefined);
      throw errors.lockedOut(this.name, shutOut);
    }
    await unlessEnded(process.write(difference === undefined ? "commit\n" : "undo\n"));
    process.end();
    // It is so; what the script still does is to put the files in their places. A host that csp leaves is waited for: nothing of us stays there.
    this.clearing = process.result.catch(() => undefined);
    if (difference === undefined && (await unlessEnded(process.readUntil("@@csp committed"))) !== undefined) {
      if (plan.files.remove.includes("frame")) await this.clearing;
      return sections;
    }
    const result = await process.result;
    const answer = splitSections(result.stdout);
    if (difference !== undefined && answer.has("undone")) throw errors.verifyFailed(this.name, difference);
    throw this.failure(answer, result.stdout + result.stderr);
  }

  /** Undefined when a connection can be made; else why not. */
  private async wayIn(): Promise<string | undefined> {
    try {
      const connection = await this.dialAnew(AbortSignal.timeout(CONFIRM_MS));
      connection.close();
      return undefined;
    } catch (error) {
      return error instanceof CspError && error.code !== "cancelled"
        ? error.problem
        : `nobody answered within ${CONFIRM_MS / 1000} seconds`;
    }
  }

  /** What a transaction's last words mean. */
  private failure(sections: ReadonlyMap<string, string>, output: string): CspError {
    // What it reads back is no news.
    const said = output
      .split(/^(?=@@csp )/m)
      .filter((piece) => !piece.startsWith("@@csp is."))
      .join("")
      .replace(/^@@csp .*$/gm, "")
      .trim();
    const failed = [...sections.keys()].find((name) => name.startsWith("failed "));
    if (failed !== undefined) return errors.applyFailed(this.name, failed.slice("failed ".length), said);
    if (sections.has("nospace")) return errors.noSpace(this.name, said);
    if (sections.has("busy")) return errors.hostBusy(this.name);
    if (sections.has("undofailed") || sections.has("unfinished")) return errors.undoFailed(this.name, said);
    return errors.brokenOff(this.name, said);
  }

  /** One file below the state directory, as it is; undefined when there is none. `path` is one of ours: no user's text goes into it. */
  async readState(path: string): Promise<string | undefined> {
    const connection = await this.dial();
    await this.clearing;
    const result = await connection.exec('read -r f && [ -f "$f" ] && exec cat "$f"', {
      purpose: "reading a record",
      stdin: `${STATE_DIR}/${path}\n`,
      deadlineMs: FACTS_DEADLINE_MS,
    });
    return result.code === 0 ? result.stdout : undefined;
  }

  async guestDeclarations(): Promise<ReadonlyMap<string, unknown>> {
    const text = await this.run(
      `cd ${STATE_DIR}/guests 2>/dev/null && grep -rhE '^(uuid|declaration) ' . || :`,
      "reading the guests' records",
    );
    const found = new Map<string, unknown>();
    let uuid = "";
    for (const line of text.split("\n")) {
      if (line.startsWith("uuid ")) uuid = line.slice("uuid ".length);
      else if (line.startsWith("declaration ")) found.set(uuid, parseDeclaration(line));
    }
    return found;
  }

  async run(script: string, purpose: string): Promise<string> {
    try {
      return await this.ask(script, purpose);
    } finally {
      // It may have changed what a snapshot holds.
      this.latest = undefined;
    }
  }

  async ask(script: string, purpose: string): Promise<string> {
    const connection = await this.dial();
    await this.clearing;
    const result = await connection.exec("exec sh", { purpose, stdin: script, deadlineMs: READ_DEADLINE_MS });
    if (result.code !== 0) throw errors.stepFailed(this.name, purpose, result.stderr || result.stdout);
    return result.stdout;
  }

  async start(script: string, options: StartOptions): Promise<RemoteProcess> {
    const connection = await this.dial(options.signal);
    return connection.start(script, options);
  }

  /** The connection is its maker's to close; what waits for its turn learns of that when it gets there. */
  close(): void {
    for (const { reject } of this.queue.splice(0)) reject(errors.cancelled(this.name));
  }
}

/** Undefined when the remote program ended before it took or said what was awaited: its last words then say why. */
async function unlessEnded<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof CspError && error.code === "command-ended-early") return undefined;
    throw error;
  }
}

function describe(plan: HostPlan, changes: number, host: string): string {
  const chains = TOOLS.reduce((sum, tool) => sum + plan.kernel.tools[tool].chains.length, 0);
  const sets = plan.kernel.sets.length;
  const together = changes > 1 ? `${changes} changes in one transaction: ` : "";
  return `${together}${chains} chain${chains === 1 ? "" : "s"} and ${sets} set${sets === 1 ? "" : "s"} on ${host}`;
}
