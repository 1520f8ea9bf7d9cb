import { z } from "zod";
import { checkGuest, checkGuestIdentity, checkPolicyGroups } from "../firewall/consistency";
import { guestPolicyFields, name, securityGroupPolicy, uuid } from "../firewall/policy";
import { ownConnection } from "./connection";
import { defineResource } from "./define";
import { drift, host } from "./identity";
import * as lifecycle from "./lifecycle/guest-firewall";

export const guestIdentity = {
  uuid: uuid.optional().describe("The guest's UUID."),
  name: name("guest's name", 253).optional().describe("The guest's name on its host; it must be the only one of that name."),
};

const groupList = z.array(securityGroupPolicy).default([]).meta({ keyedBy: "name" });

export const guestFirewallInputs = z.object({
  host,
  guest: z
    .object(guestIdentity)
    .meta({ token: "csp:firewall:GuestReference", identity: true })
    .describe("Which guest: exactly one of `uuid` and `name`."),
  ...guestPolicyFields,
  groups: groupList.describe("Security groups the guest is in (`policy` outputs). Their rules come after the guest's own, in this order."),
  peerGroups: groupList.describe('Security groups that rules refer to as "group:NAME" without the guest being in them.'),
  connection: ownConnection,
});

export const guestFirewallOutputs = z.object({
  uuid: z.string().describe("The guest's UUID, also when it was given by name."),
  ports: z
    .record(z.string(), z.string())
    .describe("Device number to host-side interface, as of the last read; empty while the guest is not running."),
  drift,
});

export const guestFirewall = defineResource({
  token: "csp:firewall:GuestFirewall",
  description: "Everything about one guest's traffic: its interfaces and addresses, anti-spoofing, security groups and own rules.",
  inputs: guestFirewallInputs,
  outputs: guestFirewallOutputs,
  importId: "<host>/<vm-uuid>",
  live: true,
  // The same guest may be meant, named the other way round: then the old claim must go before the new one.
  deleteBeforeReplace: (old, next) => old.host === next.host,
  crossCheck: (inputs, report) => {
    checkGuestIdentity(inputs.guest, ["guest"], report);
    const groups = checkPolicyGroups(inputs, report);
    checkGuest(inputs, groups, [], report);
  },
  ...lifecycle,
});
