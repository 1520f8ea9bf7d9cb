import type { Duplex } from "node:stream";
import type { Client, ConnectConfig } from "ssh2";
import { CspError } from "../errors";
import { inLibraryWords, type Offer } from "./algorithms";
import type { SshTarget } from "./connection";
import type { Credentials } from "./credentials";
import * as errors from "./errors";
import { Greeting, missingKinds } from "./greeting";
import type { Trust } from "./host-key";
import { keyOfBlob } from "./public-key";

const KEEPALIVE_MS = 15_000;
const KEEPALIVE_MISSES = 3;
/** How much a host may send before the login is complete (bytes): lines before the version, a banner, prompts, keys. A few thousand are usual. */
const GREETING_LIMIT = 256 * 1024;

export interface Handshake {
  readonly target: SshTarget;
  readonly stream: Duplex;
  readonly trust: Trust;
  /** What to offer to the host. */
  readonly offer: Offer;
  readonly credentials: Credentials;
  /** When it aborts, the handshake rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Logged in; or csp refused the host, with the type of the key that the host showed (undefined if it showed none). */
export type HandshakeOutcome =
  | { readonly client: Client; readonly stream: Duplex }
  | { readonly error: CspError; readonly shownType: string | undefined };

type Ssh2Error = Error & { readonly level?: string; readonly code?: number | string };

/** Speaks SSH over a stream until commands can be run. Closes the stream if that fails. */
export function handshake(client: Client, options: Handshake): Promise<HandshakeOutcome> {
  const { target, stream, trust, offer, credentials, signal } = options;
  return new Promise<HandshakeOutcome>((resolve, reject) => {
    let refusal: { readonly error: CspError; readonly shownType: string | undefined } | undefined;
    let agentError: unknown;
    let settled = false;
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", abort);
      stream.removeListener("data", count);
      finish();
    };
    let greeted = 0;
    const greeting = new Greeting();
    const count = (chunk: Buffer) => {
      greeting.hear(chunk);
      greeted += chunk.length;
      if (greeted > GREETING_LIMIT) fail(errors.greetingTooLong(target, GREETING_LIMIT));
    };
    const fail = (error: unknown) =>
      settle(() => {
        stream.destroy();
        reject(error);
      });
    const refuse = (error: CspError, shownType: string | undefined) =>
      settle(() => {
        stream.destroy();
        resolve({ error, shownType });
      });
    const abort = () => fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) return abort();

    client.on("ready", () => settle(() => resolve({ client, stream })));
    client.on("error", (error: Ssh2Error) => {
      // If the agent does not answer, there may be other ways to log in.
      if (error.level === "agent") agentError = error;
      else if (refusal !== undefined) refuse(refusal.error, refusal.shownType);
      else if (error.level === "client-authentication") fail(loginError(target, credentials, greeting, agentError));
      else if (error.level === "handshake") refuse(handshakeError(target, offer, greeting, error), undefined);
      else if (/too many authentication failures/i.test(error.message)) fail(errors.tooManyAuthenticationFailures(target, error));
      else if (error.level === "client-socket" || /lost before handshake/i.test(error.message)) fail(errors.unreachable(target, error));
      else fail(errors.handshakeFailed(target, error));
    });
    client.on("close", () => fail(errors.unreachable(target, new Error("the host closed the connection before the login was over"))));

    const config: ConnectConfig = {
      sock: stream as NonNullable<ConnectConfig["sock"]>,
      username: target.user,
      // The caller limits the time of the whole attempt.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MISSES,
      algorithms: inLibraryWords(offer),
      hostVerifier: (blob: Buffer) => {
        const key = keyOfBlob(blob);
        const error = key === undefined ? errors.handshakeFailed(target, new Error("the host's key cannot be read")) : trust.check(key);
        if (error !== undefined) refusal = { error, shownType: key?.type };
        return error === undefined;
      },
      authHandler: (accepted, _partial, next) => next(credentials.next(accepted || null)),
    };
    try {
      client.connect(config);
      // Hears the host's offer before ssh2 does, which gives up at once if nothing in it will do. And unlike `on`, this does not let the stream
      // flow yet: ssh2 listens only when its ciphers are loaded, and what came before that would be lost.
      stream.prependListener("data", count);
    } catch (error) {
      fail(errors.handshakeFailed(target, error));
    }
  });
}

function handshakeError(target: SshTarget, offer: Offer, greeting: Greeting, cause: unknown): CspError {
  const theirs = greeting.offer;
  const missing = theirs === undefined ? [] : missingKinds(offer, theirs);
  if (theirs === undefined || missing.length === 0) return errors.handshakeFailed(target, cause);
  return errors.noCommonAlgorithm(target, { missing, theirs, ours: offer, software: greeting.software }, cause);
}

function loginError(target: SshTarget, credentials: Credentials, greeting: Greeting, agentError: unknown): CspError {
  if (credentials.unsigned !== undefined) return credentials.unsigned;
  // If there was nothing else to try, our own error from the agent says more than "refused".
  if (agentError instanceof CspError && credentials.tried.length === 1) return agentError;
  return errors.authenticationFailed(target, { ...pick(credentials), software: greeting.software }, agentError);
}

const pick = ({ tried, accepted, keyTypes }: Credentials) => ({ tried, accepted, keyTypes });
