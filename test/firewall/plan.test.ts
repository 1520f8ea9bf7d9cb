import fc from "fast-check";
import { holds, nowHold } from "../../provider/firewall/agreement";
import { type ArptablesStep, arptablesBack, arptablesForward } from "../../provider/firewall/arptables";
import { canonicalRule } from "../../provider/firewall/canonical";
import { type ChainPart, emptyChains, type Hook, type KernelSet, type Sets, TOOLS, type Tool } from "../../provider/firewall/kernel";
import {
  type ActualKernel,
  type DesiredKernel,
  isEmpty,
  type KernelPlan,
  planKernel,
  sameSet,
  standsInPlace,
} from "../../provider/firewall/plan";
import { restoreText, reversePlan, reverseSets, setText } from "../../provider/firewall/restore";

/** A kernel as maps, and the tools' texts carried out on it: what kernel.test.ts does with the real ones, for many more states. */
interface Model {
  readonly chains: Record<Tool, Map<string, string[]>>;
  readonly sets: Map<string, KernelSet>;
}

const BUILT_IN: Readonly<Record<Tool, readonly string[]>> = {
  ebtables: ["PREROUTING", "POSTROUTING"],
  arptables: ["FORWARD"],
  iptables: ["FORWARD"],
  ip6tables: ["FORWARD"],
};
const RULES = [
  "-j DROP",
  "-j ACCEPT",
  "-p tcp -m tcp --dport 22 -j ACCEPT",
  "-s 10.0.0.0/8 -j DROP",
  "-m set --match-set csp-s1 src -j ACCEPT",
];
const FOREIGN = ["-j LOG", "-i eth0 -j ACCEPT", "-j their-chain"];
const chainName = fc.constantFrom("csp-a", "csp-b", "csp-c", "csp-d");
const rules = fc.array(fc.constantFrom(...RULES), { maxLength: 4 });
const chains = fc.dictionary(chainName, rules, { maxKeys: 4 });
const perTool = fc.record({ ebtables: chains, arptables: chains, iptables: chains, ip6tables: chains });
const set = fc.record({
  type: fc.constant("hash:net"),
  family: fc.constantFrom("inet" as const, "inet6" as const),
  maxElements: fc.constantFrom(1024, 65536),
  members: fc.uniqueArray(fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")).map((members) => new Set(members)),
});
const sets = fc.dictionary(fc.constantFrom("csp-s1", "csp-s2", "csp-s3"), set);
const hooks: Hook[] = TOOLS.flatMap((tool) =>
  BUILT_IN[tool].map((chain) => ({ tool, chain, text: `-j csp-a${tool === "ebtables" ? ` -i ${chain}` : ""}` })),
);
/** Rule sets' jumps, in any order and any of their places. */
const jumps = fc
  .uniqueArray(
    fc.record({
      to: fc.constantFrom("1", "2", "3", "4"),
      place: fc.constantFrom("beforeGuests" as const, "first" as const, "last" as const),
    }),
    { selector: ({ to }) => to, maxLength: 4 },
  )
  .map((all) =>
    TOOLS.flatMap((tool) =>
      BUILT_IN[tool].flatMap((chain) => all.map(({ to, place }): Hook => ({ tool, chain, place, text: `-j csp-user-${to}` }))),
    ),
  );

/** Chains in a part each, or in two. */
function partsOf(tools: Readonly<Record<Tool, Readonly<Record<string, readonly string[]>>>>, apart: readonly string[]): ChainPart[] {
  const part = (isIn: (name: string) => boolean) =>
    Object.fromEntries(
      TOOLS.map((tool) => {
        const own = Object.entries(tools[tool]).filter(([name]) => isIn(name));
        return [tool, new Map(own.map(([name, lines]) => [name, lines.map((text) => ({ text }))]))];
      }),
    ) as unknown as ChainPart;
  return [part((name) => !apart.includes(name)), ...apart.map((name) => part((other) => other === name))];
}

/** All parts' chains of a tool, as texts. */
function chainsOf({ parts }: DesiredKernel, tool: Tool): [string, string[]][] {
  return parts.flatMap((part) => [...part[tool]].map(([name, lines]): [string, string[]] => [name, lines.map(({ text }) => text)]));
}

const desired: fc.Arbitrary<DesiredKernel> = fc
  .record({ tools: perTool, apart: fc.subarray(["csp-b", "csp-d"]), sets, hooked: fc.boolean(), jumps })
  .map(({ tools, apart, sets: wanted, hooked, jumps: own }) => ({
    parts: partsOf(tools, apart),
    tools: TOOLS,
    hooks: hooked ? [...own, ...hooks] : own,
    sets: new Map(Object.entries(wanted)),
    others: { chains: new Set(["csp-other"]), sets: new Set(["csp-sother"]) },
  }));

const foreignRules = fc.array(fc.constantFrom(...FOREIGN, "-j csp-a", "-j csp-gone", "-j csp-user-1"), { maxLength: 4 });
const model: fc.Arbitrary<Model> = fc
  .record({
    tools: perTool,
    sets,
    foreign: fc.record({ ebtables: foreignRules, arptables: foreignRules, iptables: foreignRules, ip6tables: foreignRules }),
  })
  .map(({ tools, sets: there, foreign }) => ({
    chains: Object.fromEntries(
      TOOLS.map((tool) => [
        tool,
        new Map<string, string[]>([
          ...Object.entries(tools[tool]),
          ["csp-other", ["-j RETURN"]],
          ["their-chain", ["-j DROP"]],
          ...BUILT_IN[tool].map((chain): [string, string[]] => [chain, [...foreign[tool]]]),
        ]),
      ]),
    ) as Record<Tool, Map<string, string[]>>,
    sets: new Map<string, KernelSet>([
      ...Object.entries(there),
      ["csp-sother", { type: "hash:net", members: new Set(["192.0.2.1"]) }],
      ["blocklist", { type: "hash:net", members: new Set(["192.0.2.2"]) }],
    ]),
  }));

function look({ chains: all, sets: there }: Model): ActualKernel {
  const tables = {} as Record<Tool, ActualKernel["tables"][Tool]>;
  for (const tool of TOOLS) {
    const ours = [...all[tool]].filter(([name]) => name.startsWith("csp-"));
    const foreign = [...all[tool]].filter(([name]) => !name.startsWith("csp-"));
    tables[tool] = {
      chains: new Map(ours.map(([name, lines]) => [name, [...lines]])),
      foreign: new Map(foreign.map(([name, lines]) => [name, [...lines]])),
    };
  }
  return { tables, sets: structuredClone(there) };
}

function carryOut(kernel: Model, plan: KernelPlan, back = false): void {
  const changes = back ? reverseSets(plan.sets) : plan.sets;
  const texts = setText(changes);
  restoreSets(kernel, texts.before);
  for (const tool of TOOLS) {
    if (tool === "arptables") {
      walk(kernel, (back ? arptablesBack : arptablesForward)(plan.tools.arptables));
      continue;
    }
    const text = restoreText(tool, back ? reversePlan(plan.tools[tool]) : plan.tools[tool]);
    for (const line of text.split("\n"))
      if (line !== "" && line !== "COMMIT" && !line.startsWith("*")) obey(kernel.chains[tool], tool, line);
  }
  restoreSets(kernel, texts.after);
}

/** As the script of the steps. */
function walk(kernel: Model, steps: readonly ArptablesStep[]): void {
  const succeeds = (args: string) => {
    try {
      obey(kernel.chains.arptables, "arptables", args);
      return true;
    } catch {
      return false;
    }
  };
  for (const { args, how } of steps) {
    if (how === "must") obey(kernel.chains.arptables, "arptables", args);
    else while (succeeds(args) && how === "repeat");
  }
}

/** One line of a restore file, or one arptables command; as picky as the tools. */
function obey(all: Map<string, string[]>, tool: Tool, line: string): void {
  if (line.startsWith(":")) {
    all.set(line.slice(1).split(" ")[0] ?? "", []);
    return;
  }
  const [verb = "", chain = "", ...rest] = line.split(" ");
  const lines = all.get(chain);
  if (verb === "-N") {
    if (lines !== undefined) throw new Error(`${line}: there already`);
    all.set(chain, []);
    return;
  }
  if (lines === undefined) throw new Error(`${line}: no such chain`);
  const at = (position: string | undefined) => {
    const index = Number(position) - 1;
    if (!(index >= 0 && index <= lines.length)) throw new Error(`${line}: no such place`);
    return index;
  };
  if (verb === "-F") lines.length = 0;
  else if (verb === "-X") {
    if (lines.length > 0) throw new Error(`${line}: not empty`);
    all.delete(chain);
  } else if (verb === "-A") lines.push(rest.join(" "));
  else if (verb === "-I") lines.splice(at(rest[0]), 0, rest.slice(1).join(" "));
  else if (/^\d+$/.test(rest[0] ?? "")) {
    if (at(rest[0]) >= lines.length) throw new Error(`${line}: no such rule`);
    lines.splice(at(rest[0]), 1);
  } else {
    const found = lines.findIndex((text) => canonicalRule(tool, text) === canonicalRule(tool, rest.join(" ")));
    if (found < 0) throw new Error(`${line}: no such rule`);
    lines.splice(found, 1);
  }
}

/** As `ipset -exist restore`. */
function restoreSets({ sets: there }: Model, text: string): void {
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [verb, name = "", ...rest] = line.split(" ");
    const found = there.get(name);
    if (verb === "create") {
      const [type = "", , family, , size] = rest;
      there.set(name, { type, family: family as "inet", maxElements: Number(size), members: new Set() });
    } else if (found === undefined) throw new Error(`${line}: no such set`);
    else if (verb === "add") (found.members as Set<string>).add(rest[0] ?? "");
    else if (verb === "del") (found.members as Set<string>).delete(rest[0] ?? "");
    else if (verb === "destroy") there.delete(name);
    else if (verb === "swap") {
      const other = there.get(rest[0] ?? "");
      if (other === undefined) throw new Error(`${line}: no such set`);
      there.set(name, other).set(rest[0] ?? "", found);
    }
  }
}

