# shellcheck shell=sh
# UNAME PACKAGE, of each csp kernel: takes away what csp put there: sources, kernels, the menu's change.
set -e
while [ $# -gt 0 ]; do
  rm -rf "/usr/src/kernels/$1-i686"
  rm -f "/lib/modules/$1/source" "/lib/modules/$1/build"
  if rpm -q "$2" >/dev/null 2>&1; then rpm -e "$2"; fi
  shift 2
done
if [ -e %MENU_BEFORE% ]; then mv -f %MENU_BEFORE% %MENU%; fi
rm -rf %KIT_STATE%
