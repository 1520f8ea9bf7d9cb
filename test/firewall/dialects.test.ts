import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Table, TOOLS, type Tool } from "../../provider/firewall/model/kernel";
import * as rules from "../../provider/firewall/model/rule";
import { ACCEPT, DROP, goTo, type Match, ports, protocol, type Rule, rule, state } from "../../provider/firewall/model/rule";
import { Unsayable } from "../../provider/firewall/model/unsayable";
import { printerOf } from "../../provider/firewall/planes/print";
import { canonicalRule } from "../../provider/firewall/planes/same";
import { type Lack, lacksOfIpv6 } from "../../provider/firewall/planes/xtables/dialect";
import { setForIpset4 } from "../../provider/firewall/planes/xtables/ipset4";
import { parseSets } from "../../provider/firewall/planes/xtables/saved";
import { fewestNetworks } from "../../provider/firewall/values/ipv4-networks";

/** What the real tools of every age took and printed (test/install/cases/dialects.tsv). */
const RECORDED = readFileSync(join(__dirname, "../install/cases/dialects.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .slice(1)
  .map((line) => {
    const [tool = "", version = "", table = "", given = "", result = "", words = ""] = line.split("\t");
    return { tool, version, table, given, result, words };
  });

const isTool = (text: string): text is Exclude<Tool, "nft"> => (TOOLS as readonly string[]).includes(text) && text !== "nft";

/** Rules that a tool took; of arptables, as the listing that csp reads prints them. */
const TAKEN = RECORDED.filter(({ tool, table, result }) => isTool(tool) && result === "taken" && !["command", "-nL"].includes(table));

/** What a listing has besides the rule. */
const bare = (text: string) =>
  text
    .replace(/ *, pcnt=\d+ -- bcnt=\d+$/, "")
    .replace(/ -i \*| -o \*| -i any| -o any/g, "")
    .replace(/ *, pcnt = \d+ -- bcnt = \d+$/, "");

/** `--syn` of ip6tables 1.3.5 says nothing of FIN, so what it prints is another rule than `--syn` of the others. */
const OTHER_MEANING = new Set(["ip6tables 1.3.5: -p tcp --syn -j ACCEPT"]);

test("what each tool prints of a rule is the same rule to csp", () => {
  expect(TAKEN.length).toBeGreaterThan(700);
  const wrong = TAKEN.flatMap(({ tool, version, given, words }) => {
    if (!isTool(tool) || OTHER_MEANING.has(`${tool} ${version}: ${given}`)) return [];
    const [asked, printed] = [canonicalRule(tool, given), canonicalRule(tool, bare(words))];
    return asked === printed ? [] : [`${tool} ${version}: ${given} -> ${words}\n  ${asked}\n  ${printed}`];
  });
  expect(wrong).toEqual([]);
});

const OLD: readonly Lack[] = [
  ...(["conntrack", "match-set", "connlimit-upto", "multiport-protocols", "list", "delete-both"] as const).map(
    (word) => `iptables.${word}` as const,
  ),
  ...(["goto", "comment", "comment-quotes", "conntrack", "set", "match-set", "connlimit", "connlimit-upto"] as const).map(
    (word) => `ip6tables.${word}` as const,
  ),
  "ip6tables.multiport-ranges",
  "ebtables.icmpv6",
  "ipset.words",
];

describe("rules in the words of old tools", () => {
  const old = printerOf(OLD);
  const v4 = (...matches: readonly Match[]) => old.lines("iptables.filter", [rule(matches, ACCEPT)]).map(({ text }) => text);
  const v6 = (...matches: readonly Match[]) => old.lines("ip6tables.filter", [rule(matches, ACCEPT)]).map(({ text }) => text);
  const connections: Match = { is: "connections", most: "9", prefix: "32", end: "source" };
  const inSet: Match = { is: "in-set", set: "s", ends: ["source"] };

  test.each<[string, string[], string[]]>([
    ["states", v4(state("new")), ["-m state --state NEW -j ACCEPT"]],
    ["sets", v4(inSet), ["-m set --set s src -j ACCEPT"]],
    ["limits of connections", v4(protocol(6), connections), ["-p tcp -m connlimit ! --connlimit-above 9 --connlimit-mask 32 -j ACCEPT"]],
    ["their opposite", v4(protocol(6), rules.not(connections)), ["-p tcp -m connlimit --connlimit-above 9 --connlimit-mask 32 -j ACCEPT"]],
    ["a list of ports", v4(protocol(6), ports("target", "1", "2:3")), ["-p tcp -m multiport --dports 1,2:3 -j ACCEPT"]],
    [
      "ports of sctp",
      v4(protocol(132), ports("target", "1", "2")),
      ["-p sctp -m sctp --dport 1 -j ACCEPT", "-p sctp -m sctp --dport 2 -j ACCEPT"],
    ],
    [
      "ranges of ip6tables",
      v6(protocol(6), ports("target", "1", "2:3")),
      ["-p tcp -m tcp --dport 1 -j ACCEPT", "-p tcp -m tcp --dport 2:3 -j ACCEPT"],
    ],
  ])("%s", (_, printed, wanted) => expect(printed).toEqual(wanted));

  test("goto is a jump, a comment is left out", () => {
    const commented: Rule = rule([], goTo("csp-x"), "name");
    expect(old.lines("ip6tables.filter", [commented])[0]?.text).toBe("-j csp-x");
    expect(old.lines("iptables.filter", [commented])[0]?.text).toBe("-m comment --comment name -g csp-x");
  });

  /** The words of a host whose tools lack these alone. */
  const withWords = (lacks: readonly Lack[], table: Table, ...rules: readonly Rule[]) =>
    printerOf(lacks)
      .lines(table, rules)
      .map(({ text }) => text);

  test("a comment that cannot be quoted twice has no quotation marks and no backslashes", () => {
    const commented: Rule = rule([], DROP, 'say "no" \\ go');
    expect(withWords(["iptables.comment-quotes"], "iptables.filter", commented)).toEqual(['-m comment --comment "say _no_ _ go" -j DROP']);
  });

  test("where there are no lists of ports, each has a rule; what would mean something else is refused", () => {
    const said = (...matches: readonly Match[]) =>
      withWords(["iptables.multiport"], "iptables.filter", rule([protocol(17), ...matches], DROP));
    expect(said(ports("target", "1", "2:3"))).toEqual(["-p udp -m udp --dport 1 -j DROP", "-p udp -m udp --dport 2:3 -j DROP"]);
    expect(said(rules.not(ports("target", "1")))).toEqual(["-p udp -m udp ! --dport 1 -j DROP"]);
    expect(() => said(rules.not(ports("target", "1", "2")))).toThrow("the ports 1,2 in one rule");
    expect(() => said({ is: "ports", end: "either", ports: ["1"] })).toThrow("the ports 1 in one rule");
  });

  test.each<[string, Lack, Table, Match[]]>([
    ["a hop limit", "ip6tables.hop-limit", "ip6tables.filter", [rules.hopLimit(255)]],
    ["the length of a packet", "ip6tables.length", "ip6tables.filter", [{ is: "length", bytes: "1:9" }]],
    ["the type of an ICMPv6 packet", "ebtables.icmpv6", "ebtables.nat", [protocol(58), rules.icmpv6Type(134)]],
  ])("%s is refused where there are no words for it, and only there", (what, lack, table, matches) => {
    expect(withWords(["ipset.words"], table, rule(matches, DROP))).toHaveLength(1);
    expect(() => withWords([lack], table, rule(matches, DROP))).toThrow(what);
  });

  test("csp reads what it says as the rule that it means", () => {
    for (const matches of [[state("new", "related")], [inSet], [protocol(6), connections], [protocol(6), rules.not(connections)]])
      for (const tool of ["iptables"] as const) {
        const [said] = old.lines(`${tool}.filter`, [rule(matches, DROP)]);
        const [current] = printerOf([]).lines(`${tool}.filter`, [rule(matches, DROP)]);
        expect(canonicalRule(tool, said?.text ?? "").replace(/ --connlimit-saddr/, "")).toBe(
          canonicalRule(tool, current?.text ?? "").replace(/ --connlimit-saddr/, ""),
        );
      }
  });

  test.each<[string, Match[], string]>([
    ["the ends of a connection", [state("related"), { is: "connection-end", end: "source", cidr: "10.0.0.1" }], "ip"],
    ["a set", [inSet], "ip6"],
    ["a limit of connections", [protocol(6), connections], "ip6"],
    ["a limit of connections to one target", [protocol(6), { ...connections, end: "target" }], "ip"],
    ["the ports 1,2 in one rule", [protocol(33), ports("target", "1", "2")], "ip"],
  ])("no words for %s: it is refused, unless it may be left out", (what, matches, ip) => {
    const table = ip === "ip" ? "iptables.filter" : "ip6tables.filter";
    const said = () => old.lines(table, [{ ...rule(matches, ACCEPT), origin: { list: "ingress", rule: "r" } }]);
    expect(said).toThrow(Unsayable);
    expect(said).toThrow(what);
    if (what !== "the ports 1,2 in one rule") expect(old.lines(table, [{ ...rule(matches, ACCEPT), omittable: true }])).toEqual([]);
  });

  test("guests on such a host have no IPv6, and csp says why", () => {
    expect(lacksOfIpv6(OLD)).toEqual([
      expect.stringContaining("-g"),
      expect.stringContaining("ends of a connection"),
      expect.stringContaining("ICMPv6"),
    ]);
    expect(lacksOfIpv6(["iptables.conntrack", "ip6tables.list"])).toEqual([]);
  });
});

describe("sets of ipset 4", () => {
  const network = fc
    .tuple(fc.nat(0xffffff), fc.integer({ min: 20, max: 32 }))
    .map(([at, prefix]) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}/${prefix}`);
  const addressesOf = (networks: Iterable<string>) => {
    const all = new Set<number>();
    for (const text of networks) {
      const [address = "", prefix = "32"] = text.split("/");
      const size = 2 ** (32 - Number(prefix));
      const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      for (let at = number - (number % size), end = at + size; at < end; at++) all.add(at);
    }
    return [...all].sort((a, b) => a - b);
  };

  test("the fewest networks hold the same addresses, and no two could be one", () => {
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), (networks) => {
        const fewest = fewestNetworks(networks);
        expect(addressesOf(fewest)).toEqual(addressesOf(networks));
        expect(fewestNetworks([...fewest].reverse())).toEqual(fewest);
        expect(fewest.length).toBeLessThanOrEqual(new Set(networks).size);
      }),
      { verbose: 1 },
    );
    expect(fewestNetworks(["0.0.0.0/1", "128.0.0.0/1"])).toEqual(["0.0.0.0/0"]);
    expect(fewestNetworks(["10.0.0.1-10.0.0.6"])).toEqual(["10.0.0.1", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6"]);
  });

  test("what it saves is the set that was asked for", () => {
    const asked = setForIpset4("s", { type: "hash:net", family: "inet", members: new Set(["10.0.0.4", "10.0.0.5", "10.1.0.0/16"]) });
    const saved = parseSets("-N s iptreemap\n-A s 10.0.0.4-10.0.0.5\n-A s 10.1.0.0-10.1.255.255\nCOMMIT\n").get("s");
    expect(saved).toEqual({ type: "hash:net", members: asked.members });
    expect(parseSets("-N m ipmap --from 10.0.0.0 --to 10.0.0.255\n-A m 10.0.0.7\n").get("m")).toEqual({
      type: "bitmap:ip",
      range: "10.0.0.0-10.0.0.255",
      members: new Set(["10.0.0.7"]),
    });
  });

  test.each<[string, Parameters<typeof setForIpset4>[1]]>([
    ["IPv6", { type: "hash:net", family: "inet6", members: new Set() }],
    ["expire", { type: "hash:ip", timeout: 60, members: new Set() }],
    ["comments", { type: "hash:ip", comment: true, members: new Set() }],
    ["hash:mac", { type: "hash:mac", members: new Set() }],
    ["the protocols of ports in a set of the type hash:ip,port", { type: "hash:ip,port", members: new Set(["10.0.0.1,tcp:80"]) }],
    ["hash:net,iface", { type: "hash:net,iface", members: new Set() }],
    ["do not match", { type: "hash:net", members: new Set(["10.0.0.0/8 nomatch"]) }],
  ])("it refuses by name: %s", (what, set) => {
    expect(() => setForIpset4("s", set)).toThrow(what);
  });
});
