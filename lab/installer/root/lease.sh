#!/bin/sh
# What udhcpc runs with a lease, in its environment.
[ "$1" = bound ] || exit 0
# shellcheck disable=SC2154 # interface, ip, subnet, router, dns: udhcpc's
ifconfig "$interface" "$ip" netmask "$subnet"
[ -z "${router:-}" ] || route add default gw "$router" dev "$interface"
for server in ${dns:-}; do echo "nameserver $server"; done >/etc/resolv.conf
