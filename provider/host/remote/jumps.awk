# The rules that lead from chains of others into units' own (`jump TABLE CHAIN PLACE RULE` of their records): those of `table` that are not there, as
# restore text or as commands, each where firewall/plan/plan.ts would put it. Reads, told apart by the variable `mode`, first `saved` (what the tool
# saves of the table), then `units` (the records).
mode == "saved" && /^:/ { there[substr($1, 2)] = 1; next }
mode == "saved" { if ($1 == "-A") { text = $0; sub(/^-A [^ ]+ /, "", text); rule[$2, ++rules[$2]] = text }; next }
# Versions before tables had names.
$1 == "hook" { $1 = "jump"; $2 = $2 ($2 == "ebtables" ? ".nat" : ".filter") }
$1 == "jump" && $2 == table && ($NF in there) {
  text = $0; sub(/^jump [^ ]+ [^ ]+ [^ ]+ /, "", text)
  if (!($3 in asked)) { asked[$3] = 1; chain[++chains] = $3 }
  want[$3, $4, ++wants[$3, $4]] = text
}
# include: target.awk
function has(c, name,   i) {
  for (i = 1; i <= rules[c]; i++) if (target_of(rule[c, i]) == name) return 1
  return 0
}
function emit(line) { out = out (table ~ /^arptables/ ? "a " : "") line "\n" }
function insert(c, at, text,   i) {
  for (i = ++rules[c]; i > at; i--) rule[c, i] = rule[c, i - 1]
  rule[c, at] = text
  emit("-I " c " " at " " text)
}
function place(c, which, at,   i, text) {
  for (i = 1; i <= wants[c, which]; i++) {
    text = want[c, which, i]
    if (!has(c, target_of(text))) insert(c, at, text)
    if (target_of(rule[c, at]) == target_of(text)) at++
  }
  return at
}
END {
  for (k = 1; k <= chains; k++) {
    c = chain[k]
    at = place(c, "beforeGuests", 1)
    while (at <= rules[c] && target_of(rule[c, at]) ~ ours && target_of(rule[c, at]) !~ /^csp-user-/) at++
    place(c, "first", at)
    for (i = 1; i <= wants[c, "last"]; i++) if (!has(c, target_of(want[c, "last", i]))) emit("-A " c " " want[c, "last", i])
  }
  if (out == "") exit
  name = table; sub(/^[^.]*[.]/, "", name)
  printf "%s%s%s", (table ~ /^arptables/ ? "" : "*" name "\n"), out, (table ~ /^ip/ ? "COMMIT\n" : "")
}
BEGIN { ours = "%OUR_CHAINS%" }
