import type { Tool } from "../model/kernel";
import type { End, Match, Rule } from "../model/rule";
import { printMatch, printRule } from "../planes/print";
import { readRule } from "../planes/read";
import type { EgressRule, IngressRule } from "../policy/fields";
import { canonicalProtocol } from "../values/spelling";

/** A rule as a kernel has it. */
export interface ToolRule {
  readonly tool: Tool;
  readonly text: string;
}

/**
 * The user's rule that gives these rules of a kernel, for showing drift. `like` gives its name and what a kernel cannot tell. What no field of
 * a rule can say is shown too: a negation as "!" before the value, and other conditions after the protocol, in the tool's words. Such a rule is
 * only shown and never declared.
 */
export function declaredRule(
  rules: readonly ToolRule[],
  list: "ingress" | "egress",
  like: Partial<IngressRule | EgressRule> & { readonly name: string },
): IngressRule | EgressRule {
  const peers = new Set<string>();
  const ports = new Set<string>();
  const others = new Set<string>();
  let anyPeer = false;
  let protocol = "any";
  let action: IngressRule["action"] = "drop";
  let icmpType: string | undefined;
  let states: string[] | undefined;
  let limit: { rate: string; burst: number } | undefined;
  let maxConnections: number | undefined;
  let log = false;
  for (const { tool, text } of rules) {
    const rule = readRule(tool, text);
    if (isLog(rule)) {
      log = true;
      continue;
    }
    const theirs = peersOf(rule, list, tool === "ip6tables" ? "set6" : "set");
    for (const peer of theirs) peers.add(peer);
    if (theirs.length === 0) anyPeer = true;
    protocol = "any";
    for (const match of rule.matches) {
      const not = match.negated === true ? "! " : "";
      if (match.is === "protocol") protocol = `${not}${canonicalProtocol(String(match.protocol))}`;
      else if (match.is === "ports" && match.end === "target") for (const port of portsOf(match.ports, not)) ports.add(port);
      else if (match.is === "icmp-type") icmpType ??= `${not}${match.type}`;
      else if (match.is === "state") states ??= not === "" ? [...match.states] : [`${not}${match.states.join(",")}`];
      else if (match.is === "rate" && not === "") limit = { rate: match.rate, burst: match.burst };
      else if (match.is === "connections" && isPlainLimit(match, tool)) maxConnections = Number(match.most);
      else if (!isPeer(match, list)) others.add(printMatch(tool, match, rule));
    }
    const { verdict } = rule;
    action = verdict?.do === "reject" ? "reject" : verdict?.do === "accept" || verdict?.do === "goto" ? "allow" : "drop";
    if (verdict?.do === "jump" || verdict?.do === "words") others.add(printRule(tool, { matches: [], verdict }));
  }
  const written = anyPeer || peers.size === 0 ? {} : list === "ingress" ? { from: [...peers] } : { to: [...peers] };
  return {
    name: like.name,
    ...(like.description === undefined ? {} : { description: like.description }),
    action,
    protocol: others.size === 0 ? protocol : `${protocol}, and ${[...others].sort().join(" ")}`,
    ...(ports.size === 0 ? {} : { ports: [...ports].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)) }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(states === undefined ? {} : { states: states as IngressRule["states"] }),
    ...(limit === undefined ? {} : { limit }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    log,
    ...written,
  };
}

function isLog({ verdict }: Rule): boolean {
  return verdict?.do === "log" || (verdict?.do === "words" && verdict.name === "LOG");
}

const endOf = (list: "ingress" | "egress"): End => (list === "ingress" ? "source" : "target");

/** Whether `from` or `to` says it. */
function isPeer(match: Match, list: "ingress" | "egress"): boolean {
  if (match.is === "address") return match.end === endOf(list);
  return match.is === "in-set" && match.ends.length === 1 && match.ends[0] === endOf(list);
}

function peersOf({ matches }: Rule, list: "ingress" | "egress", word: "set" | "set6"): string[] {
  const own = matches.filter((match) => isPeer(match, list));
  const not = ({ negated }: Match) => (negated === true ? "! " : "");
  const addresses = own.flatMap((match) => (match.is === "address" ? [`${not(match)}${match.cidrs.join(",")}`] : []));
  const sets = own.flatMap((match) => (match.is === "in-set" ? [`${not(match)}${word}:${match.set}`] : []));
  // A packet must be in all these sets at once, which peers of a user's rule cannot say.
  return [...addresses, ...(sets.length === 0 ? [] : [sets.join(" and ")])];
}

/** "80,443" gives two; "! 80,443" stays one, because the negation is of both together. */
function portsOf(ports: readonly string[], not: string): readonly string[] {
  return not === "" ? ports : [`${not}${ports.join(",")}`];
}

/** Whether the limit is for each single source address, because `maxConnections` says no more. */
function isPlainLimit({ negated, prefix, end }: Extract<Match, { is: "connections" }>, tool: Tool): boolean {
  return negated !== true && end === "source" && prefix === (tool === "ip6tables" ? "128" : "32");
}
