import type { KernelSet, Sets, Tool } from "../../provider/firewall/model/kernel";
import { readRule } from "../../provider/firewall/planes/read";
import { ETHERTYPE, type IpPacket, type Packet } from "../../provider/firewall/traffic/packet";
import { type BaseChain, matches } from "../../provider/firewall/traffic/rule-match";
import { stationOf, walkLayer } from "../../provider/firewall/traffic/verdict";

/** Cases that real packets do not reach within seconds; test/host/explain.test.ts sends real packets. */

const ip = (fields: Partial<IpPacket> = {}): IpPacket => ({
  family: "inet",
  source: "10.0.0.5",
  target: "192.0.2.7",
  protocol: 6,
  sourcePort: 50_000,
  targetPort: 22,
  state: "new",
  ...fields,
});
const packet = (fields: Partial<IpPacket> = {}, more: Partial<Packet> = {}): Packet => ({
  in: "vif3.0",
  out: "eth1",
  bridge: "xenbr0",
  sourceMac: "02:00:00:00:00:05",
  targetMac: "02:00:00:00:00:07",
  etherType: ETHERTYPE.inet,
  ip: ip(fields),
  ...more,
});
const set = (type: string, ...members: string[]): KernelSet => ({ type, family: "inet", members: new Set(members) });

/** An ICMP error about a connection between these. */
const about = (source: string, target: string) =>
  packet({ protocol: 1, icmpType: 3, icmpCode: 1, state: "related", connection: { source, target } });

const tagged = packet({}, { etherType: ETHERTYPE.vlan, vlan: { id: 7, encapsulated: ETHERTYPE.inet } });

const SETS: Sets = new Map([
  ["nets", set("hash:net", "10.0.0.0/8", "10.0.0.0/24 nomatch", "10.0.0.5", "192.0.2.0/24 nomatch")],
  ["hosts", set("hash:ip", "10.0.0.5")],
  ["services", set("hash:ip,port", "192.0.2.7,tcp:22", "192.0.2.7,icmp:8/0")],
  ["pairs", set("hash:ip,port,ip", "10.0.0.5,tcp:22,192.0.2.7")],
  ["ports", { type: "bitmap:port", members: new Set(["22"]) }],
  ["macs", { type: "hash:mac", members: new Set(["02:00:00:00:00:05"]) }],
  ["list", { type: "list:set", members: new Set(["hosts", "macs"]) }],
  ["strange", set("hash:net,iface", "10.0.0.0/8,eth0")],
  ["masked", { ...set("hash:ip", "192.0.2.0"), mask: "netmask 24" }],
  ["bits", { ...set("hash:ip", "192.0.2.0"), mask: "bitmask 255.255.0.255" }],
  ["between", set("hash:net,net", "10.0.0.0/8,192.0.2.0/30", "10.0.0.0/16,192.0.0.0/8 nomatch", "10.0.0.0/24,192.0.2.7")],
]);

