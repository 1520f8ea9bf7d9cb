# Which vif each port is, and which bridges are guests', in POSIX awk: the hook's twin of `claimPorts` and `guestBridges`; a test keeps them one.
# Reads, told apart by the variable `mode`:
#
# - `vifs`: the state directory's file of that name (every declared interface);
# - `zones`: which connection tracking zone each bridge has been given;
# - `ports`: which claims and bridges the kernel's chains were made from; what is known of a port that is still the same one is not asked again;
# - `now`: what `list_ports` and `ask_ports` print. Their values are the toolstack's: nothing is believed of them that does not look right.
#
# With `ask` set it prints the names of the ports that the toolstack has to be asked about. Else `claim_ports()` fills `claims`, `port[]`, `vif[]`,
# `traits[]`, `port_line[]` (sorted), `sites`, `site[]`, `site_mac[]`, `site_zone[]`, `site_line[]` (sorted), and `refusals`, `refusal[]`; `olds`,
# `old_port[]` and so on are what the kernel has.
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
# Ports that the toolstack tells of by guest and device.
function device_of(name) {
  if (name !~ /^(vif|tap)[0-9]+[.][0-9]+(-emu)?$/ && name !~ /^tap[0-9]+i[0-9]+$/) return ""
  sub(/-emu$/, "", name); sub(/^.*[.i]/, "", name)
  return name + 0
}
# Ports that the toolstack tells of by the guest's MAC.
function is_container(name) { return name ~ /^veth[0-9]+i[0-9]+$/ }
function is_guests(name,   i, n, prefix) {
  n = split(guest_ports, prefix, " ")
  for (i = 1; i <= n; i++) if (substr(name, 1, length(prefix[i])) == prefix[i]) return 1
  return 0
}
function rest_of(text) { sub(/^[^ ]+ [^ ]+ ?/, "", text); return text }

