# `terraform test`: plans, applies to the hosts of `hosts`, and destroys again.

run "ssh_is_for_the_office_alone" {
  command = plan

  assert {
    condition     = [for rule in csp_guest_firewall.web_1.ingress : rule.from if rule.name == "ssh"] == [toset(var.office)]
    error_message = "the ssh rule must name the office's networks and no others"
  }
}

run "the_host_takes_it" {
  assert {
    condition     = length(csp_guest_firewall.web_1.drift) == 0
    error_message = "the host is not as declared"
  }

  assert {
    condition     = length(output.ports) == 1
    error_message = "the guest is running, and its port must be known"
  }
}

run "nothing_is_left_to_change" {
  command = plan

  assert {
    condition     = csp_guest_firewall.web_1.id == "hv-01/6c1a0000-0000-4000-8000-00000000000b"
    error_message = "a second plan must know the guest's ID"
  }
}
