# shellcheck shell=sh
# shellcheck disable=SC2034,SC2043,SC2086,SC2317,SC2329 # what is included has the rest
# Sets the bridge's sysctls now and for every boot; says "missing" where the kernel has none.
PATH=$PATH:/usr/sbin:/sbin; export PATH
r=
# include: sysctl-files.sh
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter 2>/dev/null || :
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || { echo missing; exit 0; }
lines() { for k in %BRIDGE_SYSCTLS%; do [ -e /proc/sys/net/bridge/$k ] && echo "net.bridge.$k = 1"; done; :; }
write_files
for k in %BRIDGE_SYSCTLS%; do [ -e /proc/sys/net/bridge/$k ] && { echo 1 >/proc/sys/net/bridge/$k || exit 1; }; done
exit 0
