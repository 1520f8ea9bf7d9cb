import { z } from "zod";
import { guestPolicyFields, name, securityGroupFields } from "../../firewall/policy/fields";
import { guestIdentity } from "../guest-firewall/fields";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const hostPolicyGroup = z
  .object(securityGroupFields)
  .meta({ token: "csp:firewall:HostPolicyGroup", description: "A security group of a HostPolicy." });

const hostPolicyGuest = z
  .object({
    ...guestIdentity,
    ...guestPolicyFields,
    groups: z
      .array(name("group's name", 63))
      .default([])
      .describe("Names of the groups that the guest is in. Their rules come after the guest's own rules, in this order."),
  })
  .meta({ token: "csp:firewall:HostPolicyGuest", description: "One guest of a HostPolicy. Give exactly one of `uuid` and `name`." });

export const hostPolicyInputs = z.object({
  host,
  name: name("policy's name", 63)
    .meta({ identity: true })
    .default("guests")
    .describe("The policy's name. It tells several policies of one host apart."),
  groups: z.record(name("group's name", 63), hostPolicyGroup).default({}).meta({ inputOnly: true }).describe("Security groups by name."),
  guests: z
    .record(name("guest's key", 63), hostPolicyGuest)
    .default({})
    .meta({ inputOnly: true })
    .describe("Guests by a key that you choose. Previews and errors use this key as the guest's name."),
  connection: ownConnection,
});

export const hostPolicyOutputs = z.object({
  ports: z
    .record(z.string(), z.record(z.string(), z.string()))
    .optional()
    .describe("For each guest key, the guest's port on the host for each device number, as of the last read."),
  uuids: z.record(z.string(), z.string()).describe("The guest's UUID for each guest key, also for guests that you gave by name."),
  drift,
});
