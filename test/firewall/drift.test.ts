import { z } from "zod";
import { guestChains } from "../../provider/firewall/compile/guest";
import { declaredRule } from "../../provider/firewall/drift/declared";
import { type ChainPair, chainFindings, listDrift } from "../../provider/firewall/drift/list";
import { chainsIn } from "../../provider/firewall/model/kernel";
import { vifChain, vifId } from "../../provider/firewall/model/names";
import { CURRENT } from "../../provider/firewall/planes/print";
import { commentOf } from "../../provider/firewall/planes/read";
import { guestPolicyFields } from "../../provider/firewall/policy/fields";

const UUID = "6c1a0000-0000-4000-8000-000000000001";
const policy = z.object(guestPolicyFields).parse({
  interfaces: [{ device: 0, mac: "02:00:00:00:00:01", addresses: ["10.0.0.1"] }],
  ingress: [
    { name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24", "2001:db8::/32"] },
    { name: "http", protocol: "tcp", ports: ["80", "443"] },
    { name: "a.b", protocol: "icmp", icmpType: "8", limit: { rate: "60/minute" } },
  ],
});

/** The guest's ingress chains, in IPv4 changed by hand. */
function drifted(change: (v4: string[]) => string[] | undefined) {
  const chains = guestChains(
    { ...policy, label: "web-1", uuid: UUID, groups: [] },
    { unit: "u", groups: new Map(), sets: new Map(), members: () => ({ cidrs: [] }), print: CURRENT, ipv6: true },
  );
  const chain = vifChain.ingress(vifId(UUID, 0));
  const pairs = (["iptables", "ip6tables"] as const).map((tool): ChainPair => {
    const desired = chainsIn(chains, `${tool}.filter`).get(chain) ?? [];
    const texts = desired.map(({ text }) => text);
    return { tool, chain, where: "interface 0", desired, actual: tool === "iptables" ? change([...texts]) : texts };
  });
  return listDrift(policy.ingress, "ingress", undefined, pairs);
}

const at = (lines: readonly string[], rule: string) => lines.findIndex((line) => commentOf("iptables", line) === rule);
const names = (rules: readonly { name: string }[]) => rules.map(({ name }) => name);

describe("how a list of rules has changed", () => {
  test("no change: the same list object as declared", () => {
    const { rules, findings } = drifted((lines) => lines);
    expect(rules).toBe(policy.ingress);
    expect(findings).toEqual([]);
  });

  test("another spelling is no change", () => {
    const { findings } = drifted((lines) =>
      lines.map((line) => line.replace("-p tcp -m tcp --dport 22", "-p 6 -m tcp --dport 22:22").replace("1/sec", "60/minute")),
    );
    expect(findings).toEqual([]);
  });

  test("a rule is gone", () => {
    const { rules, findings } = drifted((lines) => lines.filter((line) => commentOf("iptables", line) !== "http"));
    expect(names(rules)).toEqual(["ssh", "a.b"]);
    expect(findings).toEqual(["iptables, interface 0: ingress rule http is missing"]);
  });

  test("a changed rule shows its present values in the fields that changed", () => {
    const { rules, findings } = drifted((lines) => lines.map((line) => line.replace("80,443", "80,8080")));
    expect(rules[1]).toEqual({ ...policy.ingress[1], ports: ["80", "8080"] });
    expect(rules[0]).toBe(policy.ingress[0]);
    expect(findings).toEqual(["iptables, interface 0: ingress rule http is changed"]);
  });

  test("a changed peer of one family does not affect the other family", () => {
    const { rules } = drifted((lines) => lines.map((line) => line.replace("203.0.113.0/24", "198.51.100.0/24")));
    expect(rules[0]).toEqual({ ...policy.ingress[0], from: ["198.51.100.0/24", "2001:db8::/32"] });
  });

  test("a rule now drops", () => {
    const { rules } = drifted((lines) =>
      lines.map((line) => (commentOf("iptables", line) === "http" ? line.replace("-j ACCEPT", "-j DROP") : line)),
    );
    expect(rules[1]).toEqual({ ...policy.ingress[1], action: "drop" });
  });

  test("a rule of somebody else is shown in its place", () => {
    const { rules, findings } = drifted((lines) => lines.toSpliced(at(lines, "http"), 0, "-p tcp -m tcp --dport 23 -j ACCEPT"));
    expect(names(rules)).toEqual(["ssh", "by hand: -p tcp -m tcp --dport 23 -j ACCEPT", "http", "a.b"]);
    expect(rules[1]).toMatchObject({ action: "allow", protocol: "tcp", ports: ["23"] });
    expect(findings).toEqual(["iptables, interface 0: rule added by hand: -p tcp -m tcp --dport 23 -j ACCEPT"]);
  });

  test("another order", () => {
    const { rules, findings } = drifted((lines) => {
      const [http = ""] = lines.splice(at(lines, "http"), 1);
      return lines.toSpliced(at(lines, "ssh"), 0, http);
    });
    expect(names(rules)).toEqual(["http", "ssh", "a.b"]);
    expect(findings).toEqual(["iptables, interface 0: ingress rules are in another order"]);
  });

  test("a chain is flushed, and another one is gone", () => {
    expect(drifted(() => []).findings[0]).toMatch(/^iptables, interface 0: chain csp-in-\w+ was flushed$/);
    expect(drifted(() => undefined).findings[0]).toMatch(/^iptables, interface 0: chain csp-in-\w+ is gone$/);
    expect(drifted(() => []).rules).toEqual([]);
  });

  test("the last rule is removed", () => {
    expect(drifted((lines) => lines.slice(0, -1)).findings).toEqual(["iptables, interface 0: built-in rule is missing: -j DROP"]);
  });

  test("a rule twice", () => {
    const { findings } = drifted((lines) => lines.toSpliced(at(lines, "http"), 0, lines[at(lines, "http")]!));
    expect(findings).toEqual(["iptables, interface 0: ingress rule http is changed"]);
  });
});

test("chains without user rules are reported line by line", () => {
  const pair = (actual: string[] | undefined): ChainPair => ({
    tool: "ebtables",
    chain: "csp-vif-x",
    where: "interface 0",
    desired: [{ text: "-p IPv4 -j ACCEPT" }, { text: "-j DROP" }],
    actual,
  });
  expect(chainFindings(pair(["-p IPv4 -j ACCEPT", "-j DROP"]))).toEqual([]);
  expect(chainFindings(pair(undefined))).toEqual(["ebtables, interface 0: chain csp-vif-x is gone"]);
  expect(chainFindings(pair([]))).toEqual(["ebtables, interface 0: chain csp-vif-x was flushed"]);
  expect(chainFindings(pair(["-j DROP", "-p IPv4 -j ACCEPT"]))).toEqual(["ebtables, interface 0: rules of csp-vif-x are in another order"]);
  expect(chainFindings(pair(["-p 0x88cc -j ACCEPT", "-j DROP"]))).toEqual([
    "ebtables, interface 0: rule is missing from csp-vif-x: -p IPv4 -j ACCEPT",
    "ebtables, interface 0: rule added by hand to csp-vif-x: -p 0x88cc -j ACCEPT",
  ]);
});

describe("a line from the kernel as a user's rule", () => {
  test.each<[string, object]>([
    ["-j ACCEPT", { action: "allow", protocol: "any" }],
    ["-p tcp -m tcp --dport 22 -j DROP", { action: "drop", protocol: "tcp", ports: ["22"] }],
    ["-p tcp -m multiport --dports 80,443 -j ACCEPT", { action: "allow", protocol: "tcp", ports: ["80", "443"] }],
    ["-s 10.0.0.5/32 -j ACCEPT", { from: ["10.0.0.5"] }],
    ["-m set --match-set web src -j ACCEPT", { from: ["set:web"] }],
    ["-p icmp -m icmp --icmp-type 8 -j ACCEPT", { protocol: "icmp", icmpType: "8" }],
    ["-m conntrack --ctstate NEW,RELATED -j ACCEPT", { states: ["new", "related"] }],
    ["-m limit --limit 1/sec --limit-burst 9 -j ACCEPT", { limit: { rate: "1/sec", burst: 9 } }],
    ["-p udp -j REJECT --reject-with icmp-port-unreachable", { action: "reject", protocol: "udp" }],
    ["-p ipencap -j ACCEPT", { protocol: "4" }],
    ["! -s 10.0.0.0/8 -j ACCEPT", { from: ["! 10.0.0.0/8"] }],
    ["-s ! 10.0.0.0/8 -j ACCEPT", { from: ["! 10.0.0.0/8"] }],
    ["! -p tcp -j DROP", { protocol: "! tcp" }],
    ["-p tcp -m tcp ! --dport 22 -j DROP", { protocol: "tcp", ports: ["! 22"] }],
    ["-p tcp -m multiport ! --dports 22,80 -j DROP", { ports: ["! 22,80"] }],
    ["-p icmp -m icmp ! --icmp-type 8 -j DROP", { protocol: "icmp", icmpType: "! 8" }],
    ["-m conntrack ! --ctstate NEW -j DROP", { states: ["! new"] }],
    ["-m set ! --match-set web src -j ACCEPT", { from: ["! set:web"] }],
    ["-m set --match-set web src -m set ! --match-set banned src -j ACCEPT", { from: ["set:web and ! set:banned"] }],
    ["-p tcp -m tcp --sport 53 -j ACCEPT", { protocol: "tcp, and --sport 53" }],
    ["-p tcp -m tcp ! --sport 53 --dport 22 -j ACCEPT", { protocol: "tcp, and ! --sport 53", ports: ["22"] }],
    ["-d 10.0.0.5/32 -p udp -j ACCEPT", { protocol: "udp, and -d 10.0.0.5/32" }],
    ["-p tcp -m ttl --ttl-lt 5 -m owner --uid-owner 0 -j ACCEPT", { protocol: "tcp, and --ttl-lt 5 --uid-owner 0 -m owner" }],
    ["-m connlimit --connlimit-above 9 -j DROP", { protocol: "any, and ! --connlimit-upto 9 --connlimit-mask 32 --connlimit-saddr" }],
    ["-p tcp -m connlimit --connlimit-upto 9 --connlimit-mask 32 --connlimit-saddr -j ACCEPT", { protocol: "tcp", maxConnections: 9 }],
    ["-p tcp -j somewhere", { protocol: "tcp, and -j somewhere" }],
    ["-p tcp -m comment --comment -j -m tcp --dport 22 -j ACCEPT", { action: "allow", ports: ["22"] }],
    ['-p tcp -m comment --comment "-j DROP -s 10.0.0.1" -j ACCEPT', { action: "allow", protocol: "tcp" }],
  ])("%s", (line, fields) => {
    expect(declaredRule([{ tool: "iptables", text: line }], "ingress", { name: "n" })).toMatchObject({ name: "n", log: false, ...fields });
  });

  test("an egress rule names its receivers, and several lines are one rule", () => {
    expect(
      declaredRule(
        ["-d 10.0.0.1/32 -g csp-ingress", "-d 10.0.0.2/32 -m limit --limit 10/min -j LOG", "-d 10.0.0.2/32 -g csp-ingress"].map((text) => ({
          tool: "iptables" as const,
          text,
        })),
        "egress",
        { name: "n" },
      ),
    ).toMatchObject({
      action: "allow",
      to: ["10.0.0.1", "10.0.0.2"],
      log: true,
    });
  });
});
