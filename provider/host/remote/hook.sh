#!/bin/sh
# shellcheck disable=SC2016,SC2034,SC2043,SC2154,SC2317 # awk's $ is awk's; what is included has the rest
# csp follows the guests of this host: a guest has another port after each start. Put here by csp.Host, which also takes it away; a change by
# hand is put back. Any event may call it, with any arguments: it looks for itself.
#
# It is level-triggered: it finds out which port is whose now, compares that with the file `ports` (what the chains in the kernel were made from), and
# rewrites what differs. Guests' own chains hold no port names and stay. So no event is missed for good, and their order has no meaning.
#
# `ports` is taken away before the kernel is touched and comes back when all is done: when it is missing, or of another boot, everything is
# loaded anew from the records, the frame first. Whatever kills the script, then, leaves ports dropped and the next event repairs it. So does a frame
# that does not lead any more.
#
# It knows no rule: those are in the templates and in the records. $CSP_LOCKED is set by a transaction that has the lock already.
{ # In one piece: half of this text does nothing.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
umask 077
trap '' HUP PIPE
exec </dev/null
s=%STATE_DIR%
w=$s/work lacks=''
event=$*
[ ${#event} -le 1000 ] || event="(long arguments)"
names='' wait='' arptables='' ebtables='' zones='' layer2='' backend='' guest_ports='' tables='' heads='' bad='' skip=''

claims_awk='
# include: claims.awk
'
plant_awk='
# include: plant.awk
'
delta_awk='
# include: delta.awk
'
frame_awk='
# include: frame.awk
'
leads_awk='
# include: leads.awk
'
bundles_awk='
# include: bundles.awk
'
jumps_awk='
# include: jumps.awk
'
# include: ports.sh
# include: tables.sh
# include: dialect.sh

# One line in the log for each event.
note() {
  noted=$(EVENT=$event SAID=$1 awk -v log_file="$s/hook.log" '
    BEGIN {
      "date -u +%Y-%m-%dT%H:%M:%SZ" | getline now
      text = "[" ENVIRON["EVENT"] "] " ENVIRON["SAID"]; gsub(/[^ -~]/, "?", text)
      print now, text >>log_file
      print text
    }')
  [ ! -S /dev/log ] || logger -t csp -- "$noted" 2>/dev/null
  if [ "$(wc -c <"$s/hook.log")" -gt 131072 ]; then tail -n 500 "$s/hook.log" >"$s/hook.log.new" && mv -f "$s/hook.log.new" "$s/hook.log"; fi
  :
}
# What could not be done, for csp to read: "TIME PORT GUEST CAUSE" a line. The next run in which all goes well takes it away.
fail() {
  said=$(printf '%s' "$3" | tr '\n' ' ' | tr -cd ' -~' | cut -c 1-400)
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $1 $2 $said" >>"$4"
  note "failed: $1 $2: $said"
}
keep_failures() {
  if [ -s "$w/refused" ]; then awk '{ if (!now) "date -u +%Y-%m-%dT%H:%M:%SZ" | getline now; print now, $0 }' "$w/refused" >>"$w/failures"; fi
  if [ -s "$w/failures" ]; then mv -f "$w/failures" "$s/failures"
  elif [ -e "$s/failures" ]; then rm -f "$s/failures"; fi
}
# What a file of ours says in one line.
line() { line=''; if [ -f "$1" ]; then { read -r line <"$1"; } 2>/dev/null; fi; :; }

# One commit of one table. What its tool says stays in $said.
put() {
  [ -s "$2" ] || return 0
  n=0
  until said=$(restore "$1" "$2" 2>&1); do
    code=$?
    n=$((n + 1))
    # 4 is another program's lock; legacy ebtables has no number of its own for that. Commands of arptables may be run twice, but not these.
    if [ $n -ge 3 ] || [ "${1%%.*}" = arptables ] || { [ $code -ne 4 ] && [ "${1%%.*}/$ebtables" != ebtables/legacy ]; }; then
      said="${1%%.*}: $(printf '%s\n' "$said" | head -n 3)"
      return 1
    fi
    sleep 1
  done
}
each_table() { # COMMAND...: with every table of this host's tools, in the order of the templates
  for t in $tables; do case " $skip " in *" $t "*) ;; *) "$@" "$t" ;; esac; done
}

# Which port is whose, and what is to be done about it, into the folder. $1 is 1 when nothing is known of the kernel.
resolve() {
  known=/dev/null
  [ -n "$1" ] || known=$s/ports
  now=$(list_ports)
  # shellcheck disable=SC2046
  answers=$(ask_ports $(printf '%s\n' "$now" | awk -v ask=1 -v boot="$boot" -v bad="$bad" -v guest_ports="$guest_ports" "$claims_awk" mode=vifs "$s/vifs" mode=ports "$known" mode=now -))
  # What an update has put on record has not been through here: its ports' settings may never have been made.
  case $event in up*) settle=1 ;; *) settle='' ;; esac
  printf '%s\n%s\n' "$now" "$answers" | awk -v boot="$boot" -v whole="$1" -v settle="$settle" -v w="$w" -v bad="$bad" -v guest_ports="$guest_ports" -v first_zone=%FIRST_ZONE% \
    "$claims_awk$plant_awk$delta_awk" mode=templates "$s/templates" mode=vifs "$s/vifs" mode=zones "$zones_file" mode=ports "$known" mode=now -
}
put_one() { put "$1" "$w/$1" || { fail rules - "$said" "$w/failures"; return 1; }; }
# Each table in turn, arptables beside them: it has no restore and no lock in common with the others. Wrong in one, the others have theirs all the same.
put_trees() {
  case " $tables " in *" nft.bridge "*) t=nft.bridge ;; *) t=ebtables.nat ;; esac
  put $t "$w/close" || { fail rules - "$said" "$w/failures"; return 1; }
  wrong=''
  for t in $broken_tables; do rm -f "$w/$t"; done
  put_one arptables.filter & beside=$!
  for t in $tables; do
    case " $skip arptables.filter " in *" $t "*) ;; *) put_one "$t" || wrong=1 ;; esac
  done
  wait $beside || wrong=1
  [ -z "$wrong" ]
}

