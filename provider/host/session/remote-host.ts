import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../../errors";
import { TABLES } from "../../firewall/model/kernel";
import type { Dial, Printed, RemoteProcess, SshConnection, SshTarget, StartOptions } from "../../ssh/connection";
import * as errors from "../errors";
import { FACTS_SCRIPT, formatDialect, type HostFacts, parseFacts, REQUIRED_TOOLS } from "../look/facts";
import { parseSnapshot, type Snapshot, snapshotScript, splitSections } from "../look/snapshot";
import { STATE_DIR } from "../records/state-dir";
import { program } from "../remote/program";
import { DesiredHost, type HostPlan } from "../state/desired";
import * as transactionErrors from "../transaction/errors";
import { GroupCommit, type Waiting } from "../transaction/group-commit";
import { failure, openTransaction, TransactionSession, unlessEnded } from "../transaction/session";
import { type Change, type Outcome, snapshotAfter, withLength } from "../transaction/transaction";
import type { Host } from "./host";

const FACTS_DEADLINE_MS = 60_000;
const READ_DEADLINE_MS = 120_000;
const APPLY_DEADLINE_MS = 300_000;

/** Another reader gets a snapshot that is not older than this, so that concurrent refreshes of one host ask it once. */
const SNAPSHOT_LIFE_MS = 2_000;
/** A plan may be made from a snapshot that is not older than this. */
const PLAN_FROM_MS = 30_000;
/** How often csp plans again if the host changed meanwhile. */
const ATTEMPTS = 4;
/** How often other csp processes on the same host may come first. */
const PATIENCE = 40;
/** How long the new connection that confirms a change may take: less than the minute after which the host undoes an unconfirmed change. */
const CONFIRM_MS = 20_000;

/** What remote/record.sh prints before the content of a file. */
const THERE = "there\n";

/** A host reached over SSH. */
export class RemoteHost implements Host {
  private foundFacts: Promise<HostFacts> | undefined;
  private reading: { readonly startedAt: number; readonly snapshot: Promise<Snapshot> } | undefined;
  private latest: Snapshot | undefined;
  /** The end of the last transaction, which puts its files in place after it has confirmed the change. */
  private clearing: Promise<unknown> = Promise.resolve();
  private transactions = 0;
  private readonly changes: GroupCommit<TransactionSession>;

