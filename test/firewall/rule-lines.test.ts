import type { z } from "zod";
import { policyRule } from "../../provider/firewall/compile/policy-rule";
import { ACCEPT } from "../../provider/firewall/model/rule";
import { CURRENT } from "../../provider/firewall/planes/print";
import { ingressRule } from "../../provider/firewall/policy/fields";

/** What one ingress rule becomes in each family's table, without the comment that every line carries. */
function compiled(fields: object, options: { readonly observe?: boolean } = {}) {
  const { from, ...rule } = ingressRule.parse({ name: "r", ...fields });
  const lists: [string, readonly string[]][] = [];
  const lines = (family: "inet" | "inet6") => {
    const rules = policyRule({ ...rule, ...(from === undefined ? {} : { peers: from }) }, family, {
      list: "ingress",
      allow: ACCEPT,
      observe: options.observe ?? false,
      members: (group) => (group === "short" ? { cidrs: family === "inet" ? ["10.0.0.1"] : [] } : { set: `${group}-${family}` }),
      longList: (name, setFamily, cidrs) => {
        lists.push([`${name}-${setFamily}`, cidrs]);
        return `long-${setFamily}`;
      },
    });
    return CURRENT.lines(family === "inet" ? "iptables.filter" : "ip6tables.filter", rules).map(({ text, origin }) => {
      expect(origin).toEqual({ list: "ingress", rule: "r" });
      expect(text).toMatch(/(^| )-m comment --comment r /);
      return text.replace("-m comment --comment r ", "").trim();
    });
  };
  return { v4: lines("inet"), v6: lines("inet6"), lists };
}

const many = Array.from({ length: 17 }, (_, n) => `10.0.${n}.0/24`);