# The built-in chains that lead to csp, as their tools list them: leads.awk knows their forms. In one go, and in one time limit. What nft has is asked
# chain by chain. The legacy tools read their whole table each time: once, and no further than to the first chain of ours, which comes after these.
heads() {
  look='' asked_tables=' '
  for h in $heads; do
    t=${h%/*} c=${h##*/} tool=${h%%.*} n=${t#*.}
    case " $skip $asked_tables" in *" $t "*) continue ;; esac
    case $tool in arptables) back=$backend list="$arptables -nvL" ;; ebtables) back=$ebtables list="ebtables -t $n -L" ;; *) back=$backend ;; esac
    case $back/$tool in
      legacy/ip*) list="$tool-save -t $n | sed '/^-A csp-/q'" ;;
      legacy/*) list="$list | sed '/^\(Bridge chain:\|Chain\) csp-/q'" ;;
      */ip*) list="$tool ${wait:+-w 5} -t $n -S $c" ;;
      *) list="$list $c" ;;
    esac
    case $back in legacy) asked_tables="$asked_tables$t " ;; esac
    look="$look echo '@ $t $c'; $list;"
  done
  case " $tables " in *" nft.csp "*) look="$look echo '@ nft.csp -'; nft list table inet csp;" ;; esac
  case " $tables " in
    *" nft.bridge "*)
      look="$look echo '@ nft.bridge csp-shut'; nft list chain bridge csp-shut from;"
      for c in %NFT_HEADS%; do look="$look echo '@ nft.bridge $c'; nft list chain bridge csp $c;"; done ;;
  esac
  $limit sh -c "$look" 2>/dev/null
}
leads() { heads | awk -v skip="$skip" "$plant_awk$leads_awk" mode=templates "$s/templates" mode=heads -; }

