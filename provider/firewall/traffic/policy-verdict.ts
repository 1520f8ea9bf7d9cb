import { parseAddress } from "../values/address-set";
import { againstReceiving, againstSending, type Blindness, type IpEnds } from "./card-layer2";
import { type Card, cardsOf, type DeclaredHost } from "./declared";
import { firstMatch, type Limits } from "./first-match";
import type { Judgement, List, Reason, RuleOf, Service } from "./judgement";
import { ICMP, ICMPV6, type IpPacket, type Packet, UDP } from "./packet";

/**
 * What the policies of a host say of a packet that goes from one port of its bridge to another. It follows the meaning of the policy's fields
 * (policy/fields.ts, docs/guide.md, docs/how-it-works.md) and knows no data plane: every plane is held to it with real packets (test/planes).
 *
 * The order: what the sender may send at layer 2; connections; messages of the link; the sender's egress rules; the receiver's ingress rules; what
 * the receiver receives at layer 2. Pure.
 */
export interface Assumptions {
  /** Default: nothing. With a blind plane, the verdict is the plane's, not the policy's. */
  readonly blind?: ReadonlySet<Blindness>;
  /** Default: "free", as for the first packet after a pause. */
  readonly limits?: Limits;
}

export type PolicyEvaluator = (packet: Packet, assumptions?: Assumptions) => Judgement;

/** Prepares a host's policies once for any number of packets. Throws if a packet's address is none, and if a rule names an unknown set. */
export function policyEvaluator(host: DeclaredHost): PolicyEvaluator {
  const cards = cardsOf(host);
  return (packet, assumptions = {}) => judge(packet, cards, host, assumptions);
}

/** 802.1D's reserved group addresses: a bridge keeps what is for them. */
const LINK_LOCAL_GROUP = /^01:80:c2:00:00:0/;
const NOTHING: ReadonlySet<Blindness> = new Set();

function judge(
  packet: Packet,
  cards: ReadonlyMap<string, Card | "nobody">,
  { sets }: DeclaredHost,
  { blind = NOTHING, limits = "free" }: Assumptions,
): Judgement {
  const because: Reason[] = [];
  const limited: RuleOf[] = [];
  const end = (verdict: Judgement["verdict"], reason: Reason): Judgement => ({ verdict, because: [...because, reason], limited });
  const dropped = (reason: Reason) => end("dropped", reason);

  const from = cards.get(packet.in);
  const to = cards.get(packet.out);
  const { ip } = packet;
  const ends = ip === undefined ? undefined : endsOf(ip);

  if (LINK_LOCAL_GROUP.test(packet.targetMac)) return dropped({ by: "protection", protection: "link-local-group" });
  if (from === "nobody") return dropped({ by: "unclaimed", port: packet.in });
  if (from !== undefined) {
    const protection = againstSending(from, packet, ends, blind);
    if (protection !== undefined) return dropped({ by: "protection", protection, guest: from.guest.label });
  }
  if (ip?.incomplete) return dropped({ by: "protection", protection: "incomplete" });

  /** What the receiver receives at layer 2 is the last word on what may pass so far. */
  const arrives = (reason: Reason): Judgement => {
    if (to === undefined) return end("passes", reason);
    if (to === "nobody") return dropped({ by: "unclaimed", port: packet.out });
    const protection = againstReceiving(to, packet, ends, blind);
    if (protection === undefined) return end("passes", reason);
    because.push(reason);
    return dropped({ by: "protection", protection, guest: to.guest.label });
  };

  if (ip === undefined || ends === undefined) {
    if (from !== undefined) because.push({ by: "layer-2", list: "egress", guest: from.guest.label });
    if (to !== undefined && to !== "nobody") return arrives({ by: "layer-2", list: "ingress", guest: to.guest.label });
    return arrives(because.pop() ?? { by: "no-guest", port: packet.in });
  }

  // Layer 2 has checked against spoofing. What is accepted once is accepted until the connection ends.
  if (ip.state === "established") return arrives({ by: "connection", state: "established" });
  if (leftTheLink(ip)) return dropped({ by: "protection", protection: "left-the-link" });

  /** The first rule of a list that matches, or what the list means without one. Undefined: the packet may go on. */
  const ask = (card: Card, list: List): Judgement | undefined => {
    const guest = card.guest.label;
    const found = firstMatch(card.rules[list], list, packet, ends, sets, limits);
    limited.push(...found.limited.map(({ name, group }) => ({ list, guest, rule: name, ...(group === undefined ? {} : { group }) })));
    const action = found.rule?.action ?? (list === "egress" ? card.guest.egressDefault : "drop");
    const observed = action !== "allow" && card.guest.enforce === "observe" ? { observed: true as const } : {};
    const reason: Reason =
      found.rule === undefined
        ? { by: "default", list, guest, action: action === "allow" ? "allow" : "drop", ...observed }
        : {
            ...{ by: "rule", list, guest, rule: found.rule.name, action, ...observed },
            ...(found.rule.group === undefined ? {} : { group: found.rule.group }),
          };
    if (action !== "allow" && card.guest.enforce === "enforce") return end(action === "reject" ? "rejected" : "dropped", reason);
    because.push(reason);
    return undefined;
  };

  if (from !== undefined) {
    // What is about a guest's own connection belongs to it. Only a router sends what is about others' connections.
    if (ip.state === "related" && isAboutOwn(from, ip)) return arrives({ by: "connection", state: "related" });
    const service = sentAsService(from, ip);
    if (service === "listener-source") return dropped({ by: "protection", protection: service, guest: from.guest.label });
    if (service !== undefined) because.push({ by: "service", service, guest: from.guest.label });
    else {
      const verdict = ask(from, "egress");
      if (verdict !== undefined) return verdict;
    }
  } else if (ip.state === "related" && !isForRouters(ip)) return arrives({ by: "connection", state: "related" });

  if (to !== undefined && to !== "nobody") {
    // Whatever the rules say.
    if (ip.family === "inet6" && to.guest.ipv6 === "drop") return dropped({ by: "protection", protection: "ipv6", guest: to.guest.label });
    const service = receivedAsService(to, ip);
    if (service !== undefined) because.push({ by: "service", service, guest: to.guest.label });
    else {
      const verdict = ask(to, "ingress");
      if (verdict !== undefined) return verdict;
    }
  }
  return arrives(because.pop() ?? { by: "no-guest", port: packet.in });
}

