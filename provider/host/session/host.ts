import type { Printed, RemoteProcess, StartOptions } from "../../ssh/connection";
import type { AskedHost } from "../look/asked";
import type { HostFacts } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import type { Change, Outcome } from "../transaction/transaction";

/** One host, over one connection. Concurrent calls share what can be shared. */
export interface Host extends AskedHost {
  /** What the host is, whether or not csp can work with it. Rejects only if the login is not root. `fresh` asks again. */
  look(options?: { readonly fresh?: boolean; readonly signal?: AbortSignal }): Promise<HostFacts>;
  /** Drops the connection and all that is known about the host, because it boots or is being installed again. */
  forget(): void;
  /** The kernel's and the bundle index's state. Concurrent callers share one read; `fresh` asks for one that begins after this call. */
  snapshot(options?: { readonly fresh?: boolean; readonly signal?: AbortSignal }): Promise<Snapshot>;
  /**
   * Joins the next transaction. While one is in flight, changes queue and go together in the next. Resolves when the host has confirmed
   * this change; rejects when this change alone is at fault, or when the transaction was undone.
   */
  apply(change: Change, options: { readonly signal: AbortSignal; readonly status?: (message: string) => void }): Promise<Outcome>;
  /** Announces a change, so that the host can get ready. The caller calls the result once the change has come, or will not come. */
  expect(): () => void;
  /** One file below /var/lib/csp, or undefined. */
  readState(path: string): Promise<string | undefined>;
  /** {@link AskedHost.ask} for a script that changes something. */
  run(script: string, purpose: string, prints?: Printed): Promise<string>;
  /** Starts a script of ours as root and leaves its stdin open, to stream data to the host. */
  start(script: string, options: StartOptions): Promise<RemoteProcess>;
  close(): void;
}
