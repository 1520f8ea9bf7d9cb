import type { GuestDeclaration } from "../../firewall/compile/guest";
import { type CompiledUnit, compileUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import { findUnitDrift, type UnitDrift } from "../../firewall/drift/unit";
import { vifId } from "../../firewall/model/names";
import { memo } from "../../firewall/values/memo";
import { canonicalMac } from "../../firewall/values/spelling";
import { activeTables, type HostFacts } from "../look/facts";
import { isPortOf, type PortFinding } from "../look/ports";
import { addressesInOneTable, type Holder, rangeOverOthers } from "../look/shared-addresses";
import type { Snapshot } from "../look/snapshot";
import { searchUnnamedPorts, type UnnamedPort, unnamedPorts } from "../look/unnamed-ports";
import type { KeptDeclaration } from "../records/declaration";
import { parseDeclaration, recordFile } from "../records/records";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import { DesiredHost } from "../state/desired";
import type { Edit, Ownership } from "../state/edit";
import { isUnitThere, lostRecords } from "../state/lost-records";
import { recordedPorts, recordedUnled } from "../state/recorded-ports";
import * as errors from "./errors";

/** What GuestFirewall and HostPolicy share: a unit on a host. */

/** A guest as the user refers to it. */
export interface GuestReference {
  readonly uuid?: string;
  readonly name?: string;
}

/** The UUID of each guest; a name is looked up among the host's running guests. */
export function resolveGuest(host: string, label: string, guest: GuestReference, snapshot: Pick<Snapshot, "ports">): string {
  if (guest.uuid !== undefined) return guest.uuid.toLowerCase();
  const name = guest.name ?? label;
  // A port whose guest nobody knows has no UUID.
  const uuids = [...new Set(snapshot.ports.filter((port) => port.name === name && port.uuid !== "").map((port) => port.uuid))];
  if (uuids.length > 1) throw errors.guestAmbiguous(host, name, uuids);
  const [uuid] = uuids;
  if (uuid === undefined)
    throw errors.guestUnknown(host, name, [...new Set(snapshot.ports.map((port) => port.name).filter((known) => known !== ""))].sort());
  return uuid;
}

/** A MAC other than the declared one would leave the guest cut off: better said than found out. */
export function checkMacs(host: string, guest: GuestDeclaration, snapshot: Snapshot): void {
  if (macsChecked.get(guest) === snapshot.ports) return;
  for (const nic of guest.interfaces) {
    if (nic.antiSpoofing === "off") continue;
    const port = portsByGuest(snapshot.ports)
      .get(guest.uuid)
      ?.find((candidate) => candidate.device === nic.device);
    if (port === undefined || port.mac === "") continue;
    const declared = canonicalMac(nic.mac);
    if (canonicalMac(port.mac) !== declared) throw errors.macDiffers(host, guest.label, nic.device, declared, canonicalMac(port.mac));
  }
  macsChecked.set(guest, snapshot.ports);
}

/** Guests whose MACs are those of these ports. */
const macsChecked = new WeakMap<GuestDeclaration, readonly PortFinding[]>();

const portsByGuest = memo((ports: readonly PortFinding[]) => {
  const found = new Map<string, PortFinding[]>();
  for (const port of ports) {
    const own = found.get(port.uuid);
    if (own === undefined) found.set(port.uuid, [port]);
    else own.push(port);
  }
  return found;
});

/** Everything needed to put a unit on a host. */
export interface UnitRequest {
  readonly subject: string;
  readonly declaration: UnitDeclaration;
  /** Of the resource, and of each guest by uuid; kept on the host for import. */
  readonly record: KeptDeclaration;
  readonly guestRecords: ReadonlyMap<string, unknown>;
}

function unitEdit(context: Context, unit: CompiledUnit, request: UnitRequest, ownership: Ownership): Edit {
  return { kind: "unit", ownership, unit, owner: context.owner, declaration: request.record, guestDeclarations: request.guestRecords };
}

/** Whether the host would take the unit; throws what it would say. `elsewhere`: its guests need not be on this host, and no word is lost on it. */
export async function tryUnit(
  context: Context,
  host: Host,
  request: UnitRequest,
  ownership: Ownership,
  elsewhere?: boolean,
): Promise<Snapshot> {
  const snapshot = await host.snapshot({ signal: context.signal });
  // A host that the same program is about to adopt has no frame yet, and sets may come with it.
  if (snapshot.records.frame !== undefined) {
    const desired = new DesiredHost(host.name, await host.facts(), snapshot);
    try {
      desired.edit(unitEdit(context, compileUnit(request.declaration), request, ownership));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "set-missing")) throw error;
    }
  }
  for (const guest of request.declaration.guests) checkMacs(host.name, guest, snapshot);
  const { guests } = request.declaration;
  refuseUnnamed(host.name, guests, snapshot, await searchUnnamedPorts(host, snapshot, wantedVifs(guests)));
  refuseRanges(host.name, guests, snapshot);
  const { dialect } = await host.facts();
  refuseTrunks(host.name, guests, dialect);
  warnShared(context, host.name, guests, snapshot, dialect);
  if (!elsewhere) warnUnclaimed(context, host.name, request.declaration.guests, snapshot);
  return snapshot;
}

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

