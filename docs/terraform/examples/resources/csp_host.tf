# From then on a guest without a policy neither sends nor receives.
resource "csp_host" "hv_01" {
  host = "hv-01"
}
