#!/bin/sh
# dom0's boot and end, called by sysvinit: what Debian's rcS.d does, without what a virtual machine has no use for (udev, fsck, the clock),
# then Debian's own rc2.d in its order: sshd, Xen, whatever was installed, xendomains.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

start() {
  mount -t proc proc /proc
  mountpoint -q /sys || mount -t sysfs sysfs /sys
  mkdir -p /dev/pts /dev/shm
  mount -t devpts -o gid=5,mode=620 devpts /dev/pts
  mount -t tmpfs tmpfs /dev/shm
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/sshd /run/xen /var/log/xen
  mkdir -p /run/lock
  mount -t tmpfs tmpfs /tmp
  chmod 1777 /tmp /run/lock
  : >/run/utmp
  hostname -F /etc/hostname
  # The operator's key is not in the image: it comes with each machine.
  mkdir -p /root/.ssh
  sed -n 's/.*lab\.key=\([^ ]*\).*/ssh-ed25519 \1/p' /proc/cmdline >/root/.ssh/authorized_keys

  ip link set lo up
  ip addr add 10.0.2.15/24 dev eth0
  ip link set eth0 up
  # The guests' bridge, with every other cable of the machine as an uplink.
  ip link add name xenbr0 type bridge forward_delay 0 mcast_snooping 0
  ip link set xenbr0 addrgenmode none
  for device in /sys/class/net/eth[1-9]; do
    [ -e "$device" ] || continue
    ip link set "${device##*/}" addrgenmode none master xenbr0
    ip link set "${device##*/}" up
  done
  ip link set xenbr0 up
  modprobe -a xen-netback xen-gntalloc tun
  /etc/init.d/kmod start
  /etc/init.d/procps start
}

# Debian's scripts in a runlevel's order; sysvinit's own rc asks for more of a system than there is here.
scripts() {
  for script in /etc/rc"$1".d/"$2"[0-9][0-9]*; do
    case $script in
      *bootlogs | *rmnologin | *hwclock.sh | *urandom | *udev | *mountnfs.sh | *sendsigs | *umount* | *halt | *reboot) continue ;;
    esac
    [ -x "$script" ] && "$script" "$3"
  done
}

case $1 in
  start) start ;;
  runlevel2)
    scripts 2 S start
    : >/run/lab-up
    echo "lab: dom0 is up after $(cut -d' ' -f1 /proc/uptime) s"
    ;;
  halt | reboot)
    if [ "$1" = halt ]; then scripts 0 K stop; else scripts 6 K stop; fi
    sync
    mount -o remount,ro /
    exec "$1" -f -p
    ;;
esac
exit 0
