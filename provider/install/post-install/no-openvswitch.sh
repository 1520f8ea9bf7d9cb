# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it
rm -f "$root/etc/modprobe.d/blacklist-bridge.conf"
rm -f "$root"/etc/systemd/system/*.wants/openvswitch.service "$root"/etc/systemd/system/*.wants/openvswitch-xapi-sync.service
