import type { Printed } from "../../ssh/connection";
import type { HostFacts } from "./facts";

/** A host, as far as questions to it go. */
export interface AskedHost {
  readonly name: string;
  /** What it is, once it has all that csp needs of it; refused otherwise. */
  facts(): Promise<HostFacts>;
  /**
   * Runs a script of ours as root that changes nothing; rejects when it fails. `purpose` is for errors: "trying rules of iptables". `prints`:
   * how much it may say, left out an answer.
   */
  ask(script: string, purpose: string, prints?: Printed): Promise<string>;
}
