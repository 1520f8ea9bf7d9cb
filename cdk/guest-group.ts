import type { IResolvable } from "cdktn";
import { Construct } from "constructs";
import { planGuestGroup } from "../components/guest-group-plan";
import {
  GuestFirewall,
  type GuestFirewallConfig,
  type GuestFirewallInterfaces,
  SecurityGroup,
  type SecurityGroupConfig,
  type SecurityGroupEgress,
  type SecurityGroupIngress,
} from "./bindings";

/** A GuestFirewall's declaration. `groups` are further groups of the guest; their rules come after this group's own. */
export interface GuestGroupGuest extends Omit<GuestFirewallConfig, "interfaces" | "groups"> {
  readonly interfaces: readonly GuestFirewallInterfaces[];
  readonly groups?: readonly IResolvable[];
}

export interface GuestGroupConfig {
  /** The group's name in rules, "group:NAME". Default: the construct's ID. */
  readonly name?: string;
  readonly ingress?: readonly SecurityGroupIngress[];
  readonly egress?: readonly SecurityGroupEgress[];
  /** Addresses that belong to the group but are not its guests' addresses. */
  readonly members?: readonly string[];
  /** Guests by a key that you choose. */
  readonly guests: Readonly<Record<string, GuestGroupGuest>>;
}

/**
 * Guests with the same rules: a SecurityGroup, and a GuestFirewall for each guest. It uses the same plan as the Pulumi component of this name.
 * The guests' addresses are the group's members, so rules can say "group:NAME" for them, and so can the group's own rules.
 */
export class GuestGroup extends Construct {
  /** The group as a value, for the `groups` and `peerGroups` of other guests. */
  readonly policy: IResolvable;
  /** By guest. */
  readonly guests: Readonly<Record<string, GuestFirewall>>;

  /** Throws a CspError if two guests are the same one. */
  constructor(scope: Construct, id: string, { name, ...config }: GuestGroupConfig) {
    super(scope, id);
    const plan = planGuestGroup(name ?? id, config);
    const group = new SecurityGroup(this, "group", plan.group as SecurityGroupConfig);
    this.policy = group.policy;
    this.guests = Object.fromEntries(
      Object.entries(plan.guests).map(([key, guest]) => [
        key,
        new GuestFirewall(this, key, { ...guest, groups: [group.policy, ...(guest.groups ?? [])] }),
      ]),
    );
  }
}