describe("a rule becomes", () => {
  test.each<[string, object, string[], string[]]>([
    ["nothing but a verdict", {}, ["-j ACCEPT"], ["-j ACCEPT"]],
    ["one port", { protocol: "tcp", ports: ["22"] }, ["-p tcp -m tcp --dport 22 -j ACCEPT"], ["-p tcp -m tcp --dport 22 -j ACCEPT"]],
    [
      "several ports",
      { protocol: "udp", ports: ["53", "123", "5000:5010"] },
      ["-p udp -m multiport --dports 53,123,5000:5010 -j ACCEPT"],
      ["-p udp -m multiport --dports 53,123,5000:5010 -j ACCEPT"],
    ],
    ["every port", { protocol: "tcp", ports: ["22", "0:65535"] }, ["-p tcp -j ACCEPT"], ["-p tcp -j ACCEPT"]],
    [
      "one SCTP port",
      { protocol: "sctp", ports: ["9"] },
      ["-p sctp -m multiport --dports 9 -j ACCEPT"],
      ["-p sctp -m multiport --dports 9 -j ACCEPT"],
    ],
    ["ICMP, in IPv4 alone", { protocol: "icmp" }, ["-p icmp -j ACCEPT"], []],
    ["ICMPv6, in IPv6 alone", { protocol: "icmpv6", icmpType: "128" }, [], ["-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT"]],
    ["peers in their own family", { from: ["10.0.0.0/8", "2001:db8::/32"] }, ["-s 10.0.0.0/8 -j ACCEPT"], ["-s 2001:db8::/32 -j ACCEPT"]],
    ["nothing in a family without peers", { from: ["10.0.0.5"] }, ["-s 10.0.0.5/32 -j ACCEPT"], []],
    ["anyone, when one peer is everyone", { from: ["10.0.0.0/8", "0.0.0.0/0", "set:a"] }, ["-j ACCEPT"], []],
    [
      "a set for each family",
      { from: ["set:a", "set6:b"] },
      ["-m set --match-set a src -j ACCEPT"],
      ["-m set --match-set b src -j ACCEPT"],
    ],
    [
      "a group's set",
      { from: ["group:web"] },
      ["-m set --match-set web-inet src -j ACCEPT"],
      ["-m set --match-set web-inet6 src -j ACCEPT"],
    ],
    ["a short group written out, nothing where it has nobody", { from: ["group:short"] }, ["-s 10.0.0.1/32 -j ACCEPT"], []],
    ["a set of its own for a long list", { from: many }, ["-m set --match-set long-inet src -j ACCEPT"], []],
    [
      "states",
      { states: ["related", "new"] },
      ["-m conntrack --ctstate NEW,RELATED -j ACCEPT"],
      ["-m conntrack --ctstate NEW,RELATED -j ACCEPT"],
    ],
    [
      "a limit",
      { limit: { rate: "60/minute", burst: 9 } },
      ["-m limit --limit 1/sec --limit-burst 9 -j ACCEPT"],
      ["-m limit --limit 1/sec --limit-burst 9 -j ACCEPT"],
    ],
    [
      "a count of connections",
      { protocol: "tcp", maxConnections: 3 },
      ["-p tcp -m connlimit --connlimit-upto 3 --connlimit-mask 32 --connlimit-saddr -j ACCEPT"],
      ["-p tcp -m connlimit --connlimit-upto 3 --connlimit-mask 128 --connlimit-saddr -j ACCEPT"],
    ],
    ["a drop", { action: "drop", protocol: "udp" }, ["-p udp -j DROP"], ["-p udp -j DROP"]],
    [
      "a reset for TCP",
      { action: "reject", protocol: "tcp" },
      ["-p tcp -j REJECT --reject-with tcp-reset"],
      ["-p tcp -j REJECT --reject-with tcp-reset"],
    ],
    [
      "an error for UDP",
      { action: "reject", protocol: "udp" },
      ["-p udp -j REJECT --reject-with icmp-port-unreachable"],
      ["-p udp -j REJECT --reject-with icmp6-port-unreachable"],
    ],
    [
      "both for everything",
      { action: "reject" },
      ["-p tcp -j REJECT --reject-with tcp-reset", "-j REJECT --reject-with icmp-port-unreachable"],
      ["-p tcp -j REJECT --reject-with tcp-reset", "-j REJECT --reject-with icmp6-port-unreachable"],
    ],
    [
      "a log before the verdict",
      { log: true, protocol: "icmp" },
      ['-p icmp -m limit --limit 10/min -j LOG --log-prefix "csp r: "', "-p icmp -j ACCEPT"],
      [],
    ],
  ])("%s", (_, fields, v4, v6) => {
    expect(compiled(fields)).toMatchObject({ v4, v6 });
  });

  test("lines of at most fifteen ports, a range for two", () => {
    const ports = [...Array.from({ length: 14 }, (_, n) => String(n + 1)), "100:200", "300"];
    expect(compiled({ protocol: "tcp", ports }).v4.map((line) => /--dports (\S+)/.exec(line)?.[1])).toEqual([
      "1,2,3,4,5,6,7,8,9,10,11,12,13,14",
      "100:200,300",
    ]);
  });

  test("a set only from seventeen peers on", () => {
    expect(compiled({ from: many }).lists).toEqual([["r-inet", many]]);
    expect(compiled({ from: many.slice(1) })).toMatchObject({
      lists: [],
      v4: many
        .slice(1)
        .sort()
        .map((cidr) => `-s ${cidr} -j ACCEPT`),
    });
  });

  test("what it would have dropped, when it only observes", () => {
    const log = '-p tcp -m limit --limit 10/min -j LOG --log-prefix "csp would drop r: "';
    expect(compiled({ action: "drop", protocol: "tcp" }, { observe: true }).v4).toEqual([log, "-p tcp -j ACCEPT"]);
    expect(compiled({ action: "reject", protocol: "tcp" }, { observe: true }).v4).toEqual([log, "-p tcp -j ACCEPT"]);
    expect(compiled({ protocol: "tcp" }, { observe: true }).v4).toEqual(["-p tcp -j ACCEPT"]);
  });

  test("the same lines from peers and ports in any order", () => {
    const fields = { protocol: "tcp", ports: ["443", "80"], from: ["10.0.0.2", "10.0.0.1", "10.0.0.2/32", "set:b", "set:a"] };
    const turned = { protocol: "6", ports: ["80", "443:443"], from: ["set:a", "set:b", "10.0.0.1", "10.0.0.2"] };
    expect(compiled(fields)).toEqual(compiled(turned));
  });
});

test("every field of a rule is compiled or for the reader", () => {
  // A field added to the policy and forgotten by the compiler would be skipped in silence.
  const { shape } = ingressRule as z.ZodObject;
  expect(Object.keys(shape).sort()).toEqual(
    ["action", "description", "from", "icmpType", "limit", "log", "maxConnections", "name", "ports", "protocol", "states"].sort(),
  );
});
