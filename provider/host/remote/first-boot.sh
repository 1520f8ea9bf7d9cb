# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it, and `set -e`
# Puts the hook into the system in $root, which has not booted yet. What csp has on record there already stays as it is.
umask 077
# include: ../../shell/durable.sh
s="$root"%STATE_DIR%
mkdir -p "$s"
if [ ! -e "$s/frame" ]; then
  cat >"$s/hook" <<'CSP_HOOK_END'
%HOOK%
CSP_HOOK_END
  chmod 755 "$s/hook"
  cat >"$s/templates" <<'CSP_END'
%TEMPLATES%
CSP_END
  cat >"$s/vifs" <<'CSP_END'
%VIFS%
CSP_END
  # Last: where it is, all of this is.
  flush "$s"
  cat >"$s/frame" <<'CSP_END'
%FRAME%
CSP_END
fi
