import { failureOf } from "../../core/failure";
import { CspError } from "../../errors";
import { type InitFailed, initFailedStatus } from "./messages";

/** gRPC status codes in use here (google.rpc.Code). */
export const Code = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  failedPrecondition: 9,
  internal: 13,
} as const;

/** What goes back to the engine instead of an answer. */
export interface Refusal {
  readonly code: number;
  readonly details: string;
  /** google.rpc.Status: what is known of a resource that exists only in part. */
  readonly status?: Buffer;
}

/**
 * The status of an error.
 * - A CspError is well understood: the host is as it was, or the error is an Incomplete. FAILED_PRECONDITION, so that the engine keeps no
 *   pending operation.
 * - Anything else is a fault of ours: INTERNAL, after which the engine takes the resource's state for unknown (provider_plugin.go,
 *   resourceStateAndError).
 */
export function refusal(error: unknown, say: (text: string) => string, aborted: boolean): Refusal {
  const failure = failureOf(error, aborted);
  switch (failure.kind) {
    case "refused":
      return { code: aborted ? Code.cancelled : Code.failedPrecondition, details: say(failure.message) };
    case "stopped":
      return { code: Code.cancelled, details: "cancelled" };
    case "fault":
      return { code: Code.internal, details: say(failure.message) };
  }
}

/** The resource exists, but not as asked: recorded, with the reason, and repaired by the next update. */
export function incomplete(message: string, value: InitFailed): Refusal {
  return { code: Code.unknown, details: message, status: initFailedStatus(Code.unknown, message, value) };
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === "object" && error !== null && !(error instanceof Error) && "code" in error && "details" in error;
}

export function unknownToken(what: "resource" | "function", token: string): CspError {
  return new CspError("unknown-token", token, `this version of csp has no such ${what}`, "update csp-iac, or correct the token");
}

export function notConfigured(who: string): CspError {
  return new CspError("not-configured", who, "the provider is not configured yet", "let the engine configure it first");
}

export function assetRefused(): CspError {
  return new CspError(
    "asset-refused",
    "inputs",
    "an asset or archive stands where a plain value is needed",
    'pass the text itself, as with `fs.readFileSync(path, "utf8")`',
  );
}
