# shellcheck shell=sh
# Ports and bridges of a host, and whose the ports are: for a snapshot and for the hook.
#
# `list_ports` prints `bridge NAME MAC VLAN-AWARE` and `port NAME IFINDEX ADDRESS BRIDGE`: every port of a bridge, and what is named like a guest's and
# is on none ("-"). The address only where it says something. `ask_ports NAME...` prints `vm NAME UUID`, `mac NAME MAC` and, where $names is set,
# `name NAME TEXT`, as the toolstack has them. Values are read in one process for all ports, and one by one when a domain went away meanwhile or a
# value holds a line break.
list_ports() {
  bridges='' listed=' '
  for b in /sys/class/net/*/brif; do
    b=${b%/brif} n=${b##*/}
    case $n in *[!A-Za-z0-9._-]*) continue ;; esac
    v=0
    { read -r m <"$b/address"; } 2>/dev/null || continue
    { read -r v <"$b/bridge/vlan_filtering"; } 2>/dev/null
    echo "bridge $n $m $v"
    bridges="$bridges $n"
  done
  for b in $bridges; do
    for p in "/sys/class/net/$b/brif"/*; do list_port "${p##*/}" "$b"; done
  done
  for p in /sys/class/net/tap[0-9]* /sys/class/net/vif[0-9]*.[0-9]* /sys/class/net/vnet[0-9]*; do
    n=${p##*/}
    case $listed in *" $n "*) continue ;; esac
    list_port "$n" -
  done
}
list_port() {
  case $1 in *[!A-Za-z0-9._-]*) return ;; esac
  a=-
  { read -r i <"/sys/class/net/$1/ifindex"; } 2>/dev/null || return 0
  case $1 in
    vif*.*|tap*.*|tap*i*) ;;
    *) { read -r a <"/sys/class/net/$1/address"; } 2>/dev/null || return 0 ;;
  esac
  listed="$listed$1 "
  echo "port $1 $i $a $2"
}
ask_ports() {
  xen=''
  for n in "$@"; do
    case $n in
      tap*i*) ask_proxmox "$n" "${n#tap}" qemu-server net smbios1: name: ;;
      veth*i*) ask_proxmox "$n" "${n#veth}" lxc net - hostname: ;;
      vif*.*|tap*.*) xen="$xen $n" ;;
    esac
  done
  # shellcheck disable=SC2086 # names without blanks
  if [ -n "$xen" ] && command -v xenstore-read >/dev/null 2>&1; then
    ask_xenstore $xen || for n in $xen; do ask_xenstore "$n" || ask_value_by_value "$n"; done
  fi
}
# "vif3.0", "tap3.0", and "vif3.0-emu", xl's name for the card that an HVM guest has until it has drivers.
xenstore_paths() {
  k=${1#???} k=${k%-emu}
  paths="$paths /local/domain/${k%.*}/vm /local/domain/0/backend/vif/${k%.*}/${k#*.}/mac"
  kinds="vm mac"
  if [ -n "$names" ]; then paths="$paths /local/domain/${k%.*}/name"; kinds="vm mac name"; fi
}
ask_xenstore() {
  paths=''
  for n in "$@"; do xenstore_paths "$n"; done
  # shellcheck disable=SC2086
  out=$(xenstore-read $paths 2>/dev/null && echo .) || return 1
  printf '%s\n' "$@" . "$out" | awk -v kinds="$kinds" '
    BEGIN { k = split(kinds, kind, " ") }
    !asked { if ($0 == ".") asked = n; else port[n++] = $0; next }
    { value[lines++] = $0 }
    END {
      if (lines != n * k + 1 || value[n * k] != ".") exit 1
      for (i = 0; i < n * k; i++) print kind[i % k + 1], port[int(i / k)], value[i]
    }'
}
ask_value_by_value() {
  paths=''
  xenstore_paths "$1"
  for path in $paths; do
    kind=${kinds%% *} kinds=${kinds#* }
    out=$(xenstore-read "$path" 2>/dev/null) && echo "$kind $1 $(printf '%s' "$out" | tr '\n' ' ')"
  done
}
# PORT VMID-iN FOLDER CARD-KEY UUID-KEY NAME-KEY: of a machine (qemu-server) or a container (lxc), which has no UUID.
ask_proxmox() {
  case ${2%%i*}${2#*i} in *[!0-9]*) return ;; esac
  f=/etc/pve/$3/${2%%i*}.conf
  [ -r "$f" ] || return 0
  awk -v port="$1" -v card="$4${2#*i}:" -v uuid_key="$5" -v name_key="$6" -v names="$names" '
    /^\[/ { exit }
    $1 == uuid_key && match($0, /uuid=[0-9A-Fa-f-]+/) { print "vm", port, substr($0, RSTART + 5, RLENGTH - 5) }
    $1 == card && match($0, /=[0-9A-Fa-f][0-9A-Fa-f](:[0-9A-Fa-f][0-9A-Fa-f])+/) { print "mac", port, substr($0, RSTART + 1, RLENGTH - 1) }
    $1 == name_key && names != "" { print "name", port, $2 }' "$f"
}
