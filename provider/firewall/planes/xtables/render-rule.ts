import type { Line, Origin } from "../../model/kernel";
import { parsePeer, type Rule } from "../../policy/fields";
import {
  canonicalIcmpType,
  canonicalPorts,
  canonicalRate,
  type Family,
  parseCidr,
  parsePorts,
  protocolNumber,
} from "../../values/spelling";

/**
 * One rule of a policy as the lines of one family's table. A rule becomes several lines where its peers or ports do not fit into one; all
 * carry the rule's name as their comment, which is how drift finds its way back to the rule.
 */

/** More CIDRs of one family than this become a set. */
export const INLINE_PEERS = 16;
/** xt_multiport's XT_MULTI_PORTS; a range takes two. */
const MULTIPORT_SLOTS = 15;

export interface RuleScope {
  readonly list: "ingress" | "egress";
  /** The security group the rule belongs to. */
  readonly group?: string;
  /** What an allowed packet does: "-j ACCEPT", "-g csp-ingress". */
  readonly allow: string;
  /** Log what would be dropped, and let it pass. */
  readonly observe: boolean;
  /** The members of a group that a rule refers to: a set's name, or CIDRs to write out. */
  readonly members: (group: string, family: Family) => { readonly set: string } | { readonly cidrs: readonly string[] };
  /** Makes a set of a long list and gives its name. */
  readonly longList: (rule: string, family: Family, cidrs: readonly string[]) => string;
}

export function ruleLines(rule: Rule, family: Family, scope: RuleScope): Line[] {
  const protocols = protocolMatches(rule, family);
  const sides = peerMatches(rule, family, scope);
  if (protocols === undefined || sides === undefined) return [];
  const origin: Origin = { list: scope.list, rule: rule.name, ...(scope.group === undefined ? {} : { group: scope.group }) };
  const comment = commentMatch(scope.group === undefined ? rule.name : `${scope.group}/${rule.name}`);
  const lines: Line[] = [];
  for (const side of sides) {
    for (const protocol of protocols) {
      const match = join(side.address, protocol, stateMatch(rule), side.set, limitMatch(rule), connectionMatch(rule, family));
      const line = (extra: string, verdict: string) => lines.push({ text: join(match, extra, comment, verdict), origin });
      if (rule.log) line("-m limit --limit 10/min", `-j LOG --log-prefix ${quoteText(logPrefix("csp", rule.name))}`);
      if (rule.action === "allow") line("", scope.allow);
      else if (scope.observe) {
        line("-m limit --limit 10/min", `-j LOG --log-prefix ${quoteText(logPrefix("csp would drop", rule.name))}`);
        line("", scope.allow);
      } else if (rule.action === "drop") line("", "-j DROP");
      else
        for (const verdict of rejections(rule, protocol, family))
          lines.push({
            text: join(
              side.address,
              verdict.protocol,
              stateMatch(rule),
              side.set,
              limitMatch(rule),
              connectionMatch(rule, family),
              comment,
              verdict.target,
            ),
            origin,
          });
    }
  }
  return lines;
}

/** Joins the parts of a line that are there. */
function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

/** The protocol as this family's tool prints it, or undefined when the rule is not for this family. */
function protocolMatches(rule: Rule, family: Family): string[] | undefined {
  const number = protocolNumber(rule.protocol) ?? 0;
  if (number === 1 && family === "inet6") return undefined;
  if (number === 58 && family === "inet") return undefined;
  if (number === 0) return [""];
  const printed = PRINTED.get(number) ?? String(number);
  if (rule.icmpType !== undefined) {
    const type = canonicalIcmpType(rule.icmpType);
    return [family === "inet" ? `-p icmp -m icmp --icmp-type ${type}` : `-p ipv6-icmp -m icmp6 --icmpv6-type ${type}`];
  }
  const ports = [...new Set((rule.ports ?? []).map(canonicalPorts))].sort(byFirstPort);
  if (ports.length === 0 || ports.includes("0:65535")) return [`-p ${printed}`];
  // The other protocols' own matches are kernel modules that many hosts lack; multiport takes them all.
  if (ports.length === 1 && (number === 6 || number === 17)) return [`-p ${printed} -m ${printed} --dport ${ports[0]}`];
  return chunks(ports).map((chunk) => `-p ${printed} -m multiport --dports ${chunk.join(",")}`);
}

/** Protocols whose names every distribution prints alike (libxtables has them itself); the others are written as numbers. */
const PRINTED: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [50, "esp"],
  [51, "ah"],
  [58, "ipv6-icmp"],
  [132, "sctp"],
]);

