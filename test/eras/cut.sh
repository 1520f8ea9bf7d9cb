#!/bin/sh
# Stands in front of a command of a lab host (volatile-disk.ts): before the command does anything, keeps what a power cut at this moment would leave
# of the disk below csp's folder, which is a file that only a sync writes to. What the disk has meanwhile is up to the mode:
#
# - lost: nothing but what was synced
# - journalled: the file system's journal was committed, because another program synced a file of its own: names may be there before content is
# - written: everything
PATH=/usr/sbin:/usr/bin:/sbin:/bin
name=${0##*/} place=/run/cut state=/var/lib/csp
if ! [ -e $place/mode ]; then exec "$name" "$@"; fi
exec 8>>$place/lock
# Nobody syncs while the disk is copied.
flock 8
read -r mode <$place/mode
case $mode in
  journalled) dd if=/dev/zero of=$state/.other bs=1 count=1 conv=fsync 2>/dev/null ;;
  written) sync -f $state ;;
esac
cp --sparse=always $place/disk $place/copy
sum=$(md5sum <$place/copy)
sum=${sum%% *}
if [ -e "$place/images/$sum" ]; then rm $place/copy; else mv $place/copy "$place/images/$sum"; fi
echo "$sum $name $*" | tr '\n' ' ' >>$place/log
echo >>$place/log
case $name in
  sync)
    if [ "$1" = -f ] && [ -e $place/old-sync ]; then
      echo "sync: invalid option -- 'f'" >&2
      echo "Try 'sync --help' for more information." >&2
      exit 1
    fi
    # Of a real `sync`, which writes every disk of the machine, the part that is under test.
    sync -f $state
    exit ;;
esac
exec 8>&-
exec "$name" "$@"
