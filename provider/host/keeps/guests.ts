import type { GuestDeclaration } from "../../firewall/compile/guest";
import { compileUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import { findUnitDrift, type UnitDrift } from "../../firewall/drift/unit";
import { activeTables } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import { parseGuestDeclarations } from "../records/declaration";
import { program } from "../remote/program";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import { recordedPorts, recordedUnled } from "../state/recorded-ports";
import { unnamedPortsOf } from "./guest-checks";
import { type UnitSeen, units } from "./units";

/** The guests of a unit, as a host has them. */

export interface GuestsSeen extends UnitSeen {
  /** Lists of rules as the kernel has them, where they are not as declared. */
  readonly drift: UnitDrift;
  /** The drift's, and what keeps guests from their rules. */
  readonly findings: readonly string[];
}

/** Looks at a unit of guests. */
export async function lookAtGuests(context: Context, host: Host, declaration: UnitDeclaration): Promise<GuestsSeen> {
  const seen = await units.look(context, host, { subject: declaration.id, compile: (print) => compileUnit(declaration, print) });
  const { snapshot, unit, lost } = seen;
  const drift = findUnitDrift(
    declaration,
    unit,
    snapshot,
    recordedUnled(snapshot),
    activeTables(await host.facts(), snapshot.records.frame?.plane),
  );
  const { guests } = declaration;
  const findings = [...drift.findings, ...lost, ...hookFindings(guests, snapshot), ...(await nameFindings(host, guests, snapshot))];
  return { ...seen, drift, findings };
}

/** Ports of the unit's guests that are not shut by their name while csp does not know them. */
async function nameFindings(host: Host, guests: readonly GuestDeclaration[], snapshot: Snapshot): Promise<string[]> {
  return (await unnamedPortsOf(host, guests, snapshot)).map(({ uuid, device, port, led }) => {
    const label = guests.find((guest) => guest.uuid === uuid)?.label ?? uuid;
    const how = led ? "it is led to the guest's rules only once csp has found it" : "it is not led to the guest's rules";
    return `guest ${label}: interface ${device} is at port ${port}, whose name does not begin like a guest port's: ${how}`;
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

/** Label to UUID of a unit's guests, as the host has them on record. */
export function recordedGuests({ records }: Snapshot, unit: string): Map<string, string> {
  const guests = [...records.guests.values()].filter((guest) => guest.unit === unit);
  return new Map(guests.map(({ label, uuid }) => [label, uuid]));
}

/** The declaration of each guest of a unit that has one of its own, by label; undefined where its record has none. */
export async function recallGuests(context: Context, host: Host, unit: string): Promise<Map<string, unknown>> {
  const text = await host.run(program("declarations.sh"), "reading the guests' records", "state");
  const declarations = parseGuestDeclarations(text);
  const guests = recordedGuests(await host.snapshot({ signal: context.signal }), unit);
  return new Map([...guests].map(([label, uuid]) => [label, declarations.get(uuid)]));
}