function byFirstPort(a: string, b: string): number {
  return (parsePorts(a)?.first ?? 0) - (parsePorts(b)?.first ?? 0) || (parsePorts(a)?.last ?? 0) - (parsePorts(b)?.last ?? 0);
}

function chunks(ports: readonly string[]): string[][] {
  const result: string[][] = [];
  let slots = MULTIPORT_SLOTS;
  for (const port of ports) {
    const takes = port.includes(":") ? 2 : 1;
    if (slots + takes > MULTIPORT_SLOTS) {
      result.push([]);
      slots = 0;
    }
    result.at(-1)?.push(port);
    slots += takes;
  }
  return result;
}

interface Side {
  /** "-s 10.0.0.0/24" or nothing. */
  readonly address: string;
  /** "-m set --match-set NAME src" or nothing. */
  readonly set: string;
}

/** Undefined when no peer of the rule is of this family. */
function peerMatches(rule: Rule, family: Family, scope: RuleScope): Side[] | undefined {
  if (rule.peers === undefined) return [{ address: "", set: "" }];
  const [option, direction] = scope.list === "ingress" ? ["-s", "src"] : ["-d", "dst"];
  const sets: string[] = [];
  const cidrs = new Set<string>();
  for (const text of rule.peers) {
    const peer = parsePeer(text);
    if (peer === undefined) throw new Error(`unparsed peer ${JSON.stringify(text)} reached the compiler`);
    if (peer.kind === "set") {
      if (peer.family === family) sets.push(peer.set);
    } else if (peer.kind === "group") {
      const resolved = scope.members(peer.group, family);
      if ("set" in resolved) sets.push(resolved.set);
      else for (const cidr of resolved.cidrs) cidrs.add(cidr);
    } else if (parseCidr(peer.cidr)?.family === family) cidrs.add(peer.cidr);
  }
  if ([...cidrs].some((cidr) => cidr.endsWith("/0"))) return [{ address: "", set: "" }];
  const sides: Side[] = [];
  if (cidrs.size > INLINE_PEERS) sets.push(scope.longList(rule.name, family, [...cidrs]));
  // Peers have no order, so their lines have one of their own: a list written another way round is no change.
  else for (const cidr of [...cidrs].sort()) sides.push({ address: `${option} ${withPrefix(cidr)}`, set: "" });
  for (const set of [...new Set(sets)].sort()) sides.push({ address: "", set: `-m set --match-set ${set} ${direction}` });
  return sides.length === 0 ? undefined : sides;
}

/** iptables-save prints a single host with its prefix length, "10.0.0.5/32". */
export function withPrefix(cidr: string): string {
  const parsed = parseCidr(cidr);
  return parsed === undefined ? cidr : `${parsed.address}/${parsed.prefix}`;
}

const STATE_ORDER = ["invalid", "new", "related", "established", "untracked"] as const;

function stateMatch(rule: Rule): string {
  const states = rule.states;
  if (states === undefined) return "";
  const listed = STATE_ORDER.filter((state) => states.includes(state)).map((state) => state.toUpperCase());
  return `-m conntrack --ctstate ${listed.join(",")}`;
}

function limitMatch(rule: Rule): string {
  if (rule.limit === undefined) return "";
  // The tools do not print a burst of 5, their default.
  const burst = rule.limit.burst === 5 ? "" : ` --limit-burst ${rule.limit.burst}`;
  return `-m limit --limit ${canonicalRate(rule.limit.rate)}${burst}`;
}

function connectionMatch(rule: Rule, family: Family): string {
  if (rule.maxConnections === undefined) return "";
  return `-m connlimit --connlimit-upto ${rule.maxConnections} --connlimit-mask ${family === "inet" ? 32 : 128} --connlimit-saddr`;
}

/** TCP gets a reset, everything else an ICMP error; a rule for any protocol needs a line for each. */
function rejections(rule: Rule, protocol: string, family: Family): { readonly protocol: string; readonly target: string }[] {
  const unreachable = `-j REJECT --reject-with ${family === "inet" ? "icmp-port-unreachable" : "icmp6-port-unreachable"}`;
  const reset = "-j REJECT --reject-with tcp-reset";
  const number = protocolNumber(rule.protocol) ?? 0;
  if (number === 6) return [{ protocol, target: reset }];
  if (number === 0) {
    return [
      { protocol: "-p tcp", target: reset },
      { protocol, target: unreachable },
    ];
  }
  return [{ protocol, target: unreachable }];
}

export function commentMatch(text: string): string {
  return `-m comment --comment ${quoteText(text)}`;
}

/** As xtables_save_string() quotes. */
export function quoteText(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** The kernel keeps 29 characters of a log prefix. */
function logPrefix(what: string, rule: string): string {
  return `${`${what} ${rule}`.slice(0, 27)}: `;
}
