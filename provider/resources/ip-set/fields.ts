import { z } from "zod";
import { SET_TYPES } from "../../firewall/policy/set-members";
import { canonicalMember } from "../../firewall/values/member-spelling";
import { ownConnection } from "../shared/connection";
import { drift, host, setName } from "../shared/identity";

export const ipSetInputs = z.object({
  host,
  name: setName,
  type: z
    .enum(SET_TYPES)
    .default("hash:net")
    .meta({ identity: true, description: "The set's type in the kernel. It says what a member consists of." }),
  family: z
    .enum(["inet", "inet6"])
    .default("inet")
    .meta({
      identity: true,
      description: "The address family of the members. It has no effect on `hash:mac`, `bitmap:port` and `list:set`.",
      values: { inet: "IPv4", inet6: "IPv6" },
    }),
  members: z
    .array(z.string().meta({ canonical: canonicalMember }))
    .default([])
    .meta({
      unordered: true,
      description: 'The members, in the spelling that ipset takes: "203.0.113.0/24", "10.0.0.5,tcp:22", "02:16:3e:00:00:01".',
    }),
  maxElements: z.int().min(1).max(16_777_216).default(65_536).describe("How many members the set can hold."),
  connection: ownConnection,
});

export const ipSetOutputs = z.object({
  peer: z.string().describe('How rules refer to the set: "set:NAME", or "set6:NAME" for IPv6.'),
  drift,
});
