# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it
rm -f "$root"/etc/rc.d/rc[0-6].d/[SK][0-9][0-9]openvswitch*
