import { CspError } from "../errors";

/** Why a call came to nothing; each door has its own form for it. */
export type Failure =
  /** Understood: where, why and what to do. */
  | { readonly kind: "refused"; readonly message: string }
  /** The user stopped it, and what was thrown says no more than that. */
  | { readonly kind: "stopped" }
  /** A fault of ours. */
  | { readonly kind: "fault"; readonly message: string };

/** `stopped`: the user has ended the run meanwhile. */
export function failureOf(error: unknown, stopped: boolean): Failure {
  if (error instanceof CspError) return { kind: "refused", message: error.message };
  if (stopped) return { kind: "stopped" };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "fault", message: `csp met an error of its own: ${message}. Please report it with what was being done` };
}

/** For a log, where a fault of ours happened; undefined of what is understood. */
export function traceOf(error: unknown): string | undefined {
  return error instanceof Error && !(error instanceof CspError) ? (error.stack ?? error.message) : undefined;
}
