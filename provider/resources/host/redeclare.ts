import { guestUnit, policyUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import type { RecordedUnit } from "../../host/keeps/plane";
import { guestFirewallInputs } from "../guest-firewall/fields";
import { declareGuestFirewall } from "../guest-firewall/guest-declaration";
import { hostPolicyInputs } from "../host-policy/fields";
import { declarePolicy } from "../host-policy/policy-declaration";

/**
 * A unit of guests as its resource declared it, from what the host keeps of that. Undefined for a resource without guests. A record of an earlier
 * version lacks fields that are new since: they have their defaults.
 */
export function redeclare({ id, declaration, guests, labels }: RecordedUnit): UnitDeclaration | undefined {
  const [kind] = id.split("/", 1);
  const name = id.slice(id.indexOf("/") + 1);
  if (kind === "guest" && guestUnit(name) === id) return declareGuestFirewall(guestFirewallInputs.parse(declaration), name);
  if (kind !== "policy" || policyUnit(name) !== id) return undefined;
  const uuids = new Map(
    [...labels].map(([uuid, label]) => [label, uuid]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)) as [string, string][],
  );
  const declared = Object.fromEntries([...uuids].map(([label, uuid]) => [label, guests.get(uuid)]));
  return declarePolicy(hostPolicyInputs.parse({ ...(declaration as object), guests: declared }), uuids);
}
