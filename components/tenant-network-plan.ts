import { canonicalCidr, covers, parseCidr } from "../provider/firewall/values/spelling";
import { tenantNetworkErrors } from "./errors";
import type { GuestGroupDeclaration, PlannedGuest } from "./guest-group-plan";

/**
 * A tenant's network as a group of guests. Pure, and the same behind every door: it checks values that the program gives, and leaves those that
 * are known only later to the provider.
 */

/** Name of the rule that lets a tenant's guests reach each other. */
export const WITHIN = "within-tenant";

export interface TenantNetworkDeclaration<Rule, Guest extends PlannedGuest> {
  /** The tenant's address ranges, IPv4 and IPv6. */
  readonly cidrs: readonly string[];
  /** What may reach every guest of the tenant from outside it. */
  readonly ingress?: readonly Rule[];
  /** What every guest of the tenant may send out of it, and what it may not. */
  readonly egress?: readonly Rule[];
  /** Whether guests may send out of the tenant's ranges only what `egress` allows. */
  readonly isolated?: boolean;
  readonly guests: Readonly<Record<string, Guest>>;
}

/**
 * The group: its guests reach each other on every port. From outside, they receive what `ingress` allows. If the tenant is isolated, they send out
 * only what `egress` allows; otherwise everything that it does not drop. Throws the first of {@link tenantNetworkErrors} that it finds.
 */
export function planTenantNetwork<Rule, Guest extends PlannedGuest>(
  name: string,
  { cidrs, ingress = [], egress = [], isolated = false, guests }: TenantNetworkDeclaration<Rule, Guest>,
): GuestGroupDeclaration<Guest & { egressDefault?: "drop" }> {
  const ranges = cidrs.map((text, index) => {
    const range = parseCidr(text);
    if (range === undefined) throw tenantNetworkErrors.notARange(name, `cidrs[${index}]`, text);
    return range;
  });
  if (ranges.length === 0) throw tenantNetworkErrors.noRange(name);
  for (const [key, { interfaces }] of Object.entries(guests)) {
    for (const [at, { addresses }] of interfaces.entries()) {
      if (!Array.isArray(addresses)) continue;
      for (const [index, address] of addresses.entries()) {
        const parsed = typeof address === "string" ? parseCidr(address) : undefined;
        // The provider checks values that are not an address, or not yet.
        if (parsed !== undefined && !ranges.some((range) => covers(range, parsed)))
          throw tenantNetworkErrors.outside(name, `guests.${key}.interfaces[${at}].addresses[${index}]`, String(address), cidrs);
      }
    }
  }
  const own = cidrs.map(canonicalCidr);
  return {
    ingress: [{ name: WITHIN, from: own }, ...ingress],
    egress: isolated ? [{ name: WITHIN, to: own }, ...egress] : egress,
    members: own,
    guests: isolated
      ? Object.fromEntries(Object.entries(guests).map(([key, guest]) => [key, { ...guest, egressDefault: "drop" as const }]))
      : guests,
  };
}
