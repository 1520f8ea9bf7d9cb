import { EBTABLES_SHELL } from "../ebtables-shell";
import { PROBE_DIALECT } from "../facts";
import { PORTS_SHELL } from "../ports";
import { STATE_DIR } from "../records";
import { BRIDGE_SYSCTLS } from "../snapshot";
import { BUNDLES_AWK, SETS_AWK } from "./bundles-awk";
import { CLAIMS_AWK } from "./claims-awk";
import { JUMPS_AWK } from "./jumps-awk";
import { TREES_AWK } from "./trees-awk";

/** Compares the claims of now with those in the kernel and writes what leads from one to the other into files of the folder `w`. */
const DELTA_AWK = `
END {
  claim_ports()
  text = "csp-ports 1\\nboot " boot "\\n"
  same = (claims == olds && !whole)
  for (i = 1; i <= claims; i++) { text = text line[i] "\\n"; if (line[i] != old_line[i]) same = 0 }
  printf "" >(w "/refused")
  for (i = 1; i <= refusals; i++) print refusal[i] >(w "/refused")
  if (same) { print "same"; exit }
  printf "%s", text >(w "/ports")
  plant("new", claims, port, vif)
  if (whole) {
    printf "%s", restore_text("iptables", "", "new") >(w "/iptables")
    printf "%s", restore_text("ip6tables", "", "new") >(w "/ip6tables")
    printf "%s", restore_text("ebtables", "", "new") >(w "/ebtables")
    printf "%s", arp_whole("new") >(w "/arptables")
    printf "" >(w "/close")
    print "loaded anew, " (claims + 0) " ports"
    exit
  }
  plant("old", olds, old_port, old_vif)
  # A port that passes from one guest to another is shut first: under half of the old rules and half of the new it would be under neither.
  for (i = 1; i <= olds; i++) was[old_port[i]] = old_vif[i]
  for (i = 1; i <= claims; i++) is[port[i]] = vif[i]
  for (i = 1; i <= olds; i++) {
    if ((old_port[i] in is) && is[old_port[i]] != old_vif[i]) passes = 1
    else { kept_port[++kept] = old_port[i]; kept_vif[kept] = old_vif[i] }
    if (!(old_port[i] in is)) lost = lost " -" old_port[i]
  }
  if (passes) { plant("kept", kept, kept_port, kept_vif); close_text = restore_text("ebtables", "old", "kept") }
  for (i = 1; i <= claims; i++) if (!(port[i] in was) || was[port[i]] != vif[i]) {
    split(line[i], at, " ")
    gained = gained " +" port[i] "=" label[at[3]]
  }
  printf "%s", close_text >(w "/close")
  trees = restore_text("iptables", "old", "new")
  printf "%s", trees >(w "/iptables")
  printf "%s", trees >(w "/ip6tables")
  printf "%s", restore_text("ebtables", passes ? "kept" : "old", "new") >(w "/ebtables")
  printf "%s", arp_commands("old", "new") >(w "/arptables")
  print "ports" (gained lost == "" ? " are the same under new numbers" : gained lost)
}
`;

/** The frame with nobody's port in it, and the rules that lead into it as far as `saved` on stdin has none. */
const FRAME_AWK = `
{ saved[NR] = $0 }
END {
  n = hooks_of(tool, hook)
  for (i = 1; i <= n; i++) {
    found = 0
    split(hook[i], word, " ")
    target = hook[i]; sub(/^.* /, "", target)
    for (j = 1; j <= NR; j++) {
      m = split(saved[j], said, " ")
      if (tool != "arptables" && said[2] != word[1]) continue
      for (k = 1; k < m; k++) if ((said[k] == "-j" || said[k] == "-g") && said[k + 1] == target) found = 1
    }
    rule = hook[i]; sub(/^[^ ]+ /, "", rule)
    if (!found) missing = missing (tool == "arptables" ? "a " : "") "-I " word[1] " 1 " rule "\\n"
  }
  if (missing == "" && !always) exit
  plant("empty", 0, none, none)
  if (tool == "arptables") { printf "%s%s", arp_whole("empty"), missing; exit }
  text = restore_text(tool, "", "empty")
  sub(/COMMIT\\n$/, "", text)
  printf "%s%s%s", text, missing, (tool == "ebtables" ? "" : "COMMIT\\n")
}
`;

