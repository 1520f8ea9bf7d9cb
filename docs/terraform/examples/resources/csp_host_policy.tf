resource "csp_host_policy" "hv_01" {
  host = csp_host.hv_01.host
  groups = {
    db  = { ingress = [{ name = "postgres", protocol = "tcp", ports = ["5432"], from = ["group:web"] }] }
    web = { ingress = [{ name = "https", protocol = "tcp", ports = ["443"] }] }
  }
  guests = {
    "web-1" = {
      uuid       = "6c1a0000-0000-4000-8000-00000000000b"
      interfaces = [{ device = 0, mac = "02:00:00:20:00:0b", addresses = ["10.20.0.11"] }]
      groups     = ["web"]
    }
    "db-1" = {
      uuid       = "6c1a0000-0000-4000-8000-00000000000c"
      interfaces = [{ device = 0, mac = "02:00:00:20:00:0c", addresses = ["10.20.0.12"] }]
      groups     = ["db"]
    }
  }
}
