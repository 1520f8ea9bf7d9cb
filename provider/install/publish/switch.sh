# shellcheck shell=sh
# PATH TREE: makes a tree the published one, and clears away what nobody needs any more. stdin: the record. New names are linked before the switch and
# old ones unlinked after it: a link that leads nowhere is no file to anybody.
set -e
# include: ../../shell/durable.sh
tree=trees/$2
cat >"$1/.csp/record.new"
cd "$1"
before=$(readlink .csp/current || :)
for name in .csp/"$tree"/* .csp/"$tree"/.[!.]*; do
  [ -e "$name" ] || continue
  name=${name##*/}
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then continue; fi
  if [ -e "./$name" ] || [ -L "./$name" ]; then echo "$name is in the way: csp has not put it there" >&2; exit 1; fi
  ln -s ".csp/current/$name" "./$name"
done
ln -sfn "$tree" .csp/current.new
# All that it leads to is on the disk before it does.
flush .csp
mv -T .csp/current.new .csp/current
mv -f .csp/record.new .csp/record
flush .csp
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ] && [ ! -e ".csp/current/$name" ]; then rm -f "./$name"; fi
done
cd .csp
if [ -d "$before" ] && [ "$before" != "$tree" ]; then touch "$before"; fi
# Minutes: NFS servers and clients go on following a changed link to the old place for one.
find trees -mindepth 1 -maxdepth 1 -mmin +120 | while IFS= read -r old; do
  case $old in "$tree"|"$before") ;; *) rm -rf "$old" ;; esac
done
find objects -type f -links 1 -exec rm -f {} +
touch stamp
