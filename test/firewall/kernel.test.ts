import fc from "fast-check";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { missingFeature } from "../../lab/netns/kernel";
import { type Frame, frameChains, frameJumps } from "../../provider/firewall/compile/frame";
import type { Bridge, Claim } from "../../provider/firewall/compile/templates";
import { compileUnit, type UnitDeclaration } from "../../provider/firewall/compile/unit";
import { TABLES, TOOLS, toolOf } from "../../provider/firewall/model/kernel";
import { type ActualKernel, type DesiredKernel, isEmpty, type KernelPlan, planKernel } from "../../provider/firewall/plan/plan";
import { CURRENT } from "../../provider/firewall/planes/print";
import { sameRule } from "../../provider/firewall/planes/same";
import { arptablesBack, arptablesForward, arptablesScript } from "../../provider/firewall/planes/xtables/arptables";
import { restoreText, reversePlan, reverseSets, setText } from "../../provider/firewall/planes/xtables/restore";
import { parseSaved, parseSets, tablesWith } from "../../provider/firewall/planes/xtables/saved";
import { type Dialect, formatDialect } from "../../provider/host/look/facts";
import { splitSections } from "../../provider/host/look/snapshot";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";
import { remotePart } from "../support/remote";
import { policySchema, unit } from "./arbitrary";

/** Ports of running guests, so that the dispatch trees are as deep as possible. */
const DOMAINS = [1, 10, 100, 1000, 10000, 10001, 10011, 10111];

/**
 * Holds the compiler against the real tools: everything that it makes loads, and what the tools then print has the same meaning, so that a
 * second plan is empty. With both backends of iptables.
 */
