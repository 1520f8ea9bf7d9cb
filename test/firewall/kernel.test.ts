import fc from "fast-check";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { arptablesBack, arptablesForward, arptablesScript } from "../../provider/firewall/arptables";
import { sameRule } from "../../provider/firewall/canonical";
import { type Claim, frameChains, frameHooks } from "../../provider/firewall/frame";
import { TOOLS } from "../../provider/firewall/kernel";
import { type ActualKernel, type DesiredKernel, isEmpty, type KernelPlan, planKernel } from "../../provider/firewall/plan";
import { restoreText, reversePlan, reverseSets, setText } from "../../provider/firewall/restore";
import { parseSaved, parseSets } from "../../provider/firewall/saved";
import { compileUnit, type UnitDeclaration } from "../../provider/firewall/unit";
import { describeWith } from "../support/needs";
import { policySchema, unit } from "./arbitrary";

/** Of running guests, so that dispatch goes as deep as it can. */
const DOMAINS = [1, 10, 100, 1000, 10000, 10001, 10011, 10111];

/**
 * What the compiler says against the real tools: everything it makes loads, and what the tools then print is what it meant, so that a
 * second plan is empty. In both of iptables' backends.
 */
describeWith(["root"], "the kernel", () => {
  let lab: Lab;
  const frame = { guestPorts: ["vif", "tap", "vnet"] };
  const nothing: DesiredKernel = {
    parts: [],
    tools: TOOLS,
    hooks: [],
    sets: new Map(),
    others: { chains: new Set(), sets: new Set() },
  };

  beforeAll(async () => {
    lab = await createLab(
      {
        name: "t-kernel",
        hosts: [
          { name: "nft", backend: "nft" },
          { name: "legacy", backend: "legacy" },
        ],
      },
      { replace: true },
    );
    for (const host of lab.hosts) await host.run("ipset create foreign4 hash:net; ipset create foreign6 hash:net family inet6");
  });
  afterAll(() => lab.down());

  function desiredOf(declared: UnitDeclaration): DesiredKernel {
    const compiled = compileUnit(declared);
    const claims: Claim[] = compiled.guests.flatMap((guest, index) =>
      guest.vifs.map((vif) => ({ port: `vif${DOMAINS[index]}.${vif.device}`, vif: vif.id })),
    );
    const parts = [frameChains(frame, claims), compiled.shared, ...compiled.guests.map((guest) => guest.chains)];
    const others = { chains: new Set<string>(), sets: new Set<string>() };
    return { parts, tools: TOOLS, hooks: frameHooks(frame), sets: new Map(compiled.sets), others };
  }

  async function read(host: LabHost): Promise<ActualKernel> {
    const text = async (command: string) => (await host.run(command)).trimEnd();
    return {
      tables: {
        iptables: parseSaved("iptables", await text("iptables-save -t filter")),
        ip6tables: parseSaved("ip6tables", await text("ip6tables-save -t filter")),
        ebtables: parseSaved("ebtables", await text("ebtables-save")),
        arptables: parseSaved("arptables", await text("arptables -nL")),
      },
      sets: parseSets(await text("ipset save")),
    };
  }

  async function carryOut(host: LabHost, plan: KernelPlan, back = false): Promise<void> {
    const sets = setText(back ? reverseSets(plan.sets) : plan.sets);
    await host.run("ipset -exist restore", sets.before);
    for (const tool of TOOLS) {
      const change = back ? reversePlan(plan.tools[tool]) : plan.tools[tool];
      if (tool === "arptables") {
        const steps = (back ? arptablesBack : arptablesForward)(plan.tools.arptables);
        await host.run("sh", `arptables=arptables\n${arptablesScript(steps)}`);
      } else {
        const text = restoreText(tool, change);
        if (text !== "")
          await host.run(`${tool}-restore --noflush`, text).catch((error) => {
            const line = Number(/line:? (\d+)/.exec(String(error))?.[1] ?? 0);
            throw new Error(`${error}\n${line > 0 ? text.split("\n")[line - 1] : text}`);
          });
      }
    }
    await host.run("ipset -exist restore", sets.after);
  }

  /** What a plan still wants though it was carried out: each rule as asked for, and as it is. */
  function leftOver(plan: KernelPlan): unknown[] {
    const chains = TOOLS.flatMap((tool) =>
      plan.tools[tool].chains.flatMap(({ chain, before = [], after = [] }) =>
        Array.from({ length: Math.max(before.length, after.length) }, (_, index) => ({
          tool,
          chain,
          asked: after[index],
          is: before[index],
        })).filter(({ asked = "", is = "" }) => !sameRule(tool, asked, is)),
      ),
    );
    return [...chains, ...TOOLS.flatMap((tool) => plan.tools[tool].hooks), ...plan.sets];
  }

  test.each(["nft", "legacy"])("%s: guests that need the deepest dispatch, in a group that asks for sets", async (name) => {
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
    await carryOut(host, planKernel(desiredOf(declared), await read(host)));
    expect(leftOver(planKernel(desiredOf(declared), await read(host)))).toEqual([]);
    await carryOut(host, planKernel(nothing, await read(host)));
  });

  test("arptables: commands that end anywhere can be taken back, once or after a first try that ended too", async () => {
    const host = lab.host("legacy");
    await fc.assert(
      fc.asyncProperty(unit(2, 4), unit(2, 4), fc.nat(), fc.nat(), async (first, second, cut, cutAgain) => {
        await carryOut(host, planKernel(desiredOf(first), await read(host)));
        const saved = await host.run("arptables -nL");
        const plan = planKernel(desiredOf(second), await read(host)).tools.arptables;
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

  for (const name of ["nft", "legacy"]) {
    test(`${name}: generated policies load as they are, the second plan is empty, and the way back leads back`, async () => {
      const host = lab.host(name);
      const empty = await host.snapshotTools();
      await fc.assert(
        fc.asyncProperty(unit(2, 8), unit(2, 4), async (first, second) => {
          const [one, two] = [desiredOf(first), desiredOf(second)];
          await carryOut(host, planKernel(one, await read(host)));
          expect(leftOver(planKernel(one, await read(host)))).toEqual([]);
          // From one policy to another, back, and away.
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
