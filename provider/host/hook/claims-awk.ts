/**
 * Which vif each port is, in POSIX awk: the hook's twin of `claimPorts`. Reads, told apart by the variable `mode`:
 *
 * - `vifs`: the state directory's file of that name (every declared interface);
 * - `ports`: which claims the trees in the kernel were made from; what is known of a port that is still the same one is not asked again;
 * - `now`: what `list_ports` and `ask_ports` print. Their values are the toolstack's: nothing is believed of them that does not look right.
 *
 * With `ask` set it prints the names of the ports that the toolstack has to be asked about. Else `claim_ports()` fills `claims`, `port[]`,
 * `vif[]`, `line[]` (sorted) and `refusals`, `refusal[]`; `olds`, `old_port[]`, `old_vif[]`, `old_line[]` are what the kernel has.
 */
export const CLAIMS_AWK = `
function spell_mac(text,   n, octet, i, out) {
  n = split(tolower(text), octet, /[:-]/)
  if (n != 6) return ""
  for (i = 1; i <= 6; i++) {
    if (octet[i] !~ /^[0-9a-f][0-9a-f]?$/) return ""
    out = out (i > 1 ? ":" : "") (length(octet[i]) == 1 ? "0" : "") octet[i]
  }
  return out
}
function tap_mac(mac) { return (substr(mac, 1, 2) == "fe" ? "fa" : "fe") substr(mac, 3) }
function is_tap(name) { return name ~ /^vnet[0-9]+$/ }
function device_of(name) {
  if (name !~ /^(vif|tap)[0-9]+[.][0-9]+$/ && name !~ /^tap[0-9]+i[0-9]+$/) return ""
  sub(/^.*[.i]/, "", name)
  return name + 0
}
function rest_of(text) { sub(/^[^ ]+ [^ ]+ ?/, "", text); return text }

FNR == 1 && mode != "now" { next }
# Guests whose records the tools did not take have nothing to be led to.
mode == "vifs" && index(bad, " " $1 " ") { next }
mode == "vifs" {
  v = $1 "/" $2
  declared[v] = $4; mac_of[v] = $3; label[$1] = $7; check[v] = $6
  if ($5 != "-") { pinned[$5] = 1; pins++; pin_port[pins] = $5; pin_vif[pins] = v }
  else { found_by[v] = 1; t = tap_mac($3); if (!taps_of[t]++) tap_vif[t] = v }
  next
}
mode == "ports" && FNR == 2 { known = ($1 == "boot" && $2 == boot); next }
mode == "ports" {
  if (!known || NF != 5) next
  olds++; old_port[olds] = $1; old_vif[olds] = $5; old_line[olds] = $0
  if ($2 != "-") { old_of[$1 " " $2] = $3 "/" $4 }
  next
}
$1 == "port" && NF == 4 { ports++; name[ports] = $2; ifindex[ports] = $3; address[ports] = $4; next }
$1 == "vm" { t = rest_of($0); sub(/^\\/vm\\//, "", t); if (length(t) == 36 && t ~ /^[0-9a-fA-F-]+$/) vm[$2] = tolower(t); next }
$1 == "mac" { told_mac[$2] = rest_of($0); sub(/[ \\t]+$/, "", told_mac[$2]); next }

function add_claim(p, i, v,   at) {
  split(v, at, "/")
  for (slot = ++claims; slot > 1 && (port[slot - 1] "") > (p ""); slot--) {
    port[slot] = port[slot - 1]; vif[slot] = vif[slot - 1]; line[slot] = line[slot - 1]
  }
  port[slot] = p; vif[slot] = declared[v]; line[slot] = p " " i " " at[1] " " at[2] " " declared[v]
}
function refuse(p, v, cause,   at) {
  split(v, at, "/")
  refusal[++refusals] = p " " (label[at[1]] == "" ? at[1] : label[at[1]]) " " cause
}
function claim_ports(   i, n, v, t, m) {
  for (i = 1; i <= pins; i++) add_claim(pin_port[i], "-", pin_vif[i])
  for (i = 1; i <= ports; i++) if (is_tap(name[i])) carriers[address[i]]++
  for (i = 1; i <= ports; i++) {
    n = name[i]
    if (n in pinned) continue
    if (is_tap(n)) {
      t = address[i]
      if (!(t in taps_of)) continue
      if (taps_of[t] > 1) refuse(n, tap_vif[t], "two declared interfaces have a MAC that fits " t)
      else if (carriers[t] > 1) refuse(n, tap_vif[t], "another port has " t " too")
      else add_claim(n, ifindex[i], tap_vif[t])
      continue
    }
    v = ""
    if ((n " " ifindex[i]) in old_of) { v = old_of[n " " ifindex[i]]; if (v in found_by) { add_claim(n, ifindex[i], v); continue } }
    else if (n in vm && device_of(n) != "") v = vm[n] "/" device_of(n)
    if (!(v in found_by)) continue
    m = spell_mac(told_mac[n])
    if (check[v] == "any" || told_mac[n] == "" || m == mac_of[v]) add_claim(n, ifindex[i], v)
    else refuse(n, v, "its MAC is " (m == "" ? "unreadable" : m) " and " mac_of[v] " is declared")
  }
}
END {
  if (ask) {
    for (i = 1; i <= ports; i++)
      if (!(name[i] in pinned) && device_of(name[i]) != "" && !((name[i] " " ifindex[i]) in old_of)) print name[i]
    exit
  }
}
`;
