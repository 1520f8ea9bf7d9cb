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

/** A GuestFirewall's declaration. `groups` are further ones that the guest is in; their rules come after the group's own. */
export interface GuestGroupGuest extends Omit<GuestFirewallConfig, "interfaces" | "groups"> {
  readonly interfaces: readonly GuestFirewallInterfaces[];
  readonly groups?: readonly IResolvable[];
}

export interface GuestGroupConfig {
  /** The group's name in rules, "group:NAME". Default: the construct's ID. */
  readonly name?: string;
  readonly ingress?: readonly SecurityGroupIngress[];
  readonly egress?: readonly SecurityGroupEgress[];
  /** Addresses that belong to the group without being its guests'. */
  readonly members?: readonly string[];
  /** Guests by a key of your own choice. */
  readonly guests: Readonly<Record<string, GuestGroupGuest>>;
}

/**
 * Guests with the same rules: a SecurityGroup, and a GuestFirewall for each guest; what the Pulumi component of this name is, by the same
 * plan. The guests' addresses are the group's members, so that rules may say "group:NAME" for them; the group's own rules may as well.
 */
export class GuestGroup extends Construct {
  /** For the `groups` and `peerGroups` of other guests. */
  readonly policy: IResolvable;
  /** By guest. */
  readonly guests: Readonly<Record<string, GuestFirewall>>;

  /** Throws a CspError when two guests are the same one. */
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
