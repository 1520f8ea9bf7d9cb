# shellcheck shell=sh
# Stands in front of what is done only if no guest runs at that moment: prints those that do, and ends.
# include: guests.sh
running=$(running_guests) || exit 1
if [ -n "$running" ]; then printf '%s\n' "$running"; exit 0; fi
