import type { Tool } from "./kernel";
import type { Origin } from "./rule";

/** A host's tool has no words for a rule or a set, and no others mean the same. */
export class Unsayable extends Error {
  constructor(
    readonly tool: Tool | "ipset",
    /** What it has no words for: "a limit of connections". */
    readonly what: string,
    readonly origin: Origin | undefined,
  ) {
    super(`${tool} has no words for ${what}${origin === undefined ? "" : ` (rule ${origin.rule})`}`);
  }
}
