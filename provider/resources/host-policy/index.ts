import { defineResource } from "../../core/define";
import { checkHostPolicy } from "../../firewall/policy/consistency";
import { hostPolicyInputs, hostPolicyOutputs } from "./fields";
import { life } from "./life";

export const hostPolicy = defineResource({
  token: "csp:firewall:HostPolicy",
  description: "The firewalls of all guests of one host in one resource, with the groups that they share. Use it for fleets.",
  inputs: hostPolicyInputs,
  outputs: hostPolicyOutputs,
  importId: "<host>/<name>",
  live: true,
  crossCheck: checkHostPolicy,
  ...life,
});