function endsOf({ source, target }: IpPacket): IpEnds {
  const [from, to] = [parseAddress(source), parseAddress(target)];
  if (from === undefined || to === undefined) throw new Error(`${JSON.stringify({ source, target })}: one of them is no address`);
  return { source: from, target: to };
}

/** ICMPv6 (RFC 4861, 2710, 3810). */
const ROUTER_ADVERTISEMENT = 134;
const REDIRECT = 137;
const LISTENER_QUERY = 130;
/** Router solicitations, neighbour solicitations and advertisements: everybody sends and receives them. */
const NEIGHBOURS: ReadonlySet<number | undefined> = new Set([133, 135, 136]);
const LISTENER_REPORTS: ReadonlySet<number | undefined> = new Set([131, 132, 143]);

/** What neighbour discovery has in its messages (a header of 40 bytes, a message of 24, two options of 16 bytes) fits with some room. */
const LONGEST_OF_NEIGHBOURS = 128;

/**
 * A message of the link proves by its hop limit that no router has forwarded it, 255 for neighbour discovery, 1 for listeners and their
 * queriers; receivers ignore all others (RFC 4861, 2710, 3810). And neighbour discovery is no channel for data.
 */
function leftTheLink({ protocol, icmpType, hopLimit, length }: IpPacket): boolean {
  if (protocol !== ICMPV6) return false;
  if (NEIGHBOURS.has(icmpType) && length !== undefined && length > LONGEST_OF_NEIGHBOURS) return true;
  if (hopLimit === undefined) return false;
  if (NEIGHBOURS.has(icmpType) || icmpType === ROUTER_ADVERTISEMENT || icmpType === REDIRECT) return hopLimit !== 255;
  return (LISTENER_REPORTS.has(icmpType) || icmpType === LISTENER_QUERY) && hopLimit !== 1;
}

function isAboutOwn({ nic, own }: Card, { connection }: IpPacket): boolean {
  if (nic.antiSpoofing !== "strict") return true;
  return [connection?.source, connection?.target].some((text) => {
    const address = text === undefined ? undefined : parseAddress(text);
    return address !== undefined && own.has(address);
  });
}

/** Redirects change where a guest sends its packets, and an error about a connection does not: its rules decide. */
function isForRouters({ protocol, icmpType }: IpPacket): boolean {
  return protocol === ICMPV6 ? icmpType === ROUTER_ADVERTISEMENT || icmpType === REDIRECT : protocol === ICMP && icmpType === 5;
}

/** The ports of DHCP and of DHCPv6. */
const SERVER: Readonly<Record<string, number>> = { inet: 67, inet6: 547 };
const CLIENT: Readonly<Record<string, number>> = { inet: 68, inet6: 546 };

const isDhcp = ({ protocol, family, sourcePort, targetPort }: IpPacket, from: typeof SERVER | undefined, to: typeof SERVER): boolean =>
  protocol === UDP && targetPort === to[family] && (from === undefined || sourcePort === from[family]);

/** What a guest may send whatever its rules say; layer 2 has decided whether it may be a server. */
function sentAsService({ nic }: Card, ip: IpPacket): Service | "listener-source" | undefined {
  if (nic.dhcpServer && isDhcp(ip, SERVER, CLIENT)) return "dhcp-server";
  if (nic.dhcp && isDhcp(ip, CLIENT, SERVER)) return "dhcp";
  if (ip.protocol !== ICMPV6) return undefined;
  if (NEIGHBOURS.has(ip.icmpType)) return "neighbour-discovery";
  if (!LISTENER_REPORTS.has(ip.icmpType)) return undefined;
  // A listener that has no address yet reports from the unspecified address (RFC 3590, RFC 3810 5.2.13).
  return isLinkLocal(ip.source) || ip.source === "::" ? "listener-report" : "listener-source";
}

/** What a guest receives whatever its rules say. */
function receivedAsService({ nic }: Card, ip: IpPacket): Service | undefined {
  if (nic.dhcp && isDhcp(ip, SERVER, CLIENT)) return "dhcp";
  // From clients and from relays.
  if (nic.dhcpServer && isDhcp(ip, undefined, SERVER)) return "dhcp-server";
  if (ip.protocol !== ICMPV6) return undefined;
  if (NEIGHBOURS.has(ip.icmpType)) return "neighbour-discovery";
  const ofRouters = [LISTENER_QUERY, ROUTER_ADVERTISEMENT, REDIRECT].some((type) => type === ip.icmpType);
  return ofRouters && isLinkLocal(ip.source) ? "router" : undefined;
}

/** fe80::/10. */
function isLinkLocal(text: string): boolean {
  const address = parseAddress(text);
  return address?.family === "inet6" && address.value >> 118n === 0x3fan;
}
