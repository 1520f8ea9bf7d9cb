# shellcheck shell=sh
# shellcheck disable=SC2154 # $r and $s are those of callers.sh
# The last step of it, when all callers are away.
if [ -e "$s/kept/.folders" ]; then
  sed '1!G;h;$!d' "$s/kept/.folders" | while read -r f; do rmdir "$r$f" 2>/dev/null; done
  rm -f "$s/kept/.folders"
fi
rmdir "$s/kept" 2>/dev/null
