import fc from "fast-check";
import { plant, type TreeTemplate } from "../../provider/firewall/compile/templates";
import { chainsIn } from "../../provider/firewall/model/kernel";
import { dispatchChain, LONGEST_CHAIN, LONGEST_INTERFACE } from "../../provider/firewall/model/names";
import { comesBy, DROP, goTo, rule } from "../../provider/firewall/model/rule";

/** The tree as a kernel walks it: first match decides, `-g` does not come back and `-j` does when the chain below decides nothing. */
const TREE: TreeTemplate = {
  table: "iptables.filter",
  root: "csp-egress",
  leaves: [{ of: "*", rule: rule([comesBy("@port")], goTo("leaf-@port")) }],
  branch: rule([comesBy("@below+")], goTo("@chain")),
  close: rule([], DROP),
};

type Chains = ReturnType<typeof chainsIn>;

function tree(ports: readonly string[], prefix = "vif"): Chains {
  const templates = { prefixes: [prefix], chains: [], trees: [TREE], jumps: [], settings: [] };
  const claims = ports.map((port) => ({ port, vif: "v", traits: [] }));
  return chainsIn(plant(templates, claims, []), TREE.table);
}

interface Walk {
  readonly verdict: string;
  readonly comparisons: number;
  /** The number of chains that a packet has passed. */
  readonly depth: number;
}

function walk(chains: Chains, port: string, chain = dispatchChain(TREE.root, "vif"), comparisons = 0, depth = 1): Walk {
  for (const { text } of chains.get(chain) ?? []) {
    comparisons++;
    const rule = /^(?:-i (\S+) )?-[gj] (\S+)$/.exec(text);
    const [, pattern, target = ""] = rule ?? [];
    if (pattern !== undefined && !(pattern.endsWith("+") ? port.startsWith(pattern.slice(0, -1)) : port === pattern)) continue;
    return chains.has(target) ? walk(chains, port, target, comparisons, depth + 1) : { verdict: target, comparisons, depth };
  }
  return { verdict: "fell through", comparisons, depth };
}

const vif = fc.tuple(fc.nat(99999), fc.nat(9)).map(([domain, device]) => `vif${domain}.${device}`);
const vifs = fc.uniqueArray(vif, { maxLength: 60 });
const anyPort = fc.oneof(vif, fc.stringMatching(/^vif[A-Za-z0-9._-]{0,12}$/));

describe("dispatch by interface name", () => {
  test("every claimed port reaches its leaf, and no other port reaches a leaf", () => {
    fc.assert(
      fc.property(vifs, anyPort, (ports, stranger) => {
        const chains = tree(ports);
        for (const port of ports) expect(walk(chains, port).verdict).toBe(`leaf-${port}`);
        if (!ports.includes(stranger)) expect(walk(chains, stranger).verdict).toBe("DROP");
        // Names that are close to a claimed one are likely to be mistaken for it.
        for (const port of ports) {
          for (const near of [`${port}0`, port.slice(0, -1), `${port}.`, port.replace("vif", "vif0")]) {
            if (!ports.includes(near)) expect(walk(chains, near).verdict).toBe("DROP");
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("chains end in DROP, have short names, and depend only on the ports, not on their order", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          anyPort.filter((port) => port.length <= LONGEST_INTERFACE),
          { maxLength: 40 },
        ),
        (ports) => {
          const chains = tree(ports);
          for (const [name, lines] of chains) {
            expect(lines.at(-1)?.text).toBe("-j DROP");
            expect(lines.filter(({ text }) => text === "-j DROP")).toHaveLength(1);
            expect(name.length).toBeLessThanOrEqual(LONGEST_CHAIN);
          }
          expect(tree([...ports].reverse())).toEqual(chains);
        },
      ),
    );
  });

  test("a packet meets tens of rules, however many guests there are", () => {
    const counts = [10, 100, 1000, 5000].map((guests) => {
      const ports = Array.from({ length: guests }, (_, index) => `vif${index + 1}.0`);
      const chains = tree(ports);
      const comparisons = ports.map((port) => walk(chains, port).comparisons);
      return { guests, worst: Math.max(...comparisons), rules: [...chains.values()].reduce((sum, lines) => sum + lines.length, 0) };
    });
    // Ten digits at each level, the dot, and the way from a root: twice as many guests do not need twice as many comparisons.
    for (const { guests, worst } of counts) expect(worst).toBeLessThanOrEqual(12 * (String(guests).length + 1));
    for (const { guests, rules } of counts) expect(rules).toBeLessThanOrEqual(3 * guests + 10);
  });

  test("no name passes more than four chains, because nftables limits how deep they nest", () => {
    const names = ["1.0", "10.0", "100.0", "1000.0", "10000.0", "10000.1", "10001.0", "10010.0", "10100.0", "11000.0"].map(
      (rest) => `vif${rest}`,
    );
    fc.assert(
      fc.property(vifs, (more) => {
        const ports = [...new Set([...names, ...more])];
        const chains = tree(ports);
        for (const port of ports) expect(walk(chains, port)).toMatchObject({ verdict: `leaf-${port}` });
        expect(Math.max(...ports.map((port) => walk(chains, port).depth))).toBe(4);
      }),
    );
  });

  test("without guests there is a chain that drops", () => {
    expect([...tree([])]).toEqual([["csp-egress-vif", [{ text: "-j DROP" }]]]);
  });

  test("ports of other kinds are left to other trees", () => {
    expect(walk(tree(["tap1.0", "vif1.0"]), "tap1.0").verdict).toBe("DROP");
    expect([...tree(["tap1.0"], "tap").values()].flat().map(({ text }) => text)).toEqual(["-i tap1.0 -g leaf-tap1.0", "-j DROP"]);
  });

  test.each([
    ["one guest", ["vif7.0"], { "csp-egress-vif": ["-i vif7.0 -g leaf-vif7.0", "-j DROP"] }],
    [
      "a name that begins another",
      ["vif1.0", "vif1.01"],
      { "csp-egress-vif": ["-i vif1.0 -g leaf-vif1.0", "-i vif1.01 -g leaf-vif1.01", "-j DROP"] },
    ],
    [
      "neighbours",
      ["vif1.0", "vif10.0", "vif2.0"],
      {
        "csp-egress-vif1": ["-i vif1.0 -g leaf-vif1.0", "-i vif10.0 -g leaf-vif10.0", "-j DROP"],
        "csp-egress-vif": ["-i vif1+ -g csp-egress-vif1", "-i vif2.0 -g leaf-vif2.0", "-j DROP"],
      },
    ],
  ])("%s", (_, ports, expected) => {
    expect(Object.fromEntries([...tree(ports)].map(([chain, lines]) => [chain, lines.map(({ text }) => text)]))).toEqual(expected);
  });
});
