import { z } from "zod";
import { guestPolicyFields, name, securityGroupPolicy, uuid } from "../../firewall/policy/fields";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host, hostName } from "../shared/identity";

export const guestIdentity = {
  uuid: uuid.optional().describe("The guest's UUID."),
  name: name("guest's name", 253).optional().describe("The guest's name on its host; it must be the only one of that name."),
};

const groupList = z.array(securityGroupPolicy).default([]).meta({ keyedBy: "name", references: true, inputOnly: true });

export const guestFirewallInputs = z.object({
  host: host
    .optional()
    .meta({ identity: true })
    .describe(
      "The host the guest is on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. Exactly one of `host` and `hosts`.",
    ),
  hosts: z.array(hostName).min(1, problem("the list is empty", "name the hosts, or the one host as `host`")).optional().meta({
    unordered: true,
    description:
      "The hosts among which the guest moves: its rules are on all of them, before it arrives and after it left. A host added or taken out is an update.",
  }),
  guest: z
    .object(guestIdentity)
    .meta({ token: "csp:firewall:GuestReference", identity: true })
    .describe("Which guest: exactly one of `uuid` and `name`."),
  ...guestPolicyFields,
  interfaces: guestPolicyFields.interfaces.meta({ inputOnly: true }),
  ingress: guestPolicyFields.ingress.meta({ inputOnly: true }),
  egress: guestPolicyFields.egress.meta({ inputOnly: true }),
  groups: groupList.describe("Security groups the guest is in (`policy` outputs). Their rules come after the guest's own, in this order."),
  peerGroups: groupList.describe('Security groups that rules refer to as "group:NAME" without the guest being in them.'),
  connection: ownConnection,
});

export const guestFirewallOutputs = z.object({
  uuid: z.string().describe("The guest's UUID, also when it was given by name."),
  ports: z
    .record(z.string(), z.string())
    .describe("Device number to host-side interface, as of the last read; empty while the guest is not running."),
  runsOn: z
    .array(z.string())
    .optional()
    .describe("The hosts on which the last read found a port of the guest's: two in the midst of a migration."),
  drift,
});
