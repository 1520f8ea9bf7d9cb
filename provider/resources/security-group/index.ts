import { defineResource } from "../../core/define";
import { checkRules } from "../../firewall/policy/consistency";
import { securityGroupInputs, securityGroupOutputs } from "./fields";
import { life } from "./life";

export const securityGroup = defineResource({
  token: "csp:firewall:SecurityGroup",
  description: "Named rules and members that guests and other rules refer to. It is only a value and changes no host by itself.",
  inputs: securityGroupInputs,
  outputs: securityGroupOutputs,
  importId: "<name>",
  live: false,
  crossCheck: (group, report) => checkRules(group, [], report),
  ...life,
});
