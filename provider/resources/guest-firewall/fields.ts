import { z } from "zod";
import { guestPolicyFields, name, securityGroupPolicy, uuid } from "../../firewall/policy/fields";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host, hostName } from "../shared/identity";

export const guestIdentity = {
  uuid: uuid.optional().describe("The guest's UUID."),
  name: name("guest's name", 253).optional().describe("The guest's name on its host. No other guest of the host may have this name."),
};

const groupList = z.array(securityGroupPolicy).default([]).meta({ keyedBy: "name", references: true, inputOnly: true });

export const guestFirewallInputs = z.object({
  host: host
    .optional()
    .meta({ identity: true })
    .describe(
      "The host that the guest is on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. Give exactly one of `host` and `hosts`.",
    ),
  hosts: z.array(hostName).min(1, problem("the list is empty", "name the hosts, or name a single host in `host`")).optional().meta({
    unordered: true,
    description:
      "The hosts that the guest moves between. Its rules are on all of them, before it arrives and after it has left. Adding or removing a host is an update.",
  }),
  guest: z
    .object(guestIdentity)
    .meta({ token: "csp:firewall:GuestReference", identity: true })
    .describe("The guest. Give exactly one of `uuid` and `name`."),
  ...guestPolicyFields,
  interfaces: guestPolicyFields.interfaces.meta({ inputOnly: true }),
  ingress: guestPolicyFields.ingress.meta({ inputOnly: true }),
  egress: guestPolicyFields.egress.meta({ inputOnly: true }),
  groups: groupList.describe(
    "Security groups that the guest is in (`policy` outputs). Their rules come after the guest's own rules, in this order.",
  ),
  peerGroups: groupList.describe('Security groups that rules refer to as "group:NAME", but that the guest is not in.'),
  connection: ownConnection,
});

export const guestFirewallOutputs = z.object({
  uuid: z.string().describe("The guest's UUID, also if you gave the guest's name."),
  ports: z
    .record(z.string(), z.string())
    .describe("The guest's port on the host for each device number, as of the last read. Empty while the guest is not running."),
  runsOn: z
    .array(z.string())
    .optional()
    .describe("The hosts on which the last read found a port of the guest. During a migration there are two."),
  drift,
});
