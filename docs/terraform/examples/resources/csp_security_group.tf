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
