# shellcheck shell=sh
# shellcheck disable=SC2034 # whoever takes this in uses them
# Where the bridge's sysctls are set for every boot. They exist once br_netfilter is loaded, and XCP-ng 8 sets them to 0 at every load of the bridge
# module from /etc/sysctl.d/90-net.conf (host.md, 5). Ours sorts after that, and after 99-sysctl.conf, which is /etc/sysctl.conf to systemd; procps
# reads that one last of all, so where it sets any of them, ours stand at its end too. Hosts without sysctl.d (5.6, 6.x) read no other.
ours=%SYSCTL_FILE% former=/etc/sysctl.d/99-csp.conf old=/etc/sysctl.conf
# What loads br_netfilter; and raw_before_defrag, which has a meaning only before a table of raw is first asked for.
modules=/etc/modules-load.d/csp.conf options=/etc/modprobe.d/csp.conf
