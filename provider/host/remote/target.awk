# Where a rule leads, by what it says outside of quotes and comments; the hook's twin of `targetsOf` (firewall/planes/xtables/verbatim.ts).
function target_of(rule,   n, word, i) {
  while (match(rule, /"([^"\\]|\\.)*"/)) rule = substr(rule, 1, RSTART - 1) "quoted" substr(rule, RSTART + RLENGTH)
  n = split(rule, word, " ")
  for (i = 1; i < n; i++) {
    if (word[i] ~ /^--(comment|log-prefix|nflog-prefix|ulog-prefix)$/) i++
    else if (word[i] == "-j" || word[i] == "-g") return word[i + 1]
  }
  return ""
}
