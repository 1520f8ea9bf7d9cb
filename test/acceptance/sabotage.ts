import type { LabHost } from "../../lab/netns";

/** A failure on a host in the middle of a transaction, when its script calls one of its tools. */
export interface Sabotage {
  readonly tool:
    | "iptables-restore"
    | "ip6tables-restore"
    | "ebtables-restore"
    | "arptables"
    | "ipset"
    | "mv"
    | "sync"
    | "head"
    | "nft"
    | "awk"
    | "flock";
  readonly when: "before" | "after";
  /** Which call it is at: the first. */
  readonly nth?: number;
  /** Only calls whose arguments contain this count. */
  readonly among?: string;
  /** "kill": the transaction's script dies by SIGKILL. "hang": it stays in this call until {@link release}. */
  readonly deed: "kill" | "hang";
}

const PLACE = "/run/csp-sabotage";

/** Puts a wrapper in front of the tool. The wrapper acts once. */
export async function sabotage(host: LabHost, { tool, when, nth = 1, among = "", deed }: Sabotage): Promise<void> {
  const act =
    deed === "kill"
      ? `for p in /proc/[0-9]*; do
  if tr '\\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q '^sh /var/lib/csp/.*/script'; then kill -9 "\${p#/proc/}"; fi
done`
      : `touch ${PLACE}/hanging; while [ -e ${PLACE}/hanging ]; do sleep 0.05; done`;
  const wrapper = `#!/bin/sh
real=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${tool})
case "$*" in *"${among}"*) ;; *) exec "$real" "$@" ;; esac
# What csp tries when it comes, it tries in a namespace of its own.
[ "$(readlink /proc/self/ns/net)" = "$(cat ${PLACE}/namespace)" ] || exec "$real" "$@"
n=$(cat ${PLACE}/left 2>/dev/null || echo 0)
echo $((n - 1)) >${PLACE}/left
[ "$n" -eq 1 ] || exec "$real" "$@"
act() {
${act}
touch ${PLACE}/done
}
${when === "before" ? `act\nexec "$real" "$@"` : `"$real" "$@"\nr=$?\nact\nexit $r`}
`;
  await host.run(
    `mkdir -p ${PLACE} && rm -f ${PLACE}/* && echo ${nth} >${PLACE}/left && readlink /proc/self/ns/net >${PLACE}/namespace && cat >/usr/local/sbin/${tool} && chmod 755 /usr/local/sbin/${tool}`,
    wrapper,
  );
}

/** Waits until the wrapper has acted: the script may call the tool in the background, or after its last word. */
export async function hit(host: LabHost): Promise<void> {
  await host.run(`n=0; until [ -e ${PLACE}/done ]; do n=$((n + 1)); [ $n -lt 200 ] || exit 1; sleep 0.05; done`);
}

/** Waits until the script hangs in the call. */
export async function hanging(host: LabHost): Promise<void> {
  await host.run(`until [ -e ${PLACE}/hanging ]; do sleep 0.05; done`);
}

/** Removes the wrapper and ends the call that hangs. */
export async function release(host: LabHost, tool: Sabotage["tool"]): Promise<void> {
  await host.run(`rm -f /usr/local/sbin/${tool} ${PLACE}/hanging ${PLACE}/left ${PLACE}/namespace`);
}
