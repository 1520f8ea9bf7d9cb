import type { z } from "zod";
import type { GuestDeclaration } from "../../firewall/compile/guest";
import { guestUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import { memory } from "../../memory";
import type { guestFirewallInputs } from "./fields";

type Inputs = z.output<typeof guestFirewallInputs>;

export function labelOf(inputs: Pick<Inputs, "guest">, uuid: string): string {
  return inputs.guest.name ?? uuid;
}

const declared = memory.last<Inputs, UnitDeclaration>({
  name: "units of GuestFirewalls",
  reason: "the compiler takes the same declaration as unchanged",
});

/** A GuestFirewall's guest, on whichever host. The same object for the same inputs: the compiler takes that as unchanged. */
export function declareGuestFirewall(inputs: Inputs, uuid: string): UnitDeclaration {
  return declared(inputs, [uuid], () => declaration(inputs, uuid));
}

function declaration(inputs: Inputs, uuid: string): UnitDeclaration {
  const groups = new Map([...inputs.peerGroups, ...inputs.groups].map((group) => [group.name, group] as const));
  const guest: GuestDeclaration = { ...inputs, label: labelOf(inputs, uuid), uuid, groups: inputs.groups.map((group) => group.name) };
  return { id: guestUnit(uuid), groups, guests: [guest], groupPeers: "inline" };
}
