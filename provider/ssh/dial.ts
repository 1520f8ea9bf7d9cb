import { setMaxListeners } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import { CspError } from "../errors";
import { hostKeyOrderIsFixed, KINDS, keyTypeOf, type Offer, offerTo, orderHostKeys } from "./algorithms";
import { backoffDelay } from "./backoff";
import type { SshConnection, SshTarget } from "./connection";
import { type Credentials, loadCredentials } from "./credentials";
import * as errors from "./errors";
import { handshake } from "./handshake";
import { loadTrust, type Trust } from "./host-key";
import { LazyConnection } from "./lazy";
import { type Gateway, MultiplexedConnection } from "./multiplexed";

export const DEFAULT_DIAL_ATTEMPTS = 10;
export const DEFAULT_DIAL_TIMEOUT_MS = 15_000;

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Gives a shared connection to a bastion. Without it, each connection makes its own connection to the bastion. */
  readonly bastions?: (bastion: SshTarget) => Pick<LazyConnection<Gateway>, "get">;
}

/**
 * Connects, logs in and finds out how to become root. After failures of the network, it tries again, with back-off; after a wrong host key or a
 * refused login, it never does.
 */
export async function connect(target: SshTarget, options: ConnectOptions = {}): Promise<SshConnection> {
  const connection = await connectGateway(target, options);
  try {
    const never = new AbortController().signal;
    await connection.becomeRoot(target.dialTimeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS, options.signal ?? never);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Connects and logs in; commands run as the login user. A bastion needs no more. */
export async function connectGateway(target: SshTarget, options: ConnectOptions = {}): Promise<MultiplexedConnection> {
  const cancelled = () => errors.cancelled(target, "connecting");
  const signal = options.signal ?? new AbortController().signal;
  setMaxListeners(0, signal);
  if (signal.aborted) throw cancelled();
  const ssh2 = await loadSsh2();
  const [trust, credentials] = await Promise.all([loadTrust(target), loadCredentials(ssh2, target)]);
  const offer = checkedOffer(target, trust);
  const route = new Route(target, options);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const { client, stream } = await attemptOnce(() => new ssh2.Client(), target, route, trust, offer, credentials, signal);
        return new MultiplexedConnection(target, client, stream, () => route.close());
      } catch (error) {
        if (signal.aborted) throw cancelled();
        if (!(error instanceof CspError) || error.code !== "host-unreachable" || route.isBastionsError(error)) throw error;
        if (attempt >= (target.dialAttempts ?? DEFAULT_DIAL_ATTEMPTS)) throw errors.unreachable(target, error.cause, attempt);
        await sleep(backoffDelay(attempt), undefined, { signal }).catch(() => {
          throw cancelled();
        });
      }
    }
  } catch (error) {
    route.close();
    throw error;
  }
}

/** Loaded only here, so that a process that never dials does not need the time for it. */
async function loadSsh2(): Promise<typeof import("ssh2")> {
  const loaded = await import("ssh2");
  // A native import() of a CommonJS module gives everything under `default`, and only a part of it directly.
  return (loaded as unknown as { default?: typeof loaded }).default ?? loaded;
}

/** What csp offers to this host. Refused if nothing of a kind is left, or if the pinned key could never be shown. */
function checkedOffer(target: SshTarget, { pinnedType }: Trust): Offer {
  const offer = offerTo(target);
  const empty = KINDS.filter((kind) => offer[kind].length === 0);
  if (empty.length > 0) throw errors.nothingLeftToOffer(target, empty);
  if (pinnedType !== undefined && !offer.hostKey.some((algorithm) => keyTypeOf(algorithm) === pinnedType))
    throw errors.hostKeyTypeNotOffered(target, pinnedType);
  return offer;
}

type LoggedIn = { readonly client: Client; readonly stream: Duplex };

