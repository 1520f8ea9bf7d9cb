#!/bin/sh
# What an init does with services that run once, here and now, one after the other.
#   boot-services.sh boot           those that are enabled: units that a target wants, sysinit.target's first, and SysV's links of runlevel 3
#   boot-services.sh restart NAME   one of them, and then the units that it wants
# Of systemd's units it knows ExecStartPre, ExecStart, ExecStartPost and ExecStop (several lines each, "-" before a command that may fail),
# RemainAfterExit, PartOf and .wants folders. Conditions, environment, types and ordering are not looked at.
# What a test puts in front of a host's tools is not for the init that this stands in for.
awk() { /usr/bin/awk "$@"; }
grep() { /usr/bin/grep "$@"; }
tr() { /usr/bin/tr "$@"; }
mkdir() { /usr/bin/mkdir "$@"; }
rm() { /usr/bin/rm "$@"; }
log=/var/log/boot.log
state=/run/csp-lab/services
# Units that are active now, and those that this call has looked at.
active=$state/active seen=$state/seen
rm -rf "$seen"
mkdir -p "$active" "$seen"

say() { echo "boot: $*" >>$log; }

file_of() {
  for folder in /etc/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
    if [ -f "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
}

# lines KEY FILE: the values of a key, in order; an empty one takes those before it back.
lines() {
  awk -v "key=$1=" '
    { line = line $0 }
    sub(/\\$/, " ", line) { next }
    index(line, key) == 1 { value = substr(line, length(key) + 1); if (value ~ /^[ \t]*$/) n = 0; else values[n++] = value }
    { line = "" }
    END { for (i = 0; i < n; i++) print values[i] }' "$2"
}

# run NAME COMMAND: with its output in the log; the command's status.
run() {
  say "$1"
  sh -c "$2" >>$log 2>&1 </dev/null
  code=$?
  [ $code -eq 0 ] || say "$1 ended with status $code"
  return $code
}

# run_all NAME KEY FILE: one command after the other, up to the first that fails and may not.
run_all() {
  lines "$2" "$3" | while IFS= read -r line; do
    prefix=${line%%[!-@:+!|]*}
    run "$1" "${line#"$prefix"}" || case $prefix in *-*) ;; *) exit 1 ;; esac
  done
}

# start UNIT: once a call, and not while it is active; then what it wants, whether it failed or not. A subshell, as it calls itself.
start() (
  unit=$1 failed=
  mkdir "$seen/$unit" 2>/dev/null || exit 0
  file=$(file_of "$unit")
  if [ -n "$file" ] && ! [ -e "$active/$unit" ]; then
    if run_all "$unit" ExecStartPre "$file" && run_all "$unit" ExecStart "$file" && run_all "$unit" ExecStartPost "$file"; then
      case $(lines RemainAfterExit "$file") in yes | true | on | 1) : >"$active/$unit" ;; esac
    else
      failed=1
    fi
  fi
  start_wanted "$unit"
  [ -z "$failed" ]
)

start_wanted() {
  for wanted in "/etc/systemd/system/$1.wants"/*.service; do
    if [ -f "$wanted" ]; then start "${wanted##*/}"; fi
  done
}

boot() {
  if [ -d /run/systemd/system ]; then
    start_wanted sysinit.target
    for folder in /etc/systemd/system/*.target.wants; do
      target=${folder##*/}
      start_wanted "${target%.wants}"
    done
  fi
  for link in /etc/rc3.d/S*; do
    [ -x "$link" ] || continue
    script=$(readlink -f "$link")
    # As systemd: a unit of the same name stands for the script.
    if ! [ -e "$seen/${script##*/}.service" ]; then run "${link##*/}" "$link start"; fi
  done
}

restart() {
  unit=$1.service
  file=$(file_of "$unit")
  if ! [ -d /run/systemd/system ] || { [ -z "$file" ] && [ -x "/etc/init.d/$1" ]; }; then
    run "$1" "/etc/init.d/$1 restart"
    return
  fi
  if [ -z "$file" ] && ! [ -d "/etc/systemd/system/$unit.wants" ]; then
    echo "there is no service $1" >&2
    return 1
  fi
  if [ -e "$active/$unit" ]; then run_all "$unit" ExecStop "$file"; fi
  rm -f "$active/$unit"
  # What is part of it restarts with it; what it only wants stays as it is while it is active.
  parts=
  for each in "$active"/*; do
    part=${each##*/}
    if [ -e "$each" ] && lines PartOf "$(file_of "$part")" | tr ' ' '\n' | grep -qxF "$unit"; then
      run_all "$part" ExecStop "$(file_of "$part")"
      rm -f "$each"
      parts="$parts $part"
    fi
  done
  start "$unit"
  status=$?
  for part in $parts; do start "$part"; done
  return $status
}

case ${1-} in
  boot) boot ;;
  restart) restart "$2" ;;
esac
