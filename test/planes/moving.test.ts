import type { LabHost } from "../../lab/netns";
import type { Plane } from "../../provider/firewall/model/kernel";
import { GUEST_EVENTS } from "../acceptance/events";
import { floodKinds, floodTable, type Kind, underFlood, type Witnessed } from "../acceptance/floods";
import { driftOf, followLab, followProgram, noChanges } from "../acceptance/followed";
import { hit, release, sabotage } from "../acceptance/sabotage";
import { failureOf, type LabStack } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";

const cast = { guest: "web", peer: "peer", other: "far", client: "client" };

/** From one plane to the other and back while packets are sent and counted, and what happens to guests on it. */
describe.each(BACKENDS)("a host's plane (%s above)", (backend) => {
  describeWith(["root", "pulumi", "plugin"], "layer 2 by nft", () => {
    let work: LabStack;
    let host: LabHost;
    let kinds: Kind[];
    let plane: Plane | undefined;
    const rows: Witnessed[] = [];

    beforeAll(async () => {
      work = await followLab(`plane-${backend}`, backend);
      host = work.lab.host("hv-01");
      kinds = floodKinds(work.lab, cast);
      work.declare(followProgram(work.lab, {}, () => (plane === undefined ? {} : { plane })));
      await work.stack.up();
    }, 60_000);
    afterAll(async () => {
      if (rows.length > 0) console.log(floodTable(`layer 2 by nft, ${backend} above: floods of 1,000 packets a second of each kind`, rows));
      await work?.end();
    }, 60_000);

    const happens = async (event: string, happen: () => Promise<unknown>) => {
      const began = Date.now();
      const row = await underFlood(work.lab, kinds, event, happen, () => Math.max(began, work.lab.guest("web").upAt));
      rows.push(row);
      expect(row.wrong).toEqual({});
      expect(row.sent).toBeGreaterThan(500);
      expect(Object.entries(row.backMs).filter(([, ms]) => ms === undefined)).toEqual([]);
      return row;
    };
    const moveTo = (next: Plane) => async () => {
      plane = next;
      await work.stack.up();
    };
    const chains = async () => ({
      ebtables: (await host.run("ebtables -t nat -L; ebtables -t filter -L")).match(/csp-(vif|rcv|from|to)\b/g)?.length ?? 0,
      arptables: (await host.run("arptables-legacy -nL")).match(/csp-(vif|from|to)\b/g)?.length ?? 0,
      nft: (await host.run("nft list table bridge csp 2>/dev/null || :")).match(/chain csp-(vif|rcv)-/g)?.length ?? 0,
    });

    test("the guests move with their host: nothing passes that must not, no allowed packet is lost", async () => {
      const row = await happens("to nft-bridge", moveTo("nft-bridge"));
      expect(row.allowedThrough).toBe(row.allowedSent);
      expect(await chains()).toEqual({ ebtables: 0, arptables: 0, nft: 8 });
      await noChanges(work, host);
    }, 60_000);

    test.each(Object.entries(GUEST_EVENTS).filter(([event]) => backend === "nft" || /^(reboot$|crash|the host)/.test(event)))(
      "%s",
      async (event, happen) => {
        await happens(event, () => happen(work));
        if (backend === "nft") await noChanges(work, host);
      },
      60_000,
    );

    test.each([
      [
        "an element is lost",
        `nft delete element bridge csp csp-to '{ "'$(nft list map bridge csp csp-to | grep -o 'vif[0-9.]*' | head -n 1)'" }'`,
      ],
      ["a rule is lost", "nft flush chain bridge csp $(nft list table bridge csp | grep -o 'csp-vif-[0-9a-f]*' | head -n 1)"],
      ["a rule is there by hand", "nft insert rule bridge csp csp-prerouting accept"],
      ["the whole table is lost", "nft delete table bridge csp"],
    ])(
      "drift: %s",
      async (_, byHand) => {
        await host.run(byHand);
        await work.stack.refresh();
        expect(Object.keys(await driftOf(work))).not.toEqual([]);
        await work.stack.up();
        await noChanges(work, host);
      },
      60_000,
    );

    test("after all of nft is flushed, the next event puts it back", async () => {
      await host.run(backend === "nft" ? "nft delete table bridge csp" : "nft flush ruleset");
      await host.run("sh /var/lib/csp/hook follow");
      await noChanges(work, host);
    }, 60_000);

    test("killed at its steps, one plane stands or both", async () => {
      await moveTo("xtables")();
      for (const [tool, when] of [
        ["nft", "before"],
        ["nft", "after"],
        ["ebtables-restore", "before"],
        ["ebtables-restore", "after"],
      ] as const) {
        await happens(`killed ${when} ${tool}`, async () => {
          await sabotage(host, { tool, when, deed: "kill", ...(tool === "nft" ? { among: "-f " } : {}) });
          await failureOf(moveTo("nft-bridge")());
          await hit(host);
          await release(host, tool);
        });
        await happens("made whole", moveTo("nft-bridge"));
        await noChanges(work, host);
        await happens("back", moveTo("xtables"));
      }
      expect(await chains()).toMatchObject({ nft: 0 });
      await noChanges(work, host);
    }, 300_000);

    test("nothing is left on a host that csp leaves", async () => {
      await moveTo("nft-bridge")();
      await work.stack.destroy();
      expect(await host.run("nft list tables; ebtables-save; iptables-save; arptables-legacy -nL")).not.toContain("csp");
    }, 60_000);
  });
});
