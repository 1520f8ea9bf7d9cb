# shellcheck shell=sh
# shellcheck disable=SC2016,SC2034 # what it finds is the caller's; $ is that of the shell which tries
# How this host's tools want to be spoken to, as $wait, $arptables, $ebtables, $zones, $layer2, $backend, $lacks. `read_dialect FILE` takes what csp has found out, as far as it looks
# right: a file that somebody spoilt is not run. `probe_dialect` finds out by trying, in a namespace of its own where something would have to be made.
read_dialect() {
  [ -f "$1" ] || return 1
  found=''
  while IFS='=' read -r k v; do
    v=${v#\'} v=${v%\'}
    case $k/$v in
      wait/|"wait/-w 30") wait=$v ;;
      arptables/|arptables/arptables|arptables/arptables-legacy) arptables=$v ;;
      ebtables/nft|ebtables/legacy) ebtables=$v found=1 ;;
      zones/|zones/nft|zones/raw) zones=$v ;;
      layer2/nft) layer2=$v ;;
      backend/nft|backend/legacy) backend=$v ;;
      lacks/*) case $v in *[!a-z0-9.\ -]*) return 1 ;; esac; lacks=$v ;;
      # Of a transaction's settings: the count of changes that it was made from.
      generation/*) case $v in *[!0-9]*) return 1 ;; esac; generation=$v ;;
      *) return 1 ;;
    esac
  done <"$1"
  [ -n "$found" ]
}
probe_dialect() {
  wait='' arptables='' ebtables=legacy zones='' layer2='' backend=legacy
  if iptables-restore --help 2>&1 | grep -q -e '--wait'; then wait='-w 30'; fi
  for t in arptables arptables-legacy; do
    if command -v "$t" >/dev/null 2>&1 && "$t" -nL FORWARD >/dev/null 2>&1; then arptables=$t; break; fi
  done
  case $(iptables -V 2>/dev/null) in *nf_tables*) backend=nft ;; esac
  case $(ebtables -V 2>/dev/null) in *nf_tables*) ebtables=nft ;; esac
  if probe_zones_nft; then zones=nft; elif probe_zones_raw; then zones=raw; fi
  if probe_layer2; then layer2=nft; fi
  probe_lacks
}
# A tool that hangs ends the trial.
bounded=''
if command -v timeout >/dev/null 2>&1; then bounded='timeout 60'; fi
# shellcheck disable=SC2086
apart() { command -v unshare >/dev/null 2>&1 && $bounded unshare -n "$@" >/dev/null 2>&1; }
probe_zones_nft() {
  command -v nft >/dev/null 2>&1 && echo 'table inet csp { chain z { type filter hook prerouting priority -450; iifname "lo" ether daddr != 00:00:00:00:00:01 ct zone set 50001; }; }' |
    apart nft -f -
}
# All that a table of the bridge family is to do: verdict maps by a port's name, what is below a tag, ARP, neighbour discovery.
probe_layer2() {
  command -v nft >/dev/null 2>&1 && apart nft -f - <<'END'
table bridge csp {
  map to { type ifname : verdict; }
  chain own { ether saddr != 02:00:00:00:00:01 drop; ether type 8021q vlan id 5 vlan type arp accept; ether type arp arp htype 1 arp saddr ip 192.0.0.8 arp saddr ether 02:00:00:00:00:01 accept; ether type ip6 icmpv6 type nd-neighbor-advert @th,64,128 0x64000000000000000000000000000001 accept; ether type ip udp dport 68 drop; ip saddr 192.0.0.8 accept; }
  chain in { type filter hook prerouting priority -300; iifname vmap @to; iifname "lo*" drop; }
  chain out { type filter hook postrouting priority 300; oifname vmap @to; }
  chain local { type filter hook input priority -200; ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 drop; }
}
END
}
# All namespaces share the tools' lock, which another program may hold.
# shellcheck disable=SC2086
probe_zones_raw() {
  for t in iptables ip6tables; do
    apart "$t" $wait -t raw -A PREROUTING -i lo -j CT --zone 50001 && apart "$t" $wait -t raw -A PREROUTING -m addrtype --dst-type LOCAL -j RETURN || return 1
  done
}
# What the tools have no words for, with addresses that nobody has (RFC 7600, RFC 6666; firewall/planes/xtables/dialect.ts has the list). All is tried at once; only where that fails, each by itself.
probe_lacks() {
  lacks=''
  ! try_all || return
  if ! ipset save >/dev/null 2>&1 && ipset -S >/dev/null 2>&1; then lacks=ipset.words; fi
  for t in iptables ip6tables; do
    case $t in iptables) set -- 192.0.0.8 32 inet ttl --ttl-eq ;; *) set -- 100::1 128 inet6 hl --hl-eq ;; esac
    lacks="$lacks $(somewhere "$try_words" "$t" "$@")"
  done
  lacks="$lacks $(somewhere "$try_bridge")"
  # shellcheck disable=SC2086
  set -- $lacks
  lacks=$*
}
# In a namespace of its own where the host can make one. Elsewhere in chains to which nothing leads, and which go again. What it says on 3 is its answer.
# shellcheck disable=SC2086
somewhere() {
  try=$1; shift
  if apart true; then $bounded unshare -n sh -c "$try" sh "$@" 3>&1 >/dev/null 2>&1; else $bounded sh -c "$try" sh "$@" 3>&1 >/dev/null 2>&1; fi
}
try_all() {
  apart sh -c 'ipset create csp-try4 hash:net && ipset create csp-try6 hash:net family inet6 || exit 1
    for t in iptables ip6tables; do
      case $t in iptables) a=192.0.0.8 m=32 n=4 hops="ttl --ttl-eq" ;; *) a=100::1 m=128 n=6 hops="hl --hl-eq" ;; esac
      "$t-restore" $1 --noflush <<END || exit 1
*filter
:csp-try - [0:0]
:csp-tried - [0:0]
-A csp-try -m comment --comment "a \\"quote" -g csp-tried
-A csp-try -m conntrack --ctstate NEW --ctorigsrc $a
-A csp-try -m set --match-set csp-try$n src
-A csp-try -p tcp -m connlimit --connlimit-upto 9 --connlimit-mask $m --connlimit-saddr
-A csp-try -p sctp -m multiport --dports 1,2:3
-A csp-try -m $hops 255 -m length --length 1:9
-D csp-try -m comment --comment "a \\"quote" -g csp-tried
-X csp-tried
COMMIT
END
      "$t" -S csp-try >/dev/null || exit 1
    done
    ebtables -t nat -N csp-try && ebtables -t nat -A csp-try -p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type 134 -j DROP' sh "$wait"
}
# TOOL ADDRESS MASK FAMILY HOPS...: what the tool lacks, a word each.
try_words='t=$1 a=$2 m=$3 f=$4; shift 4
  lack() { echo "$t.$1" >&3; }
  # Other programs may hold the lock, which all namespaces share.
  w=""; for each in "-w 30" "-w"; do if "$t" $each -n -L INPUT; then w=$each; break; fi; done
  r=""; if "$t-restore" --help 2>&1 | grep -q -e --wait; then r="-w 30"; fi
  tool() { "$t" $w "$@"; }
  takes() { tool -A csp-try "$@"; }
  restores() { printf "%s\n" "*filter" "$@" COMMIT | "$t-restore" $r --noflush; }
  tool -N csp-try; tool -N csp-tried
  # Where not even this is taken, nothing can be learnt.
  takes -p tcp --dport 9 || exit
  takes -g csp-tried || lack goto
  takes -m comment --comment "two words" || lack comment
  takes -m conntrack --ctstate NEW --ctorigsrc $a || lack conntrack
  ipset create csp-try hash:net family $f || ipset -N csp-try iptreemap
  takes -m set --match-set csp-try src || { lack match-set; takes -m set --set csp-try src || lack set; }
  takes -p tcp -m connlimit --connlimit-upto 9 --connlimit-mask $m --connlimit-saddr || {
    lack connlimit-upto
    takes -p tcp -m connlimit ! --connlimit-above 9 --connlimit-mask $m || lack connlimit
  }
  takes -p tcp -m multiport --dports 1,2 || lack multiport
  takes -p tcp -m multiport --dports 1,2:3 || lack multiport-ranges
  takes -p sctp -m multiport --dports 1,2 || lack multiport-protocols
  takes -m $* 255 || lack hop-limit
  takes -m length --length 1:9 || lack length
  tool -S INPUT || lack list
  for c in csp-try csp-tried; do tool -F $c; done
  restores "-A csp-try -m comment --comment \"a \\\"b\"" && "$t-save" -t filter | grep -F "a \\\"b" || lack comment-quotes
  restores ":csp-try - [0:0]" "-A csp-try -j csp-tried" && restores "-D csp-try -j csp-tried" "-X csp-tried" || lack delete-both
  for c in csp-try csp-tried; do tool -F $c; tool -X $c; done
  ipset -X csp-try'
try_bridge='ebtables -t nat -N csp-try
  ebtables -t nat -A csp-try -p IPv6 -j DROP || exit
  ebtables -t nat -A csp-try -p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type 134 -j DROP || echo ebtables.icmpv6 >&3
  ebtables -t nat -F csp-try; ebtables -t nat -X csp-try'
