#!/bin/bash
# Makes a Xen host's image of what packages.sh has fetched: image.sh PACKAGES OUT WORK. Root; no loop device, no KVM.
# OUT gets  xen, vmlinux, dom0.cpio.gz   what QEMU boots: hypervisor, dom0's kernel, an initrd that finds the disk
#           dom0.ext4                    dom0's disk, guests' kernel and initrd in /srv/guest
#           host-key.pub                 of dom0's sshd
# The caller puts a key into /root/.ssh of each machine's own disk by way of the kernel's command line (dom0/rc.sh).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$1 out=$2 work=$3
export LC_ALL=C
mkdir -p "$work"
root=$work/root
cp -a "$packages/root" "$root"

# --- kernel and hypervisor, unpacked for whoever boots them: dom0 and guests start a third sooner without an xz kernel.
version=$(basename "$packages"/kernel/lib/modules/*)
gunzip -c "$packages/kernel/boot/xen-4.17-amd64.gz" >"$out/xen"
bzimage=$packages/kernel/boot/vmlinuz-$version
# Linux's x86 boot protocol: setup_sects at 0x1f1, payload_offset and payload_length at 0x248 and 0x24c; four bytes of size follow the xz.
field() { od -An -t"u$2" -j$(($1)) -N"$2" "$bzimage" | tr -d ' '; }
start=$((($(field 0x1f1 1) + 1) * 512 + $(field 0x248 4)))
length=$(($(field 0x24c 4) - 4))
head -c $((start + length)) "$bzimage" | tail -c $length | xz -dc >"$out/vmlinux"

modules=$root/lib/modules/$version
mkdir -p "$modules/kernel"
cp "$packages/kernel/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$modules/"
(
  cd "$packages/kernel/lib/modules/$version/kernel"
  cp -a --parents net/{bridge,netfilter,ipv4,ipv6,llc,802,8021q,sched,core} lib crypto arch/x86/crypto drivers/xen \
    drivers/virtio drivers/block/{virtio_blk.ko,xen-blkback} fs/{ext4,jbd2,mbcache.ko} \
    drivers/net/{virtio_net.ko,net_failover.ko,tun.ko,xen-netback,xen-netfront.ko} "$modules/kernel/"
)
depmod -b "$root" "$version" 2>/dev/null

# --- initrds
# shellcheck source=lab/xen/guest/image.sh
. "$here/guest/image.sh"
tree "$work/dom0" "$here/dom0/initrd.sh"
add_modules "$work/dom0" virtio_pci virtio_blk crc32c_generic ext4 virtio_net
initrd "$work/dom0" "$out/dom0.cpio.gz"

guest_initrd "$here/guest" "$work/guest" "$work/guest.cpio.gz" xen-netfront

# --- dom0's settings
install -m 644 "$here/dom0/inittab" "$root/etc/inittab"
install -D -m 755 "$here/dom0/rc.sh" "$root/etc/lab/rc"
install -m 755 "$here/dom0/guest-call.pl" "$root/usr/local/sbin/guest-call"
install -D -m 644 "$out/vmlinux" "$root/srv/guest/vmlinux"
install -m 644 "$work/guest.cpio.gz" "$root/srv/guest/initrd.gz"
# Under emulation a login costs 1.5 s with PAM and the post-quantum key exchange, and 0.7 s without.
cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<'CONF'
PermitRootLogin prohibit-password
UseDNS no
UsePAM no
KexAlgorithms curve25519-sha256
MaxStartups 100
MaxSessions 100
PrintMotd no
CONF
echo dom0 >"$root/etc/hostname"
printf '127.0.0.1 localhost dom0\n::1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/resolv.conf"
echo '/dev/vda / ext4 defaults,noatime 0 0' >"$root/etc/fstab"
cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub" >"$out/host-key.pub"

mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -m 0 -E root_owner=0:0 -L dom0 -d "$root" "$out/dom0.ext4" 1500M
