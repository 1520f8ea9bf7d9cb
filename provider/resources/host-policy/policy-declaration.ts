import type { z } from "zod";
import type { GuestDeclaration } from "../../firewall/compile/guest";
import type { UnitDeclaration } from "../../firewall/compile/unit";
import type { hostPolicyInputs } from "./fields";

type Inputs = z.output<typeof hostPolicyInputs>;

/** The UUID for each guest key. */
export type Uuids = ReadonlyMap<string, string>;

export const unitId = (name: string) => `policy/${name}`;

/** The unit that a policy declares, whatever host it is for. */
export function declarePolicy(inputs: Pick<Inputs, "name" | "groups" | "guests">, uuids: Uuids): UnitDeclaration {
  const guests = Object.entries(inputs.guests).map(([label, guest]) => declareGuest(guest, label, uuids.get(label) ?? ""));
  return { id: unitId(inputs.name), groups: new Map(Object.entries(inputs.groups)), guests, groupPeers: "set" };
}

type GuestInputs = Inputs["guests"][string];

const declared = new WeakMap<GuestInputs, GuestDeclaration>();

/** The same inputs give the same object, which the compiler takes as unchanged. */
function declareGuest(guest: GuestInputs, label: string, uuid: string): GuestDeclaration {
  const known = declared.get(guest);
  if (known !== undefined && known.label === label && known.uuid === uuid) return known;
  const declaration = { ...guest, label, uuid };
  declared.set(guest, declaration);
  return declaration;
}
