#!/bin/bash
# What a libvirt host's root and its guests are made of, from Debian 12's packages: packages.sh OUT. Root; what `scripts/setup.sh libvirt` installs.
# OUT gets  root     a host's file system: Debian with libvirtd, QEMU and both variants of each firewall tool
#           kernel   Linux for virtual machines, unpacked and not installed (its modules are in the root): libvirt boots it by its path
set -euo pipefail
out=$1
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

# The machine's own mirrors where it runs the same release; the one that mmdebstrap knows otherwise.
suite=bookworm
mirrors=(/etc/apt/sources.list.d/debian.sources)
grep -qs "Suites:.*$suite" "${mirrors[0]}" || mirrors=()

root=$out/root
# shellcheck disable=SC2016 # mmdebstrap's own shell expands it
mmdebstrap --quiet --mode=root --variant=minbase \
  --include=openssh-server,iproute2,iptables,ebtables,arptables,ipset,nftables,systemd,udev,sudo,procps,kmod,perl-base,busybox-static \
  --include=libvirt-daemon-system,libvirt-daemon-driver-qemu,libvirt-clients,libvirt-daemon-config-network,libvirt-daemon-config-nwfilter \
  --include=qemu-system-x86,dnsmasq-base,iputils-ping,tcpdump \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
  --customize-hook='mkdir -m 777 "$1/debs"; chroot "$1" apt-get update -qq
    chroot "$1" sh -ec "cd /debs; kernel=\$(apt-cache depends linux-image-cloud-amd64 | sed -n \"s/^ *Depends: \\(linux-image-6[^ ]*\\)\$/\\1/p\")
    apt-get download -qq \$kernel"' \
  $suite "$root" "${mirrors[@]}"
for deb in "$root"/debs/*.deb; do dpkg-deb -x "$deb" "$out/kernel"; done
rm -rf "$root/debs"
mkdir -p "$root/usr/lib/modules"
mv "$out"/kernel/lib/modules/* "$root/usr/lib/modules/"
depmod -b "$root" "$(basename "$root"/usr/lib/modules/*)"
