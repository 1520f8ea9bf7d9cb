# Whether the frame still leads, by the rules of the built-in chains that its jumps stand in: each as its tool lists it, behind a line "@ TABLE CHAIN".
# Prints "leads" and nothing else when it does, and else the tables where it does not. A chain that holds something of csp-shut says "shut TABLE".
BEGIN { ours = "%OUR_CHAINS%" }
mode == "heads" && $1 == "@" { table = $2; chain = $3; looked[table] = 1; next }
mode == "heads" && table ~ /^nft/ { if ($1 == "chain" && $2 == "from" && chain == "csp-shut") shut[table] = 1; else listed[table] = listed[table] $0 "\n"; next }
mode == "heads" && table ~ /^ip/ { if ($1 != "-A") next; chain = $2; sub(/^-A [^ ]+ /, "") }
mode == "heads" && $1 == "Bridge" { chain = $3; sub(/,$/, "", chain); next }
mode == "heads" && $1 == "Chain" { chain = $2; next }
mode == "heads" && NF == 0 { next }
mode == "heads" {
  t = target_of($0)
  if (t == "csp-shut") { shut[table] = 1; next }
  key = table SUBSEP chain
  if (key in over) next
  if (t !~ ours) { over[key] = 1; next }
  if (next_jump(key) && t == target_of(jump_text[table, at_jump[key]])) at_jump[key]++
}
# The jump of the chain that is to come next, as its number in the table.
function next_jump(key,   part) {
  split(key, part, SUBSEP)
  if (!(key in at_jump)) at_jump[key] = 1
  while (at_jump[key] <= jumps[part[1]] && jump_chain[part[1], at_jump[key]] != part[2]) at_jump[key]++
  return at_jump[key] <= jumps[part[1]]
}
# Whether every chain of nft's table that packets come to is there, and leads to what it should.
function nft_leads(t,   c, i, n, at, from, rest, word, part) {
  for (c = 1; c <= t_chains; c++) {
    if (t_table[c] != t || t_base[t, t_name[c]] !~ / hook /) continue
    at = index(listed[t], "chain " t_name[c] " {")
    if (!at) return 0
    rest = substr(listed[t], at)
    if (rest !~ / hook /) return 0
    for (i = 1; i <= t_rules[c]; i++) {
      if (t_kind[c, i] != "rule") continue
      n = split(t_text[c, i], word, " "); part = word[n - 1] " " word[n]
      from = index(rest, part)
      if (!from) return 0
      rest = substr(rest, from + length(part))
    }
  }
  return 1
}
END {
  if (!templates_read || !tables) exit
  for (k = 1; k <= tables; k++) {
    t = table_of[k]
    if (index(" " skip " ", " " t " ")) continue
    lost = !looked[t]
    for (i = 1; i <= jumps[t]; i++) if (next_jump(t SUBSEP jump_chain[t, i])) lost = 1
    if (t ~ /^nft/ && !lost) lost = !nft_leads(t)
    if (lost) print "lost " t; else if (t in shut) print "shut " t
    all_lost = all_lost || lost; any_shut = any_shut || (t in shut)
  }
  if (!all_lost && !any_shut) print "leads"
}
