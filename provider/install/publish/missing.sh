# shellcheck shell=sh
# shellcheck disable=SC2086 # $newer is two words
# PATH: drops objects that are not what their name says any more. stdin: sums; prints those that are missing, and how much of each is there.
set -e
cd "$1/.csp/objects"
newer=
[ ! -e ../stamp ] || newer="-cnewer ../stamp"
find . -type f ! -name '*.part' $newer | while IFS= read -r file; do
  sum=$(sha256sum <"$file")
  [ "${sum%% *}" = "${file#./}" ] || rm -f "$file"
done
while read -r sum; do
  if [ ! -f "$sum" ]; then
    if [ -f "$sum.part" ]; then echo "$sum $(($(wc -c <"$sum.part")))"; else echo "$sum 0"; fi
  fi
done
