import type { IResolvable } from "cdktn";
import { Construct } from "constructs";
import { planTenantNetwork } from "../components/tenant-network-plan";
import type { SecurityGroupEgress, SecurityGroupIngress } from "./bindings";
import { GuestGroup, type GuestGroupConfig, type GuestGroupGuest } from "./guest-group";

export interface TenantNetworkConfig {
  /** The tenant's address ranges, IPv4 and IPv6. Every address of its guests lies in one of them. */
  readonly cidrs: readonly string[];
  /** What may reach every guest of the tenant from outside it. */
  readonly ingress?: readonly SecurityGroupIngress[];
  /** What every guest of the tenant may send out of it, and what it may not. */
  readonly egress?: readonly SecurityGroupEgress[];
  /** Whether guests may send out of the tenant's ranges only what `egress` allows. Default: false. */
  readonly isolated?: boolean;
  /** Guests by a key that you choose. */
  readonly guests: Readonly<Record<string, GuestGroupGuest>>;
}

/**
 * A tenant's network: its guests reach each other, whatever host they are on, and others reach them only if `ingress` allows it. It uses the same
 * plan as the Pulumi component of this name.
 */
export class TenantNetwork extends Construct {
  /** The tenant as a group, for the `groups` and `peerGroups` of other guests; its members are the tenant's ranges. */
  readonly policy: IResolvable;
  /** By guest. */
  readonly guests: GuestGroup["guests"];

  /** Throws a CspError if a range is invalid or a guest's address lies outside the ranges. */
  constructor(scope: Construct, id: string, config: TenantNetworkConfig) {
    super(scope, id);
    const plan = planTenantNetwork(id, config);
    const group = new GuestGroup(this, "guests", { ...(plan as Omit<GuestGroupConfig, "name">), name: id });
    this.policy = group.policy;
    this.guests = group.guests;
  }
}
