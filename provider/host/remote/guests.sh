# shellcheck shell=sh
# `running_guests` prints a line for each, with its name or else its domain id.
running_guests() {
  PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/bin; export PATH
  domains=$(xenstore-list /local/domain) || return 1
  for d in $domains; do
    [ "$d" != 0 ] || continue
    n=$(xenstore-read "/local/domain/$d/name" 2>/dev/null) || n="domain $d"
    printf 'guest %s\n' "$n"
  done
  return 0
}
