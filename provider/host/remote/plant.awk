# From templates (firewall/compile/templates.ts) to chains, in POSIX awk: the hook's twin of `plant`; a property test keeps them one. It puts ports and
# bridges into texts, and knows no rule.
#
# Reads the file `templates` with the variable `mode` set to its name. `plant(set, n, port, vif, traits, b, bridge, mac, zone)` takes one set of claims
# and bridges ("old", "new", ...), sorted; `table_text(table, was, is, more)` is what leads from one set's chains to another's.
#
# Trees that have a place for the same ports are of one shape, which is found once: what each of its chains tells apart, as lines "l PORT VIF TRAITS"
# and "b BEGINNING". Only chains that differ are written out.

mode == "templates" {
  word = $1; rest = $0; sub(/^[^ ]+ ?/, "", rest)
  if (word == "prefixes") prefix_count = split(rest, prefix_list, " ")
  else if (word == "chain") {
    t_chain = ++t_chains; t_table[t_chain] = $2; t_name[t_chain] = $3; note_table($2)
    if (NF > 3) { sub(/^[^ ]+ [^ ]+ /, "", rest); t_base[$2, $3] = rest }
  }
  else if (word == "rule" || word == "bridge") add_template_rule(word, "*", rest)
  else if (word == "named" || word == "port") { sub(/^[^ ]+ /, "", rest); add_template_rule(word, $2, rest) }
  else if (word == "tree") { tree = ++trees; tree_table[tree] = $2; tree_root[tree] = $3; note_table($2) }
  else if (word == "leaf") { n = ++leaves[tree]; sub(/^[^ ]+ /, "", rest); leaf_of[tree, n] = $2; leaf_text[tree, n] = rest }
  else if (word == "branch") tree_branch[tree] = rest
  else if (word == "close") tree_close[tree] = rest
  else if (word == "jump") {
    n = ++jumps[$2]; jump_chain[$2, n] = $3; sub(/^[^ ]+ [^ ]+ /, "", rest); jump_text[$2, n] = rest; note_table($2)
  }
  else if (word == "set") { n = ++settings; setting_of[n] = $2; setting_file[n] = $3; setting_value[n] = $4 }
  else if (word == "end") templates_read = 1
  next
}

function note_table(table) { if (!(table in is_table)) { is_table[table] = 1; table_of[++tables] = table } }
function add_template_rule(kind, of, text,   n) {
  n = ++t_rules[t_chain]; t_kind[t_chain, n] = kind; t_of[t_chain, n] = of; t_text[t_chain, n] = text
}
function selects(of, traits,   has) {
  if (of == "*") return 1
  has = index("," traits ",", "," substr(of, 2) ",") > 0
  return substr(of, 1, 1) == "+" ? has : !has
}
function for_port(text, port, vif) { gsub(/@port/, port, text); gsub(/@vif/, vif, text); return text }
function has_prefix(port,   i) {
  for (i = 1; i <= prefix_count; i++) if (substr(port, 1, length(prefix_list[i])) == prefix_list[i]) return 1
  return 0
}
# The rules of one chain template.
function plant_rules(c, n, port, vif, traits, named, name_port, name_vif, name_traits, b, bridge, mac, zone,   i, j, k, m, out, text) {
  for (i = 1; i <= t_rules[c]; i = j) {
    j = i + 1
    if (t_kind[c, i] == "rule") { out = out t_text[c, i] "\n"; continue }
    for (; j <= t_rules[c] && t_kind[c, j] == t_kind[c, i]; j++);
    if (t_kind[c, i] == "bridge") {
      for (k = 1; k <= b; k++) for (m = i; m < j; m++) {
        text = t_text[c, m]; gsub(/@bridge/, bridge[k], text); gsub(/@mac/, mac[k], text); gsub(/@zone/, zone[k], text)
        out = out text "\n"
      }
    } else if (t_kind[c, i] == "port") {
      for (k = 1; k <= n; k++) for (m = i; m < j; m++)
        if (selects(t_of[c, m], traits[k])) out = out for_port(t_text[c, m], port[k], vif[k]) "\n"
    } else for (k = 1; k <= named; k++) for (m = i; m < j; m++)
      if (selects(t_of[c, m], name_traits[k])) out = out for_port(t_text[c, m], name_port[k], name_vif[k]) "\n"
  }
  return out
}

