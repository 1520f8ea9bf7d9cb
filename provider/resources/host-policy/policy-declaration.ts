import type { z } from "zod";
import type { GuestDeclaration } from "../../firewall/compile/guest";
import { policyUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import { memory } from "../../memory";
import type { hostPolicyInputs } from "./fields";

type Inputs = z.output<typeof hostPolicyInputs>;

/** The UUID for each guest key. */
export type Uuids = ReadonlyMap<string, string>;

/** What a policy is, wherever it is put. */
export function declarePolicy(inputs: Pick<Inputs, "name" | "groups" | "guests">, uuids: Uuids): UnitDeclaration {
  const guests = Object.entries(inputs.guests).map(([label, guest]) => declareGuest(guest, label, uuids.get(label) ?? ""));
  return { id: policyUnit(inputs.name), groups: new Map(Object.entries(inputs.groups)), guests, groupPeers: "set" };
}

type GuestInputs = Inputs["guests"][string];

const declared = memory.byObject<GuestInputs, GuestDeclaration>({
  name: "guests of policies",
  reason: "the compiler takes the same declaration as unchanged",
});

/** The same inputs give the same object, which the compiler takes as unchanged. */
function declareGuest(guest: GuestInputs, label: string, uuid: string): GuestDeclaration {
  const last = declared.get(guest);
  if (last !== undefined && last.label === label && last.uuid === uuid) return last;
  const declaration = { ...guest, label, uuid };
  declared.set(guest, declaration);
  return declaration;
}
