# shellcheck shell=sh
# Reboots a moment after it has answered.
sync
if command -v setsid >/dev/null; then setsid=setsid; else setsid=; fi
$setsid sh -c 'sleep 1; reboot' >/dev/null 2>&1 </dev/null &
exit 0
