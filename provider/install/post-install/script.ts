import { quote } from "../../shell/quote";
import { atLeast, productOf, type Target } from "../targets";
import type { Stage } from "./lint";

/** What is done to the new root before its first boot, in this order. */
export interface PostInstallSteps {
  readonly networkBackend?: "bridge";
  /** By name, "net.ipv4.ip_forward". */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  /** Lines of root's authorized_keys. */
  readonly authorizedKeys: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: string; readonly mode: string }[];
  /** Shell lines that put the hook into the new root, whose folder is in $root. */
  readonly hook?: string;
  /** Scripts of supplemental packs, run as the installer would run them: with its own argument. */
  readonly packScripts: readonly string[];
  /** Shell lines; the new root's folder is in $root. */
  readonly script?: string;
}

export interface ScriptSpec extends PostInstallSteps {
  readonly target: Target;
  readonly stage: Extract<Stage, "filesystem-populated" | "installation-complete">;
}

/** Where the script says, in the new root, what became of it: installers log an exit status and go on. */
export const LOG = "/var/log/csp-post-install.log";

/**
 * The script for a stage of a version's installer: POSIX sh, because every one of them runs /bin/sh. Running it twice changes nothing.
 */
export function postInstallScript(spec: ScriptSpec): string {
  const { target, stage } = spec;
  const parts = [
    `#!/bin/sh
# Made by csp for ${productOf(target)}, stage ${stage}. Its end stands in ${LOG} of the new root.
# shellcheck disable=SC2016 # what is in single quotes is meant as it stands
set -eu`,
    stage === "filesystem-populated" ? GIVEN_ROOT : findRoot(spec.packScripts.length > 0),
    START_LOG,
    ...(needsLines(spec) ? [LINES] : []),
    ...steps(spec),
    "finished=yes",
  ];
  return `${parts.join("\n\n")}\n`;
}

/** host-installer passes the mount point of the new root, /tmp/root. */
const GIVEN_ROOT = `root=\${1:?the installer passes the folder of the new root}
[ -d "$root/etc" ] || { echo "csp: $root holds no system" >&2; exit 1; }
mounted=''`;

/**
 * By then the new root is unmounted. Installers label it root-XXXXXXXX (5.6 to 9); where an old system on another disk has such a label too,
 * the inventory's date says which one is new.
 */
function findRoot(keepsArgument: boolean): string {
  return `${keepsArgument ? "outcome=$1\n" : ""}# 0: installed; 1: failed, and there is nothing to finish.
[ "\${1:-}" = 0 ] || exit 0
root=$(mktemp -d /tmp/csp-root.XXXXXX)
found=''
newest=''
for device in \${CSP_ROOT_DEVICES:-/dev/disk/by-label/root-*}; do
  [ -e "$device" ] || continue
  mount -o ro "$device" "$root" || continue
  date=$(sed -n "s/^INSTALLATION_DATE='\\(.*\\)'$/\\1/p" "$root/etc/xensource-inventory" 2>/dev/null || :)
  umount "$root"
  [ -n "$date" ] || continue
  last=$(printf '%s\\n%s\\n' "$newest" "$date" | sort | tail -n 1)
  [ "$last" = "$newest" ] || { found=$device newest=$date; }
done
[ -n "$found" ] || { echo "csp: no disk holds a new system" >&2; rmdir "$root"; exit 1; }
mount "$found" "$root"
mounted=yes`;
}

const START_LOG = `finished=''
finish() {
  status=$?
  if [ -n "$finished" ]; then echo finished; else echo "failed: exit status $status"; fi >>"$root${LOG}"
  # The log is on what is unmounted.
  exec 2>&3 3>&-
  if [ -n "$mounted" ]; then cd /; umount "$root" && rmdir "$root"; fi
  exit "$status"
}
trap finish EXIT
mkdir -p "$root/var/log"
: >"$root${LOG}"
exec 3>&2 2>>"$root${LOG}"`;

/** Appends a line that a file lacks. A last line without its end would take the next one in. */
const LINES = `end_line() {
  [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"
}
ensure_line() {
  mkdir -p "\${1%/*}"
  [ -e "$1" ] || : >"$1"
  grep -qxF -e "$2" "$1" || {
    end_line "$1"
    printf '%s\\n' "$2" >>"$1"
  }
}`;

function needsLines(spec: ScriptSpec): boolean {
  return spec.authorizedKeys.length > 0 || (Object.keys(spec.sysctls).length > 0 && !atLeast(spec.target, "7.0"));
}