function shared_length(lo, hi, least,   n, most) {
  if (hi < lo) return least
  most = length(leaf_port[lo])
  for (n = least; n < most && substr(leaf_port[lo], n + 1, 1) == substr(leaf_port[hi], n + 1, 1); n++);
  return n
}
# Leaves lo to hi, sorted, all below prefix.
function grow(set, key, prefix, lo, hi, depth,   at, i, j, c, out, below) {
  at = shared_length(lo, hi, length(prefix))
  for (i = lo; i <= hi; i = j) {
    c = substr(leaf_port[i], at + 1, 1)
    for (j = i + 1; j <= hi && substr(leaf_port[j], at + 1, 1) == c; j++);
    if (j - i == 1 || depth == 4) {
      for (; i < j; i++) out = out leaf_line[i]
    } else {
      below = substr(leaf_port[i], 1, shared_length(i, j - 1, length(prefix)))
      out = out "b " below "\n"
      grow(set, key, below, i, j - 1, depth + 1)
    }
  }
  if (!((set, key, prefix) in node)) node_of[set, key, ++nodes[set, key]] = prefix
  node[set, key, prefix] = out
}
# Which ports have a place in a tree: "*", or the selectors of its leaves.
function key_of(t,   j, has, of, key) {
  for (j = 1; j <= leaves[t]; j++) {
    of = leaf_of[t, j]
    if (of == "*" || ((substr(of, 1, 1) == "+" ? "-" : "+") substr(of, 2)) in has) return "*"
    has[of] = 1; key = key of " "
  }
  return key
}
function has_place(key, traits,   of, n, i) {
  if (key == "*") return 1
  n = split(key, of, " ")
  for (i = 1; i <= n; i++) if (selects(of[i], traits)) return 1
  return 0
}

function plant(set, n, port, vif, traits, b, bridge, mac, zone,   c, t, i, k, lo, hi, p, key, named, name_port, name_vif, name_traits) {
  for (i = 1; i <= n; i++) if (!has_prefix(port[i])) { name_port[++named] = port[i]; name_vif[named] = vif[i]; name_traits[named] = traits[i] }
  for (c = 1; c <= t_chains; c++) body[set, c] = plant_rules(c, n, port, vif, traits, named, name_port, name_vif, name_traits, b, bridge, mac, zone)
  for (t = 1; t <= trees; t++) {
    key = tree_key[t] = key_of(t)
    if ((set, key) in nodes) continue
    k = nodes[set, key] = 0
    for (i = 1; i <= n; i++) if (has_place(key, traits[i])) { leaf_port[++k] = port[i]; leaf_line[k] = "l " port[i] " " vif[i] " " traits[i] "\n" }
    for (p = 1; p <= prefix_count; p++) {
      for (lo = 1; lo <= k && substr(leaf_port[lo], 1, length(prefix_list[p])) != prefix_list[p]; lo++);
      for (hi = lo; hi <= k && substr(leaf_port[hi], 1, length(prefix_list[p])) == prefix_list[p]; hi++);
      grow(set, key, prefix_list[p], lo, hi - 1, 1)
    }
  }
}
# The rules of a tree's chain.
function chain_text(set, t, prefix,   n, i, j, line, part, out, text) {
  n = split(node[set, tree_key[t], prefix], line, "\n")
  for (i = 1; i < n; i++) {
    split(line[i], part, " ")
    if (part[1] == "b") {
      text = tree_branch[t]; gsub(/@below/, part[2], text); gsub(/@chain/, tree_root[t] "-" part[2], text)
      out = out text "\n"
    } else for (j = 1; j <= leaves[t]; j++) if (selects(leaf_of[t, j], part[4])) out = out for_port(leaf_text[t, j], part[2], part[3]) "\n"
  }
  return out (t in tree_close ? tree_close[t] "\n" : "")
}
# The chains of a table that differ between two sets: `changed`, `changed_chain[]`, `after[]`, and `before[]` where there was one; `gone`, `gone_chain[]`.
# Without `was`: all of them.
function compare(table, was, is,   c, t, i, key, prefix) {
  changed = gone = 0; split("", before)
  for (c = 1; c <= t_chains; c++) {
    if (t_table[c] != table || (was != "" && body[was, c] == body[is, c])) continue
    changed_chain[++changed] = t_name[c]; after[changed] = body[is, c]
    if (was != "") before[changed] = body[was, c]
  }
  for (t = 1; t <= trees; t++) {
    if (tree_table[t] != table) continue
    key = tree_key[t]
    for (i = 1; i <= nodes[is, key]; i++) {
      prefix = node_of[is, key, i]
      if (was != "" && (was, key, prefix) in node) {
        if (node[was, key, prefix] == node[is, key, prefix]) continue
        before[changed + 1] = chain_text(was, t, prefix)
      }
      changed_chain[++changed] = tree_root[t] "-" prefix; after[changed] = chain_text(is, t, prefix)
      # Who is behind a port may differ where nothing of this tree says it.
      if (changed in before && before[changed] == after[changed]) { delete before[changed]; changed-- }
    }
    if (was != "") for (i = 1; i <= nodes[was, key]; i++) {
      prefix = node_of[was, key, i]
      if (!((is, key, prefix) in node)) gone_chain[++gone] = tree_root[t] "-" prefix
    }
  }
}

