import { HOST_FIREWALL } from "../firewall/compile/host-firewall";
import { ruleSetOf } from "../firewall/compile/rule-set";
import type { Records } from "../host/records/records";
import type { ResourceToken } from ".";

/** A resource by its token and its ID, which is all that it takes to read one back. */
export interface OnRecord {
  readonly token: ResourceToken;
  readonly id: string;
}

/** The resources that a host has records of, whichever state they are in; the host itself comes first. */
export function resourcesOnRecord(host: string, { units, sets }: Records): OnRecord[] {
  return [
    { token: "csp:index:Host", id: host },
    ...[...units.keys()].map((unit) => ofUnit(host, unit)),
    ...[...sets.keys()].map((set): OnRecord => ({ token: "csp:firewall:IpSet", id: `${host}/${set}` })),
  ];
}

function ofUnit(host: string, unit: string): OnRecord {
  if (unit === HOST_FIREWALL) return { token: "csp:firewall:HostFirewall", id: host };
  const ruleSet = ruleSetOf(unit);
  if (ruleSet !== undefined) return { token: "csp:firewall:RuleSet", id: `${host}/${ruleSet.tool}/${ruleSet.table}/${ruleSet.chain}` };
  const [kind, name = ""] = unit.split("/");
  return { token: kind === "guest" ? "csp:firewall:GuestFirewall" : "csp:firewall:HostPolicy", id: `${host}/${name}` };
}
