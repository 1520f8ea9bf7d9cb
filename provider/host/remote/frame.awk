# The frame of one table with nobody's port in it, and the jumps into it: those of ours that are in the way go, and all stand in front again. Reads
# the templates and then, with `mode` "saved", the table. Nothing where the frame leads already, unless `always` is set.
mode == "saved" && substr($1, 1, 1) == ":" { there[substr($1, 2)] = 1 }
mode == "saved" && $1 == "-A" { rule_text = $0; sub(/^-A [^ ]+ /, "", rule_text); saved[$2, ++saved_rules[$2]] = rule_text }
BEGIN { ours = "%OUR_CHAINS%" }
END {
  if (!templates_read) exit
  split("", none)
  for (i = 1; i <= jumps[table]; i++) {
    c = jump_chain[table, i]
    if (!(c in wanted)) { wanted[c] = 0; wanted_chain[++wanted_chains] = c }
    target[c, ++wanted[c]] = target_of(jump_text[table, i]); text_of[c, wanted[c]] = jump_text[table, i]
  }
  for (k = 1; k <= wanted_chains; k++) { c = wanted_chain[k]; if (!leads(c)) { broken = 1; put_jumps(c) } }
  # nft's table is all csp's, and nothing of others stands in front.
  if (table ~ /^nft/) for (k = 1; k <= t_chains; k++) if (t_table[k] == table && !(t_name[k] in there)) broken = 1
  if (!broken && !always) exit
  plant("empty", 0, none, none, none, 0, none, none, none)
  printf "%s", table_text(table, "", "empty", more)
}
# Whether a chain leads into ours before it does anything else.
function leads(c,   i, n, is) {
  for (i = 1; i <= saved_rules[c] && n < wanted[c]; i++) {
    is = target_of(saved[c, i])
    if (is !~ ours) return 0
    if (is == target[c, n + 1]) n++
  }
  return n + 0 >= wanted[c]
}
function put_jumps(c,   i, j, before) {
  before = tool_of(table) == "arptables" ? "a " : ""
  for (i = 1; i <= saved_rules[c]; i++)
    for (j = 1; j <= wanted[c]; j++) if (target_of(saved[c, i]) == target[c, j]) { more = more before "-D " c " " saved[c, i] "\n"; break }
  for (j = 1; j <= wanted[c]; j++) more = more before "-I " c " " j " " text_of[c, j] "\n"
}
