/**
 * The rules that lead from chains of others into units' own (`hook TOOL CHAIN PLACE RULE` of their records), in POSIX awk: those of `tool` that
 * are not there, as restore text or as commands, each where firewall/plan.ts would put it. Reads, told apart by the variable `mode`, first
 * `saved` (what the tool prints of its table), then `units` (the records).
 */
export const JUMPS_AWK = `
mode == "saved" && tool == "arptables" { if ($1 == "Chain") c = $2; else if (NF) { rule[c, ++rules[c]] = $0; next }; there[c] = 1; next }
mode == "saved" && /^[*]/ { on = ($0 == (tool == "ebtables" ? "*nat" : "*filter")); next }
mode == "saved" && on && /^:/ { there[substr($1, 2)] = 1; next }
mode == "saved" { if (on && $1 == "-A") rule[$2, ++rules[$2]] = $0; next }
$1 == "hook" && $2 == tool && ($NF in there) {
  text = $0; sub(/^hook [^ ]+ [^ ]+ [^ ]+ /, "", text)
  if (!($3 in asked)) { asked[$3] = 1; chain[++chains] = $3 }
  want[$3, $4, ++wants[$3, $4]] = text
}
function target(text,   n, word, i) {
  n = split(text, word, " ")
  for (i = 1; i < n; i++) if (word[i] == "-j" || word[i] == "-g") return word[i + 1]
  return ""
}
function has(c, name,   i) {
  for (i = 1; i <= rules[c]; i++) if (target(rule[c, i]) == name) return 1
  return 0
}
function emit(line) { out = out (tool == "arptables" ? "a " : "") line "\\n" }
function insert(c, at, text,   i) {
  for (i = ++rules[c]; i > at; i--) rule[c, i] = rule[c, i - 1]
  rule[c, at] = text
  emit("-I " c " " at " " text)
}
function place(c, which, at,   i, text) {
  for (i = 1; i <= wants[c, which]; i++) {
    text = want[c, which, i]
    if (!has(c, target(text))) insert(c, at, text)
    if (target(rule[c, at]) == target(text)) at++
  }
  return at
}
END {
  for (k = 1; k <= chains; k++) {
    c = chain[k]
    at = place(c, "beforeGuests", 1)
    while (at <= rules[c] && target(rule[c, at]) ~ /^csp-/ && target(rule[c, at]) !~ /^csp-user-/) at++
    place(c, "first", at)
    for (i = 1; i <= wants[c, "last"]; i++) if (!has(c, target(want[c, "last", i]))) emit("-A " c " " want[c, "last", i])
  }
  if (out == "") exit
  printf "%s%s%s", (tool == "arptables" ? "" : tool == "ebtables" ? "*nat\\n" : "*filter\\n"), out, (tool ~ /^ip/ ? "COMMIT\\n" : "")
}
`;
