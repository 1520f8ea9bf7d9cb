import { defineResource, UNKNOWN } from "../../core/define";
import { checkGuest, checkGuestIdentity, checkHosts, checkPolicyGroups } from "../../firewall/policy/consistency";
import { guestFirewallInputs, guestFirewallOutputs } from "./fields";
import { hostsOf, life } from "./life";

export const guestFirewall = defineResource({
  token: "csp:firewall:GuestFirewall",
  description: "Everything about one guest's traffic: its interfaces and addresses, anti-spoofing, security groups and its own rules.",
  inputs: guestFirewallInputs,
  outputs: guestFirewallOutputs,
  importId: "<host>[,<host>...]/<vm-uuid>",
  live: true,
  // The same guest may be meant, named the other way round: then the old one must go before the new one.
  deleteBeforeReplace: (old, next) => next.hosts === UNKNOWN || hostsOf(old).some((one) => hostsOf(next).includes(one)),
  crossCheck: (inputs, report) => {
    checkHosts(inputs, report);
    checkGuestIdentity(inputs.guest, ["guest"], report);
    const groups = checkPolicyGroups(inputs, report);
    checkGuest(inputs, groups, [], report);
  },
  ...life,
});
