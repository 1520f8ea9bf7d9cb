# shellcheck shell=sh
# FLAVOUR UNAME, of each csp kernel: prints what there is of a kit, then the menu.
menu=%MENU%
command -v rpm >/dev/null || { echo "there is no rpm: this is no driver development kit" >&2; exit 1; }
[ -r $menu ] || { echo "there is no $menu: this is no driver development kit" >&2; exit 1; }
echo "kernel $(uname -r)"
for name in /usr/src/kernels/*; do [ ! -d "$name" ] || echo "sources ${name##*/}"; done
while [ $# -gt 0 ]; do
  rpm -q --qf "installed $1 %{VERSION}-%{RELEASE}\n" "kernel-csp-$1" | grep '^installed ' || :
  tree=/usr/src/kernels/$2-i686
  if [ "$(cat "$tree/include/config/kernel.release" 2>/dev/null)" = "$2" ] && cmp -s "/boot/config-$2" "$tree/.config" \
    && [ "$(readlink "/lib/modules/$2/source")" = "$tree" ] && [ "$(readlink "/lib/modules/$2/build")" = "$tree" ]; then echo "tree $1"; fi
  shift 2
done
echo "menu"
cat $menu
