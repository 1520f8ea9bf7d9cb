import { z } from "zod";
import { egressRule, guestPolicyFields, ingressRule } from "../../firewall/policy/fields";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

export const hostFirewallInputs = z.object({
  host,
  ingress: z.array(ingressRule).default([]).meta({
    keyedBy: "name",
    description:
      "What may reach the host itself, in order; the first rule that matches decides. What no rule allows is dropped, but for accepted connections, the host's talk with itself, neighbour discovery and answers of a DHCP server.",
  }),
  egress: z.array(egressRule).default([]).meta({
    keyedBy: "name",
    description: "What the host itself may send, in order. What no rule decides falls to `egressDefault`.",
  }),
  egressDefault: guestPolicyFields.egressDefault.meta({
    description: "What happens to what the host sends and no egress rule decides.",
    values: { allow: "it goes on to the rules of others", drop: "it is dropped" },
  }),
  enforce: guestPolicyFields.enforce.meta({
    description: "Whether the rules act or only report.",
    values: { enforce: "drop what is not allowed", observe: "log what would be dropped, and drop nothing" },
  }),
  accessCheck: z
    .enum(["refuse", "warn"])
    .default("refuse")
    .meta({
      description: "What a preview does about rules that would drop new SSH connections from where csp comes.",
      values: {
        refuse: "it fails",
        warn: "it warns; the host still undoes the change unless a fresh connection gets through",
      },
    }),
  connection: ownConnection,
});

export const hostFirewallOutputs = z.object({ drift });
