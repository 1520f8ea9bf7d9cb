# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it
mkdir -p "$root"%FOLDER%
printf '%s' %CONTENT% >"$root"%PATH%
