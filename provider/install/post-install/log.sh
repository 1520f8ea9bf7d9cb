# shellcheck shell=sh
# shellcheck disable=SC2154,SC2317,SC2329 # $root and $mounted stand in front of it
finished=''
finish() {
  status=$?
  if [ -n "$finished" ]; then echo finished; else echo "failed: exit status $status"; fi >>"$root%LOG%"
  # The log is on what is unmounted.
  exec 2>&3 3>&-
  if [ -n "$mounted" ]; then cd /; umount "$root" && rmdir "$root"; fi
  exit "$status"
}
trap finish EXIT
mkdir -p "$root/var/log"
: >"$root%LOG%"
exec 3>&2 2>>"$root%LOG%"
