import type { Hosts } from "./hosts";

/** What an operation works with. */
export interface Context {
  readonly hosts: Hosts;
  /** Who asks: "project/stack name (csp:firewall:GuestFirewall)"; written next to what it owns on a host. */
  readonly owner: string;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** Shows a status line of the resource; the next one replaces it. */
  readonly status: (message: string) => void;
  /** Shows a lasting message to the user. */
  readonly warn: (message: string) => void;
  /** Inputs marked `writeOnly` that this update does not give again: what was written from them stays. */
  readonly kept?: ReadonlySet<string>;
}
