import {
  type Condition,
  DROP,
  type End,
  icmpType,
  icmpv6Type,
  type Match,
  type Origin,
  ports as portsAt,
  protocol as protocolIs,
  type Rule,
  TCP,
  type Verdict,
} from "../model/rule";
import { type Rule as PolicyRule, parsePeer } from "../policy/fields";
import { canonicalIcmpType, canonicalPorts, canonicalRate, type Family, parseCidr, parsePorts, protocolNumber } from "../values/spelling";

/**
 * What one rule of a policy means in one address family. It becomes several rules if its peers or ports do not fit into one. All carry the
 * name of the user's rule as their comment, so that drift finds the user's rule again.
 */

/** More CIDRs of one family than this become a set. */
export const INLINE_PEERS = 16;
/** How many ports a rule takes; a range counts as two (xt_multiport's XT_MULTI_PORTS). */
const PORTS_OF_A_RULE = 15;

/** Nobody should be able to fill a host's log with dropped packets. */
export const LOG_RATE: Condition = { is: "rate", rate: "10/min", burst: 5 };

export interface RuleScope {
  readonly list: "ingress" | "egress";
  /** The security group the rule belongs to. */
  readonly group?: string;
  /** The verdict for an allowed packet. */
  readonly allow: Verdict;
  /** Log what would be dropped, and let it pass. */
  readonly observe: boolean;
  /** The members of a group that a rule refers to: a set's name, or CIDRs to write out. */
  readonly members: (group: string, family: Family) => { readonly set: string } | { readonly cidrs: readonly string[] };
  /** Makes a set of a long list and gives its name. */
  readonly longList: (rule: string, family: Family, cidrs: readonly string[]) => string;
}

export function policyRule(declared: PolicyRule, family: Family, scope: RuleScope): Rule[] {
  const protocols = protocolMatches(declared, family);
  const peers = peerMatches(declared, family, scope);
  if (protocols === undefined || peers === undefined) return [];
  const origin: Origin = { list: scope.list, rule: declared.name, ...(scope.group === undefined ? {} : { group: scope.group }) };
  const comment = scope.group === undefined ? declared.name : `${scope.group}/${declared.name}`;
  const rules: Rule[] = [];
  for (const { address, set } of peers) {
    for (const protocol of protocols) {
      const add = (verdict: Verdict, { of = protocol, extra = [] }: { of?: readonly Match[]; extra?: readonly Match[] } = {}) =>
        rules.push({
          matches: [...address, ...of, ...stateMatch(declared), ...set, ...limits(declared, family), ...extra],
          verdict,
          comment,
          origin,
        });
      const log = (what: string) => add({ do: "log", prefix: logPrefix(what, declared.name) }, { extra: [LOG_RATE] });
      if (declared.log) log("csp");
      if (declared.action === "allow") add(scope.allow);
      else if (scope.observe) {
        log("csp would drop");
        add(scope.allow);
      } else if (declared.action === "drop") add(DROP);
      else for (const { of, reply } of rejections(declared, protocol, family)) add({ do: "reject", reply }, { of });
    }
  }
  return rules;
}

/** The rule's protocols and ports. Each list is the conditions of one rule; undefined if the rule is not for this family. */
function protocolMatches(rule: PolicyRule, family: Family): (readonly Match[])[] | undefined {
  const number = protocolNumber(rule.protocol) ?? 0;
  if (number === 1 && family === "inet6") return undefined;
  if (number === 58 && family === "inet") return undefined;
  if (number === 0) return [[]];
  if (rule.icmpType !== undefined) {
    const type = canonicalIcmpType(rule.icmpType);
    return [[protocolIs(number), family === "inet" ? icmpType(type) : icmpv6Type(type)]];
  }
  const ports = [...new Set((rule.ports ?? []).map(canonicalPorts))].sort(byFirstPort);
  if (ports.length === 0 || ports.includes("0:65535")) return [[protocolIs(number)]];
  return chunks(ports).map((chunk) => [protocolIs(number), portsAt("target", ...chunk)]);
}

function byFirstPort(a: string, b: string): number {
  return (parsePorts(a)?.first ?? 0) - (parsePorts(b)?.first ?? 0) || (parsePorts(a)?.last ?? 0) - (parsePorts(b)?.last ?? 0);
}

function chunks(ports: readonly string[]): string[][] {
  const result: string[][] = [];
  let slots = PORTS_OF_A_RULE;
  for (const port of ports) {
    const takes = port.includes(":") ? 2 : 1;
    if (slots + takes > PORTS_OF_A_RULE) {
      result.push([]);
      slots = 0;
    }
    result.at(-1)?.push(port);
    slots += takes;
  }
  return result;
}

interface Peer {
  readonly address: readonly Match[];
  readonly set: readonly Match[];
}

const ANYBODY: Peer = { address: [], set: [] };

/** Undefined when no peer of the rule is of this family. */
function peerMatches(rule: PolicyRule, family: Family, scope: RuleScope): Peer[] | undefined {
  if (rule.peers === undefined) return [ANYBODY];
  const end: End = scope.list === "ingress" ? "source" : "target";
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
  if ([...cidrs].some((cidr) => cidr.endsWith("/0"))) return [ANYBODY];
  const peers: Peer[] = [];
  if (cidrs.size > INLINE_PEERS) sets.push(scope.longList(rule.name, family, [...cidrs]));
  // Peers have no order, so csp sorts them: the same list in another order is then no change.
  else for (const cidr of [...cidrs].sort()) peers.push({ address: [{ is: "address", end, cidrs: [cidr] }], set: [] });
  for (const set of [...new Set(sets)].sort()) peers.push({ address: [], set: [{ is: "in-set", set, ends: [end] }] });
  return peers.length === 0 ? undefined : peers;
}

const STATE_ORDER = ["invalid", "new", "related", "established", "untracked"] as const;

function stateMatch({ states }: PolicyRule): Match[] {
  return states === undefined ? [] : [{ is: "state", states: STATE_ORDER.filter((state) => states.includes(state)) }];
}

function limits({ limit, maxConnections }: PolicyRule, family: Family): Match[] {
  return [
    ...(limit === undefined ? [] : [{ is: "rate", rate: canonicalRate(limit.rate), burst: limit.burst } as const]),
    ...(maxConnections === undefined
      ? []
      : [{ is: "connections", most: String(maxConnections), prefix: family === "inet" ? "32" : "128", end: "source" } as const]),
  ];
}

/** TCP gets a reset, everything else an ICMP error. A rule for any protocol therefore becomes two rules. */
function rejections(
  rule: PolicyRule,
  protocol: readonly Match[],
  family: Family,
): { readonly of: readonly Match[]; readonly reply: string }[] {
  const unreachable = family === "inet" ? "icmp-port-unreachable" : "icmp6-port-unreachable";
  const number = protocolNumber(rule.protocol) ?? 0;
  if (number === TCP) return [{ of: protocol, reply: "tcp-reset" }];
  if (number !== 0) return [{ of: protocol, reply: unreachable }];
  return [
    { of: [protocolIs(TCP)], reply: "tcp-reset" },
    { of: protocol, reply: unreachable },
  ];
}

/** The kernel keeps 29 characters of a log prefix. */
function logPrefix(what: string, rule: string): string {
  return `${`${what} ${rule}`.slice(0, 27)}: `;
}
