data "csp_guests" "hv_01" {
  host = "hv-01"
}

output "running" {
  value = { for guest in data.csp_guests.hv_01.guests : guest.name => guest.uuid }
}
