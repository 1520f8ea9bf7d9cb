# shellcheck shell=sh
# PATH MODE CONTENT, of each record, below csp's folder: writes them in this order, and nothing into the kernel.
umask 077
while [ $# -gt 0 ]; do
  f=%STATE_DIR%/$1
  { printf '%s' "$3" >"$f.csp-new" && chmod "$2" "$f.csp-new" && mv -f "$f.csp-new" "$f"; } || exit 1
  shift 3
done
sync
