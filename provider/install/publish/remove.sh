# shellcheck shell=sh
# PATH: takes away the links, the store, and PATH itself where csp made it and nobody else uses it.
set -e
cd "$1" 2>/dev/null || exit 0
[ -d .csp ] || exit 0
made=
[ ! -e .csp/made ] || made=yes
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then rm -f "./$name"; fi
done
rm -rf .csp
cd /
[ -z "$made" ] || rmdir "$1" 2>/dev/null || :
