#!/bin/sh
# What an init does at boot with the services that are enabled: here and now, one after the other, before any guest starts. Knows as much of
# systemd's units as a service that runs once needs (conditions, environment, ordering and dependencies are not looked at), and SysV's links
# of runlevel 3.
log=/var/log/boot.log
run() {
  echo "boot: $1" >>$log
  sh -c "$2" >>$log 2>&1 </dev/null || echo "boot: $1 ended with status $?" >>$log
}
ran=
units() {
  for unit in /etc/systemd/system/*.wants/*.service; do
    name=${unit##*/}
    case " $ran " in *" $name "*) continue ;; esac
    [ -f "$unit" ] || continue
    ran="$ran $name"
    sed -n 's/^ExecStart\(Pre\|Post\)\{0,1\}=[-@:+!]*//p' "$unit" >/run/boot.commands
    while IFS= read -r command; do run "$name" "$command"; done </run/boot.commands
  done
}
if [ -d /run/systemd/system ]; then units; fi
for link in /etc/rc3.d/S*; do
  [ -x "$link" ] || continue
  script=$(readlink -f "$link")
  # As systemd: a unit of the same name stands for the script.
  case " $ran " in *" ${script##*/}.service "*) continue ;; esac
  run "${link##*/}" "$link start"
done
