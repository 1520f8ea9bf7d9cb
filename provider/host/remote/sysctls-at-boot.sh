# shellcheck shell=sh
# shellcheck disable=SC2043,SC2317,SC2329 # what is included has the rest; $r stands in front of it
# For every boot from the next on; the kernel that runs now is left alone.
# include: sysctl-files.sh
lines() { for k in %BRIDGE_SYSCTLS%; do echo "net.bridge.$k = 1"; done; }
write_files
exit 0
