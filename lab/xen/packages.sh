#!/bin/bash
# What a Xen host's image is made of, from Debian 12's packages: packages.sh OUT. Root; what `scripts/setup.sh xen` installs.
# OUT gets  root     dom0's file system: Debian with Xen's tools and both variants of each firewall tool
#           kernel   Linux and Xen, unpacked and not installed: what boots them is QEMU, so there is no boot loader and no initramfs to make
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
  --include=openssh-server,iproute2,iptables,ebtables,arptables,ipset,xen-utils-4.17,xenstore-utils,sysvinit-core,sysv-rc,procps,kmod \
  --include=busybox-static,bridge-utils,iputils-ping,tcpdump,python3-minimal,perl-base \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
  --customize-hook='mkdir -m 777 "$1/debs"; chroot "$1" apt-get update -qq
    chroot "$1" sh -ec "cd /debs; kernel=\$(apt-cache depends linux-image-amd64 | sed -n \"s/^ *Depends: \\(linux-image-6[^ ]*\\)\$/\\1/p\")
    apt-get download -qq \$kernel xen-hypervisor-4.17-amd64"' \
  $suite "$root" "${mirrors[@]}"
for deb in "$root"/debs/*.deb; do dpkg-deb -x "$deb" "$out/kernel"; done
rm -rf "$root/debs"

