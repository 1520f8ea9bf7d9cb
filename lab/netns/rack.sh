#!/bin/sh
# Where one lab host stands. Keeps its disk, which outlives the host's boots, in a mount namespace of its own; ends with the lab.
#   rack.sh HOST_DIR DISK_MB
set -eu
dir=$1 disk_mb=$2

read -r outer_pid _ </proc/self/stat
mount --make-rprivate /
# A copy of another lab's namespace mount would keep that namespace alive after its teardown.
umount -R -l /run/netns 2>/dev/null || :
mount -t tmpfs -o "mode=755,size=${disk_mb}m" csp-lab "$dir/fs"
echo "ready $outer_pid"
exec >/dev/null 2>&1 </dev/null
exec sleep 2147483647