# Shuts what guests send and receive in one table, by single commands that the templates have; and takes that away. What is shut is left as it is: a
# jump goes before it comes again, and would let through what is sent in between.
is_shut() {
  case $1 in nft.*) $limit nft list table bridge csp-shut >/dev/null 2>&1; return ;; esac
  wanted=0
  while read -r word table command; do
    case "$word/$table $command" in "shut/$1 "*" -I "*) wanted=$((wanted + 1)) ;; esac
  done <"$s/templates"
  save "$1" 2>/dev/null | { while read -r rule; do case $rule in *"-j csp-shut"*) wanted=$((wanted - 1)) ;; esac; done; [ "$wanted" -le 0 ]; }
}
shut() {
  if is_shut "$1"; then return; fi
  set -f
  while read -r word table command; do
    # shellcheck disable=SC2086 # the words of a command
    [ "$word/$table" != "shut/$1" ] || run_words $command 2>/dev/null
  done <"$s/templates"
  set +f
  # Where nft does not do its work, ebtables does this.
  if [ "$1" = nft.bridge ] && ! is_shut "$1"; then shut ebtables.nat; shut ebtables.filter; fi
}
# shellcheck disable=SC2086
open_again() {
  if [ "$1" = nft.bridge ]; then $limit nft delete table bridge csp-shut 2>/dev/null; return; fi
  chain_command=''
  while read -r word table command; do
    [ "$word/$table" = "shut/$1" ] || continue
    case $command in
      *" -I "*) chain_command=${command%% -I *}; run_words $chain_command -D ${command#* -I } 2>/dev/null ;;
    esac
  done <"$s/templates"
  [ -z "$chain_command" ] || { run_words $chain_command -F csp-shut; run_words $chain_command -X csp-shut; } 2>/dev/null
}
# shellcheck disable=SC2086
run_words() {
  tool=$1; shift
  case $tool in
    iptables|ip6tables) $limit "$tool" $wait "$@" ;;
    arptables) [ -z "$arptables" ] || $limit $arptables "$@" ;;
    *) $limit "$tool" "$@" ;;
  esac
}

# The frame with nobody in it, where it does not lead or comes from elsewhere; a table that does not take it is shut by what commands it takes.
close_table() {
  save "$1" 2>/dev/null | awk -v table="$1" -v always="$stale" -v guest_ports="$guest_ports" "$plant_awk$frame_awk" mode=templates "$s/templates" mode=saved - >"$w/frame.$1"
  put "$1" "$w/frame.$1" && return
  fail rules - "$said" "$w/failures"
  shut "$1"
  broken_tables="$broken_tables $1"
}
sysctls() {
  for k in %BRIDGE_SYSCTLS%; do
    v=1
    { read -r v <"/proc/sys/net/bridge/$k"; } 2>/dev/null
    [ "$v" = 1 ] || { echo 1 >"/proc/sys/net/bridge/$k" && note "net.bridge.$k was $v"; } 2>/dev/null
  done
}
# Below /sys/class/net; where the kernel has no such file there is nothing to be set.
settings() {
  [ -s "$w/settings" ] || return 0
  while read -r file value; do
    v=$value
    { read -r v <"/sys/class/net/$file"; } 2>/dev/null
    [ "$v" != "$value" ] || continue
    # What a bridge had before is what it gets back; a port does not outlive its guest.
    case $file in */bridge/*) grep -q "^$file " "$s/settings" 2>/dev/null || echo "$file $v" >>"$s/settings" ;; esac
    { echo "$value" >"/sys/class/net/$file"; } 2>/dev/null
  done <"$w/settings"
  :
}
clear_work() { for t in %TABLES% sets broken; do rm -f "$w/$t"; done; }
# The records of these files into the kernel; of a table that does not take them, which one it was. Rule sets may be in tables that the frame is not in.
put_bundles() {
  clear_work
  awk -v w="$w" "$bundles_awk" "$@"
  [ ! -s "$w/sets" ] || said=$(restore_sets "$w/sets" 2>&1) || return 1
  for t in %TABLES%; do
    case " $skip $broken_tables " in *" $t "*) ;; *) put "$t" "$w/$t" || return 1 ;; esac
  done
}
# What leads from others' chains into those of rule sets.
put_jumps() {
  # Records of versions before tables had names say "hook TOOL". The legacy tools load a table that is asked for: only those that jumps stand in are.
  jumped=$(sed -n -e 's/^hook ebtables .*/ebtables.nat/p' -e 's/^hook \([^ ]*\) .*/\1.filter/p' -e 's/^jump \([^ ]*\) .*/\1/p' "$s"/units/* 2>/dev/null | tr '\n' ' ')
  for t in %TABLES%; do
    case " $jumped " in *" $t "*) ;; *) continue ;; esac
    case " $skip $broken_tables " in *" $t "*) continue ;; esac
    save "$t" 2>/dev/null | awk -v table="$t" "$jumps_awk" mode=saved - mode=units "$s"/units/* >"$w/jumps"
    put "$t" "$w/jumps" || fail rules - "$said" "$w/failures"
  done
}
# Everything there is on record; from a kernel that may hold nothing of it, or half. What one guest's records do that the tools do not take is
# that guest's: it is left out, and dropped.
load() {
  rm -f "$s/ports"
  modprobe br_netfilter 2>/dev/null
  broken_tables=''
  each_table close_table
  sysctls
  set --
  for f in "$s"/sets/* "$s"/units/* "$s"/guests/*; do
    if [ -f "$f" ] && [ -s "$f" ]; then set -- "$@" "$f"
    elif [ -e "$f" ]; then spoilt "$f"; fi
  done
  if [ $# -gt 0 ] && ! put_bundles "$@"; then
    for f in "$@"; do
      put_bundles "$f" && continue
      fail rules "${f##*/}" "$said" "$w/failures"
      bad="$bad ${f##*/} "
    done
  fi
  if [ -s "$w/broken" ]; then while read -r f; do spoilt "$f"; done <"$w/broken"; fi
  put_jumps
  clear_work
  summary=$(resolve 1)
  [ -n "$summary" ] || { fail rules - "awk does not work here: nothing can be looked up" "$w/failures"; return 1; }
  put_trees && wrong='' || wrong=1
  settings
  [ -z "$wrong" ]
}
spoilt() { fail rules "${1##*/}" "its record is cut off: nothing of it was loaded" "$w/failures"; bad="$bad ${1##*/} "; }
# All went well: whoever waited with a call of before has nothing to add.
# shellcheck disable=SC2086 # names of ours, without blanks
answered() { [ -z "$asked" ] || rm -f $asked; }
count_up() {
  line "$s/generation"
  case $line in ''|*[!0-9]*) line=0 ;; esac
  echo $((line % 1000000000 + 1)) >"$s/generation.new" && mv -f "$s/generation.new" "$s/generation"
}

