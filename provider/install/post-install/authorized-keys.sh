# shellcheck shell=sh
# shellcheck disable=SC2154,SC2288 # $root stands in front of it; what ensures each key has its place here
# Who may log in as root.
mkdir -p "$root/root/.ssh"
chmod 700 "$root/root/.ssh"
%KEYS%
chmod 600 "$root/root/.ssh/authorized_keys"
