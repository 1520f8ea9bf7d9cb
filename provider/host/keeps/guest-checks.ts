import type { GuestDeclaration } from "../../firewall/compile/guest";
import type { Plane } from "../../firewall/model/kernel";
import { vifId } from "../../firewall/model/names";
import { lacksOfIpv6 } from "../../firewall/planes/xtables/dialect";
import { canonicalMac } from "../../firewall/values/spelling";
import { memory } from "../../memory";
import type { HostFacts } from "../look/facts";
import { isPortOf, type PortFinding } from "../look/ports";
import { addressesInOneTable, type Holder, rangeOverOthers } from "../look/shared-addresses";
import type { Snapshot } from "../look/snapshot";
import { searchUnnamedPorts, type UnnamedPort, unnamedPorts } from "../look/unnamed-ports";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import * as errors from "./errors";
import { portsByGuest } from "./guest-ports";

/** csp refuses guests that it cannot guard as they are declared. A preview warns of what may surprise in those that it can guard. */

/** All that a preview refuses and warns of. `elsewhere`: the guests may be on another host, so it does not warn if they are not on this one. */
export async function foreseeGuests(
  context: Context,
  host: Host,
  guests: readonly GuestDeclaration[],
  snapshot: Snapshot,
  elsewhere: boolean,
): Promise<void> {
  if (guests.length === 0) return;
  for (const guest of guests) checkMacs(host.name, guest, snapshot);
  refuseUnnamed(host.name, guests, snapshot, await searchUnnamedPorts(host, snapshot, wantedVifs(guests)));
  refuseRanges(host.name, guests, snapshot);
  const { dialect } = await host.facts();
  refuseUnsaid(host.name, guests, dialect, snapshot.records.frame?.plane);
  warnShared(context, host.name, guests, snapshot, dialect);
  if (!elsewhere) warnPortless(context, host.name, guests, snapshot);
}

/** Refuses guests by what is known of the host now, and asks the host nothing. */
export function refuseGuests(host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot): void {
  if (guests.length === 0) return;
  for (const guest of guests) checkMacs(host, guest, snapshot);
  refuseUnnamed(host, guests, snapshot, unnamedPorts(snapshot, wantedVifs(guests)));
  refuseRanges(host, guests, snapshot);
}

/** Guests that this host's tools cannot guard as declared. */
export function refuseUnsaid(
  host: string,
  guests: readonly GuestDeclaration[],
  dialect: HostFacts["dialect"],
  plane: Plane | undefined,
): void {
  refuseIpv6(host, guests, dialect);
  if (plane !== "nft-bridge") refuseTrunks(host, guests, dialect);
}

function refuseIpv6(host: string, guests: readonly GuestDeclaration[], { lacks = [] }: HostFacts["dialect"]): void {
  if (lacks.length === 0) return;
  const [lack] = lacksOfIpv6(lacks);
  const guest = guests.find(({ ipv6 }) => ipv6 !== "drop");
  if (lack !== undefined && guest !== undefined) throw errors.ipv6Unfiltered(host, guest.label, lack);
}

/** Of ebtables and arptables, only the latter looks at ARP below a VLAN tag. */
function refuseTrunks(host: string, guests: readonly GuestDeclaration[], { arptables }: HostFacts["dialect"]): void {
  if (arptables !== undefined) return;
  for (const { label, interfaces } of guests)
    for (const { device, vlans, antiSpoofing } of interfaces)
      if (vlans.length > 0 && antiSpoofing !== "off") throw errors.trunkUnguarded(host, label, device);
}

/** Ports of these guests that no name shuts while csp has not found them. */
export async function unnamedPortsOf(host: Host, guests: readonly GuestDeclaration[], snapshot: Snapshot): Promise<UnnamedPort[]> {
  return searchUnnamedPorts(host, snapshot, wantedVifs(guests));
}

/** A guest whose MAC is not the declared one would be cut off. */
function checkMacs(host: string, guest: GuestDeclaration, { ports }: Snapshot): void {
  if (macsChecked.get(guest) === ports) return;
  for (const nic of guest.interfaces) {
    if (nic.antiSpoofing === "off") continue;
    const port = portsByGuest(ports)
      .get(guest.uuid)
      ?.find((candidate) => candidate.device === nic.device);
    if (port === undefined || port.mac === "") continue;
    const declared = canonicalMac(nic.mac);
    if (canonicalMac(port.mac) !== declared) throw errors.macDiffers(host, guest.label, nic.device, declared, canonicalMac(port.mac));
  }
  macsChecked.set(guest, ports);
}

