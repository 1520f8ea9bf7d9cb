# shellcheck shell=sh
# shellcheck disable=SC1090,SC1091,SC2016,SC2034,SC2043,SC2086,SC2154,SC2202 # what is included, and the settings, have the rest
# The host's half of a transaction. POSIX sh; runs with the transaction's folder as its argument. One compound command, so that half a text
# does nothing.
#
# What there is to do comes on its input once it has said that it is ready, as a line with a length in bytes and then the files of
# transaction.ts; it needs the whole of them before it begins, so that a connection lost half-way changes nothing, and keeps its input open for
# the verdict. It may be started before it is known whether there is anything to change: when it is never told a length it leaves nothing behind.
#
# The folder is renamed as the transaction goes: `tx.*` while nothing is touched, `journal` while the kernel changes (found later: undo),
# `commit` once csp has agreed to what was read back (found later: finish moving the files). Each rename is atomic, so whatever kills this
# script or the host, the next transaction knows what to do.
{
d=$1; s=${d%/*} mine=$1
say() { echo "@@csp $*"; }
# Until something is touched, whatever ends it leaves nothing.
leave() { rm -rf "$mine"; rmdir "$s" 2>/dev/null; exit 0; }
# include: ../../shell/durable.sh
boot=; read -r boot 2>/dev/null </proc/sys/kernel/random/boot_id
# The hook brings the files itself.
if ! [ -e "$d/settings" ]; then
  trap leave TERM INT
  say ready
  read -r bytes || leave
  head -c "$bytes" | awk -v d="$d" '/^@@csp /{if(f)close(f); if($2=="end"){whole=1; exit}; f=d "/" $2; printf "" >f; next} {print >f} END{exit !whole}' || { say nospace; leave; }
  # The files get to the disk while this looks whether they may be used: a journal that is found after a power cut must be whole.
  [ -e "$d/recover" ] || { { echo "$boot" >"$d/boot" && true >"$d/whole"; } || { say nospace; leave; }; flush "$d" & y=$!; }
fi
names='' wait='' arptables='' ebtables='' zones='' layer2='' lacks='' generation=''
# include: dialect.sh
# include: tables.sh
# The hook has the lock already when it lets this script put things right.
if [ -z "$CSP_LOCKED" ]; then
  { true >>"$s/lock"; } 2>/dev/null || { say nolock; leave; }
  exec 9>>"$s/lock"
  flock -w 60 9 || { say busy; leave; }
fi
# Remains of transactions that died before they touched anything.
for t in "$s"/tx.*; do
  [ "$t" != "$d" ] || continue
  # One that is only just beginning has none yet.
  { read -r p <"$t/pid"; } 2>/dev/null || continue
  kill -0 "$p" 2>/dev/null || rm -rf "$t"
done
[ "$s/tx."* = "$d" ] 2>/dev/null || find "$s" -maxdepth 1 -name 'tx.*' -mmin +60 -exec rm -rf {} + 2>/dev/null

# The touched chains' rules as "-A chain rule" lines, chain by chain in the order of touched.TABLE.
rules() {
  if [ -e "$d/list.$1" ]; then
    if [ "$1" = nft.bridge ]; then while read -r c; do nft_chain "$c"; done <"$d/touched.$1"; return; fi
    while read -r c; do "${1%%.*}" $wait1 -t "${1#*.}" -S "$c" 2>/dev/null; done <"$d/touched.$1"
  else save "$1" | pick "$1"; fi
}
pick() {
  awk -v t="$d/touched.$1" 'BEGIN { while ((getline c <t) > 0) { o[++n] = c; w[c] = 1 } }
    $1 == "-A" && ($2 in w) { sub(/[ \t]+$/, ""); r[$2] = r[$2] $0 "\n" }
    END { for (i = 1; i <= n; i++) printf "%s", r[o[i]] }'
}
sets() {
  if [ "$(wc -l <"$d/touched.ipset")" -gt 16 ]; then save_sets
  else while read -r n; do save_sets "$n" 2>/dev/null; done <"$d/touched.ipset"; fi
}

# One step of the change or of the way back: one commit of one table. Runs under the lock, so no tool waits for us.
step() {
  [ -s "$d/$1.$2" ] || return 0
  case $2 in
    ipset.before|ipset.after) restore_sets "$d/$1.$2" ;;
    ebtables.*) try restore "$2" "$d/$1.$2" ;;
    *) restore "$2" "$d/$1.$2" ;;
  esac
}
# ebtables' legacy lock fails at once instead of waiting, and xenopsd's scripts hold it too.
try() {
  n=0
  until "$@"; do
    n=$((n + 1)); [ $n -ge 3 ] && return 1
    sleep 1
  done
}
TABLES="%TABLES%"
# The tables in the order in which they are changed, there or back. A host that gets another plane has the new one before the old one goes.
order() { line "$d/order.$1"; tables=${line:-$TABLES}; }
# Whether the touched chains are as they were; $t is the table where they are not.
same() {
  for t in $TABLES; do
    [ -e "$d/$1.$t" ] || continue
    rules $t | cmp -s - "$d/expect.$t" || return 1
  done
}
forward() {
  for t in ebtables.nat nft.bridge; do at=${t%%.*}; step close $t || return 1; done
  at=ipset; step "do" ipset.before || return 1
  order "do"
  for t in $tables; do at=${t%%.*}; step "do" $t || return 1; done
  at=ipset; step "do" ipset.after || return 1
}
# A way back may begin anywhere on the way there: what it is asked to take away may never have come, and what it is asked to put back may never have
# gone. It is judged by what is there afterwards.
untouched() { [ -e "$d/touched.$1" ] && rules "$1" | cmp -s - "$d/expect.$1"; }
back() {
  for t in ebtables.nat nft.bridge; do step close $t || :; done
  step undo ipset.before || :
  order undo
  for t in $tables; do untouched $t || step undo $t || :; done
  step undo ipset.after || :
  same touched || { echo "$t is not as it was"; return 1; }
}
# A transaction as it was written: what is found of one that died may be less.
readable() { [ -f "$1/whole" ] && read_dialect "$1/settings"; }
# One that another version of csp has left is its own script's to finish or to undo.
by_its_own() {
  [ -z "$CSP_LOCKED" ] && [ -f "$1/script" ] && ! cmp -s "$1/script" "$mine/script" || return 1
  mkdir "$s/tx.own$$" && cp "$1/settings" "$s/tx.own$$/" && true >"$s/tx.own$$/recover" && cp "$1/script" "$mine/own" || return 1
  CSP_LOCKED=1 sh "$mine/own" "$s/tx.own$$"
  rm -rf "$s/tx.own$$"
  ! [ -e "$1" ]
}
# Takes away the folder of a transaction that is over: renamed first, for half a folder is none that could be read.
discard() { rm -rf "$s/tx.over$$"; mv "$1" "$s/tx.over$$" && rm -rf "$s/tx.over$$"; }
# Moves the files into place; may be run again.
finish() {
  while read -r f; do rm -rf "${s:?}/$f"; done <"$d/remove"
  for k in guests units sets; do [ -d "$s/$k" ] || { rm -f "$s/$k"; mkdir -p "$s/$k" || return 1; }; done
  for k in guests units sets; do
    set -- "$d/put/$k"/*
    [ -e "$1" ] || continue
    # Somebody may have put a folder where a file belongs.
    for f in "$@"; do [ ! -d "$s/$k/${f##*/}" ] || rm -rf "${s:?}/$k/${f##*/}"; done
    if [ $# -le 100 ]; then mv -f "$@" "$s/$k/" || return 1
    else (cd "$d/put/$k" && printf '%s\n' * | xargs -n 500 sh -c 't=$0; [ $# -eq 0 ] || mv -f "$@" "$t/"' "$s/$k") || return 1; fi
  done
  [ ! -e "$d/put/hook" ] || chmod 755 "$d/put/hook"
  for f in "$d/put"/*; do
    [ -f "$f" ] || continue
    [ ! -d "$s/${f##*/}" ] || rm -rf "${s:?}/${f##*/}"
    mv -f "$f" "$s/"
  done
  # The hook's complaints were of what was before.
  [ ! -e "$s/failures" ] || rm -rf "$s/failures"
  [ ! -d "$s/generation" ] || rm -rf "$s/generation"
  echo $((${gen:-0} % 1000000000 + 1)) >"$s/generation.new" && mv -f "$s/generation.new" "$s/generation"
  # A host that csp has left keeps nothing of it.
  if ! [ -e "$s/frame" ] && discard "$d" && rmdir "$s/guests" "$s/units" "$s/sets" 2>/dev/null; then
    for f in ports vifs zones settings templates hook dialect failures hook.log work generation lock *.aside.*; do rm -rf "${s:?}"/$f; done
    rmdir "$s" 2>/dev/null
  fi
  :
}

# What a file says in one line; nothing when there is none. A process less than cat.
line() { line=; if [ -f "$1" ]; then { read -r line <"$1"; } 2>/dev/null; fi; :; }
number() { line "$1"; case $line in *[!0-9]*) line=0 ;; esac; }
number "$s/generation"; gen=$line
if [ -e "$s/commit" ] && ! by_its_own "$s/commit"; then
  d=$s/commit
  if ! [ -f "$d/remove" ]; then say unreadable commit; rm -rf "$mine"; exit 0; fi
  if finish; then discard "$d"; else say unfinished; exit 0; fi
fi
if [ -e "$s/journal" ] && by_its_own "$s/journal"; then say recovered
elif [ -e "$s/journal" ]; then
  d=$s/journal
  # After a reboot the kernel holds nothing to put back.
  line "$d/boot"
  if [ -z "$line" ] || [ "$line" = "$boot" ]; then
    readable "$d" || { say unreadable journal; rm -rf "$mine"; exit 0; }
    wait1=${wait%% *}
    out=$(back 2>&1) || { printf '%s\n' "$out"; say undofailed; rm -rf "$mine"; exit 0; }
  fi
  discard "$d"
  say recovered
fi
# A hook that died half-way, or a boot that nobody has told it of: then it comes first.
if [ -z "$CSP_LOCKED" ] && [ -f "$s/hook" ]; then
  line=
  [ -f "$s/ports" ] && { read -r line; read -r line; } <"$s/ports"
  case $line in
    "boot $boot"|"boot -") ;;
    *)
      [ ! -d "$s/ports" ] || rm -rf "${s:?}/ports"
      CSP_LOCKED=1 sh "$s/hook" transaction </dev/null >/dev/null 2>&1
      [ -e "$s/ports" ] || printf 'csp-ports 2\nboot -\nend\n' >"$s/ports" ;;
  esac
