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
      .describe("Names of the groups the guest is in. Their rules come after the guest's own, in this order."),
  })
  .meta({ token: "csp:firewall:HostPolicyGuest", description: "One guest of a HostPolicy: exactly one of `uuid` and `name` says which." });

export const hostPolicyInputs = z.object({
  host,
  name: name("policy's name", 63).meta({ identity: true }).default("guests").describe("Tells several policies of one host apart."),
  groups: z.record(name("group's name", 63), hostPolicyGroup).default({}).meta({ inputOnly: true }).describe("Security groups by name."),
  guests: z
    .record(name("guest's key", 63), hostPolicyGuest)
    .default({})
    .meta({ inputOnly: true })
    .describe("Guests by a key of your own choice; previews and errors speak of a guest by it."),
  connection: ownConnection,
});

export const hostPolicyOutputs = z.object({
  ports: z
    .record(z.string(), z.record(z.string(), z.string()))
    .optional()
    .describe("Guest key to device number to host-side interface, as of the last read."),
  uuids: z.record(z.string(), z.string()).describe("Guest key to UUID, also where a guest was given by name."),
  drift,
});
