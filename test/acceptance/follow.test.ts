import type { LabHost } from "../../lab/netns";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";
import { GUEST_EVENTS } from "./events";
import { floodKinds, floodTable, type Kind, underFlood, type Witnessed } from "./floods";
import { followLab, followProgram, noChanges } from "./followed";
import type { LabStack } from "./stack";

const cast = { guest: "web", peer: "peer", other: "far", client: "client" };

describe.each(BACKENDS)("the policy follows its guest (%s)", (backend) => {
  describeWith(["root", "pulumi", "plugin"], "on one host", () => {
    let work: LabStack;
    let host: LabHost;
    let kinds: Kind[];
    const rows: Witnessed[] = [];

    beforeAll(async () => {
      work = await followLab(`follow-${backend}`, backend);
      host = work.lab.host("hv-01");
      kinds = floodKinds(work.lab, cast);
      work.declare(followProgram(work.lab));
    }, 60_000);
    afterAll(async () => {
      if (rows.length > 0) console.log(floodTable(`${backend}: floods of 1,000 packets a second of each kind`, rows));
      await work?.end();
    }, 60_000);

    const happens = async (event: string, happen: () => Promise<unknown>, some = kinds) => {
      const began = Date.now();
      const row = await underFlood(work.lab, some, event, happen, () => Math.max(began, work.lab.guest("web").upAt));
      rows.push(row);
      expect(row.wrong).toEqual({});
      expect(row.sent).toBeGreaterThan(500);
      expect(Object.entries(row.backMs).filter(([, ms]) => ms === undefined)).toEqual([]);
      return row;
    };

    test("without it every kind arrives", async () => {
      const open = await underFlood(work.lab, kinds, "no policy", () => new Promise((resolve) => setTimeout(resolve, 300)));
      rows.push(open);
      expect(Object.keys(open.wrong)).toEqual(kinds.filter(({ allowed }) => !allowed).map(({ name }) => name));
      expect(open.allowedThrough).toBeGreaterThan(50);
    }, 30_000);

    test("with it, what is allowed arrives and nothing else", async () => {
      await work.stack.up();
      const row = await happens("nothing happens", () => new Promise((resolve) => setTimeout(resolve, 300)));
      expect(row.allowedThrough).toBe(row.allowedSent);
    }, 60_000);

    // What differs between the backends is how the trees are put there: a few ways to come to that are enough on the second.
    test.each(Object.entries(GUEST_EVENTS).filter(([event]) => backend === "nft" || /^(reboot$|crash|the host)/.test(event)))(
      "%s",
      async (event, happen) => {
        await happens(event, () => happen(work));
        if (backend === "nft") await noChanges(work, host);
      },
      60_000,
    );

    test("a second interface, unplugged and plugged in", async () => {
      const second = floodKinds(work.lab, { guest: "web/1", peer: "peer/1", other: "far/1", client: "client" });
      await happens(
        "second interface unplugged, and plugged in",
        async () => {
          await work.lab.guest("web").unplug(1);
          await work.lab.guest("web").plug(1);
        },
        second,
      );
      await happens("reboot, seen at the second interface", () => work.lab.guest("web").reboot(), second);
      await noChanges(work, host);
    }, 60_000);
  });
});
