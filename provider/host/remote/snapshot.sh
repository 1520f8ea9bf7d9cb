# shellcheck shell=sh
# shellcheck disable=SC2043,SC2154,SC2034,SC2153 # the dialect stands in front of it
# A host at one moment: its tables, records and ports, in sections that "@@csp NAME" lines divide. Reads only. Half of it is read while the other half
# is: of a thousand guests each tool takes a quarter of a second, on a processor of its own.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
# include: tables.sh
# include: ports.sh
fail() { echo "@@csp failed $1"; exit 3; }
# A file whose last line has no end would take the next section's name into it.
show() { [ ! -f "$1" ] || grep '' "$1" 2>/dev/null; }
s=%STATE_DIR%
state() {
  if [ -d $s ]; then
    show $s/generation
    if [ -e $s/journal ] || [ -e $s/commit ]; then echo unfinished; fi
    # The hook is at work, or died at it.
    if [ -f $s/hook ] && [ ! -f $s/ports ]; then echo unfinished; fi
  fi
}
echo "@@csp state"; state
echo "@@csp index"
if [ -d $s ]; then cd $s && for f in frame units guests sets; do [ -e $f ] && grep -rhE '^(%INDEX_WORDS%)( |$)' $f; done; cd /; fi
echo "@@csp odd"
[ ! -d $s ] || find $s/guests $s/units $s/sets -mindepth 1 -maxdepth 1 \( ! -type f -o -size 0 \) 2>/dev/null
echo "@@csp sums"; md5sum %SUMMED_FILES% 2>/dev/null
echo "@@csp modes"; stat -c '%a %n' %MODE_FILES% 2>/dev/null
echo "@@csp links"; for l in %LINKS%; do if [ -L "$l" ]; then echo "$l $(readlink "$l")"; fi; done
echo "@@csp failures"; show $s/failures
echo "@@csp zones"; show $s/zones
echo "@@csp unset"; for u in %SETTINGS%; do grep -Lx -e "${u%%:*}" /sys/class/net/*/"${u#*:}" 2>/dev/null; done
echo "@@csp boot"; read -r b </proc/sys/kernel/random/boot_id && echo "$b"
beside() {
  echo "@@csp ip6tables"; save_all ip6tables || fail ip6tables
  echo "@@csp arptables"; [ -z "$arptables" ] || save_all arptables || fail arptables
  echo "@@csp nft"; save_all nft || fail nft
  echo "@@csp ports"
  names=1
  found=$(list_ports)
  printf '%s\n' "$found"
  # shellcheck disable=SC2046
  ask_ports $(printf '%s\n' "$found" | awk '$1 == "port" { print $2 }')
}
# So many lines that tail prints nothing before its input ends: what comes is in memory, and not in a file on the host.
beside | tail -n 1000000000 | {
  echo "@@csp iptables"; save_all iptables || fail iptables
  echo "@@csp ebtables"; save_all ebtables || fail ebtables
  echo "@@csp ipset"; save_sets || fail ipset
  echo "@@csp sysctl"; for k in %BRIDGE_SYSCTLS%; do [ -r /proc/sys/net/bridge/$k ] && echo "$k $(cat /proc/sys/net/bridge/$k)"; done
  cat
}
echo "@@csp still"; state
echo "@@csp end"
