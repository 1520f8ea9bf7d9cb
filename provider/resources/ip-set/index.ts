import { defineResource } from "../../core/define";
import { checkIpSet } from "../../firewall/policy/set-members";
import { ipSetInputs, ipSetOutputs } from "./fields";
import { life } from "./life";

export const ipSet = defineResource({
  token: "csp:firewall:IpSet",
  description: "One set of the host's kernel (ipset): addresses, networks, ports or MACs that rules refer to by name.",
  inputs: ipSetInputs,
  outputs: ipSetOutputs,
  importId: "<host>/<name>",
  live: true,
  // A kernel has one set of each name, so a set of another type can only come after the old one is gone.
  deleteBeforeReplace: (old, next) => old.host === next.host && old.name === next.name,
  crossCheck: checkIpSet,
  ...life,
});
