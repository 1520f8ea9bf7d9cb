import fc from "fast-check";
import { BUILT_IN, checkRuleSet, compileRuleSet, ruleSetOf, type UserTool } from "../../provider/firewall/compile/rule-set";
import { TOOLS } from "../../provider/firewall/model/kernel";
import { setReferences } from "../../provider/firewall/planes/references";
import { setsOf } from "../../provider/firewall/planes/xtables/sets";
import { matchProblem, ruleProblem, targetsOf } from "../../provider/firewall/planes/xtables/verbatim";

describe("a rule in a tool's own words", () => {
  test.each([
    "-p tcp --dport 25 -j DROP",
    "! -s 10.0.0.0/8 -j RETURN",
    '-m comment --comment "no mail, it\'s \\"bad\\"" -j REJECT --reject-with tcp-reset',
    "-p tcp -m multiport --dports 25,465 -m set --match-set spammers src -j LOG --log-prefix mail",
    "-m limit --limit 10/min",
    "-g their-chain",
    "-j csp-user-other",
  ])("%s is one", (text) => {
    expect(ruleProblem("iptables", text)).toBeUndefined();
  });

  test.each([
    ["", /is empty/],
    ["  ", /is empty/],
    ["-j DROP\nCOMMIT", /line break/],
    ["-j DROP\r", /line break/],
    ["-s 10.0.0.1 -j DRÖP", /not ASCII/],
    ["-A FORWARD -j DROP", /"-A" is a command/],
    ["-j DROP -t nat", /"-t" is a command/],
    ["--flush", /"--flush" is a command/],
    ["DROP", /does not begin with an option/],
    ["-j ACCEPT -j DROP", /2 targets \(ACCEPT, DROP\)/],
    ["-p tcp -j", /where its target should be/],
    ["-j csp-forward", /a chain that csp makes/],
    ["-g csp-in-0123456789abcdef", /a chain that csp makes/],
    ['-m comment --comment "open -j DROP', /does not end/],
    ["-m comment --comment 'a b' -j DROP", /which only a shell understands/],
    [`-m comment --comment ${"x".repeat(1000)} -j DROP`, /1029 characters/],
  ])("%j is none", (text, cause) => {
    expect(ruleProblem("iptables", text)?.[0]).toMatch(cause);
  });

  test("a command's name in a comment is not a command", () => {
    expect(ruleProblem("iptables", '-m comment --comment "-A is a command" -j DROP')).toBeUndefined();
  });

  test("an accepted rule is one line of a restore text; for arptables, it has only words without a meaning to a shell", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.string().map((tail) => `-j DROP ${tail}`),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...TOOLS), (rule, tool) => {
        if (ruleProblem(tool, rule) !== undefined) return;
        expect(rule).toMatch(/^[\x20-\x7e]+$/);
        if (tool === "arptables") expect(rule).toMatch(/^[A-Za-z0-9 ._:,+/!=-]+$/);
      }),
      { numRuns: 3000 },
    );
  });

  test("its targets and sets are found, but not in comments", () => {
    const rule = '-m set --match-set a src -m set ! --match-set b dst -m comment --comment "-j c --match-set d src" -j csp-user-e';
    expect(targetsOf(rule)).toEqual(["csp-user-e"]);
    expect(setsOf(rule)).toEqual(["a", "b"]);
  });

  test("a match has no target", () => {
    expect(matchProblem("iptables", "-i eth0")).toBeUndefined();
    expect(matchProblem("iptables", "-i eth0 -j DROP")?.[0]).toContain("has a target");
  });
});

