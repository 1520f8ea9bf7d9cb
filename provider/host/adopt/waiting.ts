import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../../errors";
import { program } from "../remote/program";

/** The result of one look: what csp waits for, or why it is not there yet. */
export type Look<T> = { readonly found: T } | { readonly standing: string };

export interface Patience {
  readonly minutes: number;
  readonly signal: AbortSignal;
  /** Called with the reason, after each look that did not find it. */
  readonly status: (standing: string) => void;
  /** What a failed look means for a host that goes down or comes up; undefined: waiting does not help. */
  readonly standing: (error: CspError) => string | undefined;
  /** The pause between two looks. Default: two seconds. */
  readonly pauseMs?: number;
}

const PAUSE_MS = 2_000;

/**
 * Looks at a host again and again until it finds what it waits for, or until time is up; the answer is then the last reason. The look's signal
 * aborts when time is up, too. Rejects when `patience.signal` aborts, and with an error for which waiting does not help.
 */
export async function waitFor<T>(look: (signal: AbortSignal) => Promise<Look<T>>, patience: Patience): Promise<Look<T>> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), patience.minutes * 60_000);
  const either = AbortSignal.any([patience.signal, clock.signal]);
  let standing = "it has not answered yet";
  try {
    for (;;) {
      const seen = await look(either).catch((error: unknown) => {
        patience.signal.throwIfAborted();
        if (clock.signal.aborted) return { standing };
        const standsNow = error instanceof CspError ? patience.standing(error) : undefined;
        if (standsNow === undefined) throw error;
        return { standing: standsNow };
      });
      if ("found" in seen || clock.signal.aborted) return seen;
      standing = seen.standing;
      patience.status(standing);
      await sleep(patience.pauseMs ?? PAUSE_MS, undefined, { signal: either }).catch(() => patience.signal.throwIfAborted());
      if (clock.signal.aborted) return { standing };
    }
  } finally {
    clearTimeout(timer);
  }
}

/** What an SSH error says about a host that is being installed or boots; undefined if waiting changes nothing: a wrong key file, a wrong name. */
export function standingOf(error: CspError): string | undefined {
  switch (error.code) {
    case "host-unreachable":
      if (/ECONNREFUSED/.test(error.problem)) return "its address answers, but no SSH server listens there yet";
      if (/ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|no answer within/.test(error.problem)) return "nothing answers at its address";
      if (/ECONNRESET|closed the connection/.test(error.problem)) return "its address accepts connections and closes them again";
      return error.problem;
    case "host-key-unknown":
    case "host-key-changed": {
      const [shown = "another one"] = /SHA256:[A-Za-z0-9+/]+(?:, MD5:[0-9a-f:]+)?/.exec(error.problem) ?? [];
      return `an SSH server answers whose key is not pinned (${shown}): an installer's own, or the new system's`;
    }
    case "authentication-failed":
      return `an SSH server answers, and ${error.problem}`;
    case "address-unknown":
    case "handshake-failed":
    case "no-common-algorithm":
    case "channel-refused":
    case "connection-lost":
    case "deadline-passed":
    case "command-ended-early":
    case "facts-failed":
    case "step-failed":
      return error.problem;
    default:
      return undefined;
  }
}

/** Reboots a moment after it has answered. */
export const REBOOT_SCRIPT = program("reboot.sh");
