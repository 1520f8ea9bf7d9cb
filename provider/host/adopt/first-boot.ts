import { type Caller, installCallers } from "../look/callers";
import { formatFrame } from "../records/frame";
import { formatVifs } from "../records/vifs";
import { program } from "../remote/program";
import { sysctlsAtBoot } from "../remote/set-sysctls";
import { templatesOf } from "../state/compiled-frame";

export interface FirstBoot {
  /** The callers of the hook until a Host adopts the host and chooses its own. One of them runs at boot. */
  readonly callers: readonly Caller[];
  /** Prefixes of guests' ports, until a Host sets others. */
  readonly guestPorts: readonly string[];
  /** The bridge's sysctls without csp, by name, if they are known. Deleting the Host restores them. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/**
 * Shell lines that put the hook and a frame without owner into a system that has not booted yet, in the folder `$root`. The first boot loads
 * them before any guest starts. Records of csp that are there already stay unchanged. It needs `set -e`: a step that fails ends the script.
 */
export function leaveFirstBoot({ callers, guestPorts, sysctls }: FirstBoot): string {
  const frame = formatFrame({ guestPorts, sysctls, callers, zones: "by-bridge", besides: [], plane: "xtables" }, undefined);
  const files = {
    HOOK: program("hook.sh"),
    TEMPLATES: templatesOf({ guestPorts }).text,
    VIFS: formatVifs([]),
    FRAME: frame,
  };
  const steps = [
    program("first-boot.sh", files),
    sysctlsAtBoot('"$root"'),
    installCallers(callers, { guestPorts, plane: "xtables" }, '"$root"'),
  ];
  return steps.map((step) => `(\n${step})`).join("\n");
}
