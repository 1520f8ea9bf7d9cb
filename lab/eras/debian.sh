#!/bin/bash
# Another Debian release's firewall tools with all that they need, unpacked and not installed: debian.sh SUITE OUT.
# It has an apt of its own: this machine's settings and lists are not touched.
set -euo pipefail
suite=$1 out=$2
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,cache}/partial "$work"/cache/archives/partial "$work/etc"
# The machine's own mirror, wherever apt has it from.
# shellcheck disable=SC2016 # apt's own word
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | awk '!/security/ && !seen++')
[ -n "$mirror" ] || { echo "apt on this machine has no mirror of Debian" >&2; exit 1; }
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$key] $mirror $suite main" >"$work/etc/sources.list"
: >"$work/status"
options=(
  -o "Dir::Etc::sourcelist=$work/etc/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
  -o "Dir::State::lists=$work/lists" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
  -o APT::Sandbox::User=root -o Acquire::Languages=none -o APT::Install-Recommends=false -o Debug::NoLocking=true
)
apt-get "${options[@]}" -qq update
apt-get "${options[@]}" -qq --download-only -y install iptables ebtables arptables ipset nftables
for deb in "$work"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$out"; done
