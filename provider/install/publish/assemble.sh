# shellcheck shell=sh
# PATH TREE: builds a tree; stdin: lines of sum and path.
set -e
cd "$1/.csp"
tree=trees/$2
rm -rf "$tree"
mkdir "$tree"
made=
while read -r sum path; do
  case $path in */*) folder=${path%/*} ;; *) folder=. ;; esac
  [ "$folder" = "$made" ] || mkdir -p "$tree/$folder"
  made=$folder
  ln "objects/$sum" "$tree/$path"
done
chmod -R a+rX "$tree"