FNR == 1 && mode != "now" { next }
# Guests whose records the tools did not take have nothing to be led to.
mode == "vifs" && index(bad, " " $1 " ") { next }
mode == "vifs" && NF >= 7 {
  v = $1 "/" $2
  declared[v] = $4; mac_of[v] = $3; label[$1] = $7; check[v] = $6; traits_of[v] = (NF >= 8 ? $8 : "-")
  if ($5 != "-") { pinned[$5] = 1; pins++; pin_port[pins] = $5; pin_vif[pins] = v }
  else {
    found_by[v] = 1
    t = tap_mac($3); if (!taps_of[t]++) tap_vif[t] = v
    if (!macs_of[$3]++) mac_vif[$3] = v
  }
  next
}
mode == "vifs" { next }
mode == "zones" { if (NF == 2 && $2 ~ /^[0-9]+$/) { zone_of[$1] = $2; zone_taken[$2] = 1 }; next }
mode == "ports" && FNR == 2 { known = ($1 == "boot" && $2 == boot); next }
mode == "ports" && !known { next }
mode == "ports" && $1 == "port" && NF == 8 {
  olds++; old_port[olds] = $2; old_vif[olds] = $6; old_traits[olds] = $7; old_line[olds] = $0
  if ($3 != "-") { old_of[$2 " " $3] = $4 "/" $5; seen_on[$2 " " $3] = $8 }
  next
}
mode == "ports" && $1 == "bridge" && NF == 4 { o = ++old_sites; old_site[o] = $2; old_site_mac[o] = $3; old_site_zone[o] = $4; old_site_line[o] = $0; next }
mode == "ports" { next }
$1 == "bridge" && NF == 4 { bridge_mac[$2] = $3; next }
$1 == "port" && NF == 5 { ports++; name[ports] = $2; ifindex[ports] = $3; address[ports] = $4; on[ports] = $5; on_bridge[$2] = $5; next }
$1 == "vm" { t = rest_of($0); sub(/^\/vm\//, "", t); if (length(t) == 36 && t ~ /^[0-9a-fA-F-]+$/) vm[$2] = tolower(t); next }
$1 == "mac" { told_mac[$2] = rest_of($0); sub(/[ \t]+$/, "", told_mac[$2]); next }

function add_claim(p, i, v,   at, slot) {
  split(v, at, "/")
  for (slot = ++claims; slot > 1 && (port[slot - 1] "") > (p ""); slot--) {
    port[slot] = port[slot - 1]; vif[slot] = vif[slot - 1]; traits[slot] = traits[slot - 1]; port_line[slot] = port_line[slot - 1]
  }
  port[slot] = p; vif[slot] = declared[v]; traits[slot] = traits_of[v]
  port_line[slot] = "port " p " " i " " at[1] " " at[2] " " declared[v] " " traits_of[v] " " (p in on_bridge ? on_bridge[p] : "-")
  if (p in on_bridge) guests_on[on_bridge[p]] = 1
}
function refuse(p, v, cause,   at) {
  split(v, at, "/")
  refusal[++refusals] = p " " (label[at[1]] == "" ? at[1] : label[at[1]]) " " cause
}
function claim_ports(   i, n, v, t, m) {
  for (i = 1; i <= pins; i++) add_claim(pin_port[i], "-", pin_vif[i])
  for (i = 1; i <= ports; i++) if (device_of(name[i]) == "") carriers[address[i]]++
  for (i = 1; i <= ports; i++) {
    n = name[i]
    if (on[i] != "-" && is_guests(n)) guests_on[on[i]] = 1
    if (n in pinned) continue
    if (device_of(n) == "") {
      m = is_container(n) ? spell_mac(told_mac[n]) : ""
      if (m != "" && (m in macs_of)) {
        if (macs_of[m] > 1) refuse(n, mac_vif[m], "two declared interfaces have the MAC " m)
        else add_claim(n, ifindex[i], mac_vif[m])
        continue
      }
      t = address[i]
      if (!(t in taps_of)) continue
      if (taps_of[t] > 1) refuse(n, tap_vif[t], "two declared interfaces have a MAC that fits " t)
      else if (carriers[t] > 1) refuse(n, tap_vif[t], "another port has " t " too")
      else add_claim(n, ifindex[i], tap_vif[t])
      continue
    }
    v = ""
    if ((n " " ifindex[i]) in old_of) { v = old_of[n " " ifindex[i]]; if (v in found_by) { add_claim(n, ifindex[i], v); continue } }
    else if (n in vm) v = vm[n] "/" device_of(n)
    if (!(v in found_by)) continue
    m = spell_mac(told_mac[n])
    if (check[v] == "any" || told_mac[n] == "" || m == mac_of[v]) add_claim(n, ifindex[i], v)
    else refuse(n, v, "its MAC is " (m == "" ? "unreadable" : m) " and " mac_of[v] " is declared")
  }
  find_sites()
}
# Bridges with guests' ports, in order. One that has no zone yet gets the lowest that no other has.
function find_sites(   b, i, z) {
  for (b in bridge_mac) if (b in guests_on) {
    for (i = ++sites; i > 1 && (site[i - 1] "") > (b ""); i--) site[i] = site[i - 1]
    site[i] = b
  }
  for (i = 1; i <= sites; i++) {
    b = site[i]
    if (!(b in zone_of)) {
      for (z = first_zone + 0; z in zone_taken; z++);
      zone_of[b] = z; zone_taken[z] = 1; zones_added = 1
    }
    site_mac[i] = bridge_mac[b]; site_zone[i] = zone_of[b]
    site_line[i] = "bridge " b " " site_mac[i] " " site_zone[i]
  }
}
END {
  if (ask) {
    for (i = 1; i <= ports; i++)
      if (!(name[i] in pinned) && (device_of(name[i]) != "" || is_container(name[i])) && !((name[i] " " ifindex[i]) in old_of)) print name[i]
    exit
  }
}
