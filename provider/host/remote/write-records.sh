# shellcheck shell=sh
# PATH MODE CONTENT, of each record, below csp's folder: puts them there in this order, and nothing into the kernel. One that is there is there whole, and
# so are those before it, whenever the power goes.
umask 077
# include: ../../shell/durable.sh
paths=
while [ $# -gt 0 ]; do
  f=%STATE_DIR%/$1
  { printf '%s' "$3" >"$f.csp-new" && chmod "$2" "$f.csp-new"; } || exit 1
  paths="$paths $f"
  shift 3
done
flush %STATE_DIR% || exit 1
for f in $paths; do mv -f "$f.csp-new" "$f" || exit 1; done
flush %STATE_DIR%
