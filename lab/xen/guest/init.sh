#!/bin/busybox sh
# shellcheck shell=dash
# A guest's first process: its interfaces as the kernel's command line says, and the agent on its console. The agent listens before an
# interface is up, so that it misses no frame.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do insmod "$module"; done
# Duplicate address detection would delay every start by a second; a forged advertisement must not change the guest.
for key in accept_dad accept_ra router_solicitations; do
  for scope in all default; do echo 0 >/proc/sys/net/ipv6/conf/$scope/$key; done
done
ip link set lo up
stty -F /dev/hvc0 raw -echo
exec /usr/bin/perl /agent.pl </dev/hvc0 >/dev/hvc0