/** A guest whose port has no guest's name would be without rules until csp finds it, and whenever it does not. */
function refuseUnnamed(host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot, [unnamed]: readonly UnnamedPort[]): void {
  if (unnamed === undefined) return;
  const label = guests.find(({ uuid }) => uuid === unnamed.uuid)?.label ?? unnamed.uuid;
  throw errors.portUnnamed(host, label, unnamed, snapshot.records.frame?.guestPorts ?? []);
}

function refuseRanges(host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot): void {
  const taken = rangeOverOthers(snapshot, wantedVifs(guests));
  if (taken !== undefined) throw errors.rangeTaken(host, taken);
}

function refuseTrunks(host: string, guests: readonly GuestDeclaration[], { arptables }: HostFacts["dialect"]): void {
  if (arptables !== undefined) return;
  for (const { label, interfaces } of guests)
    for (const { device, vlans, antiSpoofing } of interfaces)
      if (vlans.length > 0 && antiSpoofing !== "off") throw errors.trunkUnguarded(host, label, device);
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

/** A guest whose port is not found is cut off, which looks like a fault of its rules: better said. */
function warnUnclaimed(context: Context, host: string, guests: readonly GuestDeclaration[], snapshot: Snapshot): void {
  const found = new Set(snapshot.ports.map((port) => port.uuid));
  const byMac = snapshot.ports.filter((port) => port.uuid === "");
  const isFound = ({ uuid, interfaces }: GuestDeclaration) =>
    found.has(uuid) || byMac.some((port) => interfaces.some(({ device, mac }) => isPortOf(port, { uuid, device, mac })));
  const without = guests.filter((guest) => guest.interfaces.some((nic) => nic.port === undefined) && !isFound(guest));
  if (without.length === 0) return;
  const some = without.slice(0, 5).map((guest) => guest.label);
  context.warn(
    `${without.length === 1 ? `guest ${some[0]} is` : `${without.length} guests (${some.join(", ")}${without.length > 5 ? ", ..." : ""}) are`} not running on ${host}, or not found there: their rules act once a port of theirs appears. Where csp does not know the toolstack, give \`port\`.`,
  );
}

/** A unit is about to change on these hosts. */
export function expectUnit(context: Context, hosts: readonly string[]): () => void {
  const asked = hosts.map((host) => context.hosts.known(host)?.expect());
  return () => {
    for (const over of asked) over?.();
  };
}

export async function putUnit(context: Context, host: Host, request: UnitRequest, ownership: Ownership): Promise<Snapshot> {
  const unit = compileUnit(request.declaration);
  refuseTrunks(host.name, request.declaration.guests, (await host.facts()).dialect);
  const { snapshot } = await host.apply(
    {
      subject: request.subject,
      edits: (now) => {
        const { guests } = request.declaration;
        for (const guest of guests) checkMacs(host.name, guest, now);
        refuseUnnamed(host.name, guests, now, unnamedPorts(now, wantedVifs(guests)));
        refuseRanges(host.name, guests, now);
        return [unitEdit(context, unit, request, ownership)];
      },
    },
    { signal: context.signal, status: context.status },
  );
  return snapshot;
}

export async function removeUnit(context: Context, host: Host, id: string, subject: string): Promise<void> {
  await host.apply({ subject, edits: () => [{ kind: "no-unit", id }] }, { signal: context.signal, status: context.status });
}

/** A unit as a host has it. */
interface UnitSeen {
  readonly snapshot: Snapshot;
  /** Whether the host has it at all. */
  readonly there: boolean;
  readonly drift: UnitDrift;
  /** The drift's, and what keeps its guests from their rules. */
  readonly findings: readonly string[];
}

/** Looks at a unit on its host. It is compiled while the host is asked, which takes about as long. */
export async function lookAtUnit(context: Context, host: Host, declaration: UnitDeclaration): Promise<UnitSeen> {
  const [snapshot, facts, compiled] = await Promise.all([
    host.snapshot({ signal: context.signal }),
    host.facts(),
    (async () => compileUnit(declaration))(),
  ]);
  const drift = findUnitDrift(declaration, compiled, snapshot, recordedUnled(snapshot), activeTables(facts));
  const there = isUnitThere(snapshot, compiled);
  const findings = [
    ...drift.findings,
    ...(there ? lostRecords(snapshot, compiled) : []),
    ...hookFindings(declaration.guests, snapshot),
    ...(await nameFindings(host, declaration.guests, snapshot)),
  ];
  return { snapshot, there, drift, findings };
}

/** Ports of the unit's guests that are not shut by their name while csp does not know them. */
async function nameFindings(host: Host, guests: readonly GuestDeclaration[], snapshot: Snapshot): Promise<string[]> {
  return (await searchUnnamedPorts(host, snapshot, wantedVifs(guests))).map(({ uuid, device, port, led }) => {
    const label = guests.find((guest) => guest.uuid === uuid)?.label ?? uuid;
    const how = led ? "it is led to the guest's rules only once csp has found it" : "it is not led to the guest's rules";
    return `guest ${label}: interface ${device} is at port ${port}, which has no guest port's name: ${how}`;
  });
}

/** What keeps guests of a unit from their rules: a port whose MAC is another guest's, records that the host's tools did not take at boot. */
function hookFindings(guests: readonly GuestDeclaration[], snapshot: Snapshot): string[] {
  const labels = new Map(guests.flatMap(({ uuid, label }) => [[uuid, label] as const, [label, label] as const]));
  const refused = recordedPorts(snapshot).refused.map(({ port, uuid, cause }) => ({
    port,
    guest: uuid,
    text: `port ${port} is not led to the guest's rules: ${cause}`,
  }));
  const seen = new Set(refused.map(({ port }) => port));
  const failures = snapshot.failures
    .filter(({ at }) => !seen.has(at))
    .map(({ time, at, guest, cause }) => ({ guest, text: `the hook failed at ${time}: ${at}: ${cause}` }));
  return [...refused, ...failures].flatMap(({ guest, text }) => {
    const label = labels.get(guest);
    return label === undefined ? [] : [`guest ${label}: ${text}`];
  });
}

/** The resource's declaration as kept on the host, for import. Undefined when the host has no such unit. */
export async function readUnitRecord(host: Host, id: string): Promise<unknown> {
  const text = await host.readState(recordFile.unit(id));
  return text === undefined ? undefined : parseDeclaration(text);
}

/** Interface of each device of a guest, as found on the host; a device with two ports (HVM) shows the first. */
export function portsOf(uuid: string, snapshot: Snapshot): Record<string, string> {
  const ports: Record<string, string> = {};
  for (const finding of portsByGuest(snapshot.ports).get(uuid) ?? []) ports[String(finding.device)] ??= finding.port;
  const byMac = portsByGuest(snapshot.ports).get("") ?? [];
  if (byMac.length === 0) return ports;
  for (const vif of snapshot.records.guests.get(uuid)?.vifs ?? []) {
    const port = byMac.find((finding) => isPortOf(finding, { ...vif, uuid }));
    if (port !== undefined) ports[String(vif.device)] ??= port.port;
  }
  return ports;
}
