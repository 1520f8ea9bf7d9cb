import type * as pulumi from "@pulumi/pulumi";
import { parsePeer } from "../provider/firewall/policy/fields";
import type { HostPolicyArgs } from "../sdk/nodejs/firewall/hostPolicy";
import type { IpSetArgs } from "../sdk/nodejs/firewall/ipSet";
import type { HostArgs } from "../sdk/nodejs/host";
import type { firewall } from "../sdk/nodejs/types/input";
import { fleetErrors } from "./errors";
import type { Listed } from "./listed";

/**
 * A fleet's declaration, and the part of it that each host gets. Pure: the component registers what this plan says.
 *
 * The plan must know which guests, groups and sets there are, so the program must give lists that contain them or refer to them as plain lists.
 * What is in them (an address, a port) may still be another resource's output.
 */

export type FleetIngressRule = Listed<firewall.IngressRuleArgs, "from">;
export type FleetEgressRule = Listed<firewall.EgressRuleArgs, "to">;

interface Rules {
  ingress?: FleetIngressRule[];
  egress?: FleetEgressRule[];
}

/** How a host is adopted. Its key is the provider's name for it. */
export type FleetHost = Omit<HostArgs, "host">;

/** A security group. Its guests are always members; `members` is for addresses that are not guests of the fleet. */
export type FleetGroup = Omit<Listed<firewall.HostPolicyGroupArgs, "members">, keyof Rules> & Rules;

export type FleetInterface = Listed<firewall.GuestInterfaceArgs, "addresses">;

type GuestPolicy = Omit<firewall.HostPolicyGuestArgs, keyof Rules | "interfaces" | "groups"> & Rules;

export interface FleetGuest extends GuestPolicy {
  /** A key of `hosts`. A guest that moves has `hosts` in its place. */
  host?: string;
  /** The hosts that the guest moves between: a list of keys of `hosts`, or a key of `pools`. Its rules are on all of them. It needs its `uuid`. */
  hosts?: string | readonly string[];
  interfaces: FleetInterface[];
  /** Keys of `groups`, in the order in which their rules apply. */
  groups?: string[];
}

/** An IP set, put on every host with a rule that refers to it as "set:NAME" or "set6:NAME". */
export type FleetSet = Omit<IpSetArgs, "host" | "name" | "connection">;

export interface FleetDeclaration {
  /** Hosts by the provider's names for them. */
  readonly hosts: Readonly<Record<string, FleetHost>>;
  /** Lists of hosts by name. Guests that move between these hosts refer to the name. */
  readonly pools?: Readonly<Record<string, readonly string[]>>;
  /** Security groups by name. A host gets those that its guests are in or that a rule there refers to. */
  readonly groups?: Readonly<Record<string, FleetGroup>>;
  /** Guests by a key that you choose. Previews and errors use this key as the guest's name. */
  readonly guests?: Readonly<Record<string, FleetGuest>>;
  /** IP sets by name. A rule may also refer to another set, if something else puts it on the host. */
  readonly sets?: Readonly<Record<string, FleetSet>>;
}

/** What one host gets. */
export interface FleetHostPlan extends Required<Pick<HostPolicyArgs, "groups" | "guests">> {
  readonly groups: Record<string, firewall.HostPolicyGroupArgs>;
  readonly guests: Record<string, firewall.HostPolicyGuestArgs>;
  /** Keys of the declaration's `sets`. */
  readonly sets: readonly string[];
}

/**
 * Plans every host by itself: the groups that its guests are in, with their rules, and the groups that the host's rules refer to, with the
 * addresses of members elsewhere (the core adds the host's own guests). Throws the first of {@link fleetErrors} that it finds.
 */
export function planFleet(name: string, declaration: FleetDeclaration): Map<string, FleetHostPlan> {
  check(name, declaration);
  return new Map(Object.keys(declaration.hosts).map((host) => [host, planHost(host, declaration)]));
}

/** Where a guest may be. */
function placesOf({ host, hosts }: FleetGuest, pools: FleetDeclaration["pools"] = {}): readonly string[] {
  if (typeof hosts === "string") return pools[hosts] ?? [];
  return hosts ?? (host === undefined ? [] : [host]);
}

