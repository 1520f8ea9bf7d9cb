import { nameOf, type Table, toolOf } from "../../model/kernel";
import { USER_CHAIN } from "../../model/names";
import { ruleLine } from "./restore";
import { targetsOf } from "./verbatim";

/** Rules of a user's as text to be tried: in a chain of their own, beside the chains that they lead to. Nothing of it is to stay. */
export interface Trial {
  readonly text: string;
  /** How many lines of the text stand before the first rule. */
  readonly before: number;
}

export function trial(of: Table, chain: string, rules: readonly string[]): Trial {
  const tool = toolOf(of);
  const own = rules.flatMap(targetsOf).filter((target) => target.startsWith(USER_CHAIN));
  const chains = [...new Set([chain, ...own])];
  const lines = rules.map((rule) => ruleLine(chain, rule));
  // As host/remote/tables.sh wants arptables' commands.
  if (tool === "arptables")
    return joined(
      chains.map((name) => `made ${name}`),
      lines.map((line) => `a ${line}`),
    );
  const table = `*${nameOf(of)}`;
  if (tool === "ebtables") return joined([table, ...chains.map((name) => `:${name} RETURN`)], lines);
  return joined([table, ...chains.map((name) => `:${name} - [0:0]`)], [...lines, "COMMIT"]);
}

function joined(head: readonly string[], lines: readonly string[]): Trial {
  return { text: [...head, ...lines].join("\n"), before: head.length };
}
