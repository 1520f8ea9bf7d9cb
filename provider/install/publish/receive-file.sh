# shellcheck shell=sh
# FILE SUM: writes stdin to a file, when its sum is right.
set -e
# include: ../../shell/durable.sh
draft=$1.csp-new
trap 'rm -f "$draft"' EXIT
cat >"$draft"
got=$(sha256sum <"$draft")
[ "${got%% *}" = "$2" ] || { echo "it arrived damaged" >&2; exit 1; }
chmod 644 "$draft"
flush "$draft"
mv -f "$draft" "$1"
flush "$1"
