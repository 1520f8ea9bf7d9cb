import { type Caller, installCallers } from "../look/callers";
import { formatFrame, formatVifs, STATE_DIR } from "../records/records";
import { program } from "../remote/program";
import { sysctlsAtBoot } from "../remote/sysctls";
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
  return `(
umask 077
s="$root"${STATE_DIR}
mkdir -p "$s"
if [ ! -e "$s/frame" ]; then
  cat >"$s/hook" <<'CSP_HOOK_END'
${program("hook.sh")}CSP_HOOK_END
  chmod 755 "$s/hook"
  cat >"$s/templates" <<'CSP_END'
${templatesOf({ guestPorts }).text}CSP_END
  cat >"$s/vifs" <<'CSP_END'
${formatVifs([])}CSP_END
  # Last: where it is, all of this is.
  cat >"$s/frame" <<'CSP_END'
${frame}CSP_END
fi
)
(${sysctlsAtBoot('"$root"')})
(
${installCallers(callers, guestPorts, '"$root"')})`;
}
