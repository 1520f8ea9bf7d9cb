# shellcheck shell=sh
# FILE: prints "there" and what is in it; nothing when there is none. Opened once: a resource that shares the file may take it away at any moment.
[ -e "$1" ] || exit 0
{ echo there; cat; } <"$1" || [ ! -e "$1" ]
