# shellcheck shell=sh
# Writes the menu that comes on stdin; the one before csp's first change is kept.
set -e
# include: ../shell/durable.sh
menu=%MENU%
[ -e %MENU_BEFORE% ] || cp -p $menu %MENU_BEFORE%
cat >$menu.csp-new
chmod --reference=$menu $menu.csp-new
flush $menu.csp-new
mv -f $menu.csp-new $menu
flush $menu
