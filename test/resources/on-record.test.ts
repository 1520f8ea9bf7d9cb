import type { Records } from "../../provider/host/records/records";
import { resources } from "../../provider/resources";
import { resourcesOnRecord } from "../../provider/resources/on-record";

const recorded = (units: readonly string[], sets: readonly string[] = []) =>
  ({ units: new Map(units.map((id) => [id, {}])), sets: new Map(sets.map((name) => [name, {}])) }) as unknown as Records;

test.each([
  ["host-firewall", "csp:firewall:HostFirewall", "hv-01"],
  ["rules/ebtables.lldp", "csp:firewall:RuleSet", "hv-01/ebtables/nat/lldp"],
  ["rules/iptables.mail", "csp:firewall:RuleSet", "hv-01/iptables/filter/mail"],
  ["rules/ebtables.filter.lldp", "csp:firewall:RuleSet", "hv-01/ebtables/filter/lldp"],
  ["rules/iptables.mangle.mail", "csp:firewall:RuleSet", "hv-01/iptables/mangle/mail"],
  ["guest/6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e", "csp:firewall:GuestFirewall", "hv-01/6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e"],
  ["policy/guests", "csp:firewall:HostPolicy", "hv-01/guests"],
])("a record %s is a %s", (unit, token, id) => {
  const [host, found, ...others] = resourcesOnRecord("hv-01", recorded([unit]));
  expect([host, found, others]).toEqual([{ token: "csp:index:Host", id: "hv-01" }, { token, id }, []]);
});

test("a set is an IpSet, and every ID is of the form its resource imports by", () => {
  const all = resourcesOnRecord("hv-01", recorded(["host-firewall", "rules/iptables.mail", "guest/x", "policy/y"], ["office"]));
  expect(all.at(-1)).toEqual({ token: "csp:firewall:IpSet", id: "hv-01/office" });
  for (const { token, id } of all)
    expect(id.split("/")).toHaveLength(resources.find((one) => one.token === token)?.importId.split("/").length ?? 0);
});