  constructor(
    private readonly target: SshTarget,
    private readonly dial: Dial,
    private readonly hangUp: () => void,
    private readonly dialAnew: Dial,
  ) {
    this.changes = new GroupCommit(
      this.name,
      () => this.openSession(),
      (waiting, session) => this.attempt(waiting, session),
    );
  }

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
    // A look that failed, or that its caller cancelled, is not shared with others.
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
      stdin: snapshotScript(facts.dialect),
      deadlineMs: READ_DEADLINE_MS,
      prints: "state",
    });
    const snapshot = parseSnapshot(result.stdout, takenAt, facts.dialect, this.latest);
    if (snapshot === undefined) {
      const failed = /^@@csp failed (\S+)/m.exec(result.stdout)?.[1];
      throw errors.snapshotFailed(this.name, failed ?? "firewall", result.stderr);
    }
    if (!snapshot.unfinished) return snapshot;
    // Recovery reports if it fails. If something is unfinished after it, that is the next transaction of a running process.
    if (attempt === PATIENCE) throw transactionErrors.hostBusy(this.name);
    await this.recover(connection, facts);
    return this.readSnapshot(takenAt, attempt + 1);
  }

  /** Lets the host finish or undo what an earlier transaction left. A transaction that is still running holds the lock until it ends. */
  private async recover(connection: SshConnection, facts: HostFacts): Promise<void> {
    const stream = `@@csp settings\n${formatDialect(facts.dialect)}@@csp recover\n@@csp end\n`;
    const purpose = "finishing what an earlier run left";
    const process = await openTransaction(connection, { purpose, deadlineMs: APPLY_DEADLINE_MS, prints: "state" });
    await unlessEnded(process.write(withLength(stream)));
    process.end();
    const result = await process.result;
    const sections = splitSections(result.stdout);
    if (!sections.has("done")) throw failure(this.name, sections, result.stdout + result.stderr);
  }

  apply(change: Change, options: { readonly signal: AbortSignal; readonly status?: (message: string) => void }): Promise<Outcome> {
    return this.changes.submit(change, options);
  }

  expect(): () => void {
    // csp has not reached this host yet. The change itself finds out whether it can.
    return this.latest === undefined ? () => {} : this.changes.expect();
  }

  /**
   * The snapshot for a first plan. The engine reads a resource before it updates it, and reading a thousand guests takes seconds. If
   * the plan depends on what has changed since, the transaction says so before it begins or when it reads back, and the next attempt reads again.
   */
  private lastSeen(): Promise<Snapshot> {
    if (this.latest !== undefined && Date.now() - this.latest.takenAt < PLAN_FROM_MS) return Promise.resolve(this.latest);
    return this.snapshot();
  }

  private openSession(): TransactionSession {
    return new TransactionSession(this.name, this.dial);
  }

  /** Carries out one transaction with all waiting changes. `first`: the session for the first attempt; each attempt needs its own. */
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
      const session = attempt === 1 ? first : this.openSession();
      const signals = accepted.map(({ signal }) => signal);
      const wayIn = accepted.some(({ change }) => change.confirm) ? () => this.wayIn() : undefined;
      const done = await session.carryOut({ plan, snapshot, facts, signals, wayIn }).catch((error: unknown) => {
        if (attempt === 1 && error instanceof CspError && error.code === "verify-failed") return "changed" as const;
        throw error;
      });
      if (done === "changed") {
        changed++;
        if (changed === ATTEMPTS) throw transactionErrors.keepsChanging(this.name);
        continue;
      }
      if (done === "overtaken") {
        if (attempt === PATIENCE) throw transactionErrors.hostBusy(this.name);
        // A random pause, so that two processes do not overtake each other again and again.
        await sleep(Math.random() * 20 * attempt);
        continue;
      }
      this.clearing = done.clearing;
      this.transactions++;
      this.latest = snapshotAfter(snapshot, plan, done.sections, desired.records());
      for (const { resolve } of accepted) resolve({ together: accepted.length, transaction: this.transactions, snapshot: this.latest });
      return;
    }
  }

  /** Applies the edits of all changes to one model. A change that is not allowed is rejected by itself. */
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
      // A model that a refused change has modified is not used.
      for (const [one, error] of refused) one.reject(error);
      candidates = candidates.filter((one) => !refused.has(one));
    }
  }

  /** Undefined if csp can connect; otherwise the reason why not. */
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

  /** The content of one file below the state directory; undefined if there is none. `path` is one of ours and contains no text of a user. */
  async readState(path: string): Promise<string | undefined> {
    const connection = await this.dial();
    await this.clearing;
    const purpose = "reading a record";
    const { code, stdout, stderr } = await connection.exec(program("record.sh"), {
      purpose,
      stdin: `${STATE_DIR}/${path}\n`,
      deadlineMs: FACTS_DEADLINE_MS,
      prints: "state",
    });
    // A file that cannot be read is not a file that is not there.
    if (code !== 0) throw errors.stepFailed(this.name, purpose, stderr || stdout);
    return stdout.startsWith(THERE) ? stdout.slice(THERE.length) : undefined;
  }

  async run(script: string, purpose: string, prints?: Printed): Promise<string> {
    try {
      return await this.ask(script, purpose, prints);
    } finally {
      // The script may have changed what a snapshot contains.
      this.latest = undefined;
    }
  }

  async ask(script: string, purpose: string, prints?: Printed): Promise<string> {
    const connection = await this.dial();
    await this.clearing;
    const result = await connection.exec("exec sh", { purpose, stdin: script, deadlineMs: READ_DEADLINE_MS, prints });
    if (result.code !== 0) throw errors.stepFailed(this.name, purpose, result.stderr || result.stdout);
    return result.stdout;
  }

  async start(script: string, options: StartOptions): Promise<RemoteProcess> {
    const connection = await this.dial(options.signal);
    return connection.start(script, options);
  }

  /** Whoever made the connection closes it; waiting changes notice that when it is their turn. */
  close(): void {
    this.changes.refuse(errors.cancelled(this.name));
  }
}

function describe(plan: HostPlan, changes: number, host: string): string {
  const chains = TABLES.reduce((sum, table) => sum + plan.kernel.tables[table].chains.length, 0);
  const sets = plan.kernel.sets.length;
  const together = changes > 1 ? `${changes} changes in one transaction: ` : "";
  return `${together}${chains} chain${chains === 1 ? "" : "s"} and ${sets} set${sets === 1 ? "" : "s"} on ${host}`;
}
