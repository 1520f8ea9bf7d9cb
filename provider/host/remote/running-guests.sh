# shellcheck shell=sh
# include: guests.sh
running_guests
