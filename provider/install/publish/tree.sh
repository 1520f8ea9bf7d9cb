# shellcheck shell=sh
# PATH: prints "link NAME" of what leads into the tree, and "SUM path" of each file, its sum "=" where nothing was done to it since the stamp.
cd "$1" 2>/dev/null || exit 0
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then echo "link $name"; fi
done
stamp=$PWD/.csp/stamp
[ -e "$stamp" ] || stamp=/dev/null
cd .csp/current/. 2>/dev/null || exit 0
find . -type f ! -cnewer "$stamp" -printf '= %P\n'
find . -type f -cnewer "$stamp" -exec sha256sum {} + | sed 's/^\\\{0,1\}\([0-9a-f]*\)  \.\//\1 /'
