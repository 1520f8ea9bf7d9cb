resource "csp_ip_set" "blocklist" {
  host    = csp_host.hv_01.host
  name    = "blocklist"
  members = ["198.51.100.0/24", "203.0.113.7"]
}
