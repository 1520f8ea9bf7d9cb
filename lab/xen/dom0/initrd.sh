#!/bin/busybox sh
# shellcheck shell=dash
# dom0's initrd: finds the disk and goes there.
bb=/bin/busybox
$bb mount -t devtmpfs dev /dev
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
for module in /modules/*.ko; do $bb insmod "$module" 2>/dev/null; done
n=0
while [ ! -b /dev/vda ] && [ $n -lt 200 ]; do
  $bb sleep 0.1
  n=$((n + 1))
done
$bb mount -t ext4 -o rw,noatime /dev/vda /root || exec $bb sh
$bb mount --move /dev /root/dev
$bb umount /proc
$bb umount /sys
exec $bb switch_root /root /sbin/init
