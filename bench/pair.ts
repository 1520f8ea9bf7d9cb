import { guestNamespace, hostNamespace, namespacePath } from "../lab/netns/names";
import { type FleetGuest, fleetGuests, fleetPolicy } from "./fleet";
import { Bed, type Plane } from "./host";

/** A host with many guests, and two of them that packets go between. */
export interface Pair {
  readonly bed: Bed;
  /** Of all guests. */
  readonly ports: readonly string[];
  /** Of the two. */
  readonly between: readonly [from: string, to: string];
  /** What a lane of pump/ says about them. */
  readonly ends: Readonly<Record<"host" | "sender" | "receiver", string>> & Readonly<Record<"mac" | "ip", readonly [string, string]>>;
}

/** `rules`: false for a bridge that nobody filters; otherwise all guests have their policies. */
export async function makePair(name: string, plane: Plane, count: number, { rules = true } = {}): Promise<Pair> {
  const guests = fleetGuests(count);
  // From the middle, because the number of rules on the way to them is about the average.
  const [from, to] = guests.slice(Math.min(Math.floor(count * 0.553), count - 2)) as [FleetGuest, FleetGuest];
  const bed = await Bed.make(name, plane, guests, [from.name, to.name]);
  if (rules) {
    await bed.adopt();
    await bed.create(fleetPolicy(guests));
  }
  const port = (guest: FleetGuest) => bed.lab.guest(guest.name).port();
  return {
    bed,
    ports: guests.map(port),
    between: [port(from), port(to)],
    ends: { ...placesOf(bed, from.name, to.name), mac: [from.mac, to.mac], ip: [from.addresses[0], to.addresses[0]] },
  };
}

/** Where packets are on their way from one guest to another: paths of network namespaces. */
export function placesOf({ lab }: Bed, sender: string, receiver: string): Record<"host" | "sender" | "receiver", string> {
  const guest = (name: string) => namespacePath(guestNamespace(lab.name, name));
  return { host: namespacePath(hostNamespace(lab.name, "hv-01")), sender: guest(sender), receiver: guest(receiver) };
}
