import {
  address,
  DROP,
  ethertype,
  goTo,
  IPV4,
  type Match,
  mac,
  not,
  ports,
  protocol,
  type Rule,
  rule,
  TCP,
} from "../../../provider/firewall/model/rule";
import { Unsayable } from "../../../provider/firewall/model/unsayable";
import { printRule } from "../../../provider/firewall/planes/nft/print";
import { keptComment } from "../../../provider/firewall/planes/nft/quoted";
import { readRule } from "../../../provider/firewall/planes/nft/read";
import { apartNetworks, setForNft, setsOf } from "../../../provider/firewall/planes/nft/sets";
import { CURRENT } from "../../../provider/firewall/planes/print";

const lines = (...matches: readonly Match[]) => CURRENT.lines("nft.bridge", [rule(matches, DROP)]).map(({ text }) => text);
const web = ports("target", "80", "443", "8000:8080");
const rate: Match = { is: "rate", rate: "10/min", burst: 7 };

test("several ports are a rule each; a rule that counts says them in one", () => {
  expect(lines(protocol(TCP), web)).toEqual(["tcp dport 80 drop", "tcp dport 443 drop", "tcp dport 8000-8080 drop"]);
  const counted = "tcp dport 80-8080 tcp dport != 81-442 tcp dport != 444-7999 limit rate 10/minute burst 7 packets drop";
  expect(lines(protocol(TCP), web, rate)).toEqual([counted]);
  expect(readRule(counted).matches).toEqual([protocol(TCP), ports("target", "80", "443", "8000:8080"), rate]);
  expect(lines(protocol(TCP), not(web))).toEqual(["tcp dport != 80 tcp dport != 443 tcp dport != 8000-8080 drop"]);
  expect(lines(protocol(TCP), { is: "ports", end: "either", ports: ["53"] })).toEqual(["tcp sport 53 drop", "tcp dport 53 drop"]);
  expect(lines(address("source", "10.0.0.1", "10.0.0.2"))).toEqual(["ip saddr 10.0.0.1 drop", "ip saddr 10.0.0.2 drop"]);
});

test.each<[string, Rule]>([
  ["two opposites about one header", rule([protocol(TCP), not(ports("source", "5")), not(ports("target", "6"))], DROP)],
  ["two opposites about an Ethernet frame", rule([not(mac("source", "02:00:00:00:00:01")), not(ethertype(IPV4))], DROP)],
  ["several networks in a rule that counts", rule([address("source", "10.0.0.1", "10.0.0.2"), rate], DROP)],
  ["a hop limit of either family", rule([{ is: "hop-limit", compare: "is", hops: "1" }], DROP)],
  ["a way to a map without a way back", rule([], goTo("csp-from"))],
  ["ports of no protocol", rule([ports("target", "1")], DROP)],
  ["the opposite of an announcement", rule([not({ is: "arp-gratuitous" })], DROP)],
  [
    "a limit of connections without a set",
    rule([address("source", "10.0.0.0/8"), { is: "connections", most: "5", prefix: "32", end: "source" }], DROP),
  ],
  ["a port of a bridge's other layer", rule([{ is: "any-port", direction: "in" }], DROP)],
])("nft has no words for %s", (_, one) => {
  expect(() => CURRENT.lines("nft.bridge", [one])).toThrow(Unsayable);
});

test("a comment that is too long keeps its beginning and a hash, and two of them stay two", () => {
  const long = `${"ä".repeat(80)} one`;
  const kept = keptComment(long);
  expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(128);
  expect(kept).not.toBe(keptComment(`${"ä".repeat(80)} two`));
  expect(keptComment(kept)).toBe(kept);
  expect(readRule(printRule(rule([], DROP, long))).comment).toBe(kept);
});

test("sets have no members that overlap", () => {
  expect(apartNetworks(["10.0.0.0/8", "10.1.0.0/16", "10.0.0.1", "11.0.0.0/8"]).sort()).toEqual(["10.0.0.0/8", "11.0.0.0/8"]);
  expect(apartNetworks(["10.0.0.0/30", "10.0.0.1 nomatch"]).sort()).toEqual(["10.0.0.0", "10.0.0.2/31"]);
  expect(apartNetworks(["10.0.0.0/30", "10.0.0.0/31 nomatch", "10.0.0.1"]).sort()).toEqual(["10.0.0.1", "10.0.0.2/31"]);
  expect(apartNetworks(["::/0", "fe80::/10 nomatch"])).toHaveLength(10);
  for (const [type, member] of [
    ["list:set", "a"],
    ["bitmap:port", "80"],
    ["hash:ip,port", "10.0.0.1,icmp:8/0"],
    ["hash:ip,port", "10.0.0.1,gre:0"],
    ["hash:net,iface", "10.0.0.0/8,eth0"],
  ] as const)
    expect(() => setForNft("s", { type, members: new Set([member]) })).toThrow(Unsayable);
});

test("a rule's sets are those that it looks something up in", () => {
  expect(setsOf('ip saddr @a ip daddr . meta l4proto . th dport @b-2 @th,64,128 0x1 iifname vmap @csp-from comment "@c"')).toEqual([
    "a",
    "b-2",
  ]);
  expect(setsOf("add @d { ip saddr ct count 5 } accept")).toEqual(["d"]);
});
