# shellcheck shell=sh
# shellcheck disable=SC2154 # the dialect and $backend stand in front of it
# Takes csp's rules out of the tables of the tools' other backend: those of a host that was switched from one to the other are in force beside the
# new ones. Others' rules stay.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
w=$(mktemp -d) || exit 1
trap 'rm -rf "$w"' EXIT
# SAVE RESTORE
clear_tables() {
  "$1" 2>/dev/null | awk -v ours='%OUR_CHAINS%' '
    function flush_table(  i) {
      if (chains + jumps == 0) { table = ""; return }
      print "*" table
      for (i = 1; i <= chains; i++) print ":" chain[i] (bridge ? " RETURN" : " - [0:0]")
      for (i = 1; i <= jumps; i++) print jump[i]
      for (i = 1; i <= chains; i++) print "-X " chain[i]
      if (!bridge) print "COMMIT"
      chains = jumps = 0
    }
    /^\*/ { if (table != "") flush_table(); table = substr($0, 2); next }
    /^:/ { name = substr($1, 2); if (name ~ ours) chain[++chains] = name; next }
    $1 == "-A" && $2 !~ ours {
      for (i = 3; i < NF; i++) if (($i == "-j" || $i == "-g") && $(i + 1) ~ ours) { sub(/^-A/, "-D"); jump[++jumps] = $0; break }
    }
    END { if (table != "") flush_table() }' bridge="$3" >"$w/text"
  [ ! -s "$w/text" ] || "$2" --noflush <"$w/text"
}
failed=''
for t in iptables ip6tables; do
  if [ "$backend" = nft ]; then
    [ -z "$(cat "/proc/net/${t%tables}_tables_names" 2>/dev/null)" ] || ! command -v "$t-legacy-save" >/dev/null 2>&1 || clear_tables "$t-legacy-save" "$t-legacy-restore" "" || failed=1
  elif command -v "$t-nft-save" >/dev/null 2>&1; then clear_tables "$t-nft-save" "$t-nft-restore" "" || failed=1; fi
done
# The legacy tool takes whole tables only, so what is left of it there is emptied chain by chain.
if [ "$ebtables" = legacy ]; then
  ! command -v ebtables-nft-save >/dev/null 2>&1 || clear_tables ebtables-nft-save ebtables-nft-restore 1 || failed=1
elif command -v ebtables-legacy >/dev/null 2>&1; then
  for table in broute nat filter; do
    # Asking for a table that is not loaded loads it.
    [ -d /sys/module/ebtable_$table ] || continue
    ebtables-legacy -t $table -L 2>/dev/null | awk -v ours='%OUR_CHAINS%' -v tool="ebtables-legacy -t $table" '
      /^Bridge chain: / { name = $3; sub(/,$/, "", name); if (name ~ ours) chain[++n] = name; next }
      $0 != "" && name !~ ours { for (i = 1; i < NF; i++) if ($i == "-j" && $(i + 1) ~ ours) print tool, "-D", name, $0 }
      END { for (i = 1; i <= n; i++) print tool, "-F", chain[i]; for (i = 1; i <= n; i++) print tool, "-X", chain[i] }' >"$w/commands"
    sh "$w/commands" || failed=1
  done
fi
# A table of nft's own that the hosts of another means do not read.
if [ "$zones" != nft ] && command -v nft >/dev/null 2>&1; then nft delete table inet csp 2>/dev/null; fi
[ -z "$failed" ]
