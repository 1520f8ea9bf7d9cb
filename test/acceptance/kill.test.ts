import { createLab, type Lab, type LabHost, type SavedTools } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { hit, release, type Sabotage, sabotage } from "./sabotage";
import { failureOf, generation, ownName } from "./stack";

/**
 * The script of a transaction dies at each of its steps. A new process for each case would be the most realistic way to see what the next run does
 * about it. New connections are the part of that which matters, and they are a hundred times as fast.
 */
const POINTS: readonly (Omit<Sabotage, "deed"> & { readonly committed?: true })[] = [
  { tool: "flock", when: "after" },
  { tool: "mv", when: "before" },
  { tool: "mv", when: "after" },
  { tool: "sync", when: "after" },
  { tool: "ebtables-restore", when: "before" },
  { tool: "ebtables-restore", when: "after" },
  { tool: "ipset", among: "restore", when: "before" },
  { tool: "ipset", among: "restore", when: "after" },
  { tool: "arptables", among: "-A", when: "before" },
  { tool: "arptables", among: "-A", when: "after" },
  { tool: "iptables-restore", when: "before" },
  { tool: "iptables-restore", when: "after" },
  { tool: "ip6tables-restore", when: "before" },
  { tool: "ip6tables-restore", when: "after" },
  { tool: "ebtables-restore", nth: 2, when: "before" },
  { tool: "ebtables-restore", nth: 2, when: "after" },
  { tool: "ipset", among: "restore", nth: 2, when: "before" },
  { tool: "ipset", among: "restore", nth: 2, when: "after" },
  { tool: "ipset", among: "save ", nth: 1, when: "after" },
  { tool: "head", nth: 2, when: "before" },
  { tool: "head", nth: 2, when: "after" },
  { tool: "head", nth: 3, when: "before" },
  { tool: "head", nth: 3, when: "after" },
  { tool: "mv", nth: 2, when: "before" },
  { tool: "mv", nth: 2, when: "after" },
  { tool: "sync", nth: 2, when: "after" },
  // From here on the transaction is confirmed, and whatever runs next finishes it.
  { tool: "mv", nth: 3, when: "before", committed: true },
  { tool: "mv", nth: 4, when: "after", committed: true },
];

/** Packets that neither policy allows; each is a new flow. */
const DENIED = { from: "web", to: "db", port: 7777, intervalMs: 10, fresh: true } as const;

const policy = resourceOf("csp:firewall:HostPolicy");
const adoption = resourceOf("csp:index:Host");