describeWith(["root"], "the kernel", () => {
  let lab: Lab;
  const zoned = missingFeature("connection tracking zones") === undefined;
  /** Either way of keeping connections apart, each on one of the hosts. */
  const zonesOf = ({ name }: LabHost) => (!zoned ? undefined : name === "legacy" ? "raw" : "nft");
  const bridges: Bridge[] = [{ name: "br0", mac: "02:00:00:00:ff:01", zone: 50001 }];
  const nothing: DesiredKernel = {
    parts: [],
    tables: TABLES,
    jumps: [],
    sets: new Map(),
    others: { chains: new Set(), chainsOf: {}, sets: new Set() },
  };

  beforeAll(async () => {
    lab = await createLab(
      {
        name: "t-kernel",
        hosts: BACKENDS.map((backend) => ({ name: backend, backend })),
      },
      { replace: true },
    );
    for (const host of lab.hosts) await host.run("ipset create foreign4 hash:net; ipset create foreign6 hash:net family inet6");
  });
  afterAll(() => lab.down());

  function desiredOf(host: LabHost, declared: UnitDeclaration): DesiredKernel {
    const frame: Frame = { guestPorts: ["vif", "tap", "vnet"], zones: zonesOf(host), pins: true };
    const compiled = compileUnit(declared, CURRENT);
    const claims: Claim[] = compiled.guests.flatMap((guest, index) =>
      guest.vifs.map((vif) => ({ port: `vif${DOMAINS[index]}.${vif.device}`, vif: vif.id, traits: vif.traits })),
    );
    const parts = [frameChains(frame, claims, bridges), compiled.shared, ...compiled.guests.map((guest) => guest.chains)];
    const others = { chains: new Set<string>(), chainsOf: {}, sets: new Set<string>() };
    return { parts, tables: TABLES, jumps: frameJumps(frame), sets: new Map(compiled.sets), others };
  }

  /** The functions that run on hosts, spoken to as this one wants it. */
  const tables = (host: LabHost) => {
    const backend = host.name === "legacy" ? "legacy" : "nft";
    const dialect: Dialect = { wait: true, arptables: "arptables", ebtables: host.spec.ebtables ?? "nft", zones: zonesOf(host), backend };
    return `${formatDialect(dialect)}${remotePart("tables.sh")}`;
  };

  async function read(host: LabHost): Promise<ActualKernel> {
    const saved = await host.run("sh", `${tables(host)}\nfor t in ${TOOLS.join(" ")}; do echo "@@csp $t"; save_all $t; done`);
    const sections = splitSections(saved);
    expect([...sections.keys()].filter((name) => name.startsWith("failed"))).toEqual([]);
    return {
      tables: tablesWith(Object.assign({}, ...TOOLS.map((tool) => parseSaved(tool, sections.get(tool) ?? "")))),
      sets: parseSets((await host.run("ipset save")).trimEnd()),
    };
  }

  async function carryOut(host: LabHost, plan: KernelPlan, back = false): Promise<void> {
    const sets = setText(back ? reverseSets(plan.sets) : plan.sets);
    await host.run("ipset -exist restore", sets.before);
    for (const table of TABLES) {
      const change = back ? reversePlan(plan.tables[table]) : plan.tables[table];
      if (table === "arptables.filter") {
        const steps = (back ? arptablesBack : arptablesForward)(plan.tables[table]);
        await host.run("sh", `arptables=arptables\n${arptablesScript(steps)}`);
        continue;
      }
      const text = restoreText(table, change);
      if (text === "") continue;
      const script = `${tables(host)}\nw=$(mktemp -d); cat >$w/text <<'@@END'\n${text}@@END\nrestore ${table} $w/text; r=$?; rm -r $w; exit $r`;
      await host.run("sh", script).catch((error) => {
        const line = Number(/line:? (\d+)/.exec(String(error))?.[1] ?? 0);
        throw new Error(`${table}: ${error}\n${line > 0 ? text.split("\n")[line - 1] : text}`);
      });
    }
    await host.run("ipset -exist restore", sets.after);
  }

  /** What a plan still changes although it was carried out: each rule as wanted and as it is. */
  function leftOver(plan: KernelPlan): unknown[] {
    const chains = TABLES.flatMap((table) =>
      plan.tables[table].chains.flatMap(({ chain, before = [], after = [] }) =>
        Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
          table,
          chain,
          asked: after[index],
          is: before[index],
        })).filter(({ asked = "", is = "" }) => !sameRule(toolOf(table), asked, is)),
      ),
    );
    return [...chains, ...TABLES.flatMap((table) => plan.tables[table].jumps), ...plan.sets];
  }

  test.each(BACKENDS)("%s: guests that need the deepest dispatch tree, in a group that needs sets", async (name) => {
    const host = lab.host(name);
    const interfaces = (n: number) =>
      policySchema.shape.interfaces.parse(
        [0, 1].map((device) => ({ device, mac: `02:00:00:00:0${n}:0${device}`, addresses: [`10.0.${n}.${device}`] })),
      );
    const rules = policySchema.shape.ingress.parse([{ name: "a", protocol: "tcp", ports: ["22"], from: ["group:peers"] }]);
    const declared: UnitDeclaration = {
      id: "policy/deep",
      groups: new Map([["peers", { ingress: rules, egress: rules.map(({ from, ...rule }) => ({ ...rule, to: from })), members: [] }]]),
      guests: DOMAINS.map((domain, n) => ({
        ...policySchema.parse({ interfaces: interfaces(n) }),
        label: `d${domain}`,
        uuid: `6c1a0000-0000-4000-8000-00000000010${n}`,
        groups: ["peers"],
      })),
      groupPeers: "set",
    };
    await carryOut(host, planKernel(desiredOf(host, declared), await read(host)));
    expect(leftOver(planKernel(desiredOf(host, declared), await read(host)))).toEqual([]);
    await carryOut(host, planKernel(nothing, await read(host)));
  });

  test("arptables: commands that stop anywhere can be undone, also after an undo that stopped", async () => {
    const host = lab.host("legacy");
    await fc.assert(
      fc.asyncProperty(unit(2, 4), unit(2, 4), fc.nat(), fc.nat(), async (first, second, cut, cutAgain) => {
        await carryOut(host, planKernel(desiredOf(host, first), await read(host)));
        const saved = await host.run("arptables -nL");
        const plan = planKernel(desiredOf(host, second), await read(host)).tables["arptables.filter"];
        const [there, back] = [arptablesForward(plan), arptablesBack(plan)];
        const take = (steps: ReturnType<typeof arptablesBack>) => host.run("sh", `arptables=arptables\n${arptablesScript(steps)}`);
        await take(there.slice(0, cut % (there.length + 1)));
        await take(back.slice(0, cutAgain % (back.length + 1)));
        await take(back);
        const chains = (text: string) => text.trim().split("\n\n").sort();
        expect(chains(await host.run("arptables -nL"))).toEqual(chains(saved));
        await carryOut(host, planKernel(nothing, await read(host)));
      }),
      { numRuns: Number(process.env.CSP_RUNS ?? 6), endOnFailure: process.env.CSP_SHRINK === undefined },
    );
  }, 120_000);

  for (const name of BACKENDS) {
    test(`${name}: generated policies load as they are, the second plan is empty, and the way back leads back`, async () => {
      const host = lab.host(name);
      const empty = await host.snapshotTools();
      await fc.assert(
        fc.asyncProperty(unit(2, 8), unit(2, 4), async (first, second) => {
          const [one, two] = [desiredOf(host, first), desiredOf(host, second)];
          await carryOut(host, planKernel(one, await read(host)));
          expect(leftOver(planKernel(one, await read(host)))).toEqual([]);
          // From one policy to another, back, and to none.
          const saved = await host.snapshotTools();
          const change = planKernel(two, await read(host));
          await carryOut(host, change);
          expect(leftOver(planKernel(two, await read(host)))).toEqual([]);
          await carryOut(host, change, true);
          expect(isEmpty(planKernel(one, await read(host)))).toBe(true);
          expect((await host.snapshotTools()).iptables.split("\n").sort()).toEqual(saved.iptables.split("\n").sort());
          await carryOut(host, planKernel(nothing, await read(host)));
          expect(await host.snapshotTools()).toEqual(empty);
        }),
        { numRuns: Number(process.env.CSP_RUNS ?? 3), endOnFailure: process.env.CSP_SHRINK === undefined },
      );
    }, 120_000);
  }
});
