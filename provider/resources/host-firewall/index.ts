import { defineResource } from "../../core/define";
import { checkRules } from "../../firewall/policy/consistency";
import { hostFirewallInputs, hostFirewallOutputs } from "./fields";
import { life } from "./life";

export const hostFirewall = defineResource({
  token: "csp:firewall:HostFirewall",
  description:
    "The host's own firewall: what may reach the host itself, and what it may send. The host keeps a change only if a new connection succeeds after it. Otherwise the host undoes the change by itself, within a minute.",
  inputs: hostFirewallInputs,
  outputs: hostFirewallOutputs,
  importId: "<host>",
  live: true,
  crossCheck: (inputs, report) => checkRules(inputs, [], report, new Set()),
  ...life,
});