describe("a rule matches a packet, or does not, or it is not known", () => {
  test.each<[boolean | undefined, Tool, string, Packet?]>([
    [true, "iptables", "-j DROP"],
    [true, "iptables", "-p tcp -m tcp --dport 22 -j DROP"],
    [false, "iptables", "-p udp -m udp --dport 22 -j DROP"],
    [false, "iptables", "! -p tcp -j DROP"],
    [true, "iptables", "-p tcp -m tcp --sport 1024:65535 ! --dport 23 -j DROP"],
    [true, "iptables", "-p tcp -m multiport --dports 21,22,80:90 -j DROP"],
    [true, "iptables", "-p tcp -m multiport --ports 50000 -j DROP"],
    [true, "iptables", "-s 10.0.0.0/8 ! -d 10.0.0.0/8 -j DROP"],
    [false, "iptables", "-s 10.0.0.0/30 -j DROP"],
    [true, "iptables", "-s 10.0.0.0/255.0.0.0 -j DROP"],
    [true, "iptables", "-s 192.0.2.1,10.0.0.5 -j DROP"],
    [true, "iptables", "-m conntrack --ctstate NEW,RELATED -j DROP"],
    [false, "iptables", "-m state --state ESTABLISHED -j DROP"],
    [undefined, "iptables", "-m conntrack --ctstate DNAT -j DROP"],
    [true, "iptables", "-m conntrack --ctorigsrc 10.0.0.0/24 -j DROP"],
    [false, "iptables", "-m conntrack --ctorigdst 10.0.0.0/24 -j DROP"],
    [undefined, "iptables", "-m conntrack --ctorigsrc 10.0.0.5 -j DROP", packet({ state: "related" })],
    [true, "iptables", "-m conntrack --ctorigsrc 10.0.0.5 -j DROP", about("10.0.0.5", "192.0.2.9")],
    [false, "iptables", "-m conntrack --ctorigdst 10.0.0.5 -j DROP", about("10.0.0.5", "192.0.2.9")],
    [true, "iptables", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"],
    [false, "iptables", "-p tcp --syn -j DROP", packet({ state: "established" })],
    [true, "iptables", "-p icmp -m icmp --icmp-type 8 -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [false, "iptables", "-p icmp -m icmp --icmp-type 3/4 -j DROP", packet({ protocol: 1, icmpType: 3, icmpCode: 1 })],
    [false, "iptables", "-p icmp -m icmp ! --icmp-type 8 -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [true, "iptables", "-p icmp -m icmp ! --icmp-type 8 -j DROP", packet({ protocol: 1, icmpType: 0, icmpCode: 0 })],
    [false, "iptables", "-p icmp -m icmp ! --icmp-type 8 -j DROP"],
    [true, "iptables", "-p icmp -m icmp --icmp-type any -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [false, "iptables", "-p icmp -m icmp ! --icmp-type any -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [true, "iptables", "-p icmp -m icmp --icmp-type ! 8 -j DROP", packet({ protocol: 1, icmpType: 3, icmpCode: 0 })],
    [true, "iptables", "-m ttl --ttl-lt 65 -j DROP", packet({ hopLimit: 64 })],
    [undefined, "iptables", "-m ttl --ttl-lt 65 -j DROP"],
    [false, "ip6tables", "-m hl ! --hl-eq 255 -j DROP", packet({ family: "inet6", source: "fe80::1", target: "ff02::1", hopLimit: 255 })],
    [true, "iptables", "-m length --length 64:128 -j DROP", packet({ length: 128 })],
    [false, "iptables", "-m length ! --length 64:128 -j DROP", packet({ length: 64 })],
    [undefined, "iptables", "-m addrtype --dst-type LOCAL -j DROP"],
    [true, "iptables", "-m physdev --physdev-in vif+ --physdev-out eth1 --physdev-is-bridged -j DROP"],
    [false, "iptables", "-m physdev --physdev-in vif3.1 -j DROP"],
    [true, "iptables", "-i xenbr0 -j DROP"],
    [undefined, "iptables", "-i xenbr0 -j DROP", packet({}, { bridge: undefined as never })],
    [true, "iptables", "-m mac --mac-source 02:00:00:00:00:05 -j DROP"],
    [true, "iptables", '-m comment --comment "-p udp, or \\"so\\"" -j DROP'],
    [true, "iptables", "-m comment --comment -j -j DROP"],
    [true, "iptables", '-m comment --comment "-j ACCEPT ! -p tcp" -j DROP'],
    [true, "iptables", "-m limit --limit 1/sec -j DROP"],
    [true, "iptables", "-m connlimit --connlimit-upto 4 --connlimit-mask 32 --connlimit-saddr -j ACCEPT"],
    [false, "iptables", "-m connlimit --connlimit-above 4 -j DROP"],
    [undefined, "iptables", "-m statistic --mode random --probability 0.5 -j DROP"],
    [false, "iptables", "-p udp -m statistic --mode random --probability 0.5 -j DROP"],
    [undefined, "iptables", "-m owner --uid-owner 0 -j DROP"],
    // The longest prefix decides.
    [true, "iptables", "-m set --match-set nets src -j DROP"],
    [false, "iptables", "-m set --match-set nets src -j DROP", packet({ source: "10.0.0.6" })],
    [true, "iptables", "-m set --match-set nets src -j DROP", packet({ source: "10.1.0.6" })],
    [false, "iptables", "-m set --match-set nets dst -j DROP"],
    [true, "iptables", "-m set ! --match-set nets dst -j DROP"],
    [true, "iptables", "-m set --match-set services dst,dst -j DROP"],
    [false, "iptables", "-m set --match-set services dst,src -j DROP"],
    [true, "iptables", "-m set --match-set services dst,dst -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [true, "iptables", "-m set --match-set pairs src,dst,dst -j DROP"],
    [true, "iptables", "-m set --match-set ports dst -j DROP"],
    [false, "iptables", "-m set --match-set ports src -j DROP"],
    [true, "iptables", "-m set --match-set macs src -j DROP"],
    [true, "iptables", "-m set --match-set list src -j DROP"],
    [true, "iptables", "-m set --match-set nets src -m set --match-set ports dst -j DROP"],
    [false, "iptables", "-m set --match-set nets src -m set --match-set ports src -j DROP"],
    [false, "iptables", "-m set --match-set nets src -m set ! --match-set ports dst -j DROP"],
    [undefined, "iptables", "-m set --match-set nets src --return-nomatch -j DROP"],
    [true, "iptables", "-m set --match-set masked dst -j DROP"],
    [false, "iptables", "-m set --match-set masked src -j DROP"],
    [undefined, "iptables", "-m set --match-set bits dst -j DROP"],
    // With two networks, the kernel tries the first one's prefixes from the longest to the shortest.
    [true, "iptables", "-m set --match-set between src,dst -j DROP"],
    [false, "iptables", "-m set --match-set between src,dst -j DROP", packet({ source: "10.0.1.5", target: "192.0.2.1" })],
    [true, "iptables", "-m set --match-set between src,dst -j DROP", packet({ source: "10.1.1.5", target: "192.0.2.1" })],
    [false, "iptables", "-m set --match-set ports dst -j DROP", packet({ protocol: 132 })],
    [undefined, "iptables", "-m set --match-set strange src,src -j DROP"],
    [undefined, "iptables", "-m set --match-set nosuch src -j DROP"],
    [true, "ebtables", "-p IPv4 -s 02:00:00:00:00:05 --ip-src 10.0.0.5 --ip-proto tcp --ip-dport 22 -j DROP"],
    [false, "ebtables", "-p IPv6 -j DROP"],
    [false, "ebtables", "-p IPv4 --ip-src ! 10.0.0.5 -j DROP"],
    [true, "ebtables", "-s ! 2:0:0:0:0:6 -i vif+ -j DROP"],
    [false, "ebtables", "-d Multicast -j DROP"],
    [true, "ebtables", "-d Multicast -j DROP", packet({}, { targetMac: "33:33:00:00:00:01" })],
    [true, "ebtables", "-d ! Unicast -j DROP", packet({}, { targetMac: "ff:ff:ff:ff:ff:ff" })],
    [true, "ebtables", "-d 01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 -j DROP", packet({}, { targetMac: "01:80:c2:00:00:0e" })],
    [false, "ebtables", "-d 01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 -j DROP", packet({}, { targetMac: "01:80:c2:00:00:10" })],
    [true, "ebtables", "--logical-in xenbr0 --logical-out xenbr0 -j DROP"],
    [false, "ebtables", "--logical-in xenbr1 -j DROP"],
    [undefined, "ebtables", "-p 0x0800 --ip-tos 0x10 -j DROP"],
    [false, "ebtables", "-p length -j DROP"],
    [true, "ebtables", "-p LENGTH -j DROP", packet({}, { etherType: 0x0026 })],
    [true, "ebtables", "-p 802_1Q --vlan-id 7 --vlan-encap 0800 -j DROP", tagged],
    [false, "ebtables", "-p 802_1Q --vlan-id 8 -j DROP", tagged],
    [false, "ebtables", "-p 802_1Q --vlan-id 7 --vlan-encap 0806 -j DROP", tagged],
    [false, "ebtables", "-p IPv4 --ip-src 10.0.0.5 -j DROP", tagged],
    [true, "iptables", "-s 10.0.0.5 -j DROP", tagged],
    [undefined, "ebtables", "--among-src 02:00:00:00:00:05, -j DROP"],
    [false, "arptables", "-s 10.0.0.5 -j DROP"],
  ])("%s: %s %s", (expected, tool, rule, one = packet()) => {
    expect(matches(tool, readRule(tool, rule), one, SETS, "FORWARD")).toBe(expected);
  });

  test.each<[boolean | undefined, string]>([
    [true, "-j csp-to -i * -o * -s 10.0.0.5 --src-mac 02:00:00:00:00:05"],
    [false, "-j csp-to -s 10.0.0.6"],
    [true, "-j DROP --opcode Request -d 192.0.2.0/24"],
    [false, "-j DROP --opcode 2"],
    [true, "-j DROP --h-length 6 --proto-type 0x800"],
    [false, "-j DROP --h-length 8"],
    [false, "-j DROP ! --h-length 6"],
    [true, "-j DROP --h-type 1 --h-length 6"],
    [true, "-j DROP --h-type Ethernet"],
    [false, "-j DROP --h-type 6"],
    [false, "-j DROP --proto-type 0x86dd"],
    [true, "-j DROP -i vif+ -o eth1"],
  ])("%s: arptables %s", (expected, rule) => {
    const arp = {
      operation: 1,
      senderMac: "02:00:00:00:00:05",
      senderAddress: "10.0.0.5",
      targetMac: "00:00:00:00:00:00",
      targetAddress: "192.0.2.7",
    };
    const { ip: _, ...link } = packet({}, { etherType: ETHERTYPE.arp });
    expect(matches("arptables", readRule("arptables", rule), { ...link, arp }, SETS, "FORWARD")).toBe(expected);
  });
});

describe("chains are walked as the kernel walks them", () => {
  const walk = (forward: string[], more: Record<string, string[]> = {}, policy = "ACCEPT") => {
    const { verdict, matched } = walkLayer(
      stationOf("iptables.filter", "FORWARD"),
      packet(),
      {
        chains: new Map(Object.entries(more)),
        foreign: new Map([["FORWARD", forward]]),
        policies: new Map([["FORWARD", policy]]),
      },
      SETS,
    );
    return [verdict, ...matched.map(({ chain, position }) => `${chain} ${position}`)];
  };

  test.each<[string, string[], Record<string, string[]>, string, string[]]>([
    ["nothing there", [], {}, "ACCEPT", ["passes"]],
    ["the policy", ["-p udp -j ACCEPT"], {}, "DROP", ["dropped", "FORWARD 0"]],
    ["the first that matches", ["-p udp -j DROP", "-j ACCEPT", "-j DROP"], {}, "DROP", ["passes", "FORWARD 2"]],
    ["a jump comes back", ["-j a", "-j DROP"], { a: ["-p udp -j ACCEPT"] }, "ACCEPT", ["dropped", "FORWARD 1", "FORWARD 2"]],
    ["RETURN comes back", ["-j a", "-j DROP"], { a: ["-j RETURN", "-j ACCEPT"] }, "ACCEPT", ["dropped", "FORWARD 1", "a 1", "FORWARD 2"]],
    ["goto does not", ["-g a", "-j DROP"], { a: [] }, "ACCEPT", ["passes", "FORWARD 1"]],
    [
      "goto goes back to where the last jump came from",
      ["-j a", "-j REJECT"],
      { a: ["-g b", "-j ACCEPT"], b: ["-j RETURN"] },
      "ACCEPT",
      ["rejected", "FORWARD 1", "a 1", "b 1", "FORWARD 2"],
    ],
    ["LOG and rules without a target decide nothing", ["-j LOG", "-p tcp", "-j DROP"], {}, "ACCEPT", ["dropped", "FORWARD 3"]],
    ["what cannot be told", ["-m owner --uid-owner 0 -j DROP"], {}, "ACCEPT", ["undecided", "FORWARD 1"]],
    ["a target that is not known", ["-j NFQUEUE --queue-num 1"], {}, "ACCEPT", ["undecided", "FORWARD 1"]],
    ["a chain that is not there", ["-j gone"], {}, "ACCEPT", ["undecided", "FORWARD 1"]],
  ])("%s", (_what, forward, more, policy, expected) => {
    expect(walk(forward, more, policy)).toEqual(expected);
  });

  test("where a packet comes in, it is not known where it goes; where it leaves, it is not known where it came from", () => {
    const at = (tool: Tool, rule: string, base: BaseChain) => matches(tool, readRule(tool, rule), packet(), SETS, base);
    expect(at("ebtables", "-i vif3.0 -j DROP", "PREROUTING")).toBe(true);
    expect(at("ebtables", "-o eth1 -j DROP", "PREROUTING")).toBe(false);
    expect(at("ebtables", "-i vif3.0 -j DROP", "POSTROUTING")).toBe(false);
    expect(at("ebtables", "-o eth1 -j DROP", "POSTROUTING")).toBe(true);
    expect(at("ebtables", "--logical-out xenbr0 -j DROP", "PREROUTING")).toBeUndefined();
    expect(at("ebtables", "--logical-in xenbr0 -j DROP", "POSTROUTING")).toBeUndefined();
    expect(at("iptables", "-m physdev --physdev-out eth1 -j DROP", "PREROUTING")).toBe(false);
    expect(at("iptables", "-m physdev --physdev-is-bridged -j DROP", "PREROUTING")).toBe(false);
    expect(at("iptables", "-m physdev --physdev-in vif3.0 -j DROP", "PREROUTING")).toBe(true);
    expect(at("iptables", "-o xenbr0 -j DROP", "PREROUTING")).toBe(false);
  });

  test.each<[string, string[], string, string[]]>([
    ["what cannot be told makes no difference", ["-m addrtype --dst-type LOCAL -j RETURN", "-j CT --zone 7"], "ACCEPT", ["passes"]],
    ["nor where both ways drop", ["-m owner --uid-owner 0 -j DROP"], "DROP", ["dropped", "FORWARD 0"]],
    ["what matched before it", ["-j a", "-m owner --uid-owner 0 -j DROP", "-j ACCEPT"], "DROP", ["undecided", "FORWARD 1", "FORWARD 2"]],
    ["a jump of which it cannot be told", ["-m owner --uid-owner 0 -j a", "-j DROP"], "ACCEPT", ["dropped", "FORWARD 2"]],
    ["and that may decide", ["-m owner --uid-owner 0 -j b", "-j DROP"], "ACCEPT", ["undecided", "FORWARD 1"]],
  ])("%s", (_what, forward, policy, expected) => {
    expect(walk(forward, { a: ["-p udp -j ACCEPT"], b: ["-p tcp -j ACCEPT"] }, policy)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ["RETURN", "dropped", "PREROUTING 2"],
    ["ACCEPT", "passes", "mine 0"],
    ["DROP", "dropped", "mine 0"],
  ])("a user chain of ebtables ends as its policy says: %s", (policy, verdict, by) => {
    const layer = walkLayer(
      stationOf("ebtables.nat", "PREROUTING"),
      packet(),
      {
        chains: new Map(),
        foreign: new Map([
          ["PREROUTING", ["-j mine", "-j DROP"]],
          ["mine", ["-p ARP -j DROP"]],
        ]),
        policies: new Map([["PREROUTING", "ACCEPT"], ...(policy === "RETURN" ? [] : [["mine", policy] as const])]),
      },
      SETS,
    );
    const last = layer.matched.at(-1);
    expect([layer.verdict, `${last?.chain} ${last?.position}`]).toEqual([verdict, by]);
  });

  test.each<[string, string]>([
    ["ACCEPT", "passes"],
    ["DROP", "undecided"],
    ["redirect", "undecided"],
  ])("broute: %s is %s, because what is not bridged takes another way", (target, verdict) => {
    const table = {
      chains: new Map([["csp-user-route", [`-i vif3.0 -j ${target}`]]]),
      foreign: new Map([["BROUTING", ["-j csp-user-route"]]]),
    };
    const layer = walkLayer({ tool: "ebtables", table: "broute", base: "BROUTING" }, packet(), table, SETS);
    expect([layer.verdict, layer.matched.at(-1)?.chain]).toEqual([verdict, "csp-user-route"]);
  });

  test("rules that form a circle end the walk", () => {
    expect(walk(["-j a"], { a: ["-j b"], b: ["-j a"] })[0]).toBe("undecided");
  });
});
