resource "csp_guest_firewall" "web_1" {
  host   = csp_host.hv_01.host
  groups = [csp_security_group.web.policy]

  guest {
    uuid = "6c1a0000-0000-4000-8000-00000000000b"
  }
  interface {
    device    = 0
    mac       = "02:00:00:20:00:0b"
    addresses = ["10.20.0.11", "fd20::11"]
  }

  # In order: the first rule that matches decides.
  ingress {
    name   = "blocked"
    action = "drop"
    from   = [csp_ip_set.blocklist.peer]
  }
  ingress {
    name     = "ssh"
    protocol = "tcp"
    ports    = ["22"]
    from     = ["203.0.113.0/24"]
    limit {
      rate  = "10/minute"
      burst = 20
    }
  }
  egress {
    name     = "smtp"
    action   = "drop"
    protocol = "tcp"
    ports    = ["25"]
  }
}
