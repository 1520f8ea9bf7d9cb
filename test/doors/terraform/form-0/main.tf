# What terraform.tfstate was written for, when blocks were attributes, in today's form.
terraform {
  required_providers {
    csp = { source = "csp-iac/csp" }
  }
}

resource "csp_host" "hv" {
  host = "hv-01"
  expect {}
}

resource "csp_ip_set" "blocked" {
  host    = csp_host.hv.host
  name    = "blocklist"
  members = ["198.51.100.0/24", "203.0.113.7"]
}

resource "csp_security_group" "ops" {
  name = "ops"
  ingress {
    name     = "ssh"
    protocol = "tcp"
    ports    = ["22"]
    from     = ["10.25.0.0/24"]
  }
}

resource "csp_guest_firewall" "web" {
  host   = csp_host.hv.host
  groups = [csp_security_group.ops.policy]
  guest {
    uuid = "d0000000-0000-4000-8000-00000000000b"
  }
  interface {
    device    = 0
    mac       = "02:00:00:20:0d:0b"
    addresses = ["10.25.0.11"]
  }
  ingress {
    name   = "blocked"
    action = "drop"
    from   = [csp_ip_set.blocked.peer]
  }
  ingress {
    name     = "http"
    protocol = "tcp"
    ports    = ["80"]
    limit {
      rate  = "10/second"
      burst = 20
    }
  }
  ingress {
    name     = "https"
    protocol = "tcp"
    ports    = ["443"]
  }
  egress {
    name     = "smtp"
    action   = "drop"
    protocol = "tcp"
    ports    = ["25"]
  }
  timeouts {
    create = "5m"
  }
}

resource "csp_host_policy" "tier" {
  host = csp_host.hv.host
  name = "tier"
  groups = {
    db = { ingress = [{ name = "sql", protocol = "tcp", ports = ["5432"], from = ["10.25.0.11"] }] }
  }
  guests = {
    "db-1" = {
      uuid       = "d0000000-0000-4000-8000-00000000000c"
      interfaces = [{ device = 0, mac = "02:00:00:20:0d:0c", addresses = ["10.25.0.12"] }]
      groups     = ["db"]
    }
  }
}

resource "csp_rule_set" "lockdown" {
  host  = csp_host.hv.host
  tool  = "iptables"
  chain = "lockdown"
  rules = ["-p tcp --dport 443 -j DROP"]
  jump {
    from     = "FORWARD"
    position = "beforeGuests"
    match    = "-d 10.25.0.11"
  }
}

resource "csp_host_firewall" "own" {
  host = csp_host.hv.host
  ingress {
    name     = "ssh"
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "csp_post_install" "finish" {
  path    = "/srv/www/post-install.sh"
  target  = "8.3"
  modules = ["br_netfilter"]
}

resource "csp_answerfile" "answers" {
  path          = "/srv/www/a.xml"
  target        = "8.3"
  root_password = "correct horse"
  timezone      = "Europe/Berlin"
  source {
    type    = "url"
    address = "http://192.0.2.1/media"
  }
  primary_disk {
    device = "sda"
  }
  admin_interface {
    name = "eth0"
    ipv4 {
      method = "dhcp"
    }
  }
}
