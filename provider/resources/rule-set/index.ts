import { defineResource } from "../../core/define";
import { checkRuleSet } from "../../firewall/compile/rule-set";
import { ruleSetInputs, ruleSetOutputs } from "./fields";
import { life } from "./life";

export const ruleSet = defineResource({
  token: "csp:firewall:RuleSet",
  description:
    "Your own rules in one chain of iptables, ip6tables, ebtables or arptables, word for word. Use it for what guests' policies cannot express, and for traffic that is not a guest's.",
  inputs: ruleSetInputs,
  outputs: ruleSetOutputs,
  importId: "<host>/<tool>/<table>/<chain>",
  live: true,
  // A table has one chain of each name.
  deleteBeforeReplace: (old, next) =>
    old.host === next.host && old.tool === next.tool && old.table === next.table && old.chain === next.chain,
  crossCheck: checkRuleSet,
  ...life,
});
