import type { Hosts } from "./hosts";

/** What an operation works with. */
export interface Context {
  readonly hosts: Hosts;
  /** Who asks: "project/stack name (csp:firewall:GuestFirewall)"; written next to what it owns on a host. */
  readonly owner: string;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** A status line of the resource: replaced by the next one. */
  readonly status: (message: string) => void;
  /** A lasting message for the user. */
  readonly warn: (message: string) => void;
  /** Inputs marked `writeOnly` that are not given again in this update: what was written of them stays. */
  readonly kept?: ReadonlySet<string>;
}
