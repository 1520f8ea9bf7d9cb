# From `nft -s -y -p list table ...` to what the other tools save: "*TABLE", ":CHAIN -", "-A CHAIN RULE", and sets as ipset saves them ("create", "add").
#
# - A map is a chain with a rule for each port, sorted by port (firewall/planes/nft/base.ts says which of iifname and oifname it looks at).
# - Where packets come to a chain is no rule. Only where it is not what csp says, it shows as one, the chain's first: "type filter hook ...", or
#   "no hook". So does what puts a whole table out of force: "flags dormant".
# - A rule that nft prints over several lines (it has a set of its own) becomes one.
BEGIN {
  n = split("%NFT_HOOKS%", part, "|")
  for (i = 1; i <= n; i++) { split(part[i], word, " "); text = part[i]; sub(/^[^ ]+ [^ ]+ /, "", text); base_of[word[1], word[2]] = text }
  n = split("%NFT_MAPS%", part, "|")
  for (i = 1; i <= n; i++) { split(part[i], word, " "); key_of[word[1], word[2]] = word[3] }
}
/^@@csp/ { print; table = ""; next }
{ sub(/^[ \t]+/, ""); sub(/[ \t]+$/, "") }
$0 == "" || /^#/ { next }
table == "" {
  if ($1 != "table") next
  table = $2 == "bridge" ? "bridge" : $3
  print "*" table; flags = ""; what = ""
  next
}
what == "" {
  if ($0 == "}") { table = ""; next }
  if ($1 == "flags") { flags = $0; next }
  # What else may stand in a table is nobody's of ours: it is read over.
  what = $1; name = $2; rules = 0; base = ""; pending = ""; type = ""; set_flags = ""; size = ""; count = 0; open = ""
  next
}
what == "chain" {
  if (pending == "" && $0 == "}") { end_chain(); what = ""; next }
  if (pending == "" && /^type [a-z]+ hook /) { base = $0; next }
  if (pending == "" && /^comment "/) next
  pending = pending == "" ? $0 : pending " " $0
  if (depth_of(pending) > 0) next
  rule[++rules] = pending; pending = ""
  next
}
what == "set" || what == "map" {
  if (open == "" && $0 == "}") { if (what == "map") end_map(); else end_set(); what = ""; next }
  if (open == "" && ($1 == "type" || $1 == "typeof")) { type = $0; next }
  if (open == "" && $1 == "flags") { set_flags = substr($0, 7); next }
  if (open == "" && $1 == "size") { size = $2; next }
  if (open == "" && $1 != "elements") next
  if (open == "") { open = 1; sub(/^elements = \{ */, "") }
  if (/ *\}$/ && depth_of($0) < 0) { sub(/ *\}$/, ""); take($0); open = ""; next }
  take($0)
  next
}
$0 == "}" { what = "" }

# How many braces are open at the end of a text, quotations left out.
function depth_of(text,   opened) {
  gsub(/"[^"]*"/, "", text)
  opened = gsub(/\{/, "", text)
  return opened - gsub(/\}/, "", text)
}
function take(text,   n, i, part) {
  n = split(text, part, /, */)
  for (i = 1; i <= n; i++) if (part[i] != "") element[++count] = part[i]
}
function end_chain(   i, wanted, is) {
  print ":" name " -"
  wanted = (table, name) in base_of ? base_of[table, name] : ""
  if (base != wanted) print "-A " name " " (base == "" ? "no hook" : base)
  if (flags != "" && base != "") print "-A " name " " flags
  for (i = 1; i <= rules; i++) print "-A " name " " rule[i]
}
# Sorted by merging neighbours: thousands of ports are nearly in order.
function end_map(   i, key, text) {
  if (!((table, name) in key_of)) return
  print ":" name " -"
  key = key_of[table, name]
  sort_elements()
  for (i = 1; i <= count; i++) {
    text = element[i]; sub(/ : /, " ", text)
    print "-A " name " " key " " text
  }
}
function sort_elements(   width, from, middle, to, a, b, k) {
  for (width = 1; width < count; width *= 2) {
    for (from = 1; from <= count; from += 2 * width) {
      middle = from + width; to = from + 2 * width
      if (middle > count + 1) middle = count + 1
      if (to > count + 1) to = count + 1
      a = from; b = middle
      for (k = from; k < to; k++)
        if (a < middle && (b >= to || element[a] <= element[b])) sorted[k] = element[a++]; else sorted[k] = element[b++]
    }
    for (k = 1; k <= count; k++) element[k] = sorted[k]
  }
}
function end_set(   n, i, k, word, kind, family, text, out) {
  n = split(type, word, / \. |[ ;]+/)
  if (type ~ /^typeof @nh,112,8 \. @nh,192,8/) { kind = "same:octets"; k = 2 }
  else {
    for (i = 2; i <= n && word[i] != ""; i++) {
      text = "other"
      if (word[i] == "ipv4_addr") { text = "net"; family = "inet" }
      else if (word[i] == "ipv6_addr") { text = "net"; family = "inet6" }
      else if (word[i] == "ether_addr") text = "mac"
      else if (word[i] == "inet_proto" && word[i + 1] == "inet_service") { text = "port"; i++ }
      kind = kind (k++ ? "," : "") text; part_kind[k] = text
    }
    kind = (set_flags ~ /dynamic/ ? "count:" : "hash:") kind
  }
  if (kind == "same:octets") { if (count != 256) print "-A csp-prerouting " name " is not whole"; return }
  print "create " name " " kind (family == "" ? "" : " family " family) (kind ~ /^count:/ && size != "" ? " maxelem " size : "")
  if (kind ~ /^count:/) return
  for (i = 1; i <= count; i++) print "add " name " " member_of(element[i], kind, k)
}
function member_of(text, kind, parts,   n, word, i, at, out) {
  if (kind == "hash:net" || kind == "hash:mac") { sub(/ .*/, "", text); return text }
  n = split(text, word, / \. /); sub(/ .*/, "", word[n])
  for (i = 1; i <= parts; i++) {
    out = out (i > 1 ? "," : "") word[++at]
    if (kind != "same:octets" && part_kind[i] == "port") out = out ":" word[++at]
  }
  return out
}
