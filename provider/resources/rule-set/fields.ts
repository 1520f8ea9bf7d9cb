import { z } from "zod";
import { LONGEST_USER_CHAIN } from "../../firewall/model/names";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const jump = z
  .object({
    from: z
      .enum(["INPUT", "FORWARD", "OUTPUT", "PREROUTING", "POSTROUTING", "BROUTING"])
      .describe(
        "The built-in chain, one that the table has. filter: INPUT, FORWARD or OUTPUT. nat: PREROUTING, OUTPUT or POSTROUTING, of iptables and ip6tables also INPUT (kernel 2.6.36 and later). mangle: all of these. raw: PREROUTING or OUTPUT. broute: BROUTING.",
      ),
    position: z
      .enum(["beforeGuests", "first", "last"])
      .default("first")
      .meta({
        description: "Where the jump stands in that chain. csp never moves rules of others.",
        values: {
          beforeGuests:
            "before everything else, also before the guests' own rules; such a rule set may only drop, reject and log, and its table is one that has rules of guests (filter, raw, ebtables' nat)",
          first: "before all rules of others, but after the jumps that lead to the guests' own rules",
          last: "after all rules of others",
        },
      }),
    match: z.string().optional().describe('Which packets jump: matches in the tool\'s own words, like "-i eth0". Default: all packets.'),
  })
  .meta({ token: "csp:firewall:Jump", description: "A rule in a built-in chain that leads into the rule set's own chain." });

export const ruleSetInputs = z.object({
  host,
  tool: z
    .enum(["iptables", "ip6tables", "ebtables", "arptables"])
    .meta({ identity: true, description: "The tool that the rules are written for." }),
  table: z
    .enum(["filter", "nat", "raw", "mangle", "broute"])
    .default("filter")
    .meta({
      identity: true,
      description:
        "The tool's table. arptables has filter only. The first packet of a connection is the only one that nat of iptables and ip6tables sees. A table that the host does not have is an error.",
      values: {
        filter: "of every tool; the guests' own rules are here, and for ebtables in nat",
        nat: "of iptables, ip6tables (kernel 3.7 and later) and ebtables, where it sees an Ethernet frame before any other table but broute",
        raw: "of iptables and ip6tables: before a packet is tracked",
        mangle: "of iptables and ip6tables: marks, TOS, TTL",
        broute:
          "of ebtables: whether an Ethernet frame is bridged (ACCEPT) or routed (DROP). csp drops what the host routes from a guest's port",
      },
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
    .describe("The chain's name. In the kernel it is csp-user-NAME."),
  rules: z.array(z.string()).default([]).meta({
    sequence: true,
    description:
      'The rules in order, each as the tool takes it after "-A CHAIN": "-p tcp --dport 25 -j DROP". The first rule that matches and has a final target decides. If no rule decides, the packet returns to the chain that it came from.',
  }),
  jumps: z.array(jump).default([]).meta({
    keyedBy: "from",
    description: "The built-in chains from which packets come to this chain. Without jumps, only other rule sets can lead to it.",
  }),
  connection: ownConnection,
});

export const ruleSetOutputs = z.object({
  target: z.string().describe('The chain\'s name in the kernel, for rules of other rule sets: "-j TARGET".'),
  drift,
});