describeWith(["root"], "a transaction whose script is killed", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let old: SavedTools;
    let next: SavedTools;
    let known: State;
    const table: string[] = [];
    const inputs = { old: {}, next: {} } as Record<"old" | "next", never>;

    const csp = new Csp("kill/dev guests (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    const put = async (which: "old" | "next") => {
      known = { inputs: inputs[which], outputs: (await policy.update(context(), "hv-01/guests", known as never, inputs[which])) as never };
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`kill-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: ["web", "db"].map((name, n) => ({
            name,
            host: "hv-01",
            addresses: [`10.23.0.${11 + n}/24`, `10.23.0.${21 + n}/24`, `fd23::${11 + n}/64`],
          })),
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      // The control: before there is a policy, these packets arrive.
      const open = await lab.probe.stream({ ...DENIED, count: 5 });
      expect((await open.result).received).not.toEqual([]);
      const declared = (extra: boolean) =>
        policy.inputs.parse({
          host: "hv-01",
          groups: { web: { members: extra ? ["192.0.2.1", "2001:db8::1"] : ["192.0.2.2"] } },
          guests: Object.fromEntries(
            (["web", "db"] as const).map((name, n) => [
              name,
              {
                uuid: lab.guest(name).uuid,
                interfaces: [
                  {
                    device: 0,
                    mac: lab.guest(name).mac,
                    addresses: [`10.23.0.${11 + n}`, `fd23::${11 + n}`, ...(extra ? [`10.23.0.${21 + n}`] : [])],
                  },
                ],
                groups: ["web"],
                ingress: [
                  { name: "http", protocol: "tcp", ports: [extra ? "81" : "80"] },
                  { name: "peers", protocol: "tcp", ports: ["9000"], from: ["group:web"] },
                ],
              },
            ]),
          ),
        });
      Object.assign(inputs, { old: declared(false), next: declared(true) });
      csp.reconnect();
      await adoption.create(context(), adoption.inputs.parse({ host: "hv-01" }) as never);
      const made = await policy.create(context(), inputs.old);
      known = { inputs: inputs.old, outputs: made.outputs as never };
      old = await host.snapshotTools();
      await put("next");
      next = await host.snapshotTools();
      await put("old");
      expect(await host.snapshotTools()).toEqual(old);
      for (const tool of ["iptables", "ip6tables", "ebtables", "arptables", "ipset"] as const)
        expect([tool, next[tool]]).not.toEqual([tool, old[tool]]);
    }, 60_000);
    afterAll(async () => {
      console.log(`${backend}: killed at ${table.length} points\n${table.join("\n")}`);
      csp.close();
      await lab?.down();
    }, 60_000);

    test.each(
      // The script is the same for both backends; only the tools' locks and commits differ.
      POINTS.filter(({ tool, when }) => backend === "nft" || (when === "after" && tool !== "sync")).map(
        (point) =>
          [`${point.when} ${point.tool}${point.among === undefined ? "" : ` ${point.among}`}, call ${point.nth ?? 1}`, point] as const,
      ),
    )(
      "%s",
      async (title, point) => {
        const stream = await lab.probe.stream(DENIED);
        await sabotage(host, { ...point, deed: "kill" });
        const t = Date.now();
        const update = policy.update(context(), "hv-01/guests", known as never, inputs.next);
        const said = point.committed ? await update.then(() => undefined) : await failureOf(Promise.resolve(update));
        const took = Date.now() - t;
        await hit(host);
        await release(host, point.tool);
        const left = await host.snapshotTools();
        const is = (tools: SavedTools) => JSON.stringify(left) === JSON.stringify(tools);
        table.push(`${title}: ${took} ms, ${is(old) ? "old" : is(next) ? "new" : "between"}`);
        if (point.committed) expect(left).toEqual(next);
        else {
          expect(said).toMatch(/^host hv-01: .*\. .*`pulumi up` again/);
          expect(said).not.toMatch(/put back|nothing was changed/);
        }

        csp.reconnect();
        await policy.read(context(), "hv-01/guests", known as never);
        const found = await host.snapshotTools();
        expect([JSON.stringify(old), JSON.stringify(next)]).toContain(JSON.stringify(found));
        expect(await host.run("cd /var/lib/csp && ls -d journal commit 2>/dev/null || :; flock -n lock true || echo locked")).toBe("");

        await put("next");
        expect(await host.snapshotTools()).toEqual(next);
        expect((await host.run("cd /var/lib/csp; until ! [ -e commit ]; do sleep 0.05; done; ls")).split("\n").filter(Boolean)).toEqual([
          "dialect",
          "frame",
          "generation",
          "guests",
          "hook",
          "hook.log",
          "kept",
          "lock",
          "ports",
          "sets",
          "settings",
          "templates",
          "units",
          "vifs",
          "work",
          "zones",
        ]);
        await put("old");
        expect(await host.snapshotTools()).toEqual(old);
        expect((await stream.stop()).received).toEqual([]);
      },
      60_000,
    );

    test("the undo is killed as well: the run after that one completes it", async () => {
      await sabotage(host, { tool: "ip6tables-restore", when: "after", deed: "kill" });
      await failureOf(policy.update(context(), "hv-01/guests", known as never, inputs.next));
      await release(host, "ip6tables-restore");
      csp.reconnect();
      await sabotage(host, { tool: "ip6tables-restore", when: "before", deed: "kill" });
      expect(await failureOf(policy.read(context(), "hv-01/guests", known as never))).toMatch(/^host hv-01: .*`pulumi up` again/);
      await release(host, "ip6tables-restore");
      csp.reconnect();
      await policy.read(context(), "hv-01/guests", known as never);
      expect(await host.snapshotTools()).toEqual(old);
    }, 60_000);

    test("the host reboots in the middle: nothing is left to undo, and the next update makes the whole change", async () => {
      await sabotage(host, { tool: "ip6tables-restore", when: "after", deed: "kill" });
      await failureOf(policy.update(context(), "hv-01/guests", known as never, inputs.next));
      await release(host, "ip6tables-restore");
      // An empty kernel under another boot's id.
      await host.run(`echo another-boot >/var/lib/csp/journal/boot
        for t in iptables ip6tables arptables; do $t -F && $t -X; done
        ebtables -t nat -F && ebtables -t nat -X && ipset destroy`);
      csp.reconnect();
      const found = await policy.read(context(), "hv-01/guests", known as never);
      expect(found).toMatchObject({ outputs: { drift: expect.arrayContaining([expect.stringMatching(/./)]) } });
      await put("next");
      expect(await host.snapshotTools()).toEqual(next);
      await put("old");
      expect(await host.snapshotTools()).toEqual(old);
    }, 60_000);

    test("two processes at once: each change is made, none is lost", async () => {
      const before = await generation(host);
      const other = new Csp("other/dev blocklist (csp:firewall:IpSet)", () => lab.hosts);
      const set = resourceOf("csp:firewall:IpSet");
      const theirs = other.context();
      const rounds = 4;
      const sets = async () => {
        for (let round = 0; round < rounds; round++) {
          const wanted = set.inputs.parse({ host: "hv-01", name: "blocklist", members: [`192.0.2.${round}`] }) as never;
          const { id, outputs } = await set.create(theirs, wanted);
          await set.delete(theirs, id, { inputs: wanted, outputs } as never);
        }
      };
      const policies = async () => {
        for (let round = 0; round < rounds; round++) {
          await put("next");
          await put("old");
        }
      };
      await Promise.all([sets(), policies()]);
      other.close();
      expect(await host.snapshotTools()).toEqual(old);
      expect(await generation(host)).toBe(before + 4 * rounds);
    }, 60_000);
  });
});