[ -f "$s/frame" ] && [ -f "$s/vifs" ] && [ -f "$s/templates" ] || exit 0
# What the frame's templates say in front.
read_templates() { while read -r k v; do case $k in prefixes) guest_ports=$v ;; tables) tables=$v ;; heads) heads=$v ;; chain) break ;; esac; done <"$s/templates"; }
# Whether a device that udev tells of can be somebody's port; most are not, and nobody waits for the look that they would cause.
can_be_port() {
  # Whoever moved here says so once, a moment after its port is on its bridge: the look begins before that.
  case $1 in vif*|tap*) return ;; esac
  if ! [ -e "/sys/class/net/$1" ]; then
    [ -f "$s/ports" ] || return 0
    grep -q "^port $1 " "$s/ports"
    return
  fi
  # Who makes a port names it before it gives it its MAC and its bridge, and no event tells of that.
  if [ -e "/sys/class/net/$1/tun_flags" ]; then tries=5; else case $1 in veth*i*) tries=5 ;; *) tries=0 ;; esac; fi
  while ! [ -e "/sys/class/net/$1/brport" ]; do
    if [ $tries -eq 0 ] || ! [ -e "/sys/class/net/$1" ]; then break; fi
    tries=$((tries - 1)); sleep 1
  done
  [ ! -e "/sys/class/net/$1/brport" ] || return 0
  read_templates
  for p in $guest_ports; do case $1 in "$p"*) return ;; esac; done
  return 1
}
case $event in
  "udev "*)
    can_be_port "$2" || exit 0
    # libvirt's nwfilter puts its jumps in front of ours a moment after it has made a port, and nobody tells of that: one look at once, one after it.
    if [ -d /etc/libvirt/nwfilter ] && [ -e "/sys/class/net/$2" ] && [ -z "$CSP_LOCKED" ]; then
      [ "$3" = first ] || { /bin/sh "$0" "$@" first; sleep 3; }
    fi ;;
esac
mark='' asked=''
if [ -z "$CSP_LOCKED" ]; then
  # When many guests start at once, calls pile up. A look that begins after they were made answers them all: it takes their marks away.
  [ -d "$w" ] || { rm -f "$w"; mkdir "$w" 2>/dev/null; }
  mark=$w/asked.$$
  trap '[ ! -e "$mark" ] || rm -f "$mark"' EXIT
  { true >"$mark"; } 2>/dev/null || mark=''
  { true >>"$s/lock"; } 2>/dev/null || exit 1
  exec 9>>"$s/lock"
  if ! flock -w 60 9; then fail lock - "csp's lock was held for a minute, or cannot be had (flock)" "$s/failures"; exit 1; fi
  [ -f "$s/frame" ] || exit 0
  if [ -n "$mark" ] && ! [ -e "$mark" ]; then note "another call has looked since"; exit 0; fi
  asked=$(echo "$w"/asked.*)
