#!/bin/bash
# Makes what a libvirt host has beside Debian, of what packages.sh has fetched: image.sh PACKAGES OUT WORK. Root.
# OUT gets  srv/guest   guests' kernel and initrd, by which libvirt boots them
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
packages=$1 out=$2 work=$3
export LC_ALL=C
mkdir -p "$work" "$out/srv/guest"
root=$packages/root
version=$(basename "$root"/usr/lib/modules/*)
# shellcheck source=lab/xen/guest/image.sh
. "$here/../xen/guest/image.sh"
cp "$packages/kernel/boot/vmlinuz-$version" "$out/srv/guest/vmlinuz"
guest_initrd "$here/../xen/guest" "$work/guest" "$out/srv/guest/initrd.gz" virtio_pci virtio_console virtio_net
