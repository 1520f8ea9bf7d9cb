import * as pulumi from "@pulumi/pulumi";
import { GuestFirewall, type GuestFirewallArgs } from "../sdk/nodejs/firewall/guestFirewall";
import { SecurityGroup, type SecurityGroupArgs } from "../sdk/nodejs/firewall/securityGroup";
import type { firewall } from "../sdk/nodejs/types/input";
import type { firewall as outputs } from "../sdk/nodejs/types/output";
import { planGuestGroup } from "./guest-group-plan";
import type { Listed } from "./listed";

export type GuestGroupInterface = Listed<firewall.GuestInterfaceArgs, "addresses">;

/** A GuestFirewall's declaration. `groups` are further groups of the guest; their rules come after this group's own. */
export type GuestGroupGuest = Omit<GuestFirewallArgs, "interfaces"> & { interfaces: GuestGroupInterface[] };

export interface GuestGroupArgs extends Omit<SecurityGroupArgs, "name" | "members"> {
  /** The group's name in rules, "group:NAME". Default: the component's name. */
  name?: string;
  /** Addresses that belong to the group but are not its guests' addresses. */
  members?: pulumi.Input<string>[];
  /** Guests by a key that you choose. */
  guests: Record<string, GuestGroupGuest>;
}

/**
 * Guests with the same rules: a SecurityGroup, and a GuestFirewall for each guest. The guests' addresses are the group's members, so rules can
 * say "group:NAME" for them, and so can the group's own rules.
 *
 * @example
 * const db = new csp.GuestGroup("db", {
 *   ingress: [{ name: "replication", protocol: "tcp", ports: ["5432"], from: ["group:db"] }],
 *   guests: {
 *     "db-1": { host: "hv-01", guest: { uuid: "91fe..." }, interfaces: [{ device: 0, mac: "02:...", addresses: ["10.0.0.12"] }] },
 *     "db-2": { host: "hv-02", guest: { uuid: "a3c0..." }, interfaces: [{ device: 0, mac: "02:...", addresses: ["10.0.0.13"] }] },
 *   },
 * });
 */
export class GuestGroup extends pulumi.ComponentResource {
  /** The group as a value, for the `groups` and `peerGroups` of other guests. */
  readonly policy: pulumi.Output<outputs.SecurityGroupPolicy>;
  /** By guest. */
  readonly guests: Readonly<Record<string, GuestFirewall>>;

  /** Throws a CspError, before anything is registered, if two guests are the same one. */
  constructor(name: string, { name: groupName, ...args }: GuestGroupArgs, options?: pulumi.ComponentResourceOptions) {
    const plan = planGuestGroup(groupName ?? name, args);
    super("csp:components:GuestGroup", name, {}, options);
    const parent = { parent: this };
    const group = new SecurityGroup(name, plan.group as SecurityGroupArgs, parent);
    this.policy = group.policy;
    this.guests = Object.fromEntries(
      Object.entries(plan.guests).map(([key, guest]) => [
        key,
        new GuestFirewall(`${name}-${key}`, { ...guest, groups: withFirst(group.policy, guest.groups) }, parent),
      ]),
    );
    this.registerOutputs({ policy: this.policy });
  }
}

function withFirst(
  own: pulumi.Output<outputs.SecurityGroupPolicy>,
  groups: GuestFirewallArgs["groups"],
): pulumi.Output<outputs.SecurityGroupPolicy[]> {
  return pulumi.all([own, groups]).apply(([first, others = []]) => [first, ...(others as outputs.SecurityGroupPolicy[])]);
}
