import { quote } from "../../shell/quote";

/**
 * What a server holds of a published tree at PATH:
 *   NAME                 each file and folder at the tree's top: a symbolic link to .csp/current/NAME
 *   .csp/current         a symbolic link to the published tree, and the one thing that a publication changes, by one rename
 *   .csp/trees/ID/...    trees of hard links to objects; those before are kept for who still reads them, for as long as an installation takes
 *   .csp/objects/SUM     every file once, under its SHA-256; SUM.part while it arrives
 *   .csp/owner           who publishes here, written first; .csp/made when csp made PATH itself
 *   .csp/record          the tree's declaration and list, in JSON
 *   .csp/stamp           when all was as recorded: what changed after it, by its ctime, is looked at again
 * PATH is a folder and no link because NFS servers refuse to mount a link (seen of nfs-ganesha 4.3, MNT3ERR_ACCES), and the links are relative and
 * stay below PATH because an NFS client follows them in what it has mounted. What others put at PATH is theirs.
 */
export interface Place {
  readonly path: string;
  readonly store: string;
}

/** How long a tree is kept after it was published. NFS servers and clients go on following a changed link to the old place for a minute. */
const KEPT_MINUTES = 120;

export function placeOf(path: string): Place {
  const clean = path.replace(/\/+$/, "");
  return { path: clean, store: `${clean}/.csp` };
}

/** Prints PATH as "none", "ours" or "foreign", then the owner's line and the record, either of which may be empty. */
export function lookScript({ path, store }: Place): string {
  return `if [ -d ${quote(store)} ]; then echo ours
elif [ -d ${quote(path)} ] && [ ! -L ${quote(path)} ] && [ -z "$(ls -A ${quote(path)})" ]; then echo none
elif [ -e ${quote(path)} ] || [ -L ${quote(path)} ]; then echo foreign
else echo none; fi
cd ${quote(store)} 2>/dev/null || { echo; exit 0; }
if [ -s owner ]; then head -n 1 owner; else echo; fi
[ ! -s record ] || cat record`;
}

/** Makes the store; stdin: the owner. Fails when there is no room to write, or no tool. */
export function prepareScript({ path, store }: Place): string {
  return `set -e
command -v sha256sum >/dev/null || { echo "there is no sha256sum" >&2; exit 1; }
made=
[ -d ${quote(path)} ] || { mkdir -p ${quote(path)}; chmod 755 ${quote(path)}; made=yes; }
mkdir -p ${quote(store)}/objects ${quote(store)}/trees
[ -z "$made" ] || : >${quote(store)}/made
chmod 755 ${quote(store)} ${quote(store)}/objects ${quote(store)}/trees
cat >${quote(store)}/owner.new
mv -f ${quote(store)}/owner.new ${quote(store)}/owner`;
}

/** Drops objects that are not what their name says any more. stdin: sums; prints those that are missing, and how much of each is there. */
export function missingScript({ store }: Place): string {
  return `set -e
cd ${quote(store)}/objects
newer=
[ ! -e ../stamp ] || newer="-cnewer ../stamp"
find . -type f ! -name '*.part' $newer | while IFS= read -r file; do
  sum=$(sha256sum <"$file")
  [ "\${sum%% *}" = "\${file#./}" ] || rm -f "$file"
done
while read -r sum; do
  if [ ! -f "$sum" ]; then
    if [ -f "$sum.part" ]; then echo "$sum $(($(wc -c <"$sum.part")))"; else echo "$sum 0"; fi
  fi
done`;
}

/** Appends stdin to an object, and takes it when its sum is right. */
export function receiveScript({ store }: Place, sum: string): string {
  return `cd ${quote(store)}/objects || exit 1
cat >>${sum}.part || exit 1
got=$(sha256sum <${sum}.part)
if [ "\${got%% *}" != ${sum} ]; then rm -f ${sum}.part; echo "what arrived is not what was read: the file changed meanwhile, or was damaged on the way" >&2; exit 1; fi
chmod 644 ${sum}.part && mv -f ${sum}.part ${sum}`;
}

/** Builds a tree; stdin: lines of sum and path. */
export function assembleScript({ store }: Place, tree: string): string {
  return `set -e
cd ${quote(store)}
rm -rf trees/${tree}
mkdir trees/${tree}
made=
while read -r sum path; do
  case $path in */*) folder=\${path%/*} ;; *) folder=. ;; esac
  [ "$folder" = "$made" ] || mkdir -p "trees/${tree}/$folder"
  made=$folder
  ln "objects/$sum" "trees/${tree}/$path"
done
chmod -R a+rX trees/${tree}`;
}

/**
 * Makes a tree the published one, and clears away what nobody needs any more. stdin: the record. New names are linked before
 * the switch and old ones unlinked after it: a link that leads nowhere is no file to anybody.
 */
export function switchScript({ path, store }: Place, tree: string): string {
  return `set -e
cat >${quote(store)}/record.new
cd ${quote(path)}
before=$(readlink .csp/current || :)
for name in .csp/trees/${tree}/* .csp/trees/${tree}/.[!.]*; do
  [ -e "$name" ] || continue
  name=\${name##*/}
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then continue; fi
  if [ -e "./$name" ] || [ -L "./$name" ]; then echo "$name is in the way: csp has not put it there" >&2; exit 1; fi
  ln -s ".csp/current/$name" "./$name"
done
ln -sfn trees/${tree} .csp/current.new
mv -T .csp/current.new .csp/current
mv -f .csp/record.new .csp/record
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ] && [ ! -e ".csp/current/$name" ]; then rm -f "./$name"; fi
done
cd .csp
if [ -d "$before" ] && [ "$before" != trees/${tree} ]; then touch "$before"; fi
find trees -mindepth 1 -maxdepth 1 -mmin +${KEPT_MINUTES} | while IFS= read -r old; do
  case $old in trees/${tree}|"$before") ;; *) rm -rf "$old" ;; esac
done
find objects -type f -links 1 -exec rm -f {} +
touch stamp`;
}

/** Prints "link NAME" of what leads into the tree, and "SUM path" of each file, its sum "=" where nothing was done to it since the stamp. */
export function treeScript({ path }: Place): string {
  return `cd ${quote(path)} 2>/dev/null || exit 0
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then echo "link $name"; fi
done
stamp=$PWD/.csp/stamp
[ -e "$stamp" ] || stamp=/dev/null
cd .csp/current/. 2>/dev/null || exit 0
find . -type f ! -cnewer "$stamp" -printf '= %P\\n'
find . -type f -cnewer "$stamp" -exec sha256sum {} + | sed 's/^\\\\\\{0,1\\}\\([0-9a-f]*\\)  \\.\\//\\1 /'`;
}

/** The name below PATH of the tree that is published: the part of a file's path that no link is in. */
export function currentScript({ store }: Place): string {
  return `readlink ${quote(store)}/current`;
}

/** Takes away the links, the store, and PATH itself where csp made it and nobody else uses it. */
export function removeScript({ path }: Place): string {
  return `set -e
cd ${quote(path)} 2>/dev/null || exit 0
[ -d .csp ] || exit 0
made=
[ ! -e .csp/made ] || made=yes
for name in * .[!.]*; do
  if [ "$(readlink "./$name")" = ".csp/current/$name" ]; then rm -f "./$name"; fi
done
rm -rf .csp
cd /
[ -z "$made" ] || rmdir ${quote(path)} 2>/dev/null || :`;
}
