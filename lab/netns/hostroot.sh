#!/bin/sh
# Pid 1 of one lab host, from its boot on. Builds the host's private file system (an overlay over the machine's own, so the tools are the
# real ones and every write stays on the host's disk, which rack.sh keeps), moves into it, starts what a host starts and stays. Runs inside
# fresh mount, pid, uts and ipc namespaces and the host's network one.
#   hostroot.sh HOST_DIR HOST_NAME systemd|sysv FOLDERS
# FOLDERS: what the overlay is over, divided by ":", the upper ones first; "/" is the machine's own.
set -eu
dir=$1 name=$2 init=$3 system=$4

# The outer /proc is still mounted, so this is the pid by which the machine knows this process.
read -r outer_pid _ </proc/self/stat
hostname "$name"
mount --make-rprivate /

root=$dir/fs/root
first=
if ! [ -e "$dir/fs/upper" ]; then
  first=1
  mkdir "$dir/fs/upper" "$dir/fs/root" "$dir/fs/keep" "$dir/fs/keep/root" "$dir/fs/keep/home" "$dir/fs/sysctl-net" "$dir/fs/devices-net"
fi
rm -rf "$dir/fs/work"
mkdir "$dir/fs/work"
mount -t overlay -o "lowerdir=$system,upperdir=$dir/fs/upper,workdir=$dir/fs/work" csp-lab "$root"

for place in run tmp; do
  mkdir -p "$root/$place"
  mount -t tmpfs -o mode=755 csp-lab "$root/$place"
done
# The host's own from the start, and without walking through the machine's.
for place in root home; do
  mkdir -p "$root/$place"
  mount --bind "$dir/fs/keep/$place" "$root/$place"
done
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
mkdir -p "$root/run/lock" "$root/run/sshd" "$root/run/xenstore" "$root/run/udev"
chmod 1777 "$root/run/lock"
if [ -n "$first" ]; then
  # What the machine itself keeps of these is not the lab host's.
  if [ "$system" = / ]; then
    for place in var/lib/csp var/lib/ebtables etc/xapi.d etc/xensource etc/xen etc/libvirt etc/pve; do rm -rf "${root:?}/$place"; done
  fi
  for place in usr/lib/sysctl.d etc/sysctl.d etc/modules-load.d etc/systemd/system etc/rc3.d etc/udev/rules.d usr/lib/udev/rules.d; do
    rm -rf "${root:?}/$place"
    mkdir -p "$root/$place"
  done
  : >"$root/etc/sysctl.conf"
  # What a host of another age does not have yet.
  if [ -e "$dir/seed/usr/local/lib/csp-lab/lacks" ]; then
    while read -r place; do rm -rf "${root:?}/$place"; done <"$dir/seed/usr/local/lib/csp-lab/lacks"
  fi
  cp -a --remove-destination "$dir/seed/." "$root/"
fi

mount -t proc proc "$root/proc"
# Only net.* is per namespace: everything else under /proc/sys is the machine's, and read-only here.
mount --bind "$root/proc/sys/net" "$dir/fs/sysctl-net"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --move "$dir/fs/sysctl-net" "$root/proc/sys/net"
# The machine did not boot, the host did.
cat "$root/proc/sys/kernel/random/uuid" >"$root/run/boot_id"
mount --bind "$root/run/boot_id" "$root/proc/sys/kernel/random/boot_id"
# Of /sys only the network devices are the host's own.
mount -t sysfs sysfs "$root/sys"
mount --bind "$root/sys/devices/virtual/net" "$dir/fs/devices-net"
mount -o remount,bind,ro "$root/sys"
mount --move "$dir/fs/devices-net" "$root/sys/devices/virtual/net"
# Modules by whose folders scripts know them: Open vSwitch's, though the kernel below is the machine's, and goes on to switch by its bridge; and those of
# ebtables' tables, which its stand-in adds where nft is below it.
vswitch='' tables=''
if [ -e "$root/etc/xensource/network.conf" ] && ! grep -qx bridge "$root/etc/xensource/network.conf"; then vswitch=1; fi
if grep -qs '^ebtables .*nft' "$root/usr/local/lib/csp-lab/era/versions"; then tables=1; fi
if [ -n "$vswitch$tables" ]; then
  mkdir "$root/run/modules"
  for module in "$root"/sys/module/*; do mkdir "$root/run/modules/${module##*/}"; done
  [ -z "$vswitch" ] || mkdir -p "$root/run/modules/openvswitch"
  mount --bind "$root/run/modules" "$root/sys/module"
fi
mount -t tmpfs -o mode=755 csp-lab "$root/dev"
# Another Debian's packages, as they are.
if [ -e "$root/usr/local/lib/csp-lab/debian-root" ]; then
  read -r packages <"$root/usr/local/lib/csp-lab/debian-root"
  mkdir -p "$root/usr/local/lib/csp-lab/debian"
  mount --bind "$packages" "$root/usr/local/lib/csp-lab/debian"
  mount -o remount,bind,ro "$root/usr/local/lib/csp-lab/debian"
fi
for node in null zero full random urandom tty; do
  : >"$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
# Taps for virtual machines: the kernel makes them in the network namespace of whoever opens it.
if [ -c /dev/net/tun ]; then
  mkdir "$root/dev/net"
  : >"$root/dev/net/tun"
  mount --bind /dev/net/tun "$root/dev/net/tun"
fi
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

mkdir "$root/.machine"
cd "$root"
pivot_root . .machine
cd /
umount -l /.machine
rmdir /.machine

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# As XCP-ng 8 boots (/etc/sysctl.d/90-net.conf): bridged packets are not filtered until someone asks for it.
for key in iptables ip6tables arptables; do echo 0 >"/proc/sys/net/bridge/bridge-nf-call-$key"; done
/usr/sbin/sysctl -q --system >>/var/log/boot.log 2>&1 || :
[ "$init" != systemd ] || mkdir -p /run/systemd/system
/lib/systemd/systemd-udevd --daemon >>/var/log/udevd.log 2>&1
sh /usr/local/lib/csp-lab/boot-services.sh boot
/usr/sbin/sshd -E /var/log/sshd.log
echo "ready $outer_pid"
exec >/dev/null 2>&1 </dev/null
# As pid 1 it also reaps what daemons leave behind: the shell's wait collects any child.
while :; do
  sleep 2147483647 &
  wait $!
done
