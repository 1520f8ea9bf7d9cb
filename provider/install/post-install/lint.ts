import type { Finding } from "../finding";
import { atLeast, type Target } from "../targets";
import { interpreterProblem } from "./interpreter";

export type Stage = "installation-start" | "packages-installed" | "filesystem-populated" | "installation-complete";

export interface ScriptOptions {
  readonly target: Target;
  readonly csp?: boolean;
  /** When it runs. Default: the stage of post-install.sh of the Cloud Service Providers pack. */
  readonly stage?: Stage;
}

/** Everything that is wrong with a script that an installer runs, by line. */
export function lintPostInstall(bytes: Buffer, { target, csp = false, stage = "installation-complete" }: ScriptOptions): Finding[] {
  const findings: Finding[] = [];
  const report = (rule: string, line: number, path: string, message: string, remedy: string) =>
    findings.push({ rule, severity: rule.startsWith("E") ? "error" : "warning", line, path, message, remedy });
  const gate = interpreterProblem(bytes, target);
  if (gate !== undefined) report("E9", 1, "#!", gate.problem, gate.remedy);
  const lines = code(bytes.toString("utf8"));
  if (stage === "installation-complete") checkArgument(withoutLiterals(lines), report);
  checkSysctls(lines, target, report);
  if (csp) checkBackend(lines, target, report);
  return findings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

type Report = (rule: string, line: number, path: string, message: string, remedy: string) => void;
type Lines = readonly { readonly text: string; readonly line: number }[];

/** The lines that are not comments and not blank. A # counts as a comment only after a blank; a # inside quotes is rare. */
function code(text: string): Lines {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ text: line.replace(/(^|\s)#.*$/, "").trim(), line: index + 1 }))
    .filter((line) => line.text !== "");
}

/** The lines without here-documents in which a shell expands nothing. These are the text of other files, with another $1. */
function withoutLiterals(lines: Lines): Lines {
  let end: string | undefined;
  return lines.filter(({ text }) => {
    if (end === undefined) {
      end = /<<-?\s*(?:'([^']+)'|"([^"]+)"|\\(\S+))/
        .exec(text)
        ?.slice(1)
        .find((word) => word !== undefined);
      return true;
    }
    if (text === end) end = undefined;
    return false;
  });
}

/** W14: at the end of an installation $1 is 0 or 1, and the new root is unmounted. */
function checkArgument(lines: Lines, report: Report): void {
  // Variables with the value of $1: mnt=$1, mnt="${1:-/mnt}".
  const names = lines.flatMap(({ text }) =>
    [...text.matchAll(/(?:^|[\s;])([A-Za-z_]\w*)=["']?\$(?:1|\{1\W)/g)].map(([, name]) => name ?? ""),
  );
  const first = ["1", ...names].join("|");
  const asFolder = new RegExp(
    [
      `\\$(?:\\{(?:${first})\\}|(?:${first}))["']?/\\w`,
      `(?:chroot|cd|mount --bind\\s+\\S+)\\s+["']?\\$\\{?(?:${first})\\b`,
      "sys\\.argv\\[1\\]\\s*\\+\\s*[\"']/",
    ].join("|"),
  );
  const mount = lines.find(({ text }) => asFolder.test(text));
  if (mount !== undefined) {
    report(
      "W14",
      mount.line,
      "$1",
      "at the stage installation-complete $1 is 0 or 1, not the new root, which is unmounted by then",
      "find and mount the root yourself, or run the script at filesystem-populated, where $1 is its folder",
    );
    return;
  }
  if (!lines.some(({ text }) => /\$\{?[1@*]|\bXS_STAGE\b|\bsys\.argv\b|\bgetopts?\b/.test(text)))
    report(
      "W14",
      1,
      "$1",
      "it does not read $1: installation-complete (install-failed-script) runs after a success, with 0, and after a failure, with 1",
      'begin with: [ "$1" = 0 ] || exit 0',
    );
}

/** W18: bridge filtering that does not survive a reboot. Since kernel 4, the keys exist only with br_netfilter; XCP-ng 8 sets them to 0 in 90-net.conf. */
function checkSysctls(lines: Lines, target: Target, report: Report): void {
  const key = lines.find(({ text }) => /bridge-nf-call-(ip6?|arp)tables/.test(text));
  if (key === undefined) return;
  if (atLeast(target, "7.1") && !lines.some(({ text }) => /br_netfilter/.test(text)))
    report(
      "W18",
      key.line,
      "bridge-nf-call",
      "nothing loads br_netfilter, without which the bridge's sysctls do not exist when they are set at boot",
      "write br_netfilter to /etc/modules-load.d/NAME.conf as well",
    );
  if (!atLeast(target, "8.0")) return;
  for (const { text, line } of lines) {
    const file = /sysctl\.d\/([\w.-]+\.conf)/.exec(text)?.[1];
    if (file !== undefined && file <= "90-net.conf")
      report(
        "W18",
        line,
        `sysctl.d/${file}`,
        `${file} is read before 90-net.conf, which sets the bridge's sysctls to 0 again`,
        `name it to sort after, like 99-${file.replace(/^\d+-/, "")}`,
      );
  }
}

/** E16: the Linux bridge must connect a CSP host's guests. */
function checkBackend(lines: Lines, target: Target, report: Report): void {
  if (target === "xs9") {
    report("E16", 1, "", "XenServer 9 has Open vSwitch only: it cannot be a CSP host", "install XCP-ng 8.3 or XenServer 8");
    return;
  }
  const other = lines.find(({ text }) =>
    /xe-switch-network-backend\s+(openvswitch|vswitch)|\b(openvswitch|vswitch)\b["']?\s*>+\s*\S*network\.conf/.test(text),
  );
  if (other !== undefined)
    report(
      "E16",
      other.line,
      "network.conf",
      "it switches the host to Open vSwitch, and a CSP host needs the Linux bridge",
      "write bridge",
    );
}
