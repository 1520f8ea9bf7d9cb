import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ClientChannel } from "ssh2";
import type { CspError } from "../errors";
import type { ExecOptions, ExecResult, RemoteProcess, SshConnection, SshTarget, StartOptions } from "./connection";
import * as errors from "./errors";
import { findPrivilege, newMark, type Privilege, present, refusesPassword, TERMINATE } from "./privilege";
import { ChannelProcess } from "./process";
import { Slots } from "./slots";
import { Step } from "./step";

/** Half of sshd's default MaxSessions, because sshd may count a session that has ended and its successor at the same moment. */
const MOST_SESSIONS = 5;
/** SSH_OPEN_CONNECT_FAILED and SSH_OPEN_RESOURCE_SHORTAGE (RFC 4254, 5.1); sshd sends the first for MaxSessions. */
const OPEN_FAILURES_OF_FULL_HOSTS = [2, 4];
const TERMINATE_DEADLINE_MS = 10_000;
const DRAIN_MS = 10_000;
const CLOSE_GRACE_MS = 3_000;
/** How much a command that is being ended may still print. Then its channel is closed, whatever it does on SIGTERM. */
const LAST_WORDS = 4 * 1024 * 1024;
/** How much may still be on its way after a channel is closed: several windows of ssh2. A host that sends more breaks the protocol. */
const ON_ITS_WAY = 16 * 1024 * 1024;
/** The limit for answers that the host does not read although it asks for more and more of them. */
const MOST_UNSENT = 256 * 1024 * 1024;

/** A connection through which other connections can go. */
export interface Gateway extends SshConnection {
  /** Opens a TCP connection from the host to `address`. */
  forward(address: string, port: number): Promise<Duplex>;
}

/** One TCP connection to a host with any number of commands on it, a few at a time. */
export class MultiplexedConnection implements Gateway {
  private privilege: Privilege = { kind: "login" };
  private alive = true;
  private lost = false;
  private lostBy: unknown;
  private proven = false;
  private sessions = 0;
  private readonly steps = new Set<Step>();
  private readonly terminations = new Set<Promise<void>>();
  private readonly carried = new Set<Promise<void>>();
  private readonly slots = new Slots(MOST_SESSIONS);

  /** `client` is logged in. `release` is called once, when the connection has ended. */
  constructor(
    private readonly target: SshTarget,
    private readonly client: Client,
    private readonly stream: Duplex,
    private readonly release: () => void,
  ) {
    client.on("error", (error) => this.lose(error));
    client.on("end", () => this.lose(undefined));
    client.on("close", () => {
      this.lose(undefined);
      this.release();
    });
    stream.on("data", () => {
      if (stream.writableLength > MOST_UNSENT) this.cutOff("the host takes in nothing of what is sent to it");
    });
  }

  get open(): boolean {
    return this.alive;
  }

  /** From here on commands run as root. */
  async becomeRoot(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const purpose = `finding out how ${this.target.user} becomes root`;
    this.privilege = await findPrivilege(this.target, (command, stdin) => this.exec(command, { purpose, deadlineMs, signal, stdin }));
  }

  async exec(command: string, options: ExecOptions): Promise<ExecResult> {
    const process = await this.launch(command, options);
    process.end(options.stdin);
    const result = await process.result;
    if (process.begun) return result;
    // That root's and a login's own begin is seen to by the process.
    if (this.privilege.kind === "sudo-with-password" && refusesPassword(result.stderr)) throw errors.sudoPasswordWrong(this.target);
    throw errors.sudoRefuses(this.target, result.stderr);
  }

