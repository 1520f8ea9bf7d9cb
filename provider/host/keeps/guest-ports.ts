import { dictionary } from "../../dictionary";
import { memory } from "../../memory";
import { isPortOf, type PortFinding } from "../look/ports";
import type { Snapshot } from "../look/snapshot";
import * as errors from "./errors";

/** Guests as a user refers to them, and the ports of theirs that a look at a host has found. */

/** One of the two. */
export interface GuestReference {
  readonly uuid?: string;
  readonly name?: string;
}

/** The UUID of a guest; a name is looked up among the host's running guests. */
export function resolveGuest(host: string, label: string, guest: GuestReference, { ports }: Pick<Snapshot, "ports">): string {
  if (guest.uuid !== undefined) return guest.uuid.toLowerCase();
  const name = guest.name ?? label;
  // A port whose guest nobody knows has no UUID.
  const uuids = [...new Set(ports.filter((port) => port.name === name && port.uuid !== "").map((port) => port.uuid))];
  if (uuids.length > 1) throw errors.guestAmbiguous(host, name, uuids);
  const [uuid] = uuids;
  if (uuid === undefined)
    throw errors.guestUnknown(host, name, [...new Set(ports.map((port) => port.name).filter((other) => other !== ""))].sort());
  return uuid;
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

/** Guests by the user's keys for them: the UUID and the ports of each. */
export interface KeyedGuests {
  readonly uuids: Record<string, string>;
  readonly ports: Record<string, Record<string, string>>;
}

/** The same objects for as long as no guest and no port is another: the ports of a thousand guests need no second look. */
export function guestsByKey(uuids: ReadonlyMap<string, string>, snapshot: Snapshot): KeyedGuests {
  return keyedGuests(snapshot.ports, [snapshot.records.vifs, ...uuids.keys(), ...uuids.values()], () => ({
    uuids: dictionary(uuids),
    ports: dictionary([...uuids].map(([key, uuid]) => [key, portsOf(uuid, snapshot)])),
  }));
}

const keyedGuests = memory.last<readonly PortFinding[], KeyedGuests>({
  name: "ports by guests' keys",
  reason: "a policy of a thousand guests asks for them several times in a run",
});

/** Ports by the UUID of their guest; "": those of which only a MAC says whose they are. */
export const portsByGuest = memory.once(
  { name: "ports by guests", reason: "each of a thousand guests looks for its own" },
  (ports: readonly PortFinding[]): ReadonlyMap<string, readonly PortFinding[]> => {
    const found = new Map<string, PortFinding[]>();
    for (const port of ports) {
      const own = found.get(port.uuid);
      if (own === undefined) found.set(port.uuid, [port]);
      else own.push(port);
    }
    return found;
  },
);
