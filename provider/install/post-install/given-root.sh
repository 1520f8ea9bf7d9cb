# shellcheck shell=sh
# shellcheck disable=SC2034 # log.sh asks whether it is mounted
# The installer passes the folder of the new root, /tmp/root.
root=${1:?the installer passes the folder of the new root}
[ -d "$root/etc" ] || { echo "csp: $root holds no system" >&2; exit 1; }
mounted=''
