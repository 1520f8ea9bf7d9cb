# shellcheck shell=sh
# PATH: makes the store; stdin: the owner. Fails when there is no room to write, or no tool.
set -e
command -v sha256sum >/dev/null || { echo "there is no sha256sum" >&2; exit 1; }
made=
[ -d "$1" ] || { mkdir -p "$1"; chmod 755 "$1"; made=yes; }
mkdir -p "$1/.csp/objects" "$1/.csp/trees"
[ -z "$made" ] || : >"$1/.csp/made"
chmod 755 "$1/.csp" "$1/.csp/objects" "$1/.csp/trees"
cat >"$1/.csp/owner.new"
mv -f "$1/.csp/owner.new" "$1/.csp/owner"
