import type { z } from "zod";
import type { Life } from "../../core/define";
import type { securityGroupPolicy } from "../../firewall/policy/fields";
import type { securityGroupInputs, securityGroupOutputs } from "./fields";

/** A pure value: nothing is on any host. */
export const life = {
  preview: async (_context, group) => ({ policy: policyOf(group) }),
  create: async (_context, group) => ({ id: group.name, outputs: { policy: policyOf(group) } }),
  // An import begins with a group of that name and no rules: it is kept nowhere else.
  recall: async (_context, id) => ({ name: id }),
  // Nothing outside the state could differ.
  read: async (_context, _id, { inputs }) => ({ inputs, outputs: { policy: policyOf(inputs) } }),
  update: async (_context, _id, _prior, group) => ({ policy: policyOf(group) }),
  delete: async () => {},
} satisfies Life<typeof securityGroupInputs, typeof securityGroupOutputs>;

function policyOf(group: z.output<typeof securityGroupInputs>): z.output<typeof securityGroupPolicy> {
  const { name, ingress, egress, members } = group;
  return { name, ingress, egress, members };
}
