# shellcheck shell=sh
# shellcheck disable=SC2154,SC2288,SC2317,SC2329 # $r stands in front of it, and what is to be done is in the middle
# Makes callers' files what they should be, below the folder $r: "", or that of a system which does not run. What is somebody else's is kept, and put
# back when ours goes.
PATH=$PATH:/usr/sbin:/sbin; export PATH
s=$r%STATE_DIR%
umask 022
# include: ../../shell/durable.sh
ours() { grep -q '%MARK%' "$1" 2>/dev/null; }
keep() { mkdir -p "$s/kept" && chmod 700 "$s/kept" && mv -f "$r$1" "$s/kept/$2"; }
folder() {
  [ -d "$r$1" ] && return
  folder "${1%/*}" && mkdir "$r$1" && echo "$1" >>"$s/kept/.folders"
}
# FILE KEPT-NAME MODE, and what is to be in it
put() {
  cat >"$s/caller.new" || return 1
  if [ -e "$r$1" ] || [ -L "$r$1" ]; then
    if ours "$r$1"; then :; else keep "$1" "$2" || return 1; fi
  fi
  if ! cmp -s "$s/caller.new" "$r$1"; then
    { mkdir -p "$s/kept" && folder "${1%/*}" && cp "$s/caller.new" "$r$1.csp-new" && chmod "$3" "$r$1.csp-new" && flush "$r$1.csp-new" && mv -f "$r$1.csp-new" "$r$1"; } || return 1
  fi
  rm -f "$s/caller.new"
  chmod "$3" "$r$1"
}
# FILE LINK...
link() {
  file=$1; shift
  for l in "$@"; do
    case $l in
      */etc/systemd/*) mkdir -p "$s/kept" && folder "${l%/*}" ;;
      *) if [ ! -d "$r${l%/*}" ] || [ -L "$r${l%/*}" ]; then continue; fi ;;
    esac
    [ "$(readlink "$r$l")" = "$file" ] || ln -sf "$file" "$r$l" || return 1
  done
}
# FILE KEPT-NAME LINK...
away() {
  file=$1 kept=$2; shift 2
  for l in "$@"; do [ "$(readlink "$r$l" 2>/dev/null)" != "$file" ] || rm -f "$r$l"; done
  if ours "$r$file"; then rm -f "$r$file"; fi
  if [ -e "$s/kept/$kept" ] && [ ! -e "$r$file" ]; then mv "$s/kept/$kept" "$r$file"; fi
}
%STEPS%
flush "$r/etc" || exit 1
[ -z "$r" ] || exit 0
[ ! -d /run/systemd/system ] || systemctl daemon-reload
if command -v udevadm >/dev/null 2>&1; then udevadm control --reload 2>/dev/null; fi
exit 0
