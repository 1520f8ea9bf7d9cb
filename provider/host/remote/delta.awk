# Compares the claims and bridges of now with those in the kernel and writes what leads from one to the other into files of the folder `w`, one for
# each table; `whole`: nothing is known of the kernel.
END {
  claim_ports()
  same = (claims == olds && sites == old_sites + 0 && !whole)
  for (i = 1; i <= claims; i++) { text = text port_line[i] "\n"; if (port_line[i] != old_line[i]) same = 0 }
  for (i = 1; i <= sites; i++) { text = text site_line[i] "\n"; if (site_line[i] != old_site_line[i]) same = 0 }
  printf "" >(w "/refused")
  for (i = 1; i <= refusals; i++) print refusal[i] >(w "/refused")
  write_settings()
  if (!templates_read) exit
  if (same) { print "same"; exit }
  printf "csp-ports 2\nboot %s\n%send\n", boot, text >(w "/ports")
  if (zones_added) { printf "csp-zones 1\n" >(w "/zones"); for (b in zone_of) print b, zone_of[b] >(w "/zones") }
  plant("new", claims, port, vif, traits, sites, site, site_mac, site_zone)
  if (whole) {
    for (k = 1; k <= tables; k++) printf "%s", table_text(table_of[k], "", "new", "") >(w "/" table_of[k])
    printf "" >(w "/close")
    print "loaded anew, " (claims + 0) " ports"
    exit
  }
  close_table = ("nft.bridge" in is_table) ? "nft.bridge" : "ebtables.nat"
  plant("old", olds, old_port, old_vif, old_traits, old_sites, old_site, old_site_mac, old_site_zone)
  # A port that passes from one guest to another is shut first: under half of the old rules and half of the new it would be under neither.
  for (i = 1; i <= olds; i++) was[old_port[i]] = old_vif[i]
  for (i = 1; i <= claims; i++) is[port[i]] = vif[i]
  for (i = 1; i <= olds; i++) {
    if ((old_port[i] in is) && is[old_port[i]] != old_vif[i]) passes = 1
    else { kept_port[++kept] = old_port[i]; kept_vif[kept] = old_vif[i]; kept_traits[kept] = old_traits[i] }
    if (!(old_port[i] in is)) lost = lost " -" old_port[i]
  }
  if (passes) {
    plant("kept", kept, kept_port, kept_vif, kept_traits, old_sites, old_site, old_site_mac, old_site_zone)
    close_text = table_text(close_table, "old", "kept", "")
  }
  for (i = 1; i <= claims; i++) if (!(port[i] in was) || was[port[i]] != vif[i]) {
    split(port_line[i], at, " ")
    gained = gained " +" port[i] "=" label[at[4]]
  }
  printf "%s", close_text >(w "/close")
  for (k = 1; k <= tables; k++) {
    t = table_of[k]
    printf "%s", table_text(t, passes && t == close_table ? "kept" : "old", "new", "") >(w "/" t)
  }
  print "ports" (gained lost == "" ? " are the same under new numbers" : gained lost)
}

# What is to be set below /sys/class/net: of guests' ports that are new on their bridge (`settle`: of all), and of their bridges each time.
function write_settings(   i, k) {
  printf "" >(w "/settings")
  for (k = 1; k <= settings; k++) {
    if (setting_of[k] == "bridge") { for (i = 1; i <= sites; i++) print site[i] "/" setting_file[k], setting_value[k] >(w "/settings"); continue }
    for (i = 1; i <= ports; i++)
      if (on[i] != "-" && (is_guests(name[i]) || claimed(name[i])) && (whole || settle || seen_on[name[i] " " ifindex[i]] != on[i]))
        print name[i] "/" setting_file[k], setting_value[k] >(w "/settings")
  }
}
function claimed(p,   i) { for (i = 1; i <= claims; i++) if (port[i] == p) return 1; return 0 }