/**
 * What csp leaves on a host to follow its guests: one script that every event calls (callers.ts). It is level-triggered: whatever calls it,
 * with whatever arguments, it finds out which port is whose now, compares that with the file `ports` (what the dispatch trees in the kernel
 * were made from), and rewrites the trees where they differ. Guests' own chains hold no port names and stay. So no event is missed for
 * good, and their order has no meaning.
 *
 * `ports` is taken away before the kernel is touched and comes back when all is done: when it is missing, or of another boot, everything is
 * loaded anew from the records, the frame first. Whatever kills the script, then, leaves ports dropped and the next event repairs it.
 *
 * POSIX sh, awk, sed; runs under dash, busybox and bash 3.2. `$CSP_LOCKED` is set by a transaction that has the lock already.
 */
export const HOOK_SCRIPT = `#!/bin/sh
# shellcheck disable=SC2016 # in awk's programs, $ is awk's
# csp follows the guests of this host: a guest has another port after each start. Put here by csp.Host, which also takes it away; a change by
# hand is put back. Any event may call it, with any arguments: it looks for itself.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
umask 077
trap '' HUP PIPE
exec </dev/null
s=${STATE_DIR}
w=$s/work
event=$*
[ \${#event} -le 1000 ] || event="(long arguments)"
names='' wait='' arptables='' ebtables='' guest_ports='' bad=''

claims_awk='${CLAIMS_AWK}'
trees_awk='${TREES_AWK}'
delta_awk='${DELTA_AWK}'
frame_awk='${FRAME_AWK}'
bundles_awk='${BUNDLES_AWK}'
jumps_awk='${JUMPS_AWK}'
sets_awk='${SETS_AWK}'
${PORTS_SHELL}${EBTABLES_SHELL}
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
  said=$(printf '%s' "$3" | tr '\\n' ' ' | tr -cd ' -~' | cut -c 1-400)
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $1 $2 $said" >>"$4"
  note "failed: $1 $2: $said"
}
keep_failures() {
  if [ -s "$w/refused" ]; then awk '{ if (!now) "date -u +%Y-%m-%dT%H:%M:%SZ" | getline now; print now, $0 }' "$w/refused" >>"$w/failures"; fi
  if [ -s "$w/failures" ]; then mv -f "$w/failures" "$s/failures"
  elif [ -e "$s/failures" ]; then rm -f "$s/failures"; fi
}

# One commit of one tool. What it says stays in $said.
# shellcheck disable=SC2086 # $wait is two words
put_once() {
  case $1 in
    ebtables) nat_restore "$2" ;;
    *) $1-restore $wait --noflush <"$2" ;;
  esac
}
put() {
  [ -s "$2" ] || return 0
  n=0
  until said=$(put_once "$1" "$2" 2>&1); do
    code=$?
    n=$((n + 1))
    # 4 is another program's lock; legacy ebtables has no number of its own for that.
    if [ $n -ge 3 ] || { [ $code -ne 4 ] && [ "$1/$ebtables" != ebtables/legacy ]; }; then said="$1: $said"; return 1; fi
    sleep 1
  done
}
a() { $arptables "$@" || broken=1; }
made() { $arptables -N "$1" 2>/dev/null || :; }
behind() { while $arptables -D "$1" "$2" 2>/dev/null; do :; done; }
put_arp() {
  [ -n "$arptables" ] && [ -s "$1" ] || return 0
  # shellcheck disable=SC1090
  said=$(broken=''; . "$1"; [ -z "$broken" ]) 2>"$w/said" && return 0
  line "$w/said"; said="arptables: $line"
  return 1
}
line() { line=''; if [ -e "$1" ]; then read -r line <"$1"; fi; :; }

# Which port is whose, and what is to be done about it, into the folder. $1 is 1 when nothing is known of the kernel.
resolve() {
  known=/dev/null
  [ -n "$1" ] || known=$s/ports
  now=$(list_ports)
  # shellcheck disable=SC2046
  answers=$(ask_ports $(printf '%s\\n' "$now" | awk -v ask=1 -v boot="$boot" -v bad="$bad" "$claims_awk" mode=vifs "$s/vifs" mode=ports "$known" mode=now -))
  printf '%s\\n%s\\n' "$now" "$answers" | awk -v boot="$boot" -v whole="$1" -v w="$w" -v bad="$bad" -v guest_ports="$guest_ports" \\
    "$claims_awk$trees_awk$delta_awk" mode=vifs "$s/vifs" mode=ports "$known" mode=now -
}
put_trees() {
  put ebtables "$w/close" || return 1
  # One command a rule, and no lock in common with the others: beside them.
  put_arp "$w/arptables" & arp=$!
  put iptables "$w/iptables" && put ip6tables "$w/ip6tables" && put ebtables "$w/ebtables"
  others=$?
  wait $arp || { line "$w/said"; said="arptables: $line"; return 1; }
  return $others
}

saved() {
  case $1 in
    ebtables) nat_save ;;
    arptables) $arptables -nL ;;
    *) "$1-save" -t filter ;;
  esac
}
# The frame with nobody in it, where it does not lead or comes from elsewhere.
close_frame() {
  for t in iptables ip6tables ebtables arptables; do
    [ "$t" != arptables ] || [ -n "$arptables" ] || continue
    saved $t 2>/dev/null | awk -v tool="$t" -v always="$1" -v guest_ports="$guest_ports" "$trees_awk$frame_awk" >"$w/frame"
    if [ $t = arptables ]; then put_arp "$w/frame"; else put $t "$w/frame"; fi || return 1
  done
}
sysctls() {
  for k in ${BRIDGE_SYSCTLS.join(" ")}; do
    v=1
    { read -r v <"/proc/sys/net/bridge/$k"; } 2>/dev/null
    [ "$v" = 1 ] || { echo 1 >"/proc/sys/net/bridge/$k" && note "net.bridge.$k was $v"; } 2>/dev/null
  done
}
put_bundles() {
  t=$1; shift
  awk -v tool="$t" "$bundles_awk" "$@" >"$w/bundle"
  if [ "$t" = arptables ]; then put_arp "$w/bundle"; else put "$t" "$w/bundle"; fi
}
# What leads from others' chains into those of rule sets.
put_jumps() {
  for t in arptables iptables ip6tables ebtables; do
    [ "$t" != arptables ] || [ -n "$arptables" ] || continue
    grep -q "^hook $t " "$s"/units/* 2>/dev/null || continue
    saved "$t" 2>/dev/null | awk -v tool="$t" "$jumps_awk" mode=saved - mode=units "$s"/units/* >"$w/jumps"
    if [ "$t" = arptables ]; then put_arp "$w/jumps"; else put "$t" "$w/jumps"; fi || fail rules - "$said" "$w/failures"
  done
}
# Everything there is on record; from a kernel that may hold nothing of it, or half. What one guest's records do that the tools do not take is
# that guest's: it is left out, and dropped.
load() {
  rm -f "$s/ports"
  modprobe br_netfilter 2>/dev/null
  close_frame "$1" || return 1
  sysctls
  set --
  for f in "$s"/units/* "$s"/guests/*; do [ -f "$f" ] && set -- "$@" "$f"; done
  if [ $# -gt 0 ]; then
    for f in "$s"/sets/* "$s"/units/*; do
      [ -f "$f" ] || continue
      awk "$sets_awk" "$f" >"$w/sets"
      [ ! -s "$w/sets" ] || said=$(ipset -exist restore <"$w/sets" 2>&1) || fail sets "\${f##*/}" "$said" "$w/failures"
    done
    for tool in arptables iptables ip6tables ebtables; do
      [ "$tool" != arptables ] || [ -n "$arptables" ] || continue
      put_bundles $tool "$@" && continue
      for f in "$@"; do
        put_bundles $tool "$f" && continue
        fail rules "\${f##*/}" "$said" "$w/failures"
        bad="$bad \${f##*/} "
      done
    done
    put_jumps
  fi
  summary=$(resolve 1)
  put_trees
}
# All went well: whoever waited with a call of before has nothing to add.
# shellcheck disable=SC2086 # names of ours, without blanks
answered() { [ -z "$asked" ] || rm -f $asked; }
count_up() {
  line "$s/generation"
  echo $((\${line:-0} + 1)) >"$s/generation.new" && mv -f "$s/generation.new" "$s/generation"
}

[ -e "$s/frame" ] && [ -e "$s/vifs" ] || exit 0
# libvirt names a port before it gives it its MAC, and no event tells of that: it is on its bridge when it has it.
case $event in
  "udev vnet"*) for i in 1 2 3 4 5; do [ ! -e "/sys/class/net/$2" ] || [ -e "/sys/class/net/$2/brport" ] && break; sleep 1; done ;;
esac
mark='' asked=''
if [ -z "$CSP_LOCKED" ]; then
  # When many guests start at once, calls pile up. A look that begins after they were made answers them all: it takes their marks away.
  mkdir "$w" 2>/dev/null
  mark=$w/asked.$$
  trap '[ ! -e "$mark" ] || rm -f "$mark"' EXIT
  { : >"$mark"; } 2>/dev/null || mark=''
  { : >>"$s/lock"; } 2>/dev/null || exit 1
  exec 9>>"$s/lock"
  if ! flock -w 60 9; then fail lock - "csp's lock was held for a minute" "$s/failures"; exit 1; fi
  [ -e "$s/frame" ] || exit 0
  if [ -n "$mark" ] && ! [ -e "$mark" ]; then note "another call has looked since"; exit 0; fi
  asked=$(echo "$w"/asked.*)
fi
mkdir -p "$w" || exit 1
: >"$w/failures" || exit 1
boot=; { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
# Where an installation has left the frame, csp has not looked at the tools yet. Nothing is kept of this: other tools may come until it has.
# shellcheck source=/dev/null
if [ -e "$s/dialect" ]; then . "$s/dialect"; else
${PROBE_DIALECT}fi
while read -r k v; do [ "$k" != ports ] || guest_ports=$v; done <"$s/frame"

# What a transaction that died has left is finished or undone by its own script first.
for j in commit journal; do
  [ -e "$s/$j/script" ] || continue
  mkdir "$s/tx.hook$$" && cp "$s/$j/settings" "$s/tx.hook$$/" && : >"$s/tx.hook$$/recover" && cp "$s/$j/script" "$w/script" || exit 1
  said=$(CSP_LOCKED=1 sh "$w/script" "$s/tx.hook$$" 2>&1)
  if [ -e "$s/$j" ]; then fail transaction - "a change that died half-way could not be undone: $said" "$w/failures"; keep_failures; exit 1; fi
  note "finished what a change that died had left"
done

old=''; if [ -e "$s/ports" ]; then { read -r _; read -r _ old; } <"$s/ports"; fi
if [ -n "$boot" ] && [ "$old" = "$boot" ]; then
  sysctls
  summary=$(resolve '')
  if [ "$summary" = same ]; then answered; keep_failures; note "nothing to do"; exit 0; fi
  if [ -n "$summary" ]; then
    rm -f "$s/ports"
    if put_trees; then
      mv -f "$w/ports" "$s/ports" && count_up && answered
      keep_failures
      note "$summary"
      exit 0
    fi
    note "the trees did not take it ($said): everything is loaded anew"
  fi
  stale=''
else stale=1
fi
# After a boot what others may have restored is closed first; else only where the frame does not lead.
if [ "$old" = - ] || [ -z "$old" ]; then stale=''; fi
if load "$stale"; then
  # What was left out is tried again at the next event.
  if [ -s "$w/failures" ]; then sed '2s/.*/boot -/' "$w/ports" >"$w/ports.new" && mv -f "$w/ports.new" "$w/ports"; else answered; fi
  mv -f "$w/ports" "$s/ports"
  count_up
  keep_failures
  note "$summary"
else
  printf 'csp-ports 1\\nboot -\\n' >"$s/ports"
  count_up
  fail rules - "$said" "$w/failures"
  keep_failures
  exit 1
fi
`;
