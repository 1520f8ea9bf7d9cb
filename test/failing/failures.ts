import type { LabHost } from "../../lab/netns";

/**
 * The failures on a host, one on each line: every file below csp's state folder in every way in which a file can be wrong, and every tool that
 * csp's programs call there in every way in which a tool can fail. Each failure meets a boot, a guest's restart and an `up`.
 */
export interface Failure {
  readonly what: string;
  readonly how: string;
  /** Shell, on the host. */
  readonly strike: string;
  /** Removes the cause of the failure; its effects stay. */
  readonly relief: string;
}

const STATE = "/var/lib/csp";

/** The pattern of one file or folder of each kind. */
const FILES = [
  "frame",
  "templates",
  "vifs",
  "ports",
  "zones",
  "dialect",
  "hook",
  "generation",
  "lock",
  "failures",
  "hook.log",
  "settings",
  "work",
  "guests",
  "guests/*",
  "units/policy.guests",
  "sets/blocklist",
];

const DAMAGES: Readonly<Record<string, string>> = {
  missing: 'rm -rf "$f"',
  empty: 'rm -rf "$f"; : >"$f"',
  "cut off": '[ ! -f "$f" ] || { n=$(($(wc -c <"$f") * 2 / 3)); head -c "$n" "$f" >/tmp/cut; cat /tmp/cut >"$f"; }',
  "no file": 'rm -rf "$f"; mkdir -p "$f/x"',
};

/** A folder cannot be cut off. */
const isFolder = (file: string) => ["work", "guests"].includes(file);

const damaged: Failure[] = FILES.flatMap((file) =>
  Object.entries(DAMAGES)
    .filter(([how]) => !(isFolder(file) && ["cut off", "no file"].includes(how)))
    .map(([how, deed]) => ({
      what: file,
      how,
      strike: `cd ${STATE} && for f in ${file}; do case "$f" in *[*]*) continue ;; esac; ${deed}; done; chmod 755 hook 2>/dev/null || :`,
      relief: ":",
    })),
);

const TOOLS = [
  "awk",
  "flock",
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ip6tables-restore",
  "ebtables",
  "ebtables-restore",
  "arptables",
  "ipset",
  "nft",
  "sed",
  "grep",
  "mv",
  "timeout",
  "sysctl",
];

const MISBEHAVIOURS: Readonly<Record<string, string>> = {
  missing: 'echo "$(basename $0): not found" >&2; exit 127',
  failing: 'echo "$(basename $0): cannot" >&2; exit 1',
  hanging: `while [ "$(/bin/date +%s)" -lt @until@ ]; do /bin/sleep 0.1; done; exit 1`,
};

/** Seconds after which a tool that hangs ends and fails. */
const HANG = 3;

const misbehaving: Failure[] = TOOLS.flatMap((tool) =>
  Object.entries(MISBEHAVIOURS).map(([how, deed]) => ({
    what: tool,
    how,
    strike: `until=$(($(date +%s) + ${HANG}))
/bin/sed "s/@until@/$until/" >/usr/local/sbin/${tool}.new <<'EOF'\n#!/bin/sh\n${deed}\nEOF\n/bin/chmod 755 /usr/local/sbin/${tool}.new && /bin/mv /usr/local/sbin/${tool}.new /usr/local/sbin/${tool}`,
    relief: `/bin/rm -f /usr/local/sbin/${tool}`,
  })),
);

export const FAILURES: readonly Failure[] = [...damaged, ...misbehaving];

export async function strike(host: LabHost, { strike: script }: Failure): Promise<void> {
  await host.run(["/bin/sh", "-s"], script);
}

export async function relieve(host: LabHost, { relief }: Failure): Promise<void> {
  await host.run(["/bin/sh", "-s"], relief);
}