describe("a rule set", () => {
  const problems = (inputs: object) => {
    const found: string[] = [];
    checkRuleSet({ tool: "iptables", table: "filter", chain: "mail", rules: [], jumps: [], ...inputs }, (path, cause) =>
      found.push(`${path.join(".")}: ${cause}`),
    );
    return found;
  };

  test.each([
    [{}, []],
    [{ table: "broute" }, [/^table: iptables has no table "broute"$/]],
    [{ tool: "ebtables", table: "mangle" }, [/^table: ebtables has no table "mangle"$/]],
    [{ tool: "arptables", table: "nat", jumps: [{ from: "INPUT", position: "first" }] }, [/^table: arptables has no table "nat"$/]],
    [{ table: "security" }, [/^table: iptables has no table "security"$/]],
    // Not known yet.
    [{ table: Symbol("unknown"), jumps: [{ from: "POSTROUTING" }] }, []],
    [{ tool: "ebtables", table: "broute", jumps: [{ from: "BROUTING" }] }, []],
    [{ table: "raw", jumps: [{ from: "INPUT" }] }, [/^jumps\.0\.from: iptables has no chain "INPUT" in table raw$/]],
    [
      { tool: "ip6tables", table: "mangle", rules: ["-j ACCEPT"], jumps: [{ from: "FORWARD", position: "beforeGuests" }] },
      [/^jumps\.0\.position: ip6tables's table mangle has no rules of guests$/],
    ],
    [
      { table: "raw", rules: ["-j NOTRACK"], jumps: [{ from: "PREROUTING", position: "beforeGuests" }] },
      [/^rules\.0: "NOTRACK" could let a packet bypass the guests' own rules/],
    ],
    [{ rules: ["-j DROP", "-j csp-user-mail"] }, [/^rules\.1: the rule leads into its own chain$/]],
    [{ rules: ["-j DROP -j DROP"] }, [/^rules\.0: the rule has 2 targets/]],
    [{ tool: "ebtables", table: "nat", jumps: [{ from: "FORWARD" }] }, [/^jumps\.0\.from: ebtables has no chain "FORWARD" in table nat$/]],
    [{ jumps: [{ from: "INPUT" }, { from: "INPUT" }] }, [/^jumps\.1\.from: another jump already comes from INPUT$/]],
    [{ jumps: [{ from: "INPUT", match: "-j DROP" }] }, [/^jumps\.0\.match: .* has a target$/]],
    [{ rules: ["-j ACCEPT"], jumps: [{ from: "FORWARD", position: "first" }] }, []],
    [{ rules: ["-j DROP", "-j LOG", "-p tcp"], jumps: [{ from: "FORWARD", position: "beforeGuests" }] }, []],
    [
      { rules: ["-j DROP", "-j ACCEPT", "-g theirs"], jumps: [{ from: "FORWARD", position: "beforeGuests" }] },
      [/^rules\.1: "ACCEPT" could let a packet bypass the guests' own rules/, /^rules\.2: "theirs" could/],
    ],
  ])("%j", (inputs, expected) => {
    const found = problems(inputs);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test("is one chain and the jumps into it", () => {
    const unit = compileRuleSet({
      tool: "ip6tables",
      table: "filter",
      chain: "mail",
      rules: [" -p tcp --dport 25 -j DROP "],
      jumps: [
        { from: "FORWARD", position: "last", match: "-i eth0" },
        { from: "INPUT", position: "first" },
      ],
    });
    expect(unit.id).toBe("rules/ip6tables.mail");
    expect(unit.shared["ip6tables.filter"]).toEqual(new Map([["csp-user-mail", [{ text: "-p tcp --dport 25 -j DROP" }]]]));
    expect(unit.jumps).toEqual([
      { table: "ip6tables.filter", chain: "FORWARD", place: "last", text: "-i eth0 -j csp-user-mail" },
      { table: "ip6tables.filter", chain: "INPUT", place: "first", text: "-j csp-user-mail" },
    ]);
  });

  test.each(
    (Object.keys(BUILT_IN) as UserTool[]).flatMap((tool) =>
      Object.keys(BUILT_IN[tool]).map((table) => [`${tool}.${table}`, tool, table] as const),
    ),
  )("in %s it has an ID of its own, which says where it stands", (name, tool, table) => {
    const unit = compileRuleSet({ tool, table, chain: "a-b_c", rules: ["-j DROP"], jumps: [] });
    expect(Object.keys(unit.shared)).toEqual([name]);
    expect(ruleSetOf(unit.id)).toEqual({ tool, table, chain: "a-b_c" });
    // Hosts of today have records under these IDs.
    const isNamed = !["iptables.filter", "ip6tables.filter", "arptables.filter", "ebtables.nat"].includes(name);
    expect(unit.id).toBe(isNamed ? `rules/${name}.a-b_c` : `rules/${tool}.a-b_c`);
  });

  test.each(["rules/nft.csp.a", "rules/iptables.security.a", "rules/ebtables.raw.a", "policy/iptables.a", "guest/x"])(
    "%s is the ID of none",
    (id) => {
      expect(ruleSetOf(id)).toBeUndefined();
    },
  );

  test("refers to sets in every table", () => {
    for (const table of ["raw", "mangle", "nat", "filter"]) {
      const { shared } = compileRuleSet({ tool: "ip6tables", table, chain: "m", rules: ["-m set --match-set six src -j DROP"], jumps: [] });
      expect(setReferences(shared)).toEqual([{ name: "six", family: "inet6", rule: undefined }]);
    }
  });
});
