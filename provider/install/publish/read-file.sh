# shellcheck shell=sh
# FILE: prints "there" and what is in it; nothing when there is none. A resource that shares the file may take it away and put it back at any moment,
# so one that cannot be opened is looked at again, and an error is that of the last try.
tries=50
while [ -e "$1" ]; do
  [ $((tries -= 1)) -gt 0 ] || exec cat <"$1"
  { echo there; cat 2>&3; exit; } 3>&2 2>/dev/null <"$1"
done
exit 0
