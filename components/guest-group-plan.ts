import { covers, parseCidr } from "../provider/firewall/values/spelling";
import { guestGroupErrors } from "./errors";

/**
 * A group of guests with the same rules, and the part of it that each guest gets. Pure, and the same behind every door: a value that is known only
 * later may be anywhere where a door allows it, as an address or as a whole list.
 */

/** The part of an interface that the plan uses. */
export interface PlannedInterface {
  readonly addresses?: unknown;
}

export interface PlannedGuest {
  readonly guest: unknown;
  readonly interfaces: readonly PlannedInterface[];
}

export interface GuestGroupDeclaration<Guest extends PlannedGuest> {
  readonly ingress?: unknown;
  readonly egress?: unknown;
  /** Addresses that belong to the group but are not its guests' addresses. */
  readonly members?: readonly unknown[];
  /** Guests by a key that you choose. */
  readonly guests: Readonly<Record<string, Guest>>;
}

export interface GuestGroupPlan<Guest extends PlannedGuest> {
  /** The security group: every address of its guests is a member. */
  readonly group: { readonly name: string; readonly ingress?: unknown; readonly egress?: unknown; readonly members: readonly unknown[] };
  readonly guests: Readonly<Record<string, Guest>>;
}

/** Throws the first of {@link guestGroupErrors} that it finds. */
export function planGuestGroup<Guest extends PlannedGuest>(
  name: string,
  { ingress, egress, members = [], guests }: GuestGroupDeclaration<Guest>,
): GuestGroupPlan<Guest> {
  const seen = new Map<string, string>();
  for (const [key, { guest }] of Object.entries(guests)) {
    const uuid = (guest as { readonly uuid?: unknown } | undefined)?.uuid;
    if (typeof uuid !== "string") continue;
    const other = seen.get(uuid.toLowerCase());
    if (other !== undefined) throw guestGroupErrors.guestTwice(name, `guests.${key}.guest.uuid`, uuid, other);
    seen.set(uuid.toLowerCase(), key);
  }
  const addresses = Object.values(guests).flatMap(({ interfaces }) => interfaces.flatMap((each) => listed(each.addresses)));
  const ranges = members.flatMap((member) => cidrOf(member) ?? []);
  const covered = (address: unknown) => {
    const cidr = cidrOf(address);
    return cidr !== undefined && ranges.some((range) => covers(range, cidr));
  };
  return {
    group: {
      name,
      ...(ingress === undefined ? {} : { ingress }),
      ...(egress === undefined ? {} : { egress }),
      members: [...new Set([...members, ...addresses.filter((address) => !covered(address))])],
    },
    guests,
  };
}

/** Undefined for a value that is known only later. */
function cidrOf(value: unknown) {
  return typeof value === "string" ? parseCidr(value) : undefined;
}

function listed(addresses: unknown): readonly unknown[] {
  return Array.isArray(addresses) ? addresses : [];
}
