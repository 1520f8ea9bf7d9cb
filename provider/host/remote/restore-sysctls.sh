# shellcheck shell=sh
# shellcheck disable=SC2154 # what is included has the rest
# SYSCTL=VALUE...: puts back what was there before, and takes csp's files away.
# include: sysctl-paths.sh
rm -f "$ours" "$former" "$modules" "$options"
if grep -q '^# csp: begin' "$old" 2>/dev/null; then sed -i '/^# csp: begin/,/^# csp: end/d' "$old" || exit 1; fi
for s in "$@"; do
  f=/proc/sys/net/bridge/${s%%=*}
  [ ! -e "$f" ] || echo "${s#*=}" >"$f" || exit 1
done
exit 0
