import { z } from "zod";
import { egressRule, guestPolicyFields, ingressRule } from "../../firewall/policy/fields";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

export const hostFirewallInputs = z.object({
  host,
  ingress: z.array(ingressRule).default([]).meta({
    keyedBy: "name",
    description:
      "What may reach the host itself, in this order. The first rule that matches decides. csp drops what no rule allows, except accepted connections, the host's traffic with itself, neighbour discovery and answers of a DHCP server.",
  }),
  egress: z.array(egressRule).default([]).meta({
    keyedBy: "name",
    description:
      "What the host itself may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides.",
  }),
  egressDefault: guestPolicyFields.egressDefault.meta({
    description: "What happens to a packet that the host sends if no egress rule matches it.",
    values: { allow: "the packet goes on to the rules of other programs", drop: "the packet is dropped" },
  }),
  enforce: guestPolicyFields.enforce.meta({
    description: "Whether the rules act or only report.",
    values: { enforce: "drop what is not allowed", observe: "log what would be dropped, and drop nothing" },
  }),
  accessCheck: z
    .enum(["refuse", "warn"])
    .default("refuse")
    .meta({
      description: "What a preview does if the rules would drop new SSH connections from the address that csp connects from.",
      values: {
        refuse: "the preview fails",
        warn: "the preview warns; the host still undoes the change unless a new connection succeeds",
      },
    }),
  connection: ownConnection,
});

export const hostFirewallOutputs = z.object({ drift });
