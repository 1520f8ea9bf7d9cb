import { validate } from "../../provider/core/validate";
import { compileHostFirewall } from "../../provider/firewall/compile/host-firewall";
import { chainsIn } from "../../provider/firewall/model/kernel";
import { CURRENT } from "../../provider/firewall/planes/print";
import { newConnection } from "../../provider/firewall/traffic/way-in";
import { hostFirewall } from "../../provider/resources/host-firewall";

const compile = (args: object) => compileHostFirewall(hostFirewall.inputs.parse({ host: "hv", ...args }), CURRENT);
const lines = (args: object, tool: "iptables" | "ip6tables", chain: string) =>
  (chainsIn(compile(args).shared, `${tool}.filter`).get(chain) ?? []).map(({ text }) => text);

describe("a host's own firewall", () => {
  test("accepts neighbour discovery only from the link, and no redirect because it is related to a connection", () => {
    const text = lines({}, "ip6tables", "csp-host-in");
    for (const type of [133, 134, 135, 136, 137])
      expect(text).toContain(`-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m hl --hl-eq 255 -j ACCEPT`);
    for (const type of [130, 131, 132, 143])
      expect(text).toContain(`-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m hl --hl-eq 1 -j ACCEPT`);
    expect(
      lines({}, "iptables", "csp-host-in").filter((rule) => rule.includes("RELATED") && !/! -p icmp|! --icmp-type 5/.test(rule)),
    ).toEqual([]);
  });

  test("lets existing connections pass before its rules, and drops what no rule allows", () => {
    expect(
      lines({ ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["192.0.2.0/24"] }] }, "iptables", "csp-host-in"),
    ).toEqual([
      "-i lo -j ACCEPT",
      "! -p icmp -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-p icmp -m icmp ! --icmp-type 5 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-p udp -m udp --sport 67 --dport 68 -j ACCEPT",
      "-s 192.0.2.0/24 -p tcp -m tcp --dport 22 -m comment --comment ssh -j ACCEPT",
      "-j DROP",
    ]);
    expect(lines({}, "ip6tables", "csp-host-in").filter((text) => text.includes("icmpv6-type"))).toHaveLength(9);
  });

  test("leaves what the host sends to the rules of others, unless it must be dropped", () => {
    expect(lines({}, "iptables", "csp-host-out").at(-1)).toBe("-p udp -m udp --sport 68 --dport 67 -j ACCEPT");
    expect(lines({ egressDefault: "drop" }, "iptables", "csp-host-out").at(-1)).toBe("-j DROP");
  });

  test("drops nothing in observe mode", () => {
    const rules = [{ name: "no", action: "drop", protocol: "tcp" }];
    for (const chain of ["csp-host-in", "csp-host-out"])
      for (const tool of ["iptables", "ip6tables"] as const)
        expect(lines({ ingress: rules, egress: rules, egressDefault: "drop", enforce: "observe" }, tool, chain).join("\n")).not.toContain(
          "DROP",
        );
  });

  test("long lists become sets, which are in its record", () => {
    const from = Array.from({ length: 20 }, (_, n) => `10.${n}.0.0/16`);
    const unit = compile({ ingress: [{ name: "many", protocol: "tcp", ports: ["22"], from }] });
    expect([...unit.sets.values()].map(({ members }) => members.size)).toEqual([20]);
    expect(newConnection(unit, new Map(), { from: "10.3.4.5", to: "192.0.2.1", port: 22 }).verdict).toBe("passes");
    expect(newConnection(unit, new Map(), { from: "10.30.4.5", to: "192.0.2.1", port: 22 }).verdict).toBe("dropped");
  });

  test.each<[string, string, object[]]>([
    ["passes", "192.0.2.9", [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["192.0.2.0/24"] }]],
    ["dropped", "198.51.100.9", [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["192.0.2.0/24"] }]],
    ["dropped", "192.0.2.9", []],
    ["passes", "2001:db8::9", [{ name: "all" }]],
    ["dropped", "2001:db8::9", [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["192.0.2.0/24"] }]],
    ["rejected", "192.0.2.9", [{ name: "no", action: "reject", protocol: "tcp" }, { name: "all" }]],
    ["undecided", "192.0.2.9", [{ name: "set", protocol: "tcp", ports: ["22"], from: ["set:later"] }]],
    ["dropped", "192.0.2.9", [{ name: "established", states: ["established"] }]],
  ])("%s: SSH from %s by %j", (verdict, from, ingress) => {
    expect(newConnection(compile({ ingress }), new Map(), { from, to: "192.0.2.1", port: 22 }).verdict).toBe(verdict);
  });

  test("knows no groups", () => {
    const issues = validate(hostFirewall, { host: "hv", ingress: [{ name: "x", from: ["group:web"] }] });
    expect(issues.map(({ path, cause }) => `${path.join(".")}: ${cause}`)).toEqual(['ingress.0.from.0: there is no security group "web"']);
  });
});
