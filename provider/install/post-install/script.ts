import { programsOf } from "../../shell/program";
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

const program = programsOf("install/post-install", { LOG });

/** A paragraph of the script. */
const part = (...of: Parameters<typeof program>): string => program(...of).trimEnd();

/**
 * The script for a stage of a version's installer: POSIX sh, because every one of them runs /bin/sh. Running it twice changes nothing.
 */
export function postInstallScript(spec: ScriptSpec): string {
  const { target, stage } = spec;
  const parts = [
    [
      "#!/bin/sh",
      `# Made by csp for ${productOf(target)}, stage ${stage}. Its end stands in ${LOG} of the new root.`,
      "# shellcheck disable=SC2016 # what is in single quotes is meant as it stands",
      "set -eu",
    ].join("\n"),
    ...(stage === "filesystem-populated" ? [part("given-root.sh")] : findRoot(spec.packScripts.length > 0)),
    part("log.sh"),
    ...(needsLines(spec) ? [part("lines.sh")] : []),
    ...steps(spec),
    "finished=yes",
  ];
  return `${parts.join("\n\n")}\n`;
}

/** `keepsArgument`: packs' scripts get it. */
function findRoot(keepsArgument: boolean): string[] {
  return [...(keepsArgument ? ["outcome=$1"] : []), part("find-root.sh")];
}

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
  if (target === "5.6") return part("bridge.sh");
  return `${program("bridge.sh")}${part(atLeast(target, "7.0") ? "no-openvswitch.sh" : "no-openvswitch-sysv.sh")}`;
}

/** systemd from 7.0 on; before, rc.sysinit runs these files ahead of sysctl.conf. */
function loadModules(modules: readonly string[], target: Target): string {
  if (atLeast(target, "7.0")) return `# Modules at boot.\n${put("/etc/modules-load.d/csp-install.conf", `${modules.join("\n")}\n`)}`;
  const path = "/etc/sysconfig/modules/csp-install.modules";
  const content = program("modules.sh", { MODPROBES: modules.map((module) => `modprobe ${module} >/dev/null 2>&1`).join("\n") });
  return `# Modules at boot.\n${put(path, content)}\nchmod 755 "$root${path}"`;
}

/** From 7.0 on a file that sorts after XCP-ng's 90-net.conf; before there is sysctl.conf alone, where a key's old lines go. */
function setSysctls(sysctls: PostInstallSteps["sysctls"], target: Target): string {
  const entries = Object.entries(sysctls).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([key, value]) => `${key} = ${value}`);
  if (atLeast(target, "7.0")) return `# Kernel settings.\n${put("/etc/sysctl.d/99-csp-install.conf", `${lines.join("\n")}\n`)}`;
  const old = entries.map(([key]) => `/^[[:space:]]*${key.replaceAll(".", "[./]").replaceAll("*", "\\*")}[[:space:]]*=/d`).join(";");
  return part("sysctl-conf.sh", { WITHOUT_FORMER: quote(old), LINES: lines.map(quote).join(" ") });
}

function authorize(keys: readonly string[]): string {
  const lines = keys.map((key) => `ensure_line "$root/root/.ssh/authorized_keys" ${quote(key.trim())}`);
  return part("authorized-keys.sh", { KEYS: lines.join("\n") });
}

function writeFile(path: string, content: string, mode: string): string {
  return `${put(path, content)}\nchmod ${mode} "$root"${quote(path)}`;
}

/** printf, because a here-document would end at a line of the content's own. */
function put(path: string, content: string): string {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return part("put.sh", { FOLDER: quote(folder === "" ? "/" : folder), CONTENT: quote(content), PATH: quote(path) });
}

function runPack(script: string, index: number, stage: ScriptSpec["stage"]): string {
  const argument = stage === "filesystem-populated" ? '"$root"' : '"$outcome"';
  return part("pack.sh", { SCRIPT: quote(script), FILE: `/tmp/csp-pack-${index}.sh`, ARGUMENT: argument });
}
