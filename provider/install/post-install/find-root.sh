# shellcheck shell=sh
# shellcheck disable=SC2034 # log.sh asks whether it is mounted
# By then the new root is unmounted. Installers label it root-XXXXXXXX (5.6 to 9); where an old system on another disk has such a label too, the
# inventory's date says which one is new.
# 0: installed; 1: failed, and there is nothing to finish.
[ "${1:-}" = 0 ] || exit 0
root=$(mktemp -d /tmp/csp-root.XXXXXX)
found=''
newest=''
for device in ${CSP_ROOT_DEVICES:-/dev/disk/by-label/root-*}; do
  [ -e "$device" ] || continue
  mount -o ro "$device" "$root" || continue
  date=$(sed -n "s/^INSTALLATION_DATE='\(.*\)'$/\1/p" "$root/etc/xensource-inventory" 2>/dev/null || :)
  umount "$root"
  [ -n "$date" ] || continue
  last=$(printf '%s\n%s\n' "$newest" "$date" | sort | tail -n 1)
  [ "$last" = "$newest" ] || { found=$device newest=$date; }
done
[ -n "$found" ] || { echo "csp: no disk holds a new system" >&2; rmdir "$root"; exit 1; }
mount "$found" "$root"
mounted=yes