const ours = (name: string) => name.startsWith("csp-");
const copy = (kernel: Model): Model => structuredClone(kernel);

describe("planning", () => {
  test("a plan carried out gives what was asked for, and then there is nothing left to do", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const tool of TOOLS) {
          const all = chainsOf(wanted, tool);
          for (const [chain, texts] of all) expect(kernel.chains[tool].get(chain)).toEqual(texts);
          expect([...kernel.chains[tool].keys()].filter(ours).sort()).toEqual([...all.map(([name]) => name), "csp-other"].sort());
        }
        for (const [name, content] of wanted.sets) expect(sameSet(kernel.sets.get(name)!, content)).toBe(true);
        expect(isEmpty(planKernel(wanted, look(kernel)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("what is not ours stays: rules of others in their order, their chains and sets, other resources' chains and sets", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const tool of TOOLS) {
          expect(kernel.chains[tool].get("their-chain")).toEqual(["-j DROP"]);
          expect(kernel.chains[tool].get("csp-other")).toEqual(["-j RETURN"]);
          for (const chain of BUILT_IN[tool]) {
            const foreign = (all: Model) => (all.chains[tool].get(chain) ?? []).filter((text) => !text.includes("csp-"));
            expect(foreign(kernel)).toEqual(foreign(start));
          }
        }
        for (const name of ["csp-sother", "blocklist"]) expect(kernel.sets.get(name)).toEqual(start.sets.get(name));
      }),
      { numRuns: 300 },
    );
  });

  test("the way back leads to what was there", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        const plan = planKernel(wanted, look(kernel));
        carryOut(kernel, plan);
        carryOut(kernel, plan, true);
        for (const tool of TOOLS) expect(kernel.chains[tool]).toEqual(start.chains[tool]);
        for (const [name, content] of start.sets) expect(sameSet(kernel.sets.get(name)!, content)).toBe(true);
        expect([...kernel.sets.keys()].sort()).toEqual([...start.sets.keys()].sort());
      }),
      { numRuns: 500 },
    );
  });

  test("rules that lead into ours stand where they should, with nothing of others' in between", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const hook of wanted.hooks) {
          const is = kernel.chains[hook.tool].get(hook.chain) ?? [];
          expect(standsInPlace(hook, wanted.hooks, is)).toBe(true);
          const theirs = is.flatMap((text, index) => (text.includes("csp-") ? [] : [index]));
          const at = is.indexOf(hook.text);
          expect(theirs.every((index) => (hook.place === "last" ? index < at : index > at))).toBe(true);
          expect(standsInPlace(hook, wanted.hooks, hook.place === "last" ? [...is, "-j LOG"] : ["-j LOG", ...is])).toBe(false);
          expect(
            standsInPlace(
              hook,
              wanted.hooks,
              is.filter((text) => text !== hook.text),
            ),
          ).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a plan names what differs and nothing else", () => {
    const line = (...texts: string[]) => texts.map((text) => ({ text }));
    const chains = { "csp-same": line("-s 10.0.0.5/24 -p 6 -j ACCEPT"), "csp-new": line("-j DROP") };
    const wanted: DesiredKernel = {
      parts: [
        { ...emptyChains(), iptables: new Map(Object.entries(chains)) },
        { ...emptyChains(), iptables: new Map([["csp-other-order", line("-j DROP", "-j ACCEPT")]]) },
      ],
      tools: TOOLS,
      hooks: [{ tool: "iptables", chain: "FORWARD", text: "-j csp-same" }],
      sets: new Map(),
      others: { chains: new Set(), sets: new Set() },
    };
    const nothing = { chains: new Map(), foreign: new Map() };
    const actual: ActualKernel = {
      tables: {
        ebtables: nothing,
        arptables: nothing,
        ip6tables: nothing,
        iptables: {
          chains: new Map([
            ["csp-same", ["-s 10.0.0.0/24 -p tcp -j ACCEPT"]],
            ["csp-other-order", ["-j ACCEPT", "-j DROP"]],
            ["csp-gone", []],
          ]),
          foreign: new Map([["FORWARD", ["-j LOG", "-j csp-same"]]]),
        },
      },
      sets: new Map() as Sets,
    };
    const plan = planKernel(wanted, actual);
    expect(plan.tools.iptables.chains.map(({ chain, before, after }) => [chain, before, after])).toEqual([
      ["csp-new", undefined, ["-j DROP"]],
      ["csp-other-order", ["-j ACCEPT", "-j DROP"], ["-j DROP", "-j ACCEPT"]],
      ["csp-gone", [], undefined],
    ]);
    // Behind a rule of somebody else's it is not in front.
    expect(plan.tools.iptables.hooks.map(({ chain }) => chain)).toEqual(["FORWARD"]);
    expect(plan.tools.ebtables).toEqual({ chains: [], hooks: [] });
  });

  test("what was found before, or planned before, changes no plan", () => {
    fc.assert(
      fc.property(desired, desired, model, (first, second, start) => {
        const actual = look(start);
        planKernel(first, actual);
        nowHold(
          actual.tables,
          first.parts.filter((part) => holds(actual.tables, part, TOOLS)),
        );
        expect(planKernel(second, actual)).toEqual(planKernel(second, look(start)));
        expect(planKernel(first, actual)).toEqual(planKernel(first, look(start)));
      }),
      { numRuns: 300 },
    );
  });

  test("a tool that the host does not have gets nothing", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const without: Model = { ...start, chains: { ...start.chains, arptables: new Map() } };
        const plan = planKernel({ ...wanted, tools: TOOLS.filter((tool) => tool !== "arptables") }, look(without));
        expect(plan.tools.arptables.chains).toEqual([]);
        expect(plan.tools.iptables).toEqual(planKernel(wanted, look(without)).tools.iptables);
      }),
    );
  });

  test("arptables: the way back leads to what was there from anywhere on the way, and from anywhere on itself", () => {
    fc.assert(
      fc.property(desired, model, fc.nat(), fc.nat(), (wanted, start, cut, cutAgain) => {
        const kernel = copy(start);
        const plan = planKernel(wanted, look(kernel)).tools.arptables;
        const [there, back] = [arptablesForward(plan), arptablesBack(plan)];
        walk(kernel, there.slice(0, cut % (there.length + 1)));
        walk(kernel, back.slice(0, cutAgain % (back.length + 1)));
        walk(kernel, back);
        expect(kernel.chains.arptables).toEqual(start.chains.arptables);
      }),
      { numRuns: 500 },
    );
  });

  test("arptables: new chains come before all else, each with its rules and after those it leads to", () => {
    const chains = [
      { chain: "csp-tree", before: ["-j DROP"], after: ["-i vif1.0 -j csp-vif-1", "-j DROP"] },
      { chain: "csp-vif-1", before: undefined, after: ["-j csp-to --src-mac 02:00:00:00:00:01", "-j DROP"] },
      { chain: "csp-to", before: undefined, after: ["-j ACCEPT"] },
      { chain: "csp-vif-2", before: ["-j csp-to", "-j DROP"], after: undefined },
    ];
    expect(arptablesForward({ chains, hooks: [] }).map(({ args }) => args)).toEqual([
      "-N csp-to",
      "-A csp-to -j ACCEPT",
      "-N csp-vif-1",
      "-A csp-vif-1 -j csp-to --src-mac 02:00:00:00:00:01",
      "-A csp-vif-1 -j DROP",
      "-I csp-tree 1 -i vif1.0 -j csp-vif-1",
      "-I csp-tree 2 -j DROP",
      "-D csp-tree 3",
      "-F csp-vif-2",
      "-X csp-vif-2",
    ]);
  });

  describe("members of a set", () => {
    const members = (...all: string[]): KernelSet => ({ type: "hash:net", family: "inet", maxElements: 1024, members: new Set(all) });
    const change = { name: "csp-s", before: members("10.0.0.1", "10.0.0.2"), after: members("10.0.0.2", "10.0.0.3") };

    test("that a rule lets in go before rules change and come after", () => {
      expect(setText([{ ...change, order: "remove-first" }])).toEqual({ before: "del csp-s 10.0.0.1\n", after: "add csp-s 10.0.0.3\n" });
    });

    test("that a rule drops come before rules change and go after", () => {
      expect(setText([{ ...change, order: "add-first" }])).toEqual({ before: "add csp-s 10.0.0.3\n", after: "del csp-s 10.0.0.1\n" });
    });

    test("are swapped in as a whole when the set must be another one", () => {
      const { before, after } = setText([{ ...change, after: { ...change.after, maxElements: 2048 }, order: "add-first" }]);
      expect(before).toMatch(
        /^create csp-t\S+ hash:net family inet maxelem 2048\nadd \S+ 10.0.0.2\nadd \S+ 10.0.0.3\nswap (\S+) csp-s\ndestroy \1\n$/,
      );
      expect(after).toBe("");
    });
  });
});
