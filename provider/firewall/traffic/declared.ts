import type { GroupDeclaration, GuestDeclaration } from "../compile/guest";
import type { UnitDeclaration } from "../compile/unit";
import type { Sets } from "../model/kernel";
import { type EgressRule, type GuestInterface, type IngressRule, parsePeer } from "../policy/fields";
import { AddressSet } from "../values/address-set";
import { canonicalMac, type Family, parsePorts, protocolNumber } from "../values/spelling";
import type { List } from "./judgement";

/** A host as its policies describe it. */
export interface DeclaredHost {
  /** Each with its own groups: `group:web` of one unit is not that of another. */
  readonly units: readonly UnitDeclaration[];
  /** The IP sets that rules may name, by name. */
  readonly sets: Sets;
  /** Who is behind the ports of guests. Every other port of the bridge is no guest's: an uplink. */
  readonly ports: ReadonlyMap<string, Occupant>;
}

/** An interface of a declared guest; or "nobody": a guest's port that no policy claims. */
export type Occupant = { readonly guest: string; readonly device: number } | "nobody";

/** One interface with all that decides about its packets, ready to be asked. */
export interface Card {
  readonly guest: GuestDeclaration;
  readonly nic: GuestInterface;
  readonly mac: string;
  /** Its addresses and ranges, and the link-local address of its MAC. */
  readonly own: AddressSet;
  readonly etherTypes: ReadonlySet<number>;
  readonly vlans: ReadonlySet<number>;
  readonly rules: Readonly<Record<List, readonly AskedRule[]>>;
}

/** A rule of a guest or of one of its groups. */
export interface AskedRule {
  readonly name: string;
  readonly group?: string;
  readonly action: "allow" | "drop" | "reject";
  /** 0 is any. */
  readonly protocol: number;
  readonly ports?: readonly { readonly first: number; readonly last: number }[];
  readonly icmp?: { readonly type: number; readonly code?: number };
  readonly states?: ReadonlySet<string>;
  /** Undefined: anyone. */
  readonly peers?: { readonly addresses: AddressSet; readonly sets: readonly { readonly name: string; readonly family: Family }[] };
  /** It stops matching at a rate, or at a number of connections. */
  readonly limited: boolean;
}

/** The interface behind each claimed port. */
export function cardsOf(host: DeclaredHost): ReadonlyMap<string, Card | "nobody"> {
  const known = new Map<string, Map<number, Card>>();
  for (const unit of host.units) {
    const members = membersOf(unit);
    const asked = askedRules(members);
    for (const guest of unit.guests) {
      const rules = {
        ingress: rulesFor(guest, "ingress", unit.groups, asked),
        egress: rulesFor(guest, "egress", unit.groups, asked),
      };
      known.set(guest.label, new Map(guest.interfaces.map((nic) => [nic.device, cardOf(guest, nic, rules)])));
    }
  }
  return new Map(
    [...host.ports].map(([port, occupant]) => {
      if (occupant === "nobody") return [port, occupant];
      return [port, known.get(occupant.guest)?.get(occupant.device) ?? "nobody"];
    }),
  );
}

function cardOf(guest: GuestDeclaration, nic: GuestInterface, rules: Card["rules"]): Card {
  const mac = canonicalMac(nic.mac);
  return {
    guest,
    nic,
    mac,
    own: new AddressSet([...nic.addresses, ...nic.addressRanges, interfaceAddress(mac)]),
    etherTypes: new Set(nic.etherTypes.map(Number)),
    vlans: new Set(nic.vlans),
    rules,
  };
}

/** The link-local address whose interface identifier is the MAC (RFC 4291, appendix A): the universal bit inverted, ff:fe in the middle. */
function interfaceAddress(mac: string): string {
  const octets = mac.split(":").map((octet) => Number.parseInt(octet, 16));
  const identifier = [(octets[0] ?? 0) ^ 2, ...octets.slice(1, 3), 0xff, 0xfe, ...octets.slice(3)];
  const hex = identifier.map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return `fe80::${hex.match(/.{4}/g)?.join(":")}`;
}

/** The addresses that a group's name stands for: the declared members, and all addresses of the unit's guests that are in the group. */
function membersOf(unit: UnitDeclaration): ReadonlyMap<string, readonly string[]> {
  const members = new Map([...unit.groups].map(([name, group]) => [name, [...group.members]]));
  for (const { groups, interfaces } of unit.guests)
    for (const group of groups)
      for (const { addresses, addressRanges } of interfaces) members.get(group)?.push(...addresses, ...addressRanges);
  return members;
}

type Asked = (rules: readonly (IngressRule | EgressRule)[], group?: string) => readonly AskedRule[];

/** A group's rules are made once for all its guests. */
function askedRules(members: ReadonlyMap<string, readonly string[]>): Asked {
  const made = new Map<readonly (IngressRule | EgressRule)[], readonly AskedRule[]>();
  return (rules, group) => {
    let asked = made.get(rules);
    if (asked === undefined) {
      asked = rules.map((rule) => askedRule(rule, members, group));
      made.set(rules, asked);
    }
    return asked;
  };
}

/** The guest's own rules, then those of its groups in the order in which it lists them. */
function rulesFor(guest: GuestDeclaration, list: List, groups: ReadonlyMap<string, GroupDeclaration>, asked: Asked): readonly AskedRule[] {
  return [...asked(guest[list]), ...guest.groups.flatMap((name) => asked(groups.get(name)?.[list] ?? [], name))];
}

function askedRule(rule: IngressRule | EgressRule, members: ReadonlyMap<string, readonly string[]>, group?: string): AskedRule {
  const texts = "from" in rule ? rule.from : "to" in rule ? rule.to : undefined;
  const [type, code] = rule.icmpType?.split("/").map(Number) ?? [];
  return {
    name: rule.name,
    ...(group === undefined ? {} : { group }),
    action: rule.action,
    protocol: protocolNumber(rule.protocol) ?? 0,
    ...(rule.ports === undefined ? {} : { ports: rule.ports.flatMap((text) => parsePorts(text) ?? []) }),
    ...(type === undefined ? {} : { icmp: { type, ...(code === undefined ? {} : { code }) } }),
    ...(rule.states === undefined ? {} : { states: new Set<string>(rule.states) }),
    ...(texts === undefined ? {} : { peers: peersOf(texts, members) }),
    limited: rule.limit !== undefined || rule.maxConnections !== undefined,
  };
}

function peersOf(texts: readonly string[], members: ReadonlyMap<string, readonly string[]>): NonNullable<AskedRule["peers"]> {
  const peers = texts.flatMap((text) => parsePeer(text) ?? []);
  const cidrs = peers.flatMap((peer) =>
    peer.kind === "cidr" ? [peer.cidr] : peer.kind === "group" ? (members.get(peer.group) ?? []) : [],
  );
  return {
    addresses: new AddressSet(cidrs),
    sets: peers.flatMap((peer) => (peer.kind === "set" ? [{ name: peer.set, family: peer.family }] : [])),
  };
}
