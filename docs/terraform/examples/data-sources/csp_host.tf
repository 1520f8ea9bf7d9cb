data "csp_host" "hv_01" {
  host = "hv-01"
}

output "kernel" {
  value = data.csp_host.hv_01.facts.kernel
}
