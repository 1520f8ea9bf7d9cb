import { defineResource } from "../../core/define";
import { checkRuleSet } from "../../firewall/compile/rule-set";
import { ruleSetInputs, ruleSetOutputs } from "./fields";
import { life } from "./life";

export const ruleSet = defineResource({
  token: "csp:firewall:RuleSet",
  description:
    "Rules of your own in one chain of iptables, ip6tables, ebtables or arptables, word for word: for what guests' policies cannot say, and for what is not a guest's.",
  inputs: ruleSetInputs,
  outputs: ruleSetOutputs,
  importId: "<host>/<tool>/<table>/<chain>",
  live: true,
  // A host has one chain of a name.
  deleteBeforeReplace: (old, next) => old.host === next.host && old.tool === next.tool && old.chain === next.chain,
  crossCheck: checkRuleSet,
  ...life,
});
