# shellcheck shell=sh
# PATH: prints it as "none", "ours" or "foreign", then the owner's line and the record, either of which may be empty.
if [ -d "$1/.csp" ]; then echo ours
elif [ -d "$1" ] && [ ! -L "$1" ] && [ -z "$(ls -A "$1")" ]; then echo none
elif [ -e "$1" ] || [ -L "$1" ]; then echo foreign
else echo none; fi
cd "$1/.csp" 2>/dev/null || { echo; exit 0; }
if [ -s owner ]; then head -n 1 owner; else echo; fi
[ ! -s record ] || cat record
