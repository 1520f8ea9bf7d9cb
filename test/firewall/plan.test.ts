import fc from "fast-check";
import { sameSet } from "../../provider/firewall/model/change";
import {
  type ChainPart,
  chainsIn,
  type Jump,
  type KernelSet,
  type Sets,
  TABLES,
  type Table,
  toolOf,
} from "../../provider/firewall/model/kernel";
import { isOurs } from "../../provider/firewall/model/names";
import { holds, nowHold } from "../../provider/firewall/plan/agreement";
import {
  type ActualKernel,
  type DesiredKernel,
  isEmpty,
  type KernelPlan,
  planKernel,
  standsInPlace,
} from "../../provider/firewall/plan/plan";
import { leadsToOurs } from "../../provider/firewall/planes/references";
import { canonicalRule } from "../../provider/firewall/planes/same";
import { type ArptablesStep, arptablesBack, arptablesForward } from "../../provider/firewall/planes/xtables/arptables";
import { restoreText, reversePlan, reverseSets, setText } from "../../provider/firewall/planes/xtables/restore";
import { tablesWith } from "../../provider/firewall/planes/xtables/saved";

/** A kernel as maps on which the tools' texts are carried out. kernel.test.ts does the same with the real tools; here there are many more states. */
interface Model {
  readonly chains: Record<Table, Map<string, string[]>>;
  readonly sets: Map<string, KernelSet>;
}

