import type { Duplex } from "node:stream";
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { CspError } from "../errors";
import type { SshTarget } from "./connection";
import type { Credentials } from "./credentials";
import * as errors from "./errors";
import type { Trust } from "./host-key";
import { keyOfBlob } from "./public-key";

const KEEPALIVE_MS = 15_000;
const KEEPALIVE_MISSES = 3;
/** Lines before the version, a banner, prompts, keys: all that a host may say (bytes) before a login is over. A few thousand are usual. */
const GREETING_LIMIT = 256 * 1024;

export interface Handshake {
  readonly target: SshTarget;
  readonly stream: Duplex;
  readonly trust: Trust;
  /** Host key algorithms to offer, best first. */
  readonly algorithms: readonly string[];
  readonly credentials: Credentials;
  /** Its reason is what the handshake rejects with. */
  readonly signal: AbortSignal;
}

/** Logged in; or the host was refused, with the type of the key it showed (undefined when it had none to show). */
export type HandshakeOutcome =
  | { readonly client: Client; readonly stream: Duplex }
  | { readonly error: CspError; readonly shownType: string | undefined };

type Ssh2Error = Error & { readonly level?: string; readonly code?: number | string };

/** Speaks SSH over a stream up to the point where commands can be run. Closes the stream when that fails. */
export function handshake(client: Client, options: Handshake): Promise<HandshakeOutcome> {
  const { target, stream, trust, credentials, signal } = options;
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
    const count = (chunk: Buffer) => {
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
      // An agent without an answer is only one of the ways to log in.
      if (error.level === "agent") agentError = error;
      else if (refusal !== undefined) refuse(refusal.error, refusal.shownType);
      else if (error.level === "client-authentication") fail(loginError(target, credentials, agentError));
      else if (error.level === "handshake") refuse(errors.handshakeFailed(target, error), undefined);
      else if (/too many authentication failures/i.test(error.message)) fail(errors.tooManyAuthenticationFailures(target, error));
      else if (error.level === "client-socket" || /lost before handshake/i.test(error.message)) fail(errors.unreachable(target, error));
      else fail(errors.handshakeFailed(target, error));
    });
    client.on("close", () => fail(errors.unreachable(target, new Error("the host closed the connection before the login was over"))));

    const config: ConnectConfig = {
      sock: stream as NonNullable<ConnectConfig["sock"]>,
      username: target.user,
      // The caller's clock runs over the whole dial.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MISSES,
      algorithms: {
        serverHostKey: options.algorithms as ServerHostKeyAlgorithm[],
        // SHA-1 for key exchange comes last: XenServer 5.6 has OpenSSH 4.3, which knows nothing newer.
        kex: { append: ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1"], prepend: [], remove: [] },
      },
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
      stream.on("data", count);
    } catch (error) {
      fail(errors.handshakeFailed(target, error));
    }
  });
}

function loginError(target: SshTarget, credentials: Credentials, agentError: unknown): CspError {
  // Our own error from the agent says more than "refused", when there was nothing else to try.
  if (agentError instanceof CspError && credentials.tried.length === 1) return agentError;
  return errors.authenticationFailed(target, credentials.tried, credentials.accepted, agentError);
}
