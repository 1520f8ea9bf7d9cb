#!/bin/bash
# shellcheck disable=SC1090,SC2086,SC2154
# Installs the supplemental pack %LABEL% %VERSION% on a running host.
set -u
here=$(cd "$(dirname "$0")" && pwd)
record=/etc/xensource/installed-repos/%ID%
inventory=/etc/xensource-inventory

[ -r $inventory ] || { echo "FATAL: this is no XenServer host ($inventory is missing)" >&2; exit 2; }
. $inventory
if [ "${PRODUCT_BRAND:-}" != "%PRODUCT%" ]; then
  echo "Error: the pack is for %PRODUCT%, and this host is ${PRODUCT_BRAND:-something else}" >&2
  exit 2
fi
if [ -e "$record/XS-PACKAGES" ] && cmp -s "$record/XS-PACKAGES" "$here/XS-PACKAGES"; then
  echo "Error: %ID% is already installed" >&2
  exit 3
fi

packages() { sed -n 's/^ *<package \(.*\)>\(.*\)<\/package>$/\2 \1/p' "$here/XS-PACKAGES"; }
packages | while read -r file attributes; do
  [ -r "$here/$file" ] || { echo "FATAL: $file missing" >&2; exit 1; }
  expected=$(printf '%s\n' "$attributes" | sed 's/.*md5="\([0-9a-f]*\)".*/\1/')
  actual=$(md5sum <"$here/$file")
  [ "${actual%% *}" = "$expected" ] || { echo "FATAL: MD5 mismatch on $file (expected $expected)" >&2; exit 1; }
done || exit 1
packages | while read -r file attributes; do
  case $attributes in *'options="-i"'*) how=-i ;; *) how=-U ;; esac
  name=${file%.rpm}
  if rpm -q "${name%.*}" >/dev/null 2>&1; then echo "$file: installed already"; continue; fi
  rpm $how "$here/$file" </dev/null || { echo "FATAL: $file could not be installed" >&2; exit 1; }
done || exit 1
mkdir -p "$record" && cp "$here/XS-REPOSITORY" "$here/XS-PACKAGES" "$record/" || exit 1
if [ -n "${INSTALLATION_UUID:-}" ] && command -v xe >/dev/null 2>&1; then
  xe host-refresh-pack-info host-uuid="$INSTALLATION_UUID" || echo "the toolstack will know of the pack after its next start" >&2
fi
echo "Pack installation successful."