fi
mkdir -p "$w" || exit 1
true >"$w/failures" || exit 1
boot=; { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
# Where an installation has left the frame, csp has not looked at the tools yet. Nothing is kept of this: other tools may come until it has.
read_dialect "$s/dialect" || probe_dialect
read_templates
zones_file=$s/zones
[ -f "$zones_file" ] || zones_file=/dev/null
[ -n "$arptables" ] || skip="$skip arptables.filter"

# What a transaction that died has left is finished or undone by its own script first.
for j in commit journal; do
  [ -e "$s/$j/script" ] || continue
  mkdir "$s/tx.hook$$" && cp "$s/$j/settings" "$s/tx.hook$$/" && true >"$s/tx.hook$$/recover" && cp "$s/$j/script" "$w/script" || exit 1
  said=$(CSP_LOCKED=1 sh "$w/script" "$s/tx.hook$$" 2>&1)
  if [ -e "$s/$j" ]; then fail transaction - "a change that died half-way could not be undone: $said" "$w/failures"; keep_failures; exit 1; fi
  note "finished what a change that died had left"
done

old=''; if [ -f "$s/ports" ]; then { read -r _; read -r _ old; } <"$s/ports"; fi
stale='' broken_tables=''
if [ -n "$boot" ] && [ "$old" = "$boot" ]; then
  sysctls
  summary=$(resolve '')
  # A guest that came to this host tells the network so once, as soon as it runs: its port comes first.
  leads >"$w/leads" & looking=$!
  led=''
  case $summary in
    '') ;;
    same) settings; summary="nothing to do" led=1 ;;
    *)
      rm -f "$s/ports"
      if put_trees; then
        settings
        if [ -s "$w/zones" ]; then mv -f "$w/zones" "$s/zones"; fi
        mv -f "$w/ports" "$s/ports" && count_up && led=1
      else note "the trees did not take it: everything is loaded anew"; fi ;;
  esac
  wait $looking
  line "$w/leads"
  if [ "$led/$line" = 1/leads ]; then answered; keep_failures; note "$summary"; exit 0; fi
  if [ -n "$line" ] && [ "$line" != leads ]; then
    note "the frame does not lead any more ($(tr '\n' ' ' <"$w/leads")): everything is loaded anew"
  fi
# After a boot what others may have restored is closed first; else only where the frame does not lead.
elif [ "$old" != - ] && [ -n "$old" ]; then stale=1
fi
loaded=''
if load; then loaded=1; fi
leads >"$w/leads"
# A table is opened again where the frame is seen to lead.
while read -r what table; do
  case "$what $broken_tables " in shut*" $table "*) ;; shut*) open_again "$table" ;; esac
done <"$w/leads"
# What ebtables has shut, because nft did not do its work before.
case " $tables $broken_tables " in
  *" nft.bridge "*" nft.bridge "*) ;;
  *" nft.bridge "*) for t in ebtables.nat ebtables.filter; do if save $t 2>/dev/null | grep -q -e '-j csp-shut'; then open_again $t; fi; done ;;
esac
if [ -n "$loaded" ] && [ -z "$broken_tables" ] && [ -s "$w/leads" ] && ! grep -q '^lost' "$w/leads"; then
  # What was left out is tried again at the next event.
  if [ -s "$w/failures" ]; then sed '2s/.*/boot -/' "$w/ports" >"$w/ports.new" && mv -f "$w/ports.new" "$w/ports"; else answered; fi
  if [ -s "$w/zones" ]; then mv -f "$w/zones" "$s/zones"; fi
  mv -f "$w/ports" "$s/ports"
  count_up
  keep_failures
  note "$summary"
else
  printf 'csp-ports 2\nboot -\nend\n' >"$s/ports"
  count_up
  [ -s "$w/failures" ] || fail rules - "the frame does not lead everywhere: $(tr '\n' ' ' <"$w/leads")" "$w/failures"
  keep_failures
  exit 1
fi
exit 0
}
