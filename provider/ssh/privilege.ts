import { randomBytes } from "node:crypto";
import type { ExecResult, SshTarget } from "./connection";
import * as errors from "./errors";

/** How commands on a host run as root. */
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
 * Wraps a command so that sh runs it as root, whatever the login shell is, with the mark as its $0. The `exit` keeps the shell (and so the mark)
 * until the end; without it, a shell replaces itself by the last command.
 */
export function present(command: string, privilege: Privilege, mark: string): Presented {
  const marked = (script: string) => `sh -c ${quote(`${script}\nexit $?`)} ${mark}`;
  switch (privilege.kind) {
    case "login":
    case "root":
      return { command: `exec ${marked(command)}`, preamble: "" };
    case "sudo":
      return { command: `exec sudo -n ${marked(command)}`, preamble: "" };
    case "sudo-with-password":
      // sudo reads its line only if it asks. If it does not ask (the sudoers changed meanwhile), the command must not find the password in
      // its input, so everything before the mark is thrown away.
      return {
        command: `exec sudo -k -S -p '' ${marked(`while IFS= read -r csp_line && [ "$csp_line" != "$0" ]; do :; done; unset csp_line\n${command}`)}`,
        preamble: `${privilege.password}\n${mark}\n`,
      };
  }
}

/** As one word of a POSIX shell's command line. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Sends SIGTERM to the process group of the command whose mark comes on stdin. Works where sshd takes no signals (OpenSSH before 7.9, all of
 * XenServer), through sudo, and with nothing but a shell, grep and /proc. It tries again once, for a command that is just starting.
 */
export const TERMINATE = `read -r mark || exit 0
for try in 1 2; do
  found=
  for file in $(printf '%s\\n' "$mark" | grep -lFf - /proc/[0-9]*/cmdline 2>/dev/null); do
    read -r stat < "\${file%cmdline}stat" || continue
    set -- \${stat##*) }
    kill -s TERM -- "-$3" && found=yes
  done
  [ -n "$found" ] && exit 0
  sleep 1
done 2>/dev/null
exit 0`;

type Run = (command: string, stdin: string) => Promise<ExecResult>;

const PROBE = "id -u; command -v sudo >/dev/null || exit 90; LC_ALL=C sudo -k -n sh -c :";
const TRY_PASSWORD = "LC_ALL=C sudo -k -S -p '' sh -c :";

/** Finds out how to become root. `run` runs a command as the login user. */
export async function findPrivilege(target: SshTarget, run: Run): Promise<Privilege> {
  if (target.user === "root") return { kind: "root" };
  const probe = await run(PROBE, "");
  if (/^0$/m.test(probe.stdout)) return { kind: "root" };
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
