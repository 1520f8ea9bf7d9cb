# Guests' and units' chains out of their records, as what restore() takes, into a file for each table in the folder `w`, and what the records hold for
# `ipset restore` into `w/sets`; the files follow one another. Lists are kept in arrays: a thousand guests' rules are megabytes, and awk copies a
# string whenever something is added.
#
# A record that ends before its end is none: what is left of it would be half a policy. Its file's name goes into `w/broken`.
FNR == 1 { end_file(); begin_file() }
$1 == "end" { whole = 1; next }
/^== / {
  t = $2
  # Versions before tables had names.
  if (t !~ /[.]/ && t != "ipset") t = t (t == "ebtables" ? ".nat" : ".filter")
  next
}
t == "" { next }
t == "ipset" { set[++sets] = $0; next }
/^:/ { chain_table[++chains] = t; chain_name[chains] = substr($0, 2); next }
/^-A / { rule_table[++rules] = t; rule[rules] = $0 }
function begin_file() { file = FILENAME; t = ""; whole = ($1 ~ /^csp-/ && $2 == 1); chains_before = chains; rules_before = rules; sets_before = sets }
function end_file() {
  if (file == "" || whole) return
  chains = chains_before; rules = rules_before; sets = sets_before
  print file >(w "/broken")
}
END {
  end_file()
  for (i = 1; i <= sets; i++) print set[i] >(w "/sets")
  for (i = 1; i <= chains; i++) {
    t = chain_table[i]; out = w "/" t
    if (t ~ /^arptables/) { print "made " chain_name[i] >out; continue }
    if (t ~ /^nft/) {
      if (!(t in begun)) { begun[t] = out; print "add table bridge csp\n%NFT_SAME_OCTETS%" >out }
      print "add chain bridge csp " chain_name[i] " { }\nflush chain bridge csp " chain_name[i] >out
      continue
    }
    if (!(t in begun)) { begun[t] = out; name = t; sub(/^[^.]*[.]/, "", name); print "*" name >out }
    print ":" chain_name[i] (t ~ /^ebtables/ ? " RETURN" : " - [0:0]") >out
  }
  for (i = 1; i <= rules; i++) {
    t = rule_table[i]; out = w "/" t
    if (t ~ /^nft/) { sub(/^-A /, "add rule bridge csp ", rule[i]); print rule[i] >out; continue }
    if (t !~ /^arptables/) { print rule[i] >out; continue }
    split(rule[i], word, " "); sub(/^-A [^ ]+ /, "", rule[i])
    print "a -I", word[2], ++put[word[2]], rule[i] >out
  }
  for (i = 1; i <= chains; i++) if (chain_table[i] ~ /^arptables/) print "behind", chain_name[i], put[chain_name[i]] + 1 >(w "/" chain_table[i])
  for (t in begun) if (t ~ /^ip/) print "COMMIT" >begun[t]
}