async function attemptOnce(
  newClient: () => Client,
  target: SshTarget,
  route: Route,
  trust: Trust,
  offer: Offer,
  credentials: () => Credentials,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const excluded: string[] = [];
  let mismatch: CspError | undefined;
  for (;;) {
    const hostKey = orderHostKeys(offer.hostKey, { known: trust.knownTypes, excluded, fixed: hostKeyOrderIsFixed(target) });
    if (hostKey.length === 0) throw mismatch ?? errors.handshakeFailed(target, "no type of host key is left");
    const outcome = await withinTime(target, route, signal, (stream, bounded) =>
      handshake(newClient(), { target, stream, trust, offer: { ...offer, hostKey }, credentials: credentials(), signal: bounded }),
    );
    if ("client" in outcome) return outcome;
    if (outcome.shownType === undefined && mismatch === undefined) throw outcome.error;
    // A pinned fingerprint does not say which of the host's keys it belongs to: ask for the others before calling it changed.
    if (outcome.shownType !== undefined && outcome.error.code !== "host-key-changed") throw outcome.error;
    mismatch ??= outcome.error;
    if (!trust.tryOtherTypes || outcome.shownType === undefined) throw mismatch;
    excluded.push(outcome.shownType);
  }
}

/** Connects and runs `use`, all within the time that one attempt may take. */
async function withinTime<T>(
  target: SshTarget,
  route: Route,
  outer: AbortSignal,
  use: (stream: Duplex, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ms = target.dialTimeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS;
  const open = await route.prepare(outer);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(errors.dialTimedOut(target, ms)), ms);
  const cancel = () => controller.abort(errors.cancelled(target, "connecting"));
  outer.addEventListener("abort", cancel, { once: true });
  if (outer.aborted) cancel();
  try {
    return await use(await open(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", cancel);
  }
}

/** The way to a host: direct, or through its bastion. */
class Route {
  private readonly own: LazyConnection<Gateway> | undefined;
  private readonly bastion: Pick<LazyConnection<Gateway>, "get"> | undefined;
  private bastionsError: unknown;

  constructor(
    private readonly target: SshTarget,
    options: ConnectOptions,
  ) {
    const { bastion } = target;
    if (bastion === undefined) return;
    if (options.bastions !== undefined) this.bastion = options.bastions(bastion);
    else this.bastion = this.own = new LazyConnection(bastion, (signal) => connectGateway(bastion, { signal }));
  }

  /** The bastion has its own attempts and its own time; the rest counts for this host. */
  async prepare(signal: AbortSignal): Promise<(signal: AbortSignal) => Promise<Duplex>> {
    if (this.bastion === undefined) return (bounded) => openTcp(this.target, bounded);
    try {
      const gateway = await this.bastion.get(signal);
      return (bounded) => this.through(gateway, bounded);
    } catch (error) {
      this.bastionsError = error;
      throw error;
    }
  }

  isBastionsError(error: unknown): boolean {
    return error === this.bastionsError;
  }

  close(): void {
    this.own?.close();
  }

  private through(gateway: Gateway, signal: AbortSignal): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      gateway.forward(this.target.address, this.target.port).then(
        (stream) => {
          signal.removeEventListener("abort", abort);
          if (signal.aborted) stream.destroy();
          resolve(stream);
        },
        (error: Error & { reason?: number | string }) => {
          signal.removeEventListener("abort", abort);
          reject(this.forwardingError(error));
        },
      );
    });
  }

  private forwardingError(error: Error & { reason?: number | string }): CspError {
    const ADMINISTRATIVELY_PROHIBITED = 1;
    const { bastion } = this.target;
    if (bastion !== undefined && error.reason === ADMINISTRATIVELY_PROHIBITED)
      return errors.bastionRefusesForwarding(bastion, this.target, error);
    return errors.unreachable(this.target, error);
  }
}

function openTcp(target: SshTarget, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    // Small commands and answers alternate: each must leave at once.
    const socket = connectTcp({ host: target.address, port: target.port, noDelay: true });
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    const fail = (error: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", abort);
      reject(error.code === "ENOTFOUND" ? errors.addressUnknown(target, error) : errors.unreachable(target, lastOf(error)));
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      socket.removeListener("error", fail);
      resolve(socket);
    });
  });
}

/** A name with several addresses fails with one error for each, inside an error without a useful message. */
function lastOf(error: Error): unknown {
  return error instanceof AggregateError ? (error.errors.at(-1) ?? error) : error;
}
