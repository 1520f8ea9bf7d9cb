# Makes hv-01 a csp host. From then on a guest without a policy neither sends nor receives.
resource "csp_host" "hv_01" {
  host = "hv-01"
}

resource "csp_security_group" "web" {
  name = "web"

  ingress {
    name     = "http"
    protocol = "tcp"
    ports    = ["80", "443"]
  }
  ingress {
    name      = "ping"
    protocol  = "icmp"
    icmp_type = "8"
  }
}

# The guest can send only from its own addresses, and receives only what a rule allows.
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
  ingress {
    name     = "ssh"
    protocol = "tcp"
    ports    = ["22"]
    from     = var.office
  }
}

output "ports" {
  description = "The guest's interfaces on the host."
  value       = csp_guest_firewall.web_1.ports
}
