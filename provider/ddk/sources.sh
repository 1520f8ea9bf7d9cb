# shellcheck shell=sh
# UNAME STOCK: the README's step 5 for one kernel, from the stock sources of that name, its tree put in place as a whole.
set -e
tree=/usr/src/kernels/$1-i686
rm -rf "$tree.csp-new"
cp -rf "/usr/src/kernels/$2" "$tree.csp-new"
rm -f "$tree.csp-new/.config"
mkdir -p "$tree.csp-new/include/config"
echo "$1" >"$tree.csp-new/include/config/kernel.release"
cp "/boot/config-$1" "$tree.csp-new/.config"
rm -rf "$tree"
mv "$tree.csp-new" "$tree"
cd "/lib/modules/$1"
ln -sfn "$tree" source
ln -sfn "$tree" build
