import { z } from "zod";
import { checkRules } from "../firewall/consistency";
import { name, securityGroupFields, securityGroupPolicy } from "../firewall/policy";
import { defineResource } from "./define";

const inputs = z.object({
  name: name("group's name", 63).meta({ identity: true }).describe('The group\'s name: rules refer to it as "group:NAME".'),
  ...securityGroupFields,
});

const outputs = z.object({
  policy: securityGroupPolicy.describe("The group as a value, for the `groups` of a guest."),
});

/** A pure value: nothing on any host, so its whole life is here. */
export const securityGroup = defineResource({
  token: "csp:firewall:SecurityGroup",
  description: "Named rules and members that guests and other rules refer to. A value only: it changes no host by itself.",
  inputs,
  outputs,
  importId: "<name>",
  live: false,
  crossCheck: (group, report) => checkRules(group, [], report),
  preview: async (_context, group) => ({ policy: policyOf(group) }),
  create: async (_context, group) => ({ id: group.name, outputs: { policy: policyOf(group) } }),
  // An import begins with a group of that name and no rules: it is kept nowhere else.
  recall: async (_context, id) => ({ name: id }),
  // Nothing outside the state could differ.
  read: async (_context, _id, { inputs }) => ({ inputs, outputs: { policy: policyOf(inputs) } }),
  update: async (_context, _id, _prior, group) => ({ policy: policyOf(group) }),
  delete: async () => {},
});

function policyOf(group: z.output<typeof inputs>): z.output<typeof securityGroupPolicy> {
  const { name, ingress, egress, members } = group;
  return { name, ingress, egress, members };
}
