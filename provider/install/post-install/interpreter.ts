import { atLeast, productOf, type Target } from "../targets";

export interface InterpreterProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** How many bytes of a script an installer checks (host-installer, scripts.py). */
const LOOKED_AT = 40;

/**
 * The interpreters that installers run, from a version on, until 8c1aa01 (2024-03) removed the check. They compare the first word of the line as
 * a whole, and behind /usr/bin/env the second: /bin/shfoo and /usr/bin/env python3 are others, and arguments do not matter (scripts.py).
 * 5.6 lists python without its slash, so it never matches (fixed in 013de87, 2011-08).
 *
 * 8.3 (host-installer 10.10.19) runs on Python 2.7 and has the old list: it refuses python3. XenServer 8 was seen to take `/usr/bin/env python3`;
 * that it takes the other names of Python too is inferred. What else it may take is not known, so csp names none of it.
 */
export const INTERPRETERS: readonly { readonly from: Target; readonly names: readonly string[] }[] = [
  { from: "5.6", names: ["/bin/sh", "/bin/bash", "/usr/bin/env python"] },
  { from: "6.0", names: ["/usr/bin/python"] },
  { from: "xs8", names: ["/usr/bin/python3", "/usr/bin/env python3"] },
];

/** The version that runs any interpreter, and continues if it does not exist. */
const UNCHECKED: Target = "xs9";

/** Why an installer refuses to run a script, or runs nothing. */
export function interpreterProblem(script: Buffer, target: Target): InterpreterProblem | undefined {
  if (script.length === 0) return { problem: "the script is empty", remedy: "begin it with #!/bin/sh" };
  if (script[0] === 0xef && script[1] === 0xbb && script[2] === 0xbf)
    return {
      problem: "it begins with a byte order mark, so the installer finds no #! at its start",
      remedy: "save it as UTF-8 without a mark",
    };
  const end = script.indexOf(10);
  const whole = script.subarray(0, end < 0 ? script.length : end).toString("latin1");
  if (!whole.startsWith("#!"))
    return {
      problem: "its first line does not begin with #!, and the installer says Missing interpreter",
      remedy: "begin it with #!/bin/sh",
    };
  if (whole.endsWith("\r"))
    return {
      problem: "its lines end in CR LF: the kernel looks for an interpreter with a CR in its name, and the script never runs",
      remedy: "save it with LF line endings",
    };
  const unchecked = target === UNCHECKED;
  // The blanks of Python's split.
  const words = (unchecked ? whole : whole.slice(0, LOOKED_AT)).slice(2).split(/[ \t\n\v\f\r]+/);
  const [interpreter, argument] = words.filter((word) => word !== "");
  if (interpreter === undefined) return { problem: "its first line names no interpreter", remedy: "begin it with #!/bin/sh" };
  if (unchecked) return undefined;
  const interpreters = knownInterpreters(target);
  const named = interpreter === "/usr/bin/env" ? `${interpreter} ${argument ?? ""}`.trim() : interpreter;
  if (interpreters.includes(named)) return undefined;
  return {
    problem: `${productOf(target)} does not run scripts with ${named}, and stops with Invalid interpreter`,
    remedy:
      target === "5.6" && named === "/usr/bin/python"
        ? "write #!/usr/bin/env python, or a shell script"
        : `begin it with ${interpreters.map((each) => `#!${each}`).join(" or ")}`,
  };
}

function knownInterpreters(target: Target): readonly string[] {
  return INTERPRETERS.flatMap(({ from, names }) => (atLeast(target, from) ? names : []));
}
