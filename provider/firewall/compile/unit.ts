import { memory } from "../../memory";
import { ChainBook, type ChainPart, chainsIn, type Jump, type Printer, type Sets, TABLES } from "../model/kernel";
import { groupSet, vifId } from "../model/names";
import { type EgressRule, type IngressRule, parsePeer } from "../policy/fields";
import { canonicalCidr, canonicalMac, type Family, parseCidr } from "../values/spelling";
import { type GroupDeclaration, type GuestDeclaration, groupChains, guestChains, netMembers, roomFor, type UnitScope } from "./guest";
import { addressesByFamily, traitsOf } from "./layer2";
import type { Trait } from "./templates";

/**
 * A unit is what one resource puts into a host's kernel: the guests of a HostPolicy, the one of a GuestFirewall, the chain of a RuleSet. It
 * is compiled as a whole and owned as a whole. Units share nothing except the frame's dispatch trees.
 */
export interface UnitDeclaration {
  /** {@link guestUnit} or {@link policyUnit}; unique on its host. */
  readonly id: string;
  readonly groups: ReadonlyMap<string, GroupDeclaration & { readonly members: readonly string[] }>;
  readonly guests: readonly GuestDeclaration[];
  /**
   * "set": a group that rules refer to becomes a set, so a change of its members changes no rule. "inline": a short group is written out;
   * a host with hundreds of units would run out of sets otherwise.
   */
  readonly groupPeers: "set" | "inline";
}

/** The ID of the unit that is one guest: a GuestFirewall's. */
export const guestUnit = (uuid: string): string => `guest/${uuid}`;

/** The ID of a HostPolicy's unit. */
export const policyUnit = (name: string): string => `policy/${name}`;

export interface CompiledVif {
  readonly device: number;
  readonly mac: string;
  /** See {@link vifId}. */
  readonly id: string;
  /** The interface's name, where the user pinned it. */
  readonly port?: string;
  /** Its MAC is not checked, so the toolstack's MAC may differ from the declared one. */
  readonly anyMac?: boolean;
  /** Which chains it has besides those that every interface has. */
  readonly traits: readonly Trait[];
  /** Addresses and ranges it may use, in canonical spelling. */
  readonly addresses: readonly string[];
  /** The network it is on, where the user names it. */
  readonly network?: string;
}

export interface CompiledGuest {
  readonly label: string;
  readonly uuid: string;
  readonly vifs: readonly CompiledVif[];
  readonly chains: ChainPart;
}

export interface CompiledUnit {
  readonly id: string;
  readonly guests: readonly CompiledGuest[];
  /** The groups' chains. */
  readonly shared: ChainPart;
  readonly sets: Sets;
  /** Jumps in chains that are not ours, for units that have no guests. */
  readonly jumps?: readonly Jump[];
}

const units = memory.byObjects<UnitDeclaration, Printer, CompiledUnit>({
  name: "compiled units",
  reason: "the preview, the look at the host and the change ask for the same",
});

/** A unit in the words of a host's tools. The same declaration gives the same unit. Throws what `print` throws: a rule that these tools cannot say. */
export function compileUnit(unit: UnitDeclaration, print: Printer): CompiledUnit {
  let compiled = units.get(unit, print);
  if (compiled === undefined) {
    compiled = compile(unit, print);
    units.set(unit, print, compiled);
  }
  return compiled;
}

function compile(unit: UnitDeclaration, print: Printer): CompiledUnit {
  const sets: Sets = new Map();
  const ipv6 = unit.guests.some((guest) => guest.ipv6 === "filter");
  const scope: UnitScope = { unit: unit.id, groups: unit.groups, sets, members: groupMembers(unit, sets), print, ipv6 };
  const shared = new ChainBook();
  // A group that no guest is in has no chain, and its own references make no sets.
  for (const name of new Set(unit.guests.filter((guest) => guest.enforce === "enforce").flatMap((guest) => guest.groups))) {
    const group = unit.groups.get(name);
    if (group === undefined) throw new Error(`unknown group ${JSON.stringify(name)} reached the compiler`);
    const chains = groupChains(name, group, scope);
    for (const table of TABLES)
      for (const [chain, lines] of chainsIn(chains, table))
        if (lines.length > 0 || group.ingress.length + group.egress.length > 0) shared.put(table, chain, lines);
  }
  const groups = JSON.stringify([...unit.groups].map(([name, { ingress, egress }]) => [name, ingress, egress]));
  // Written-out members make a guest's rules depend on all the other guests.
  const guests = unit.guests.map((guest) =>
    unit.groupPeers === "inline" ? compileGuest(guest, scope) : recompileGuest(guest, groups, scope),
  );
  return { id: unit.id, guests, shared: shared.part, sets: printed(sets, print) };
}

