# shellcheck shell=sh
# FILE FOLDER MODE: writes stdin to a file of that folder, which is made, so that a reader sees the old content or the new one. Resources may share a
# file and write it at the same time; what a killed one left goes with the next.
set -e
# include: ../../shell/durable.sh
draft="$1.csp-new.$$"
mkdir -p "$2"
trap 'rm -f "$draft"' EXIT
find "$2" -maxdepth 1 -name "${1##*/}.csp-new.*" -mmin +10 -exec rm -f {} + 2>/dev/null || :
cat >"$draft"; chmod "$3" "$draft"
if [ -d "$1" ]; then echo "a folder of that name is in the way" >&2; exit 1; fi
flush "$draft"
mv -f "$draft" "$1"
flush "$2"
