import { type Caller, installCallers } from "../look/callers";
import { formatFrame, formatVifs } from "../records/records";
import { program } from "../remote/program";
import { sysctlsAtBoot } from "../remote/set-sysctls";
import { templatesOf } from "../state/compiled-frame";

export interface FirstBoot {
  /** Who calls the hook until a Host adopts the host, which then looks for itself. One of them at boot. */
  readonly callers: readonly Caller[];
  /** Prefixes of guests' ports, until a Host says others. */
  readonly guestPorts: readonly string[];
  /** What the bridge's sysctls are without csp, by name, where that is known: what the end of the Host puts back. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/**
 * Shell lines that put the hook into a system that has not booted yet, whose folder is in `$root`: a frame without owner, which the first boot
 * loads before any guest starts. What csp has on record there already stays as it is. Wants `set -e`: a step that fails ends the script.
 */
export function leaveFirstBoot({ callers, guestPorts, sysctls }: FirstBoot): string {
  const frame = formatFrame({ guestPorts, sysctls, callers, zones: "by-bridge", besides: [] }, undefined);
  const files = {
    HOOK: program("hook.sh"),
    TEMPLATES: templatesOf({ guestPorts }).text,
    VIFS: formatVifs([]),
    FRAME: frame,
  };
  const steps = [program("first-boot.sh", files), sysctlsAtBoot('"$root"'), installCallers(callers, guestPorts, '"$root"')];
  return steps.map((step) => `(\n${step})`).join("\n");
}