function planHost(host: string, { groups = {}, guests = {}, sets = {}, pools = {} }: FleetDeclaration): FleetHostPlan {
  const isHere = (guest: FleetGuest) => placesOf(guest, pools).includes(host);
  const own = Object.entries(guests).filter(([, guest]) => isHere(guest));
  const joined = new Set(own.flatMap(([, guest]) => guest.groups ?? []));
  const policies: Rules[] = [...own.map(([, guest]) => guest), ...[...joined].map((group) => groups[group] ?? {})];
  const peers = policies.flatMap(peersOf).flatMap(({ peer }) => parsePeer(peer) ?? []);
  const referred = new Set(peers.flatMap((peer) => (peer.kind === "group" ? [peer.group] : [])));
  const usedSets = new Set(peers.flatMap((peer) => (peer.kind === "set" ? [peer.set] : [])));

  const planGroup = (group: string): firewall.HostPolicyGroupArgs => {
    const { members = [], ...rest } = groups[group] ?? {};
    // Members that no rule here refers to would only cause needless changes on this host, and so would rules that no guest here has.
    const rules = joined.has(group) ? rest : {};
    if (!referred.has(group)) return rules;
    const elsewhere = Object.values(guests).filter((guest) => !isHere(guest) && guest.groups?.includes(group));
    const addresses = elsewhere.flatMap((guest) => guest.interfaces.flatMap((each) => each.addresses ?? []));
    return { ...rules, members: [...new Set<pulumi.Input<string>>([...members, ...addresses])] };
  };

  return {
    groups: record(
      Object.keys(groups).filter((group) => joined.has(group) || referred.has(group)),
      planGroup,
    ),
    guests: Object.fromEntries(own.map(([key, { host: _, hosts: __, ...guest }]) => [key, guest])),
    sets: Object.keys(sets).filter((set) => usedSets.has(set)),
  };
}

function check(fleet: string, { hosts, groups = {}, guests = {}, sets = {}, pools = {} }: FleetDeclaration): void {
  const checkHost = (path: string, host: string) => {
    if (!Object.hasOwn(hosts, host)) throw fleetErrors.unknownHost(fleet, path, host, Object.keys(hosts));
  };
  for (const [pool, members] of Object.entries(pools))
    for (const [index, host] of members.entries()) checkHost(`pools.${pool}[${index}]`, host);
  const checkRules = (path: string, rules: Rules) => {
    for (const { field, peer } of peersOf(rules)) {
      const parsed = parsePeer(peer);
      if (parsed?.kind === "group" && !Object.hasOwn(groups, parsed.group))
        throw fleetErrors.unknownGroup(fleet, `${path}.${field}`, parsed.group, Object.keys(groups));
      if (parsed?.kind === "set" && Object.hasOwn(sets, parsed.set)) {
        const family = sets[parsed.set]?.family ?? "inet";
        if (typeof family === "string" && family !== parsed.family)
          throw fleetErrors.setFamily(fleet, `${path}.${field}`, parsed.set, family);
      }
    }
  };
  for (const [key, group] of Object.entries(groups)) checkRules(`groups.${key}`, group);
  const seen = new Map<string, string>();
  for (const [key, guest] of Object.entries(guests)) {
    const path = `guests.${key}`;
    checkPlaces(fleet, path, guest, pools, checkHost);
    for (const [index, group] of (guest.groups ?? []).entries())
      if (!Object.hasOwn(groups, group)) throw fleetErrors.unknownGroup(fleet, `${path}.groups[${index}]`, group, Object.keys(groups));
    checkRules(path, guest);
    // A name identifies a guest only on its host.
    const identities = [
      ["uuid", guest.uuid, (uuid: string) => `uuid ${uuid.toLowerCase()}`],
      ["name", guest.name, (guestName: string) => `name ${guestName} on ${placesOf(guest, pools).join(", ")}`],
    ] as const;
    for (const [field, value, identity] of identities) {
      if (typeof value !== "string") continue;
      const other = seen.get(identity(value));
      if (other !== undefined) throw fleetErrors.guestTwice(fleet, `${path}.${field}`, value, other);
      seen.set(identity(value), key);
    }
  }
}

function checkPlaces(
  fleet: string,
  path: string,
  guest: FleetGuest,
  pools: NonNullable<FleetDeclaration["pools"]>,
  checkHost: (path: string, host: string) => void,
): void {
  const { host, hosts, uuid } = guest;
  if ((host === undefined) === (hosts === undefined)) throw fleetErrors.oneOfHosts(fleet, path, host !== undefined);
  if (host !== undefined) checkHost(`${path}.host`, host);
  if (hosts === undefined) return;
  // Only the host that it runs on knows its name.
  if (uuid === undefined) throw fleetErrors.movesWithoutUuid(fleet, `${path}.uuid`);
  if (typeof hosts === "string") {
    if (!Object.hasOwn(pools, hosts)) throw fleetErrors.unknownPool(fleet, `${path}.hosts`, hosts, Object.keys(pools));
  } else for (const [index, one] of hosts.entries()) checkHost(`${path}.hosts[${index}]`, one);
}

/** The peers that rules refer to, as far as the program gives them as plain values, each with its field. */
function peersOf({ ingress = [], egress = [] }: Rules): { readonly field: string; readonly peer: string }[] {
  const lists = [
    ...ingress.map((rule, index) => ({ field: `ingress[${index}].from`, peers: rule.from ?? [] })),
    ...egress.map((rule, index) => ({ field: `egress[${index}].to`, peers: rule.to ?? [] })),
  ];
  return lists.flatMap(({ field, peers }) =>
    peers.flatMap((peer, index) => (typeof peer === "string" ? [{ field: `${field}[${index}]`, peer }] : [])),
  );
}

function record<T>(keys: readonly string[], value: (key: string) => T): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, value(key)]));
}