const BUILT_IN: Readonly<Record<Table, readonly string[]>> = {
  "arptables.filter": ["FORWARD"],
  "nft.csp": [],
  "nft.bridge": [],
  "iptables.raw": ["PREROUTING"],
  "iptables.mangle": ["PREROUTING", "FORWARD"],
  "iptables.nat": ["PREROUTING", "OUTPUT"],
  "iptables.filter": ["FORWARD", "INPUT"],
  "ip6tables.raw": ["PREROUTING"],
  "ip6tables.mangle": ["POSTROUTING"],
  "ip6tables.nat": ["PREROUTING"],
  "ip6tables.filter": ["FORWARD"],
  "ebtables.broute": ["BROUTING"],
  "ebtables.filter": ["INPUT"],
  "ebtables.nat": ["PREROUTING", "POSTROUTING"],
};
/** nft's chains are the frame's, and known by name; kernel.test.ts has them. */
const OWN = TABLES.filter((table) => toolOf(table) !== "nft");
const RULES = [
  "-j DROP",
  "-j ACCEPT",
  "-p tcp -m tcp --dport 22 -j ACCEPT",
  "-s 10.0.0.0/8 -j DROP",
  "-m set --match-set csp-r00000000000000014 src -j ACCEPT",
];
const FOREIGN = ["-j LOG", "-i eth0 -j ACCEPT", "-j their-chain"];
const chainName = fc.constantFrom("csp-forward", "csp-rest", "csp-related", "csp-input");
const rules = fc.array(fc.constantFrom(...RULES), { maxLength: 4 });
const chains = fc.dictionary(chainName, rules, { maxKeys: 4 });
type PerTable<T> = Record<(typeof OWN)[number], T>;
const perTable = <T>(one: fc.Arbitrary<T>) => fc.record(Object.fromEntries(OWN.map((table) => [table, one]))) as fc.Arbitrary<PerTable<T>>;
const set = fc.record({
  type: fc.constant("hash:net"),
  family: fc.constantFrom("inet" as const, "inet6" as const),
  maxElements: fc.constantFrom(1024, 65536),
  members: fc.uniqueArray(fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")).map((members) => new Set(members)),
});
const sets = fc.dictionary(fc.constantFrom("csp-r00000000000000014", "csp-r00000000000000024", "csp-r00000000000000034"), set);
const frames: Jump[] = OWN.flatMap((table) =>
  BUILT_IN[table].map((chain) => ({ table, chain, text: `-j csp-forward${toolOf(table) === "ebtables" ? ` -i ${chain}` : ""}` })),
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
    OWN.flatMap((table) =>
      BUILT_IN[table].flatMap((chain) => all.map(({ to, place }): Jump => ({ table, chain, place, text: `-j csp-user-${to}` }))),
    ),
  );

/** Chains in a part each, or in two. */
function partsOf(tables: PerTable<Readonly<Record<string, readonly string[]>>>, apart: readonly string[]): ChainPart[] {
  const part = (isIn: (name: string) => boolean) =>
    Object.fromEntries(
      OWN.map((table) => {
        const own = Object.entries(tables[table]).filter(([name]) => isIn(name));
        return [table, new Map(own.map(([name, lines]) => [name, lines.map((text) => ({ text }))]))];
      }),
    ) as unknown as ChainPart;
  return [part((name) => !apart.includes(name)), ...apart.map((name) => part((other) => other === name))];
}

/** All parts' chains of a table, as texts. */
function chainsOf({ parts }: DesiredKernel, table: Table): [string, string[]][] {
  return parts.flatMap((part) =>
    [...chainsIn(part, table)].map(([name, lines]): [string, string[]] => [name, lines.map(({ text }) => text)]),
  );
}

const desired: fc.Arbitrary<DesiredKernel> = fc
  .record({ tables: perTable(chains), apart: fc.subarray(["csp-rest", "csp-input"]), sets, framed: fc.boolean(), jumps })
  .map(({ tables, apart, sets: wanted, framed, jumps: own }) => ({
    parts: partsOf(tables, apart),
    tables: TABLES,
    jumps: framed ? [...own, ...frames] : own,
    sets: new Map(Object.entries(wanted)),
    others: { chains: new Set(["csp-out-00000000000000ff"]), chainsOf: {}, sets: new Set(["csp-g00000000000000ff4"]) },
  }));

const foreignRules = fc.array(
  fc.constantFrom(...FOREIGN, "-j csp-monitor", "-j csp-forward", "-j csp-in-00000000000000aa", "-j csp-user-1"),
  { maxLength: 4 },
);
const model: fc.Arbitrary<Model> = fc
  .record({
    tables: perTable(chains),
    sets,
    foreign: perTable(foreignRules),
  })
  .map(({ tables, sets: there, foreign }) => ({
    chains: Object.fromEntries(
      OWN.map((table) => [
        table,
        new Map<string, string[]>([
          ...Object.entries(tables[table]),
          ["csp-out-00000000000000ff", ["-j RETURN"]],
          ["their-chain", ["-j DROP"]],
          // A chain of somebody else's whose name looks like csp's.
          ["csp-monitor", ["-j DROP"]],
          ...BUILT_IN[table].map((chain): [string, string[]] => [chain, [...foreign[table]]]),
        ]),
      ]),
    ) as Record<Table, Map<string, string[]>>,
    sets: new Map<string, KernelSet>([
      ...Object.entries(there),
      ["csp-g00000000000000ff4", { type: "hash:net", members: new Set(["192.0.2.1"]) }],
      ["blocklist", { type: "hash:net", members: new Set(["192.0.2.2"]) }],
      ["csp-scanners", { type: "hash:net", members: new Set(["192.0.2.3"]) }],
    ]),
  }));

function look({ chains: all, sets: there }: Model): ActualKernel {
  const tables = Object.fromEntries(
    OWN.map((table) => {
      const chains = [...all[table]].map(([name, lines]): [string, string[]] => [name, [...lines]]);
      return [
        table,
        { chains: new Map(chains.filter(([name]) => isOurs(name))), foreign: new Map(chains.filter(([name]) => !isOurs(name))) },
      ];
    }),
  );
  return { tables: tablesWith(tables), sets: structuredClone(there) };
}

function carryOut(kernel: Model, plan: KernelPlan, back = false): void {
  const changes = back ? reverseSets(plan.sets) : plan.sets;
  const texts = setText(changes);
  restoreSets(kernel, texts.before);
  for (const table of OWN) {
    if (table === "arptables.filter") {
      walk(kernel, (back ? arptablesBack : arptablesForward)(plan.tables[table]));
      continue;
    }
    const text = restoreText(table, back ? reversePlan(plan.tables[table]) : plan.tables[table]);
    for (const line of text.split("\n"))
      if (line !== "" && line !== "COMMIT" && !line.startsWith("*")) obey(kernel.chains[table], table, line);
  }
  restoreSets(kernel, texts.after);
}

/** As the script of the steps. */
function walk(kernel: Model, steps: readonly ArptablesStep[]): void {
  const succeeds = (args: string) => {
    try {
      obey(kernel.chains["arptables.filter"], "arptables.filter", args);
      return true;
    } catch {
      return false;
    }
  };
  for (const { args, how } of steps) {
    if (how === "must") obey(kernel.chains["arptables.filter"], "arptables.filter", args);
    else while (succeeds(args) && how === "repeat");
  }
}

/** One line of a restore file, or one arptables command; as strict as the tools. */
function obey(all: Map<string, string[]>, table: Table, line: string): void {
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
    const found = lines.findIndex((text) => canonicalRule(toolOf(table), text) === canonicalRule(toolOf(table), rest.join(" ")));
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

const copy = (kernel: Model): Model => structuredClone(kernel);

describe("planning", () => {
  test("a plan gives what was asked for, and then nothing is left to do", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const table of OWN) {
          const all = chainsOf(wanted, table);
          for (const [chain, texts] of all) expect(kernel.chains[table].get(chain)).toEqual(texts);
          expect([...kernel.chains[table].keys()].filter(isOurs).sort()).toEqual(
            [...all.map(([name]) => name), "csp-out-00000000000000ff"].sort(),
          );
        }
        for (const [name, content] of wanted.sets) expect(sameSet(kernel.sets.get(name)!, content)).toBe(true);
        expect(isEmpty(planKernel(wanted, look(kernel)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("what is not part of the plan stays: rules of others in their order, their chains and sets, other resources' chains and sets", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const table of OWN) {
          for (const chain of ["their-chain", "csp-monitor"]) expect(kernel.chains[table].get(chain)).toEqual(["-j DROP"]);
          expect(kernel.chains[table].get("csp-out-00000000000000ff")).toEqual(["-j RETURN"]);
          for (const chain of BUILT_IN[table]) {
            const foreign = (all: Model) => (all.chains[table].get(chain) ?? []).filter((text) => !leadsToOurs(toolOf(table), text));
            expect(foreign(kernel)).toEqual(foreign(start));
          }
        }
        for (const name of ["csp-g00000000000000ff4", "blocklist", "csp-scanners"])
          expect(kernel.sets.get(name)).toEqual(start.sets.get(name));
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
        for (const table of OWN) expect(kernel.chains[table]).toEqual(start.chains[table]);
        for (const [name, content] of start.sets) expect(sameSet(kernel.sets.get(name)!, content)).toBe(true);
        expect([...kernel.sets.keys()].sort()).toEqual([...start.sets.keys()].sort());
      }),
      { numRuns: 500 },
    );
  });

  test("jumps into our chains are in their place, with no rule of others between them", () => {
    fc.assert(
      fc.property(desired, model, (wanted, start) => {
        const kernel = copy(start);
        carryOut(kernel, planKernel(wanted, look(kernel)));
        for (const jump of wanted.jumps) {
          const is = kernel.chains[jump.table].get(jump.chain) ?? [];
          expect(standsInPlace(jump, wanted.jumps, is)).toBe(true);
          const theirs = is.flatMap((text, index) => (leadsToOurs(toolOf(jump.table), text) ? [] : [index]));
          const at = is.indexOf(jump.text);
          expect(theirs.every((index) => (jump.place === "last" ? index < at : index > at))).toBe(true);
          expect(standsInPlace(jump, wanted.jumps, jump.place === "last" ? [...is, "-j LOG"] : ["-j LOG", ...is])).toBe(false);
          expect(
            standsInPlace(
              jump,
              wanted.jumps,
              is.filter((text) => text !== jump.text),
            ),
          ).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a plan names what differs and nothing else", () => {
    const line = (...texts: string[]) => texts.map((text) => ({ text }));
    const chains = { "csp-host-in": line("-s 10.0.0.5/24 -p 6 -j ACCEPT"), "csp-host-out": line("-j DROP") };
    const wanted: DesiredKernel = {
      parts: [
        { "iptables.filter": new Map(Object.entries(chains)) },
        { "iptables.filter": new Map([["csp-nd", line("-j DROP", "-j ACCEPT")]]) },
      ],
      tables: TABLES,
      jumps: [{ table: "iptables.filter", chain: "FORWARD", text: "-j csp-host-in" }],
      sets: new Map(),
      others: { chains: new Set(), chainsOf: {}, sets: new Set() },
    };
    const actual: ActualKernel = {
      tables: tablesWith({
        "iptables.filter": {
          chains: new Map([
            ["csp-host-in", ["-s 10.0.0.0/24 -p tcp -j ACCEPT"]],
            ["csp-nd", ["-j ACCEPT", "-j DROP"]],
            ["csp-in-00000000000000aa", []],
          ]),
          foreign: new Map([["FORWARD", ["-j LOG", "-j csp-host-in"]]]),
        },
      }),
      sets: new Map() as Sets,
    };
    const plan = planKernel(wanted, actual);
    expect(plan.tables["iptables.filter"].chains.map(({ chain, before, after }) => [chain, before, after])).toEqual([
      ["csp-host-out", undefined, ["-j DROP"]],
      ["csp-nd", ["-j ACCEPT", "-j DROP"], ["-j DROP", "-j ACCEPT"]],
      ["csp-in-00000000000000aa", [], undefined],
    ]);
    // After a rule of somebody else's, it is not in front.
    expect(plan.tables["iptables.filter"].jumps.map(({ chain }) => chain)).toEqual(["FORWARD"]);
    expect(plan.tables["ebtables.nat"]).toEqual({ chains: [], jumps: [] });
  });

  test("earlier comparisons and plans do not change a plan", () => {
    fc.assert(
      fc.property(desired, desired, model, (first, second, start) => {
        const actual = look(start);
        planKernel(first, actual);
        nowHold(
          actual.tables,
          first.parts.filter((part) => holds(actual.tables, part, TABLES)),
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
        const without: Model = { ...start, chains: { ...start.chains, "arptables.filter": new Map() } };
        const plan = planKernel({ ...wanted, tables: TABLES.filter((table) => table !== "arptables.filter") }, look(without));
        expect(plan.tables["arptables.filter"].chains).toEqual([]);
        expect(plan.tables["iptables.filter"]).toEqual(planKernel(wanted, look(without)).tables["iptables.filter"]);
      }),
    );
  });

  test("arptables: the way back restores what was there, from any point of the way there and from any point of itself", () => {
    fc.assert(
      fc.property(desired, model, fc.nat(), fc.nat(), (wanted, start, cut, cutAgain) => {
        const kernel = copy(start);
        const plan = planKernel(wanted, look(kernel)).tables["arptables.filter"];
        const [there, back] = [arptablesForward(plan), arptablesBack(plan)];
        walk(kernel, there.slice(0, cut % (there.length + 1)));
        walk(kernel, back.slice(0, cutAgain % (back.length + 1)));
        walk(kernel, back);
        expect(kernel.chains["arptables.filter"]).toEqual(start.chains["arptables.filter"]);
      }),
      { numRuns: 500 },
    );
  });

  test("arptables: new chains come first, each with its rules and after those that it leads to", () => {
    const chains = [
      { chain: "csp-tree", before: ["-j DROP"], after: ["-i vif1.0 -j csp-vif-1", "-j DROP"] },
      { chain: "csp-vif-1", before: undefined, after: ["-j csp-to --src-mac 02:00:00:00:00:01", "-j DROP"] },
      { chain: "csp-to", before: undefined, after: ["-j ACCEPT"] },
      { chain: "csp-vif-2", before: ["-j csp-to", "-j DROP"], after: undefined },
    ];
    expect(arptablesForward({ chains, jumps: [] }).map(({ args }) => args)).toEqual([
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

    test("that a rule allows are removed before rules change and added after", () => {
      expect(setText([{ ...change, order: "remove-first" }])).toEqual({ before: "del csp-s 10.0.0.1\n", after: "add csp-s 10.0.0.3\n" });
    });

    test("that a rule drops are added before rules change and removed after", () => {
      expect(setText([{ ...change, order: "add-first" }])).toEqual({ before: "add csp-s 10.0.0.3\n", after: "del csp-s 10.0.0.1\n" });
    });

    test("are swapped in as a whole if the set must be replaced", () => {
      const { before, after } = setText([{ ...change, after: { ...change.after, maxElements: 2048 }, order: "add-first" }]);
      expect(before).toMatch(
        /^create csp-t\S+ hash:net family inet maxelem 2048\nadd \S+ 10.0.0.2\nadd \S+ 10.0.0.3\nswap (\S+) csp-s\ndestroy \1\n$/,
      );
      expect(after).toBe("");
    });
  });
});
