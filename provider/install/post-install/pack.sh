# shellcheck shell=sh
# shellcheck disable=SC2154,SC2288 # $root and $outcome stand in front of it
# A supplemental pack's own script.
printf '%s' %SCRIPT% >%FILE%
chmod 700 %FILE%
%FILE% %ARGUMENT% >>"$root%LOG%"
rm -f %FILE%
