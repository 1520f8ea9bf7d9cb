/**
 * The frame's chains and dispatch trees in POSIX awk: the hook's twin of firewall/dispatch.ts and firewall/frame.ts; a property test keeps
 * them one. \`plant(set, n, port, vif)\` makes the tree of one set of claims ("old", "new", ...) as \`tree[set, prefix]\`, one item a line: \`L
 * PORT VIF\` for a port, \`B PREFIX\` for a chain below. A tree is the same in all tools but for how a rule is written.
 */
export const TREES_AWK = `
function shared_length(ports, lo, hi, least,   n, most) {
  if (hi < lo) return least
  most = length(ports[lo])
  for (n = least; n < most && substr(ports[lo], n + 1, 1) == substr(ports[hi], n + 1, 1); n++);
  return n
}
# Ports lo to hi, sorted, all below prefix.
function grow(set, prefix, ports, vifs, lo, hi, depth,   at, i, j, c, items, below) {
  at = shared_length(ports, lo, hi, length(prefix))
  for (i = lo; i <= hi; i = j) {
    c = substr(ports[i], at + 1, 1)
    for (j = i + 1; j <= hi && substr(ports[j], at + 1, 1) == c; j++);
    if (j - i == 1 || depth == 4) {
      for (; i < j; i++) items = items "L " ports[i] " " vifs[i] "\\n"
    } else {
      below = substr(ports[i], 1, shared_length(ports, i, j - 1, length(prefix)))
      items = items "B " below "\\n"
      grow(set, below, ports, vifs, i, j - 1, depth + 1)
    }
  }
  if (!((set, prefix) in tree)) chain_of[set, ++chains_of[set]] = prefix
  tree[set, prefix] = items "D\\n"
}
function plant(set, n, ports, vifs,   i, p, prefix, lo, hi) {
  chains_of[set] = 0
  p = split(guest_ports, prefix, " ")
  for (i = 1; i <= p; i++) {
    for (lo = 1; lo <= n && substr(ports[lo], 1, length(prefix[i])) != prefix[i]; lo++);
    for (hi = lo; hi <= n && substr(ports[hi], 1, length(prefix[i])) == prefix[i]; hi++);
    grow(set, prefix[i], ports, vifs, lo, hi - 1, 1)
  }
}
function layer3(tool) { return tool == "iptables" || tool == "ip6tables" }
function root_of(tool, side) { return layer3(tool) ? (side == "from" ? "csp-egress-" : "csp-ingress-") : "csp-" side "-" }
# One item of a tree as a rule.
function rule_of(tool, side, item,   f, match_port) {
  split(item, f, " ")
  if (f[1] == "D") return "-j DROP"
  if (layer3(tool)) {
    match_port = "-m physdev --physdev-" (side == "from" ? "in " : "out ") f[2]
    return f[1] == "B" ? match_port "+ -g " root_of(tool, side) f[2] : match_port " -j csp-" (side == "from" ? "out-" : "in-") f[3]
  }
  match_port = (side == "from" ? "-i " : "-o ") f[2]
  if (f[1] == "B") return match_port "+ -j " root_of(tool, side) f[2]
  return match_port " -j " (side == "from" ? "csp-vif-" f[3] : "ACCEPT")
}
# The chains that every host has beside its trees, into fixed_chain[] and fixed_rules[].
function fixed(tool,   i, p, prefix, from, to, nd) {
  split("", fixed_chain); split("", fixed_rules); fixed_chains = 0
  if (tool == "ebtables") return
  p = split(guest_ports, prefix, " ")
  for (i = 1; i <= p; i++) {
    from = from rule_of(tool, "from", "B " prefix[i]) "\\n"
    to = to rule_of(tool, "to", "B " prefix[i]) "\\n"
  }
  fixed_chains = 2
  fixed_chain[1] = "csp-forward"
  if (layer3(tool)) {
    nd = tool == "ip6tables" ? "-p ipv6-icmp -j csp-nd" : ""
    fixed_rules[1] = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\\n" (nd == "" ? "" : nd "\\n") from to
    fixed_chain[2] = "csp-ingress"
  } else {
    fixed_rules[1] = from to
    fixed_chain[2] = "csp-to"
  }
  fixed_rules[2] = (nd == "" ? "" : nd "-to\\n") to "-j ACCEPT\\n"
  if (nd != "") fixed_neighbours(p, prefix)
}
# Neighbour discovery, as firewall/frame.ts has it.
function fixed_neighbours(p, prefix,   i, n, type, from, to) {
  for (i = 1; i <= p; i++) {
    from = from "-m physdev --physdev-in " prefix[i] "+ -g csp-nd-from\\n"
    to = to "-m physdev --physdev-out " prefix[i] "+ -g csp-nd-to\\n"
  }
  fixed_chain[3] = "csp-nd"; fixed_rules[3] = from to
  fixed_chain[4] = "csp-nd-from"; fixed_chain[5] = "csp-nd-to"; fixed_chains = 5
  n = split("133 135 136 131 132 143", type, " ")
  for (i = 1; i <= n; i++) fixed_rules[4] = fixed_rules[4] "-p ipv6-icmp -m icmp6 --icmpv6-type " type[i] " -g csp-ingress\\n"
  n = split("133 135 136 130 134 137", type, " ")
  for (i = 1; i <= n; i++) fixed_rules[5] = fixed_rules[5] "-p ipv6-icmp -m icmp6 --icmpv6-type " type[i] " -j ACCEPT\\n"
}
# The rules that lead from built-in chains into ours, as "CHAIN RULE", last first: each is put in front.
function hooks_of(tool, hook,   i, p, prefix, n) {
  if (layer3(tool)) { hook[1] = "FORWARD -m physdev --physdev-is-bridged -j csp-forward"; return 1 }
  if (tool == "arptables") { hook[1] = "FORWARD -j csp-forward"; return 1 }
  p = split(guest_ports, prefix, " ")
  for (i = p; i >= 1; i--) {
    hook[++n] = "PREROUTING -i " prefix[i] "+ -j csp-from-" prefix[i]
    hook[++n] = "POSTROUTING -o " prefix[i] "+ -j csp-to-" prefix[i]
  }
  return n
}
function add_rules(chain, rules,   n, i, rule, out) {
  n = split(rules, rule, "\\n")
  for (i = 1; i < n; i++) out = out "-A " chain " " rule[i] "\\n"
  return out
}
function rules_of(tool, side, items,   n, i, item, out) {
  n = split(items, item, "\\n")
  for (i = 1; i < n; i++) out = out rule_of(tool, side, item[i]) "\\n"
  return out
}

# Text for iptables-restore, ip6tables-restore or ebtables-restore that leads from the trees of was to those of is: only chains
# that differ. Without was: all of them, and the fixed chains. Empty when there is nothing to do.
function restore_text(tool, was, is,   i, j, side, sides, prefix, head, rules, gone, chain, tail) {
  tail = layer3(tool) ? " - [0:0]\\n" : " ACCEPT\\n"
  if (was == "") {
    fixed(tool)
    for (i = 1; i <= fixed_chains; i++) { head = head ":" fixed_chain[i] tail; rules = rules add_rules(fixed_chain[i], fixed_rules[i]) }
  }
  split("from to", sides, " ")
  for (j = 1; j <= 2; j++) {
    side = sides[j]
    for (i = 1; i <= chains_of[is]; i++) {
      prefix = chain_of[is, i]
      if (was != "" && (was, prefix) in tree && tree[was, prefix] == tree[is, prefix]) continue
      chain = root_of(tool, side) prefix
      head = head ":" chain tail
      rules = rules add_rules(chain, rules_of(tool, side, tree[is, prefix]))
    }
    if (was != "") for (i = 1; i <= chains_of[was]; i++) {
      prefix = chain_of[was, i]
      if ((is, prefix) in tree) continue
      chain = root_of(tool, side) prefix
      head = head ":" chain tail
      gone = gone "-X " chain "\\n"
    }
  }
  if (head == "") return ""
  return (layer3(tool) ? "*filter\\n" : "*nat\\n") head rules gone (layer3(tool) ? "COMMIT\\n" : "")
}

# The same as arptables commands, "a ARGUMENTS" a line: the tool has no restore. Each chain always ends in DROP, new rules stand before old
# ones go, and a rule goes by what it says and not by its number.
function arp_commands(was, is,   i, j, k, side, sides, prefix, chain, made, changed, gone, old, new, olds_n, news_n, same, in_old, in_new, at, m) {
  split("from to", sides, " ")
  for (j = 1; j <= 2; j++) {
    side = sides[j]
    for (i = 1; i <= chains_of[is]; i++) {
      prefix = chain_of[is, i]; chain = root_of("arptables", side) prefix
      if (!((was, prefix) in tree)) { made = made "a -N " chain "\\n" arp_lines("a -A " chain " ", rules_of("arptables", side, tree[is, prefix])); continue }
      if (tree[was, prefix] == tree[is, prefix]) continue
      olds_n = split(rules_of("arptables", side, tree[was, prefix]), old, "\\n") - 1
      news_n = split(rules_of("arptables", side, tree[is, prefix]), new, "\\n") - 1
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
        } else changed = changed "a -I " chain " " ++at " " new[m] "\\n"
      }
      for (k = same + 1; k <= olds_n; k++) if (!(old[k] in in_new)) changed = changed "a -D " chain " " old[k] "\\n"
    }
    for (i = 1; i <= chains_of[was]; i++) {
      prefix = chain_of[was, i]; chain = root_of("arptables", side) prefix
      if (!((is, prefix) in tree)) { changed = changed "a -F " chain "\\n"; gone = gone "a -X " chain "\\n" }
    }
  }
  return made changed gone
}
function arp_lines(before, rules,   n, i, rule, out) {
  n = split(rules, rule, "\\n")
  for (i = 1; i < n; i++) out = out before rule[i] "\\n"
  return out
}
# A chain written whatever is in it: made if need be, the new rules in front, then all that is behind them goes.
function arp_chain(chain, rules,   n, i, rule, out) {
  out = "made " chain "\\n"
  n = split(rules, rule, "\\n")
  for (i = 1; i < n; i++) out = out "a -I " chain " " i " " rule[i] "\\n"
  return out "behind " chain " " n "\\n"
}
function arp_whole(is,   i, j, side, sides, prefix, out) {
  split("from to", sides, " ")
  # From the leaves up: a chain is there before one leads to it.
  for (j = 2; j >= 1; j--) {
    side = sides[j]
    for (i = 1; i <= chains_of[is]; i++) out = out "made " root_of("arptables", side) chain_of[is, i] "\\n"
  }
  for (j = 1; j <= 2; j++) {
    side = sides[j]
    for (i = 1; i <= chains_of[is]; i++) out = out arp_chain(root_of("arptables", side) chain_of[is, i], rules_of("arptables", side, tree[is, chain_of[is, i]]))
  }
  fixed("arptables")
  for (i = fixed_chains; i >= 1; i--) out = out arp_chain(fixed_chain[i], fixed_rules[i])
  return out
}
`;
