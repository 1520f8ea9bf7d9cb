# shellcheck shell=sh
# TOOL TABLE apart|here: says "@@csp missing" and what the tool says when it has no such table. "apart" asks in a network namespace of its own, where
# the host can make one: else nothing is said.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
case $3 in
  apart) unshare -n true 2>/dev/null || exit 0; set -- "$1" "$2" unshare -n ;;
  *) set -- "$1" "$2" ;;
esac
tool=$1 table=$2; shift 2
case $tool in ebtables) list=-L ;; *) list=-nL ;; esac
said=$("$@" "$tool" -t "$table" $list 2>&1) || printf '@@csp missing\n%s\n' "$said"
exit 0
