#!/bin/bash
# Makes what a network boot loads, of what packages.sh has fetched: image.sh PACKAGES INSTALLER OUT WORK.
# OUT gets xen.gz, vmlinuz and common.cpio, the installer's root without what it is the installer of.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$1 installer=$2 out=$3 work=$4
export LC_ALL=C

version=$(basename "$packages"/lib/modules/*)
cp "$packages/boot/xen-4.17-amd64.gz" "$out/xen.gz"
cp "$packages/boot/vmlinuz-$version" "$out/vmlinuz"

mkdir -p "$work"/{bin,dev,proc,sys,tmp,etc/installer,modules}
cp "$packages/bin/busybox" "$work/bin/"
install -m 755 "$installer" "$work/bin/installer"
install -m 755 "$here/root/init.sh" "$work/init"
install -m 755 "$here/root/lease.sh" "$work/etc/installer/lease.sh"
depmod -b "$packages" "$version"
# A module comes after those it needs, so their number orders them: QEMU's network card and disks, and the file systems.
number=10
for module in e1000 ahci sd_mod crc32c_generic ext4 nfsv3; do modprobe -d "$packages" -S "$version" --show-depends "$module"; done |
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$file" "$work/modules/$number-$(basename "$file")"
  number=$((number + 1))
done
(cd "$work" && find . | sort | cpio -o -H newc --quiet -R 0:0) >"$out/common.cpio"
