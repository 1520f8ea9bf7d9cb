#!/bin/bash
# Builds the second kernel from Debian's sources: kernel.sh VERSION OUT WORK. VERSION is that of the package linux-source-6.1; WORK must have 2 GB and
# is the caller's to remove. As root; what `scripts/setup.sh kernels` installs.
# OUT gets  linux              the kernel, a program (kernel.config says what is in it)
#           modules/RELEASE    no modules, but what modprobe and csp's hook read to learn that they are built in
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$1 out=$2 work=$3
export LC_ALL=C

mkdir -p "$work"
cd "$work"
apt-get -q -o APT::Sandbox::User=root download "linux-source-6.1=$version" >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
# Straight from the package to the files of use: other processors, other devices and documents are most of a kernel's sources. Only a folder's Kconfig is
# asked for by all.
mkdir deb linux
dpkg-deb -x linux-source-6.1_*.deb deb
tar -xJf deb/usr/src/linux-source-6.1.tar.xz -C linux --strip-components=1
rm -r deb linux-source-6.1_*.deb

cd linux
run() { make -s ARCH=um "$@" >../make.log 2>&1 || { tail -n 40 ../make.log >&2; exit 1; }; }
run KCONFIG_ALLCONFIG="$here/kernel.config" allnoconfig
# Kconfig drops what it does not know, or what lacks something else, without a word.
dropped=$(grep '^CONFIG_' "$here/kernel.config" | grep -vxFf .config || :)
[ -z "$dropped" ] || { printf 'not taken by this source: %s\n' "$dropped" >&2; exit 1; }
run -j"$(nproc)" linux

install -m 755 -s linux "$out/linux"
release=$(cat include/config/kernel.release)
mkdir -p "$out/modules/lib/modules/$release"
cp modules.builtin modules.builtin.modinfo "$out/modules/lib/modules/$release/"
: >"$out/modules/lib/modules/$release/modules.order"
depmod -b "$out/modules" "$release"
mv "$out/modules/lib/modules/$release" "$out/modules/"
rm -r "$out/modules/lib"
