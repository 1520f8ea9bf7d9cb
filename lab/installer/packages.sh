#!/bin/bash
# What the lab's installer is made of, from Debian 12's packages, unpacked and not installed: packages.sh OUT. Root.
# OUT gets boot (Xen and Linux), lib/modules, bin/busybox.
set -euo pipefail
out=$1
export LC_ALL=C

# The machine's own mirrors where it runs the same release; the one that mmdebstrap knows otherwise.
suite=bookworm
mirrors=(/etc/apt/sources.list.d/debian.sources)
grep -qs "Suites:.*$suite" "${mirrors[0]}" || mirrors=()

export debs=$out/debs
mkdir -m 777 "$debs"
# An empty system, for its apt alone.
# shellcheck disable=SC2016 # mmdebstrap's own shell expands it
mmdebstrap --quiet --mode=root --variant=custom --format=directory --aptopt='Acquire::Languages "none"' \
  --customize-hook='export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"; cd "$debs"
    kernel=$(apt-cache depends linux-image-amd64 | sed -n "s/^ *Depends: \\(linux-image-6[^ ]*\\)\$/\\1/p")
    apt-get download -qq $kernel xen-hypervisor-4.17-amd64 busybox-static' \
  $suite "$out/apt" "${mirrors[@]}"
for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$out"; done
rm -rf "$debs" "$out/apt"