/** Sets as the host keeps them. */
export function printed(sets: Sets, print: Printer): Sets {
  return new Map([...sets].map(([name, set]) => [name, print.set(name, set)]));
}

function compileGuest(guest: GuestDeclaration, scope: UnitScope): CompiledGuest {
  return {
    label: guest.label,
    uuid: guest.uuid,
    vifs: guest.interfaces.map((nic) => ({
      device: nic.device,
      mac: canonicalMac(nic.mac),
      id: vifId(guest.uuid, nic.device),
      ...(nic.port === undefined ? {} : { port: nic.port }),
      ...(nic.antiSpoofing === "off" ? { anyMac: true } : {}),
      traits: traitsOf(nic),
      addresses: addressesByFamily(nic).flat(),
      ...(nic.network === undefined ? {} : { network: nic.network }),
    })),
    chains: guestChains(guest, scope),
  };
}

/** The last compilation of a guest: what it was compiled from besides its declaration, and the sets that it asked for. */
interface Compilation {
  readonly print: Printer;
  readonly unit: string;
  readonly groups: string;
  readonly guest: CompiledGuest;
  readonly members: readonly (readonly [group: string, family: Family])[];
  readonly sets: Sets;
}

const compilations = memory.byObject<GuestDeclaration, Compilation>({
  name: "compiled guests",
  reason: "of a thousand guests of a policy hardly one changes from one update to the next",
});

/** If a guest's declaration is the same object as before, it has the same chains and asks for the same sets, with their present members. */
function recompileGuest(guest: GuestDeclaration, groups: string, scope: UnitScope): CompiledGuest {
  let known = compilations.get(guest);
  if (known?.unit !== scope.unit || known.groups !== groups || known.print !== scope.print) {
    const members: [string, Family][] = [];
    const sets: Sets = new Map();
    const recording: UnitScope = {
      ...scope,
      sets,
      members: (group, family) => {
        members.push([group, family]);
        return scope.members(group, family);
      },
    };
    known = { print: scope.print, unit: scope.unit, groups, guest: compileGuest(guest, recording), members, sets };
    compilations.set(guest, known);
  } else for (const [group, family] of known.members) scope.members(group, family);
  for (const [name, set] of known.sets) scope.sets.set(name, set);
  return known.guest;
}

/** Resolves a group for a rule: to its declared members and the addresses of the unit's own guests in it. */
function groupMembers(unit: UnitDeclaration, sets: Sets): UnitScope["members"] {
  const known = new Map<string, Record<Family, Set<Address>>>();
  for (const name of unit.groups.keys()) known.set(name, { inet: new Set(), inet6: new Set() });
  const add = (group: string, address: Address) => known.get(group)?.[address.family].add(address);
  for (const [name, group] of unit.groups) for (const member of addressesOf(group.members)) add(name, member);
  for (const guest of unit.guests)
    for (const group of guest.groups)
      for (const nic of guest.interfaces)
        for (const list of [nic.addresses, nic.addressRanges]) for (const address of addressesOf(list)) add(group, address);

  const named = new Map<string, { readonly set: string }>();
  return (group, family) => {
    const key = `${family} ${group}`;
    const before = named.get(key);
    if (before !== undefined) return before;
    const members = known.get(group)?.[family];
    if (members === undefined) throw new Error(`unknown group ${JSON.stringify(group)} reached the compiler`);
    if (unit.groupPeers === "inline") return { cidrs: [...new Set([...members].map(({ cidr }) => cidr))].sort() };
    const peer = { set: groupSet(unit.id, group, family) };
    const inSet = new Set([...members].flatMap((address) => address.members));
    sets.set(peer.set, { type: "hash:net", family, maxElements: roomFor(inSet.size), members: inSet });
    named.set(key, peer);
    return peer;
  };
}

interface Address {
  readonly family: Family;
  readonly cidr: string;
  /** What it is in a set. */
  readonly members: readonly string[];
}

const addressesOf = memory.once(
  { name: "addresses of guests", reason: "a group is made of all its guests' addresses again for each of them" },
  (texts: readonly string[]): Address[] =>
    texts.flatMap((text) => {
      const family = parseCidr(text)?.family;
      if (family === undefined) return [];
      const cidr = canonicalCidr(text);
      return [{ family, cidr, members: [...netMembers([cidr])] }];
    }),
);

/** Names of IpSets that a list's rules refer to. */
export function referencedSets(rules: readonly (IngressRule | EgressRule)[]): Map<string, Family> {
  const found = new Map<string, Family>();
  for (const rule of rules) {
    for (const text of ("from" in rule ? rule.from : "to" in rule ? rule.to : undefined) ?? []) {
      const peer = parsePeer(text);
      if (peer?.kind === "set") found.set(peer.set, peer.family);
    }
  }
  return found;
}
