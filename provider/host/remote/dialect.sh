# shellcheck shell=sh
# shellcheck disable=SC2034 # what it finds is the caller's
# How this host's tools want to be spoken to, as $wait, $arptables, $ebtables, $zones, $backend. `read_dialect FILE` takes what csp has found out, as far as it looks
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
      backend/nft|backend/legacy) backend=$v ;;
      # Of a transaction's settings: the count of changes that it was made from.
      generation/*) case $v in *[!0-9]*) return 1 ;; esac; generation=$v ;;
      *) return 1 ;;
    esac
  done <"$1"
  [ -n "$found" ]
}
probe_dialect() {
  wait='' arptables='' ebtables=legacy zones='' backend=legacy
  if iptables-restore --help 2>&1 | grep -q -e '--wait'; then wait='-w 30'; fi
  for t in arptables arptables-legacy; do
    if command -v "$t" >/dev/null 2>&1 && "$t" -nL FORWARD >/dev/null 2>&1; then arptables=$t; break; fi
  done
  case $(iptables -V 2>/dev/null) in *nf_tables*) backend=nft ;; esac
  case $(ebtables -V 2>/dev/null) in *nf_tables*) ebtables=nft ;; esac
  if probe_zones_nft; then zones=nft; elif probe_zones_raw; then zones=raw; fi
}
apart() { command -v unshare >/dev/null 2>&1 && unshare -n "$@" >/dev/null 2>&1; }
probe_zones_nft() {
  command -v nft >/dev/null 2>&1 && echo 'table inet csp { chain z { type filter hook prerouting priority -450; iifname "lo" ether daddr != 00:00:00:00:00:01 ct zone set 50001; }; }' |
    apart nft -f -
}
probe_zones_raw() {
  for t in iptables ip6tables; do
    apart "$t" -t raw -A PREROUTING -i lo -j CT --zone 50001 && apart "$t" -t raw -A PREROUTING -m addrtype --dst-type LOCAL -j RETURN || return 1
  done
}
