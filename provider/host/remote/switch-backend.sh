# shellcheck shell=sh
# Sets the Linux bridge for the next boot, and says what network.conf has where it does not become that. Twice where need be: a value "vswitch" makes
# the command write "openvswitch" whatever it is asked (host.md, 5).
PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin; export PATH
said=
for _ in 1 2; do
  said=$(xe-switch-network-backend bridge 2>&1 </dev/null) || { echo "$said" >&2; exit 1; }
  [ "$(head -n 1 /etc/xensource/network.conf)" != bridge ] || exit 0
done
echo "xe-switch-network-backend bridge left \"$(head -n 1 /etc/xensource/network.conf)\" in /etc/xensource/network.conf: $said" >&2
exit 1
