/**
 * Guests' and units' chains out of their records, in POSIX awk, as restore text for `tool` (or as commands, for arptables); the files follow
 * one another. Lists are kept in arrays: a thousand guests' rules are megabytes, and awk copies a string whenever something is added.
 */
export const BUNDLES_AWK = `
FNR == 1 { on = 0 }
/^== / { on = ($2 == (tool == "ip6tables" ? "ip6tables" : tool)); next }
on && /^:/ { chain = substr($0, 2); chain_name[++chain_names] = chain; next }
on && /^-A / { rule[++rules] = $0; rules_in[$2]++ }
END {
  if (chain_names == 0) exit
  if (tool == "arptables") {
    for (i = 1; i <= chain_names; i++) print "made " chain_name[i]
    for (i = 1; i <= rules; i++) { split(rule[i], word, " "); sub(/^-A [^ ]+ /, "", rule[i]); print "a -I", word[2], ++put[word[2]], rule[i] }
    for (i = 1; i <= chain_names; i++) print "behind", chain_name[i], rules_in[chain_name[i]] + 1
    exit
  }
  print tool == "ebtables" ? "*nat" : "*filter"
  for (i = 1; i <= chain_names; i++) print ":" chain_name[i] (tool == "ebtables" ? " ACCEPT" : " - [0:0]")
  for (i = 1; i <= rules; i++) print rule[i]
  if (tool != "ebtables") print "COMMIT"
}
`;

/** What records hold for `ipset restore`. */
export const SETS_AWK = `FNR == 1 { on = 0 } /^== / { on = ($2 == "ipset"); next } on`;
