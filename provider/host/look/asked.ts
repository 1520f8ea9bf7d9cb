import type { Printed } from "../../ssh/connection";
import type { HostFacts } from "./facts";

/** A host that can be asked questions. */
export interface AskedHost {
  readonly name: string;
  /** What the host is. Rejects if the host lacks something that csp needs. */
  facts(): Promise<HostFacts>;
  /**
   * Runs a script of ours as root that changes nothing. Rejects if it fails. `purpose` is for errors: "trying rules of iptables". `prints`:
   * how much it may print; default: an answer.
   */
  ask(script: string, purpose: string, prints?: Printed): Promise<string>;
}
