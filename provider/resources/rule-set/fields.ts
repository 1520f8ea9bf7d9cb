import { z } from "zod";
import { LONGEST_USER_CHAIN } from "../../firewall/model/names";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const jump = z
  .object({
    from: z
      .enum(["INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING"])
      .describe("The built-in chain: INPUT, FORWARD or OUTPUT; of ebtables PREROUTING, OUTPUT or POSTROUTING."),
    position: z
      .enum(["beforeGuests", "first", "last"])
      .default("first")
      .meta({
        description: "Where the jump stands in that chain. Rules of others are never moved.",
        values: {
          beforeGuests: "in front of everything, also of the guests' own rules; such a rule set may drop, reject and log, and nothing else",
          first: "in front of everybody else's rules, behind what leads to the guests' own",
          last: "behind everybody else's rules",
        },
      }),
    match: z.string().optional().describe('Which packets: matches in the tool\'s own words, like "-i eth0". Left out, all of them.'),
  })
  .meta({ token: "csp:firewall:Jump", description: "A rule in a built-in chain that leads into the rule set's own." });

export const ruleSetInputs = z.object({
  host,
  tool: z
    .enum(["iptables", "ip6tables", "ebtables", "arptables"])
    .meta({ identity: true, description: "The tool whose words the rules are in." }),
  table: z.enum(["filter", "nat"]).default("filter").meta({
    identity: true,
    description: 'The tool\'s table: "nat" for ebtables, whose nat sees a frame before anything acts on it, else "filter".',
  }),
  chain: z
    .string()
    .max(
      LONGEST_USER_CHAIN,
      problem(
        `the chain's name is longer than ${LONGEST_USER_CHAIN} characters`,
        `shorten it to ${LONGEST_USER_CHAIN}: with "csp-user-" before it, it must fit the kernel's 28`,
      ),
    )
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      problem("it is not a chain's name", 'use letters, digits, "_" and "-", beginning with a letter or digit'),
    )
    .meta({ identity: true })
    .describe("The chain's name; in the kernel it is csp-user-NAME."),
  rules: z.array(z.string()).default([]).meta({
    sequence: true,
    description:
      'The rules in order, each as the tool takes it behind "-A CHAIN": "-p tcp --dport 25 -j DROP". The first that matches and has a final target decides; what none decides goes back to where it came from.',
  }),
  jumps: z.array(jump).default([]).meta({
    keyedBy: "from",
    description: "The built-in chains from which packets come to this one. Without any, it is reached only from other rule sets.",
  }),
  connection: ownConnection,
});

export const ruleSetOutputs = z.object({
  target: z.string().describe('The chain\'s name in the kernel, for rules of other rule sets: "-j TARGET".'),
  drift,
});
