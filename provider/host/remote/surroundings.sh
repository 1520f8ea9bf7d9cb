# shellcheck shell=sh
# shellcheck disable=SC2043,SC2154 # the dialect and $backend stand in front of it
# What else on this host decides about bridged packets, one finding a line; reads only.
#
# - `chain FAMILY TABLE CHAIN HOOK TYPE POLICY RULES`: a base chain of nft's that no iptables, ebtables or arptables made, where bridged packets come by, and
#   how many rules it has.
# - `other TOOL TABLE RULES POLICIES OURS`: rules in the tables of the tool's other backend, their number, chains with a policy of DROP, and how many
#   lead to csp's chains or stand in them.
# - `sysctl FILE KEY`: a line that turns off what sends bridged packets through the firewall.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
# include: tables.sh
if command -v nft >/dev/null 2>&1; then
  $limit nft list chains 2>/dev/null | awk '
    $1 == "table" { family = $2; table = $3; next }
    $1 == "chain" { chain = $2; next }
    $1 != "type" || family !~ /^(ip|ip6|inet|bridge|netdev)$/ { next }
    family == "inet" && table == "csp" || family == "bridge" && table ~ /^csp(-shut)?$/ { next }
    family == "bridge" && table ~ /^(filter|nat|broute)$/ && chain ~ /^[A-Z]+$/ { next }
    family ~ /^ip6?$/ && table ~ /^(filter|nat|mangle|raw|security)$/ && chain ~ /^[A-Z]+$/ { next }
    $4 !~ /^(ingress|prerouting|forward|postrouting|input)$/ { next }
    { policy = "accept"; for (i = 1; i < NF; i++) if ($i == "policy") { policy = $(i + 1); sub(/;.*/, "", policy) }
      print family, table, chain, $4, $2, policy }' | while read -r family table chain hook type policy; do
    rules=$($limit nft list chain "$family" "$table" "$chain" 2>/dev/null | grep -cvE '^[[:space:]]*(table .*|chain .*|type .*|[}]|)$')
    echo "chain $family $table $chain $hook $type $policy $rules"
  done
fi
# TOOL SAVE-COMMAND
other() {
  $limit "$2" 2>/dev/null | awk -v tool="$1" -v ours='%OUR_CHAINS%' '
    function done_with() { if (table != "" && (rules || drops != "")) print "other", tool, table, rules + 0, (drops == "" ? "-" : drops), own + 0; rules = own = 0; drops = "" }
    /^\*/ { done_with(); table = substr($0, 2); next }
    /^:/ { if ($2 == "DROP") drops = drops (drops == "" ? "" : ",") substr($1, 2); next }
    $1 == "-A" { rules++; for (i = 2; i <= NF; i++) if ($i ~ ours) { own++; break } }
    END { done_with() }'
}
for t in iptables ip6tables; do
  if [ "$backend" = nft ]; then
    # Asking the legacy tools for what is not loaded would load it.
    [ -z "$(cat "/proc/net/${t%tables}_tables_names" 2>/dev/null)" ] || ! command -v "$t-legacy-save" >/dev/null 2>&1 || other "$t" "$t-legacy-save"
  elif command -v "$t-nft-save" >/dev/null 2>&1; then other "$t" "$t-nft-save"; fi
done
if [ "$ebtables" = legacy ]; then
  ! command -v ebtables-nft-save >/dev/null 2>&1 || other ebtables ebtables-nft-save
elif [ -d /sys/module/ebtable_nat ] || [ -d /sys/module/ebtable_filter ]; then
  ! command -v ebtables-legacy-save >/dev/null 2>&1 || other ebtables ebtables-legacy-save
fi
for f in /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /etc/sysctl.conf; do
  if [ ! -f "$f" ] || [ -L "$f" ]; then continue; fi
  awk -v file="$f" -v keys=' %BRIDGE_SYSCTLS% ' '
    /^[ \t]*[#;]/ { next }
    { line = $0; gsub(/[ \t]/, "", line); sub(/^-/, "", line); gsub(/\//, ".", line) }
    split(line, part, "=") == 2 && part[1] ~ /^net[.]bridge[.]/ {
      key = substr(part[1], 12)
      if (index(keys, " " key " ") && part[2] == "0") last[key] = 1; else delete last[key]
    }
    END { for (key in last) print "sysctl", file, key }' "$f"
done
exit 0
