# shellcheck shell=sh
# TOOL: tries rules, and makes none. iptables-restore has `--test` since 1.4.2; where it has not, nothing is said.
PATH=$PATH:/usr/sbin:/sbin; export PATH
LC_ALL=C; export LC_ALL
"$1-restore" --help 2>&1 | grep -q -e --test || exit 0
"$1-restore" --test --noflush 2>&1 <<'CSP_RULES' || echo "@@csp refused"
%RULES%
CSP_RULES
exit 0