fi
d=$mine
[ -e "$d/recover" ] && { say "done"; leave; }
read_dialect "$d/settings" || { say nospace; leave; }
wait1=${wait%% *}

number "$s/generation"; gen=$line
if [ "$gen" != "$generation" ]; then say stale generation; leave; fi
if ! same verify; then say stale "$t"; leave; fi

wait $y || { say failed sync; leave; }
mv "$d" "$s/journal" || { say nospace; leave; }
d=$s/journal
# The verdict is one line; who reads it gets ready meanwhile.
exec 3<&0
head -n 1 <&3 >"$d/verdict" 2>/dev/null 9>&- & h=$!

undo() {
  kill $h 2>/dev/null
  if out=$(back 2>&1); then discard "$d"; say "$@"; left; else printf '%s\n' "$out"; say undofailed; fi
  exit 0
}
# A host that csp has not come to keeps nothing of it.
left() {
  [ -e "$s/frame" ] || { rmdir "$s/guests" "$s/units" "$s/sets" 2>/dev/null; [ -e "$s/units" ] || rm -f "$s/lock" "$s/generation"; rmdir "$s" 2>/dev/null; }
  :
}
trap 'undo undone' TERM INT
if ! forward; then undo failed $at; fi
for t in $TABLES; do [ -e "$d/touched.$t" ] && { say is.$t; rules $t; }; done
[ -e "$d/touched.ipset" ] && { say is.ipset; sets; }
say verdict

# No answer within a minute is a no: the connection may be dead without either side knowing.
(i=0; while [ $i -lt 60 ]; do sleep 1; i=$((i + 1)); done; kill $h) </dev/null >/dev/null 2>&1 9>&- 3<&- & w=$!
wait $h 2>/dev/null
kill $w 2>/dev/null
line "$d/verdict"
if [ "$line" = commit ]; then
  trap '' TERM INT
  # That it counts is on the disk before anybody is told.
  mv "$d" "$s/commit" || undo failed commit
  if ! flush "$s" 9>&-; then mv "$s/commit" "$d" && undo failed sync; say unfinished; exit 0; fi
  d=$s/commit
  # From here on it is so, whatever happens: whoever comes next finishes it if this does not.
  say committed
  finish || { say unfinished; exit 0; }
  [ ! -e "$d" ] || discard "$d"
else undo undone; fi
exit 0
}
