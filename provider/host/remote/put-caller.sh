# shellcheck shell=sh
# A step of callers.sh.
put %PATH% %KEPT% %MODE% <<'CSP_END' || exit 1
%CONTENT%
CSP_END
