# shellcheck shell=sh
# The file whose path comes on stdin: "there", then what is in it, or "none".
read -r f || exit
if [ -f "$f" ]; then echo there && exec cat "$f"; fi
echo none
