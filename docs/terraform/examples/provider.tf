terraform {
  required_providers {
    csp = { source = "csp-iac/csp" }
  }
}

provider "csp" {
  hosts = {
    "hv-01" = {
      address  = "192.0.2.10"
      host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1x2m0mU4yPmYx6n0m8v1vYb1n2c3d4e5f6g7h8i9j0"
    }
    "hv-02" = { address = "192.0.2.11", bastion = "gateway" }
  }
  defaults {
    user             = "root"
    private_key_file = "~/.ssh/id_ed25519"
  }
}
