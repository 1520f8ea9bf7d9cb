import * as pulumi from "@pulumi/pulumi";
import type { firewall } from "../sdk/nodejs/types/input";
import type { firewall as outputs } from "../sdk/nodejs/types/output";
import { GuestGroup, type GuestGroupArgs, type GuestGroupGuest } from "./guest-group";
import { planTenantNetwork } from "./tenant-network-plan";

export interface TenantNetworkArgs {
  /** The tenant's address ranges, IPv4 and IPv6. Every address of its guests lies in one of them. */
  cidrs: string[];
  /** What may reach every guest of the tenant from outside it. */
  ingress?: firewall.IngressRuleArgs[];
  /** What every guest of the tenant may send out of it, and what it may not. */
  egress?: firewall.EgressRuleArgs[];
  /** Whether guests may send out of the tenant's ranges only what `egress` allows. Default: false. */
  isolated?: boolean;
  /** Guests by a key that you choose. */
  guests: Record<string, GuestGroupGuest>;
}

/**
 * A tenant's network: its guests reach each other, whatever host they are on, and others reach them only if `ingress` allows it. The toolstack
 * decides which bridge or VLAN carries the network; this component only says who may talk to whom.
 *
 * @example
 * new csp.TenantNetwork("tenant-a", {
 *   cidrs: ["10.1.0.0/16", "2001:db8:a::/48"],
 *   ingress: [{ name: "https", protocol: "tcp", ports: ["443"] }],
 *   isolated: true,
 *   egress: [{ name: "dns", protocol: "udp", ports: ["53"], to: ["192.0.2.53"] }],
 *   guests: {
 *     "a-1": { host: "hv-01", guest: { uuid: "6c1a..." }, interfaces: [{ device: 0, mac: "02:...", addresses: ["10.1.0.11"] }] },
 *   },
 * });
 */
export class TenantNetwork extends pulumi.ComponentResource {
  /** The tenant as a group, for the `groups` and `peerGroups` of other guests; its members are the tenant's ranges. */
  readonly policy: pulumi.Output<outputs.SecurityGroupPolicy>;
  /** By guest. */
  readonly guests: GuestGroup["guests"];

  /** Throws a CspError, before anything is registered, if a range is invalid or a guest's address lies outside the ranges. */
  constructor(name: string, args: TenantNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    const plan = planTenantNetwork(name, args);
    super("csp:components:TenantNetwork", name, {}, options);
    const group = new GuestGroup(name, plan as GuestGroupArgs, { parent: this });
    this.policy = group.policy;
    this.guests = group.guests;
    this.registerOutputs({ policy: this.policy });
  }
}
