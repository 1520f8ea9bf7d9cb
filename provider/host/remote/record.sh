# shellcheck shell=sh
# The file whose path comes on stdin; status 1: there is none.
read -r f && [ -f "$f" ] && exec cat "$f"
