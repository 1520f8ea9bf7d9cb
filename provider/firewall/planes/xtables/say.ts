import type { Tool } from "../../model/kernel";
import { type Match, protocolOf, type Rule, SCTP, TCP, UDP } from "../../model/rule";
import { Unsayable } from "../../model/unsayable";
import type { Lack } from "./dialect";

/**
 * A rule as rules that a tool with these lacks has words for. They mean the same, or less if the rule may be left out (`omittable`). Throws
 * {@link Unsayable}: nothing is left out, and nothing is weakened, without being said.
 */
export function sayable(tool: "iptables" | "ip6tables" | "ebtables", rule: Rule, lacks: ReadonlySet<Lack>): readonly Rule[] {
  const lack = (word: string) => lacks.has(`${tool}.${word}` as Lack);
  const missing = rule.matches.map((match) => missingFor(match, lack)).find((what) => what !== undefined);
  if (missing !== undefined) {
    if (rule.omittable === true) return [];
    throw new Unsayable(tool, missing, rule.origin);
  }
  const { verdict, comment, ...rest } = rule;
  // What follows in the chain that a jump leads to always gives a verdict where csp writes goto, so nothing comes back.
  const leads = verdict?.do === "goto" && lack("goto") ? ({ do: "jump", chain: verdict.chain } as const) : verdict;
  const said: Rule = {
    ...rest,
    ...(leads === undefined ? {} : { verdict: leads }),
    ...(comment === undefined || lack("comment") ? {} : { comment: lack("comment-quotes") ? comment.replace(/["\\]/g, "_") : comment }),
  };
  return withSinglePorts(tool, said, lack);
}

type Lacking = (word: string) => boolean;

/** Why a condition cannot be said at all. */
function missingFor(match: Match, lack: Lacking): string | undefined {
  switch (match.is) {
    case "connection-end":
      return lack("conntrack") ? "the ends of a connection" : undefined;
    case "in-set":
      return lack("set") ? `a set (${match.set})` : undefined;
    case "connections":
      if (lack("connlimit")) return "a limit of connections";
      return lack("connlimit-upto") && match.end === "target" ? "a limit of connections to one target" : undefined;
    case "hop-limit":
      return lack("hop-limit") ? "a hop limit" : undefined;
    case "length":
      return lack("length") ? "the length of a packet" : undefined;
    case "icmp-type":
      return match.family === "inet6" && lack("icmpv6") ? "the type of an ICMPv6 packet" : undefined;
    default:
      return undefined;
  }
}

/** Protocols whose own match takes one port or range. */
const WITH_PORTS: ReadonlySet<number> = new Set([TCP, UDP, SCTP]);

function withSinglePorts(tool: Tool, rule: Rule, lack: Lacking): readonly Rule[] {
  const at = rule.matches.findIndex((match) => match.is === "ports");
  const match = rule.matches[at];
  if (match?.is !== "ports") return [rule];
  const number = protocolOf(rule.matches);
  const other = number !== TCP && number !== UDP;
  const apart =
    lack("multiport") ||
    (lack("multiport-ranges") && match.ports.length > 1 && match.ports.some((range) => range.includes(":"))) ||
    (lack("multiport-protocols") && other);
  if (!apart) return [rule];
  // Apart, the opposite of several ports would be any other port.
  if (match.end === "either" || (match.negated === true && match.ports.length > 1) || !WITH_PORTS.has(number ?? 0))
    throw new Unsayable(tool, `the ports ${match.ports.join(",")} in one rule`, rule.origin);
  return match.ports.map((range) => ({
    ...rule,
    matches: rule.matches.map((one, index): Match => (index === at ? { ...match, ports: [range] } : one)),
  }));
}
