# shellcheck shell=sh disable=SC2154
# %MARK%, which also takes it away: tells csp's hook that ports come or go. Sourced by Xen's vif scripts.
/bin/sh %STATE_DIR%/hook xl "$command" "$dev" </dev/null >/dev/null 2>&1 &
csp_hook=$!
# libxl ends a script that takes ten seconds, and its guest with it. A hook that waits longer, for a change of many guests, goes on by itself.
for csp_pause in 0.1 0.2 0.4 0.8 1 1 1; do
  kill -0 "$csp_hook" 2>/dev/null || break
  sleep "$csp_pause"
done