function steps(spec: ScriptSpec): string[] {
  const { target } = spec;
  const modules = modulesOf(spec);
  return [
    ...(spec.networkBackend === undefined ? [] : [backend(target)]),
    ...(modules.length === 0 ? [] : [loadModules(modules, target)]),
    ...(Object.keys(spec.sysctls).length === 0 ? [] : [setSysctls(spec.sysctls, target)]),
    ...(spec.authorizedKeys.length === 0 ? [] : [authorize(spec.authorizedKeys)]),
    ...(spec.hook === undefined ? [] : [`# The hook: no guest passes traffic from the first boot on.\n${spec.hook.trim()}`]),
    ...spec.files.map(({ path, content, mode }) => writeFile(path, content, mode)),
    ...spec.packScripts.map((script, index) => runPack(script, index, spec.stage)),
    ...(spec.script === undefined || spec.script.trim() === "" ? [] : [`# Your own.\n${spec.script.trim()}`]),
  ];
}

/** The bridge's sysctls exist only with this module since kernel 4 (7.1), and before with bridge itself. */
export function modulesOf({ sysctls, modules, target }: Pick<ScriptSpec, "sysctls" | "modules" | "target">): string[] {
  const filter = atLeast(target, "7.1") ? "br_netfilter" : "bridge";
  const bridged = Object.keys(sysctls).some((key) => key.startsWith("net.bridge."));
  return [...new Set([...(bridged ? [filter] : []), ...modules])];
}

/** As xe-switch-network-backend does it (xen-api, removed in c1fd851), on a system that is not running. */
function backend(target: Target): string {
  const common = `# The Linux bridge instead of Open vSwitch.
mkdir -p "$root/etc/xensource"
echo bridge >"$root/etc/xensource/network.conf"`;
  if (target === "5.6") return common;
  if (!atLeast(target, "7.0")) return `${common}\nrm -f "$root"/etc/rc.d/rc[0-6].d/[SK][0-9][0-9]openvswitch*`;
  return `${common}
rm -f "$root/etc/modprobe.d/blacklist-bridge.conf"
rm -f "$root"/etc/systemd/system/*.wants/openvswitch.service "$root"/etc/systemd/system/*.wants/openvswitch-xapi-sync.service`;
}

/** systemd from 7.0 on; before, rc.sysinit runs these files ahead of sysctl.conf. */
function loadModules(modules: readonly string[], target: Target): string {
  if (atLeast(target, "7.0")) return `# Modules at boot.\n${put("/etc/modules-load.d/csp-install.conf", `${modules.join("\n")}\n`)}`;
  const lines = modules.map((module) => `modprobe ${module} >/dev/null 2>&1`).join("\n");
  return `# Modules at boot.\n${put("/etc/sysconfig/modules/csp-install.modules", `#!/bin/sh\n${lines}\n`)}\nchmod 755 "$root/etc/sysconfig/modules/csp-install.modules"`;
}

/** From 7.0 on a file that sorts after XCP-ng's 90-net.conf; before there is sysctl.conf alone, where a key's old lines go. */
function setSysctls(sysctls: PostInstallSteps["sysctls"], target: Target): string {
  const entries = Object.entries(sysctls).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([key, value]) => `${key} = ${value}`);
  if (atLeast(target, "7.0")) return `# Kernel settings.\n${put("/etc/sysctl.d/99-csp-install.conf", `${lines.join("\n")}\n`)}`;
  const old = entries.map(([key]) => `/^[[:space:]]*${key.replaceAll(".", "[./]").replaceAll("*", "\\*")}[[:space:]]*=/d`).join(";");
  return `# Kernel settings.
sysctls="$root/etc/sysctl.conf"
[ -e "$sysctls" ] || : >"$sysctls"
end_line "$sysctls"
sed ${quote(old)} "$sysctls" >"$sysctls.csp-new"
printf '%s\\n' ${lines.map(quote).join(" ")} >>"$sysctls.csp-new"
cat "$sysctls.csp-new" >"$sysctls"
rm -f "$sysctls.csp-new"`;
}

function authorize(keys: readonly string[]): string {
  const lines = keys.map((key) => `ensure_line "$root/root/.ssh/authorized_keys" ${quote(key.trim())}`);
  return `# Who may log in as root.
mkdir -p "$root/root/.ssh"
chmod 700 "$root/root/.ssh"
${lines.join("\n")}
chmod 600 "$root/root/.ssh/authorized_keys"`;
}

function writeFile(path: string, content: string, mode: string): string {
  return `${put(path, content)}\nchmod ${mode} "$root"${quote(path)}`;
}

/** printf, because a here-document would end at a line of the content's own. */
function put(path: string, content: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return `mkdir -p "$root"${quote(folder === "" ? "/" : folder)}\nprintf '%s' ${quote(content)} >"$root"${quote(path)}`;
}

function runPack(script: string, index: number, stage: ScriptSpec["stage"]): string {
  const file = `/tmp/csp-pack-${index}.sh`;
  return `# A supplemental pack's own script.
printf '%s' ${quote(script)} >${file}
chmod 700 ${file}
${file} ${stage === "filesystem-populated" ? '"$root"' : '"$outcome"'} >>"$root${LOG}"
rm -f ${file}`;
}
