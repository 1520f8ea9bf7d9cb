# shellcheck shell=sh
# shellcheck disable=SC2154 # the dialect stands in front of it
# The tables that bridged packets come by and csp keeps no rules in, as their tools save them; reads only.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
# include: tables.sh
for t in iptables ip6tables; do
  echo "@@csp $t"
  tried "$t-save" | sed -n -e '/^@@csp/p' -e '/^\*security/,/^COMMIT/p'
done
echo "@@csp end"
