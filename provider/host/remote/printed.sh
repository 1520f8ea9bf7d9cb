# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # the dialect stands in front of it
# What a tool prints of rules it is given, in its own words: it is asked in a network namespace where nothing else is, and which ends with this.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
umask 077
# include: tables.sh
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
cat >"$d/sets" <<'CSP_SETS'
%SETS%
CSP_SETS
cat >"$d/rules" <<'CSP_RULES'
%RULES%
CSP_RULES
if grep -q . "$d/sets"; then restore_sets "$d/sets" || exit 1; fi
restore %TABLE% "$d/rules" >/dev/null && save %TABLE%