  start(command: string, options: StartOptions): Promise<RemoteProcess> {
    return this.launch(command, options);
  }

  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return reject(errors.connectionLost(this.target, `forwarding to ${address}`, this.lostBy));
      // sshd requires an originator, but only logs it.
      this.client.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
        if (error) return reject(error);
        const over = new Promise<void>((done) => channel.once("close", () => done())).then(() => void this.carried.delete(over));
        this.carried.add(over);
        resolve(channel);
      });
    });
  }

  close(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const step of [...this.steps]) step.fail(errors.cancelled(this.target, step.purpose));
    // What is still running, on the host or through it, is ended before the connection is closed.
    const pending = [...this.terminations, ...this.carried];
    const grace = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_GRACE_MS).unref());
    const settled = pending.length === 0 ? Promise.resolve() : Promise.race([Promise.all(pending), grace]);
    void settled.then(() => {
      this.client.end();
      this.release();
    });
  }

  private prove(): void {
    this.proven = true;
  }

  private async launch(command: string, options: StartOptions): Promise<ChannelProcess> {
    if (!this.alive) throw errors.connectionLost(this.target, options.purpose, this.lostBy);
    const step = new Step(this.target, options, (ended) => this.steps.delete(ended));
    if (step.failure !== undefined) throw step.failure;
    this.steps.add(step);
    try {
      const release = await this.slots.acquire(step.signal);
      const mark = newMark();
      const { privilege } = this;
      const { command: line, preamble } = present(command, privilege, mark);
      const opening = this.openChannel(line, step.purpose, step.signal, (channel) => {
        this.keep(channel, step, mark, release);
        const { kind } = privilege;
        const way = {
          channel,
          mark,
          preamble,
          proven: this.proven,
          bySudo: kind !== "login" && kind !== "root",
          onBegin: () => this.prove(),
        };
        return new ChannelProcess(this.target, way, step, options);
      });
      opening.catch(release);
      // The step may fail while sshd is still answering. A process that starts then is ended by the step.
      return await Promise.race([opening, new Promise<never>((_, reject) => step.onFailure(reject))]);
    } catch (error) {
      step.end();
      throw error;
    }
  }

  private keep(channel: ClientChannel, step: Step, mark: string, release: () => void): void {
    this.sessions++;
    channel.once("close", () => {
      this.sessions--;
      release();
    });
    step.onFailure((failure) => this.abandon(channel, mark, failure));
  }

  /**
   * Starts a command. sshd counts a session for a moment longer than its channel exists, and some allow fewer sessions than csp uses: if
   * sshd refuses one, csp tries again as long as its own other sessions may be the reason.
   */
  private async openChannel<T>(line: string, purpose: string, signal: AbortSignal, adopt: (channel: ClientChannel) => T): Promise<T> {
    for (let refusals = 0; ; refusals++) {
      try {
        // Used in the callback itself, because a short command's output and end may be in the very next packet.
        return await new Promise<T>((resolve, reject) => {
          this.client.exec(line, (error, channel) => (error ? reject(error) : resolve(adopt(channel))));
        });
      } catch (error) {
        // ssh2 throws if the socket is already gone.
        if (this.lost) throw errors.connectionLost(this.target, purpose, this.lostBy ?? error);
        const mayPass =
          OPEN_FAILURES_OF_FULL_HOSTS.includes((error as { reason?: number }).reason ?? 0) && (this.sessions > 0 || refusals < 8);
        if (!mayPass || signal.aborted) throw errors.channelRefused(this.target, purpose, error);
        await sleep(Math.min(500, 5 * 2 ** refusals));
      }
    }
  }

  /** Ends a command that nobody waits for any more. Its output is still read, so that a full or broken pipe does not stop its work on SIGTERM (undoing). */
  private abandon(channel: ClientChannel, mark: string, failure: CspError): void {
    if (failure.code === "connection-lost") return;
    channel.on("error", () => {});
    this.discard(channel);
    const termination = this.terminate(mark).then(() => {
      this.terminations.delete(termination);
      // Only now, because a shell that reads its commands from stdin would run an incomplete last line.
      channel.end();
      setTimeout(() => channel.close(), DRAIN_MS).unref();
    });
    this.terminations.add(termination);
  }

  /** Reads what a channel still sends, and throws it away, up to a limit. */
  private discard(channel: ClientChannel): void {
    let discarded = 0;
    const count = (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > LAST_WORDS) channel.close();
      if (discarded > LAST_WORDS + ON_ITS_WAY) this.cutOff("the host sends without end on a channel that is closed");
    };
    channel.on("data", count);
    channel.stderr.on("data", count);
  }

  private cutOff(why: string): void {
    this.lose(new Error(why));
    this.client.destroy();
  }

  /** Never fails: the caller already has its error, and a command that cannot be signalled ends with its channel. */
  private async terminate(mark: string): Promise<void> {
    const late = AbortSignal.timeout(TERMINATE_DEADLINE_MS);
    const { command, preamble } = present(TERMINATE, this.privilege, newMark());
    const opening = this.openChannel(command, "ending a command", late, (channel) => {
      const ended = new Promise<void>((resolve) => {
        channel.on("error", () => resolve());
        channel.on("close", () => resolve());
      });
      this.discard(channel);
      late.addEventListener("abort", () => channel.close(), { once: true });
      channel.end(`${preamble}${mark}\n`);
      return { ended };
    });
    const done = opening.then(
      ({ ended }) => ended,
      () => {},
    );
    await Promise.race([done, new Promise((resolve) => late.addEventListener("abort", resolve, { once: true }))]);
  }

  private lose(cause: unknown): void {
    this.lost = true;
    this.lostBy ??= cause;
    this.alive = false;
    for (const step of [...this.steps]) step.fail(errors.connectionLost(this.target, step.purpose, this.lostBy));
    this.stream.destroy();
  }
}
