import type { Sets } from "../model/kernel";
import type { IpEnds } from "./card-layer2";
import type { AskedRule } from "./declared";
import type { List } from "./judgement";
import { ICMP, ICMPV6, type IpPacket, type Packet, WITH_PORTS } from "./packet";
import { inSet } from "./set-match";

/** Whether limits of rate and of connections are far away, or reached: then a rule that has one no longer matches. */
export type Limits = "free" | "reached";

export interface FirstMatch {
  /** The first rule that matches: it decides. */
  readonly rule?: AskedRule;
  /** Rules with a limit that matched but for the limit, as far as they come before the one that decides, or are it. */
  readonly limited: readonly AskedRule[];
}

/** Asks a list of rules about an IP packet, in order. */
export function firstMatch(rules: readonly AskedRule[], list: List, packet: Packet, ends: IpEnds, sets: Sets, limits: Limits): FirstMatch {
  const limited: AskedRule[] = [];
  for (const rule of rules) {
    if (!matches(rule, list, packet, ends, sets)) continue;
    if (rule.limited) limited.push(rule);
    if (!rule.limited || limits === "free") return { rule, limited };
  }
  return { limited };
}

function matches(rule: AskedRule, list: List, packet: Packet, ends: IpEnds, sets: Sets): boolean {
  const { ip } = packet;
  if (ip === undefined || !isProtocol(rule, ip)) return false;
  if (rule.states !== undefined && !rule.states.has(ip.state)) return false;
  const { peers } = rule;
  if (peers === undefined) return true;
  const end = list === "ingress" ? "source" : "target";
  return (
    peers.addresses.has(ends[end]) ||
    peers.sets.some(({ name, family }) => {
      if (family !== ip.family) return false;
      const is = inSet(packet, sets, name, [end]);
      if (is === undefined) throw new Error(`rule ${rule.name} names the set ${name}, which the evaluator does not know`);
      return is;
    })
  );
}

/** Protocol, destination port, ICMP type and code. "icmp" is of IPv4 alone, "icmpv6" of IPv6 alone. */
function isProtocol({ protocol, ports, icmp }: AskedRule, ip: IpPacket): boolean {
  if (protocol === 0) return true;
  if (protocol !== ip.protocol) return false;
  if (protocol === ICMP && ip.family !== "inet") return false;
  if (protocol === ICMPV6 && ip.family !== "inet6") return false;
  if (icmp !== undefined) return ip.icmpType === icmp.type && (icmp.code === undefined || ip.icmpCode === icmp.code);
  if (ports === undefined) return true;
  const { targetPort } = ip;
  return WITH_PORTS.has(protocol) && targetPort !== undefined && ports.some(({ first, last }) => first <= targetPort && targetPort <= last);
}
