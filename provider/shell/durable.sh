# shellcheck shell=sh
# `flush FILE`: everything that was written to FILE's file system is on its disk when this ends well. coreutils before 8.24 (every XenServer and XCP-ng)
# knows no -f and refuses it: there, everything on every disk is.
flush() { sync -f "$1" 2>/dev/null || sync; }
