# shellcheck shell=sh
# Runs a program in a network namespace of its own, where the host can make one.
command -v unshare >/dev/null 2>&1 || exit 0
unshare -n sh <<'CSP_APART' 2>/dev/null || :
%PROGRAM%
CSP_APART
exit 0
