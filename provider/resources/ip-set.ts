import { z } from "zod";
import { canonicalMember } from "../firewall/member-spelling";
import { checkIpSet, SET_TYPES } from "../firewall/set-members";
import { ownConnection } from "./connection";
import { defineResource } from "./define";
import { drift, host, setName } from "./identity";
import * as lifecycle from "./lifecycle/ip-set";

export const ipSetInputs = z.object({
  host,
  name: setName,
  type: z.enum(SET_TYPES).default("hash:net").meta({ identity: true, description: "The kernel's set type: what a member is made of." }),
  family: z
    .enum(["inet", "inet6"])
    .default("inet")
    .meta({
      identity: true,
      description: "Address family of the members; without meaning for `hash:mac`, `bitmap:port` and `list:set`.",
      values: { inet: "IPv4", inet6: "IPv6" },
    }),
  members: z
    .array(z.string().meta({ canonical: canonicalMember }))
    .default([])
    .meta({ unordered: true, description: 'Members as ipset takes them: "203.0.113.0/24", "10.0.0.5,tcp:22", "02:16:3e:00:00:01".' }),
  maxElements: z.int().min(1).max(16_777_216).default(65_536).describe("How many members the set can hold."),
  connection: ownConnection,
});

export const ipSetOutputs = z.object({
  peer: z.string().describe('How rules refer to the set: "set:NAME", or "set6:NAME" for IPv6.'),
  drift,
});

export const ipSet = defineResource({
  token: "csp:firewall:IpSet",
  description: "One set of the host's kernel (ipset): addresses, networks, ports or MACs that rules refer to by name.",
  inputs: ipSetInputs,
  outputs: ipSetOutputs,
  importId: "<host>/<name>",
  live: true,
  // A kernel has one set of a name: of another type it can only come after.
  deleteBeforeReplace: (old, next) => old.host === next.host && old.name === next.name,
  crossCheck: checkIpSet,
  ...lifecycle,
});
