# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it
# The Linux bridge instead of Open vSwitch.
mkdir -p "$root/etc/xensource"
echo bridge >"$root/etc/xensource/network.conf"