function tool_of(table) { return substr(table, 1, index(table, ".") - 1) }
function name_of(table) { return substr(table, index(table, ".") + 1) }
function add_rules(front, rules,   n, i, rule, out) {
  n = split(rules, rule, "\n")
  for (i = 1; i < n; i++) out = out front rule[i] "\n"
  return out
}

# What leads from the chains of `was` to those of `is`, as restore() takes it: only chains that differ. Without `was`: all of them. `more`: lines to
# commit with it. Empty when there is nothing to do.
function table_text(table, was, is, more) {
  if (tool_of(table) == "arptables") return (was == "" ? arp_whole(table, is) : arp_changes(table, was, is)) more
  if (tool_of(table) == "nft") return nft_text(table, was, is)
  return restore_text(table, was, is, more)
}
function restore_text(table, was, is, more,   i, head, rules, tail, ip) {
  compare(table, was, is)
  ip = tool_of(table) != "ebtables"; tail = ip ? " - [0:0]\n" : " RETURN\n"
  for (i = 1; i <= changed; i++) { head = head ":" changed_chain[i] tail; rules = rules add_rules("-A " changed_chain[i] " ", after[i]) }
  for (i = 1; i <= gone; i++) { head = head ":" gone_chain[i] tail; rules = rules "-X " gone_chain[i] "\n" }
  if (head more == "") return ""
  return "*" name_of(table) "\n" head rules more (ip ? "COMMIT\n" : "")
}
# Of a verdict map only elements that differ, in one commit with the chains that they lead to. Written as a whole, a map is emptied first.
function nft_text(table, was, is,   i, chain, family, heads, maps, elements, rules, octets) {
  compare(table, was, is)
  if (!changed) return ""
  family = family_of(table)
  for (i = 1; i <= changed; i++) {
    chain = changed_chain[i]
    if (t_base[table, chain] ~ /^map /) {
      if (!(i in before)) maps = maps "add map " family " csp " chain " { type ifname : verdict; }\nflush map " family " csp " chain "\n"
      elements = elements element_text(family, chain, (i in before) ? before[i] : "", after[i])
    } else {
      if (chain == "csp-prerouting") octets = "%NFT_SAME_OCTETS%\n"
      heads = heads "add chain " family " csp " chain " { " t_base[table, chain] " }\nflush chain " family " csp " chain "\n"
      rules = rules add_rules("add rule " family " csp " chain " ", after[i])
    }
  }
  return "add table " family " csp\n" octets heads maps elements rules
}
function family_of(table) { return table == "nft.csp" ? "inet" : "bridge" }
# An element goes by its key alone.
function element_text(family, map, before, after,   n, i, rule, there, wanted, gone, come, gones, comes) {
  n = split(before, rule, "\n")
  for (i = 1; i < n; i++) there[rule[i]] = 1
  n = split(after, rule, "\n")
  for (i = 1; i < n; i++) {
    wanted[rule[i]] = 1
    if (!(rule[i] in there)) come = come (comes++ % 500 ? ", " : (comes > 1 ? " }\n" : "") "add element " family " csp " map " { ") port_of(rule[i]) " : " verdict_of(rule[i])
  }
  n = split(before, rule, "\n")
  for (i = 1; i < n; i++)
    if (!(rule[i] in wanted)) gone = gone (gones++ % 500 ? ", " : (gones > 1 ? " }\n" : "") "delete element " family " csp " map " { ") port_of(rule[i])
  return (gones ? gone " }\n" : "") (comes ? come " }\n" : "")
}
# "iifname PORT VERDICT"
function port_of(rule) { sub(/^[io]ifname /, "", rule); sub(/ .*/, "", rule); return rule }
function verdict_of(rule) { sub(/^[io]ifname [^ ]+ /, "", rule); return rule }

