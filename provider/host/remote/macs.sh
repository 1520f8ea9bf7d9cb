# shellcheck shell=sh
# shellcheck disable=SC2043
# The MACs that bridges have seen alone at one of their ports, `seen BRIDGE PORT MAC`; reads only. Ports of the host's own network (a card, or what is
# made of one: a bond, a VLAN) are left out, and those with several MACs behind them: what is there is another network.
LC_ALL=C; export LC_ALL
for b in /sys/class/net/*/brforward; do
  [ -r "$b" ] || continue
  n=${b%/brforward} n=${n##*/}
  case $n in *[!A-Za-z0-9._-]*) continue ;; esac
  {
    for p in "/sys/class/net/$n/brif"/*; do
      p=${p##*/}
      case $p in *[!A-Za-z0-9._-]*) continue ;; esac
      [ ! -e "/sys/class/net/$p/device" ] || continue
      for l in "/sys/class/net/$p"/lower_*; do [ -e "$l" ] && continue 2; done
      { read -r k <"/sys/class/net/$p/brport/port_no"; } 2>/dev/null && echo "at $((k)) $p"
    done
    # struct __fdb_entry (linux/if_bridge.h): MAC, port, is_local, age in 4 bytes, the port's high byte.
    od -An -v -tx1 -w16 "$b" | sed 's/^ *//'
  } | awk -v bridge="$n" '
    function number(hex) { return index("0123456789abcdef", substr(hex, 1, 1)) * 16 - 16 + index("0123456789abcdef", substr(hex, 2, 1)) - 1 }
    $1 == "at" { name[$2] = $3; next }
    NF == 16 && $8 == "00" { k = number($13) * 256 + number($7); if (seen[k]++) next; mac[k] = $1 ":" $2 ":" $3 ":" $4 ":" $5 ":" $6 }
    END { for (k in seen) if (seen[k] == 1 && k in name) print "seen", bridge, name[k], mac[k] }'
done
exit 0
