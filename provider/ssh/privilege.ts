import { randomBytes } from "node:crypto";
import { programsOf } from "../shell/program";
import type { ExecResult, SshTarget } from "./connection";
import * as errors from "./errors";
import { asFormat, FRAME } from "./frame";

const program = programsOf("ssh");

/** How commands on a host come to run as root. */
export type Privilege =
  /** They do not; they run as the login user. A bastion needs no more, and the search for the other ways begins with it. */
  | { readonly kind: "login" }
  | { readonly kind: "root" }
  | { readonly kind: "sudo" }
  /** sudo asks every time. The password goes in as the first line of stdin, never in argv or the environment. */
  | { readonly kind: "sudo-with-password"; readonly password: string };

/** A command as csp gives it to sshd, and what csp sends to its stdin first. */
export interface Presented {
  readonly command: string;
  readonly preamble: string;
}

/** Marks one running command in the process list, so that it can be found and ended. */
export function newMark(): string {
  return `csp-step-${randomBytes(8).toString("hex")}`;
}

/**
 * Wraps a command so that sh runs it as root, whatever the login shell is, and so that its answer has a beginning and an end (frame.sh). The mark is
 * the $0 of the shell that waits for it, and stands in the input where the command's own begins.
 */
export function present(command: string, privilege: Privilege, mark: string): Presented {
  const framed = `sh -c '${FRAME}' ${mark} '${asFormat(command)}'`;
  switch (privilege.kind) {
    case "login":
    case "root":
      return { command: `exec ${framed}`, preamble: `${mark}\n` };
    case "sudo":
      return { command: `exec sudo -n ${framed}`, preamble: `${mark}\n` };
    case "sudo-with-password":
      return { command: `exec sudo -k -S -p '' ${framed}`, preamble: `${privilege.password}\n${mark}\n` };
  }
}

/** Ends the command whose mark comes on stdin. */
export const TERMINATE = program("terminate.sh");

type Run = (command: string, stdin: string) => Promise<ExecResult>;

const PROBE = program("probe.sh");
const TRY_PASSWORD = "LC_ALL=C sudo -k -S -p '' sh -c :";

/** Finds out how to become root. `run` runs a command as the login user. */
export async function findPrivilege(target: SshTarget, run: Run): Promise<Privilege> {
  if (target.user === "root") return { kind: "root" };
  const probe = await run(PROBE, "");
  if (probe.stdout.startsWith("0\n")) return { kind: "root" };
  if (probe.code === 90) throw errors.sudoMissing(target);
  if (probe.code === 0) return { kind: "sudo" };
  const { sudoPassword } = target;
  if (!/password is required|^sudo: no tty present and no askpass/m.test(probe.stderr)) throw errors.sudoRefuses(target, probe.stderr);
  if (sudoPassword === undefined) throw errors.sudoNeedsPassword(target);
  const login = await run(TRY_PASSWORD, `${sudoPassword}\n`);
  if (login.code === 0) return { kind: "sudo-with-password", password: sudoPassword };
  throw refusesPassword(login.stderr) ? errors.sudoPasswordWrong(target) : errors.sudoRefuses(target, login.stderr);
}

/** Whether sudo said that the password was wrong: it asks again and reaches the end of its input. */
export function refusesPassword(stderr: string): boolean {
  return /^sudo: .*(no password was provided|incorrect password attempt)|^Sorry, try again/m.test(stderr);
}