# The same as arptables commands, "a ARGUMENTS" a line: the tool has no restore. New rules stand before old ones go, and a rule goes by what it
# says and not by its number.
function arp_changes(table, was, is,   i, k, m, made, filled, edits, ends, old, new, olds_n, news_n, same, in_old, in_new, at) {
  compare(table, was, is)
  for (i = 1; i <= changed; i++) {
    if (!(i in before)) { made = made "a -N " changed_chain[i] "\n"; filled = filled add_rules("a -A " changed_chain[i] " ", after[i]); continue }
    olds_n = split(before[i], old, "\n") - 1
    news_n = split(after[i], new, "\n") - 1
    for (same = 0; same < olds_n && same < news_n && old[same + 1] == new[same + 1]; same++);
    while (olds_n > same && news_n > same && old[olds_n] == new[news_n]) { olds_n--; news_n-- }
    split("", in_old); split("", in_new)
    for (k = same + 1; k <= olds_n; k++) in_old[old[k]] = 1
    for (k = same + 1; k <= news_n; k++) in_new[new[k]] = 1
    # What is in both stays where it is: both lists are in the same order.
    at = same; k = same + 1
    for (m = same + 1; m <= news_n; m++) {
      if (new[m] in in_old) {
        for (; k <= olds_n && old[k] != new[m]; k++) at++
        at++; k++
      } else edits = edits "a -I " changed_chain[i] " " ++at " " new[m] "\n"
    }
    for (k = same + 1; k <= olds_n; k++) if (!(old[k] in in_new)) edits = edits "a -D " changed_chain[i] " " old[k] "\n"
  }
  for (i = 1; i <= gone; i++) { edits = edits "a -F " gone_chain[i] "\n"; ends = ends "a -X " gone_chain[i] "\n" }
  return made filled edits ends
}
# Chains written whatever is in them: made if need be, the new rules in front, then all that is behind them goes.
function arp_whole(table, is,   i, k, n, rule, out) {
  compare(table, "", is)
  for (i = 1; i <= changed; i++) out = out "made " changed_chain[i] "\n"
  for (i = 1; i <= changed; i++) {
    n = split(after[i], rule, "\n")
    for (k = 1; k < n; k++) out = out "a -I " changed_chain[i] " " k " " rule[k] "\n"
    out = out "behind " changed_chain[i] " " n "\n"
  }
  return out
}
# include: target.awk
