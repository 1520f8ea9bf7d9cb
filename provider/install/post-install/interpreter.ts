import { atLeast, productOf, type Target } from "../targets";

export interface InterpreterProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** How many bytes of a script an installer checks (host-installer, scripts.py). */
const LOOKED_AT = 40;

/**
 * Why an installer refuses to run a script, or runs nothing. Until 8c1aa01 (2024-03), it accepts a few interpreters by their exact names and stops
 * the installation at any other. 5.6 lists python without its slash, so it never matches (fixed in 013de87, 2011-08). XenServer 9 accepts any
 * interpreter, and continues if it does not exist.
 */
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
  const [interpreter = "", argument] = (target === "xs9" ? whole : whole.slice(0, LOOKED_AT)).slice(2).trim().split(/\s+/);
  if (interpreter === "") return { problem: "its first line names no interpreter", remedy: "begin it with #!/bin/sh" };
  if (target === "xs9") return undefined;
  const known = knownInterpreters(target);
  const named = interpreter === "/usr/bin/env" ? `${interpreter} ${argument ?? ""}`.trim() : interpreter;
  if (known.includes(named)) return undefined;
  return {
    problem: `${productOf(target)} does not run scripts with ${named}, and stops with Invalid interpreter`,
    remedy:
      target === "5.6" && named === "/usr/bin/python"
        ? "write #!/usr/bin/env python, or a shell script"
        : `begin it with ${known.map((each) => `#!${each}`).join(" or ")}`,
  };
}

function knownInterpreters(target: Target): readonly string[] {
  const shells = ["/bin/sh", "/bin/bash"];
  if (target === "5.6") return [...shells, "/usr/bin/env python"];
  // There are installers of these two versions on Python 2 and on Python 3.
  const python = atLeast(target, "8.3") ? ["/usr/bin/python", "/usr/bin/python3"] : ["/usr/bin/python"];
  return [...shells, ...python, "/usr/bin/env python"];
}