/** Guests whose MACs are those of these ports. */
const macsChecked = memory.byObject<GuestDeclaration, readonly PortFinding[]>({
  name: "guests whose MACs were checked",
  reason: "of a thousand guests hardly one changes from one preview to the next",
});

/** Interfaces as they are looked for, whatever is on record. */
function wantedVifs(guests: readonly GuestDeclaration[]): Holder[] {
  return guests.flatMap(({ uuid, label, interfaces }) =>
    interfaces.map(({ device, mac, port, antiSpoofing, network, addresses, addressRanges }) => ({
      ...{ uuid, label, device, mac: canonicalMac(mac), id: vifId(uuid, device), traits: [], anyMac: antiSpoofing === "off" },
      addresses: [...addresses, ...addressRanges],
      ...(port === undefined ? {} : { port }),
      ...(network === undefined ? {} : { network }),
    })),
  );
}

/** A port without a guest port's name has no rules until csp has found it, and none if csp does not find it. */
function refuseUnnamed(host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot, [unnamed]: readonly UnnamedPort[]): void {
  if (unnamed === undefined) return;
  const label = guests.find(({ uuid }) => uuid === unnamed.uuid)?.label ?? unnamed.uuid;
  throw errors.portUnnamed(host, label, unnamed, snapshot.records.frame?.guestPorts ?? []);
}

function refuseRanges(host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot): void {
  const taken = rangeOverOthers(snapshot, wantedVifs(guests));
  if (taken !== undefined) throw errors.rangeTaken(host, taken);
}

/** Guests of two networks with one address, where their connections are not kept apart. */
function warnShared(
  context: Context,
  host: string,
  guests: readonly GuestDeclaration[],
  snapshot: Snapshot,
  { zones }: HostFacts["dialect"],
): void {
  const apart = zones !== undefined && snapshot.records.frame?.zones === "by-bridge";
  const shared = addressesInOneTable(snapshot, wantedVifs(guests), apart);
  const [first] = shared;
  if (first === undefined) return;
  const { one, other, address, where } = first;
  const more = shared.length === 1 ? "" : `; so do ${shared.length - 1} more`;
  const remedy = apart
    ? "give each network a bridge of its own"
    : zones === undefined
      ? "its kernel cannot keep them apart: give them different addresses, or different hosts"
      : 'set `conntrackZones: "by-bridge"` of its csp.Host';
  context.warn(
    `host ${host}: guests ${one.label} and ${other.label} both have ${address}, ${where}, and share one table of connections${more}: a connection of one can let packets to the other pass. ${remedy[0]?.toUpperCase()}${remedy.slice(1)}.`,
  );
}

/** A guest whose port is not found is cut off. Without this warning, that looks like a fault of its rules. */
function warnPortless(context: Context, host: string, guests: readonly GuestDeclaration[], { ports }: Snapshot): void {
  const withPort = new Set(ports.map((port) => port.uuid));
  const byMac = ports.filter((port) => port.uuid === "");
  const isFound = ({ uuid, interfaces }: GuestDeclaration) =>
    withPort.has(uuid) || byMac.some((port) => interfaces.some(({ device, mac }) => isPortOf(port, { uuid, device, mac })));
  const without = guests.filter((guest) => guest.interfaces.some((nic) => nic.port === undefined) && !isFound(guest));
  if (without.length === 0) return;
  const some = without.slice(0, 5).map((guest) => guest.label);
  const one = without.length === 1;
  const who = one ? `guest ${some[0]} is` : `${without.length} guests (${some.join(", ")}${without.length > 5 ? ", ..." : ""}) are`;
  context.warn(
    `${who} not running on ${host}, or csp did not find ${one ? "it" : "them"} there: ${one ? "its" : "their"} rules take effect once ${one ? "its port appears" : "their ports appear"}. If csp does not know the toolstack, set \`port\`.`,
  );
}
