import { quote } from "../ssh/privilege";

/**
 * What a server holds of a published tree at PATH, beside it in `.NAME.csp/`:
 *   owner           who publishes here, written first
 *   objects/SUM     every file once, under its SHA-256; SUM.part while it arrives
 *   trees/ID/...    trees of hard links to them; PATH is a symbolic link to one, and the one before is kept for who still reads it
 *   record          the tree's declaration and list, in JSON
 *   stamp           when all was as recorded: what changed after it, by its ctime, is looked at again
 * PATH changes from one tree to the next by one rename.
 */
export interface Place {
  readonly path: string;
  /** The folder above, and the names in it. */
  readonly parent: string;
  readonly name: string;
  readonly store: string;
}

export function placeOf(path: string): Place {
  const clean = path.replace(/\/+$/, "");
  const slash = clean.lastIndexOf("/");
  const name = clean.slice(slash + 1);
  const parent = clean.slice(0, slash) || "/";
  return { path: clean, parent, name, store: `${parent === "/" ? "" : parent}/.${name}.csp` };
}

/** Prints `path` as "none", "ours" or "foreign", then the owner's line and the record, either of which may be empty. */
export function lookScript({ path, name, store }: Place): string {
  return `if [ -L ${quote(path)} ]; then
  case $(readlink ${quote(path)}) in ${quote(`.${name}.csp/trees/`)}*) echo ours ;; *) echo foreign ;; esac
elif [ -e ${quote(path)} ]; then echo foreign
else echo none; fi
cd ${quote(store)} 2>/dev/null || { echo; exit 0; }
if [ -s owner ]; then head -n 1 owner; else echo; fi
[ ! -s record ] || cat record`;
}

/** Makes the store; stdin: the owner. Fails when there is no room to write, or no tool. */
export function prepareScript({ store }: Place): string {
  return `set -e
command -v sha256sum >/dev/null || { echo "there is no sha256sum" >&2; exit 1; }
mkdir -p ${quote(store)}/objects ${quote(store)}/trees
chmod 755 ${quote(store)} ${quote(store)}/objects ${quote(store)}/trees
cat >${quote(store)}/owner.new
mv -f ${quote(store)}/owner.new ${quote(store)}/owner`;
}

/** Drops objects that are not what their name says any more. stdin: sums; prints those that are missing, and how much of each is there. */
export function missingScript({ store }: Place): string {
  return `set -e
cd ${quote(store)}/objects
${changedObjects(`case $file in *.part) continue ;; esac; sum=$(sha256sum <"$file"); [ "\${sum%% *}" = "\${file##*/}" ] || rm -f "$file"`)}
while read -r sum; do
  if [ ! -f "$sum" ]; then
    if [ -f "$sum.part" ]; then echo "$sum $(($(wc -c <"$sum.part")))"; else echo "$sum 0"; fi
  fi
done`;
}

function changedObjects(each: string): string {
  return `newer=
[ ! -e ../stamp ] || newer="-cnewer ../stamp"
find . -type f $newer | while IFS= read -r file; do file=\${file#./}; ${each}; done`;
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

/** Makes a tree the published one, and clears away what neither it nor the one before needs. stdin: the record. */
export function switchScript({ path, name, store }: Place, tree: string): string {
  return `set -e
cat >${quote(store)}/record.new
if [ -e ${quote(path)} ] && [ ! -L ${quote(path)} ]; then echo "there is something else at ${path.replaceAll(/["\\$`]/g, "?")} now" >&2; exit 1; fi
before=$(readlink ${quote(path)} || :)
ln -sfn ${quote(`.${name}.csp/trees/${tree}`)} ${quote(`${path}.csp-new`)}
mv -T ${quote(`${path}.csp-new`)} ${quote(path)}
cd ${quote(store)}
mv -f record.new record
for old in trees/*; do
  case $old in trees/${tree}|"\${before#*.csp/}") ;; *) rm -rf "$old" ;; esac
done
find objects -type f -links 1 -exec rm -f {} +
touch stamp`;
}

/** Prints the published tree: "SUM path" of each file, its sum "=" where nothing was done to it since the stamp. */
export function treeScript({ path, store }: Place): string {
  return `cd ${quote(path)}/. 2>/dev/null || exit 0
stamp=${quote(store)}/stamp
[ -e "$stamp" ] || stamp=/dev/null
find . -type f ! -cnewer "$stamp" -printf '= %P\\n'
find . -type f -cnewer "$stamp" -exec sha256sum {} + | sed 's/^\\\\\\{0,1\\}\\([0-9a-f]*\\)  \\.\\//\\1 /'`;
}

/** Takes away the link, where it is ours, and the store. */
export function removeScript({ path, name, store }: Place): string {
  return `set -e
if [ -L ${quote(path)} ]; then
  case $(readlink ${quote(path)}) in ${quote(`.${name}.csp/trees/`)}*) rm -f ${quote(path)} ;; esac
fi
rm -rf ${quote(store)}`;
}
