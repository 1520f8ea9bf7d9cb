import type { KernelSet, Sets, Tool } from "../../provider/firewall/kernel";
import { ETHERTYPE, type IpPacket, type Packet } from "../../provider/firewall/packet";
import { matches } from "../../provider/firewall/rule-match";
import { walkLayer } from "../../provider/firewall/verdict";

/** What real packets do not reach in a few seconds: test/host/explain.test.ts has those. */

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

const SETS: Sets = new Map([
  ["nets", set("hash:net", "10.0.0.0/8", "10.0.0.0/24 nomatch", "10.0.0.5", "192.0.2.0/24 nomatch")],
  ["hosts", set("hash:ip", "10.0.0.5")],
  ["services", set("hash:ip,port", "192.0.2.7,tcp:22", "192.0.2.7,icmp:8/0")],
  ["pairs", set("hash:ip,port,ip", "10.0.0.5,tcp:22,192.0.2.7")],
  ["ports", { type: "bitmap:port", members: new Set(["22"]) }],
  ["macs", { type: "hash:mac", members: new Set(["02:00:00:00:00:05"]) }],
  ["list", { type: "list:set", members: new Set(["hosts", "macs"]) }],
  ["strange", set("hash:net,iface", "10.0.0.0/8,eth0")],
]);

describe("a rule matches a packet, or does not, or nobody can say", () => {
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
    [true, "iptables", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"],
    [false, "iptables", "-p tcp --syn -j DROP", packet({ state: "established" })],
    [true, "iptables", "-p icmp -m icmp --icmp-type 8 -j DROP", packet({ protocol: 1, icmpType: 8, icmpCode: 0 })],
    [false, "iptables", "-p icmp -m icmp --icmp-type 3/4 -j DROP", packet({ protocol: 1, icmpType: 3, icmpCode: 1 })],
    [true, "iptables", "-m physdev --physdev-in vif+ --physdev-out eth1 --physdev-is-bridged -j DROP"],
    [false, "iptables", "-m physdev --physdev-in vif3.1 -j DROP"],
    [true, "iptables", "-i xenbr0 -j DROP"],
    [undefined, "iptables", "-i xenbr0 -j DROP", packet({}, { bridge: undefined as never })],
    [true, "iptables", "-m mac --mac-source 02:00:00:00:00:05 -j DROP"],
    [true, "iptables", '-m comment --comment "-p udp, or \\"so\\"" -j DROP'],
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
    [undefined, "iptables", "-m set --match-set strange src,src -j DROP"],
    [undefined, "iptables", "-m set --match-set nosuch src -j DROP"],
    [true, "ebtables", "-p IPv4 -s 02:00:00:00:00:05 --ip-src 10.0.0.5 --ip-proto tcp --ip-dport 22 -j DROP"],
    [false, "ebtables", "-p IPv6 -j DROP"],
    [false, "ebtables", "-p IPv4 --ip-src ! 10.0.0.5 -j DROP"],
    [true, "ebtables", "-s ! 2:0:0:0:0:6 -i vif+ -j DROP"],
    [undefined, "ebtables", "-d Multicast -j DROP"],
    [undefined, "ebtables", "--among-src 02:00:00:00:00:05, -j DROP"],
    [false, "arptables", "-s 10.0.0.5 -j DROP"],
  ])("%s: %s %s", (expected, tool, rule, one = packet()) => {
    expect(matches(tool, rule, one, SETS)).toBe(expected);
  });

  test.each<[boolean | undefined, string]>([
    [true, "-j csp-to -i * -o * -s 10.0.0.5 --src-mac 02:00:00:00:00:05"],
    [false, "-j csp-to -s 10.0.0.6"],
    [true, "-j DROP --opcode Request -d 192.0.2.0/24"],
    [false, "-j DROP --opcode 2"],
    [true, "-j DROP --h-length 6 --proto-type 0x800"],
  ])("%s: arptables %s", (expected, rule) => {
    const arp = {
      operation: 1,
      senderMac: "02:00:00:00:00:05",
      senderAddress: "10.0.0.5",
      targetMac: "00:00:00:00:00:00",
      targetAddress: "192.0.2.7",
    };
    const { ip: _, ...link } = packet({}, { etherType: ETHERTYPE.arp });
    expect(matches("arptables", rule, { ...link, arp }, SETS)).toBe(expected);
  });
});

describe("chains are walked as the kernel walks them", () => {
  const walk = (forward: string[], more: Record<string, string[]> = {}, policy = "ACCEPT") => {
    const { verdict, matched } = walkLayer(
      "iptables",
      "FORWARD",
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

  test("rules that lead in a circle end the walk", () => {
    expect(walk(["-j a"], { a: ["-j b"], b: ["-j a"] })[0]).toBe("undecided");
  });
});
