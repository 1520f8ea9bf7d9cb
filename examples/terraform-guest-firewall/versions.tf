terraform {
  required_version = ">= 1.6"
  required_providers {
    csp = { source = "csp-iac/csp" }
  }
}

provider "csp" {
  hosts = var.hosts
}
