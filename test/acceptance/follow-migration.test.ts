import { describeWith } from "../support/needs";
import { floodKinds, floodTable, type Kind, underFlood, type Witnessed } from "./floods";
import { driftOf, followLab, followProgram } from "./followed";
import { generation, type LabStack } from "./stack";

describeWith(["root", "pulumi", "plugin"], "the policy is there before its guest", () => {
  let work: LabStack;
  let kinds: Kind[];
  const rows: Witnessed[] = [];

  beforeAll(async () => {
    work = await followLab("follow-move", "nft");
    kinds = floodKinds(work.lab, { guest: "web", peer: "peer", other: "far", client: "client" });
    // Its bundle is on both hosts.
    work.declare(followProgram(work.lab, { web: ["hv-01", "hv-02"] }));
    await work.stack.up();
  }, 90_000);
  afterAll(async () => {
    if (rows.length > 0) console.log(floodTable("migration: floods of 1,000 packets a second of each kind", rows));
    await work?.end();
  }, 60_000);

  const generations = () => Promise.all(work.lab.hosts.map(generation));

  test.each([
    ["migrates alive", "hv-02", {}],
    ["migrates back, and stands still for half a second", "hv-01", { pauseMs: 500 }],
    ["migrates, and runs again before the hook has been called", "hv-02", { pauseMs: 0 }],
  ] as const)(
    "a guest that %s",
    async (event, target, options) => {
      const guest = work.lab.guest("web");
      const connection = await work.lab.probe.connect({ from: "web", to: "client", port: 5432 });
      expect(await connection?.say()).toBe(true);
      const row = await underFlood(
        work.lab,
        kinds,
        event,
        () => guest.migrate(target, options),
        () => guest.upAt,
      );
      rows.push(row);
      expect(guest.host).toBe(target);
      expect(row.wrong).toEqual({});
      expect(Object.entries(row.backMs).filter(([, ms]) => ms === undefined)).toEqual([]);
      expect(await connection?.say(3000)).toBe(true);
      await connection?.close();
      const before = await generations();
      await work.stack.up({ refresh: true, expectNoChanges: true });
      expect(await driftOf(work)).toEqual({});
      expect(await generations()).toEqual(before);
    },
    60_000,
  );

  test("a guest that starts elsewhere after its host has died", async () => {
    const guest = work.lab.guest("web");
    const row = await underFlood(
      work.lab,
      kinds,
      "its host reboots without it, it starts on the other",
      async () => {
        await work.lab.reboot(guest.host, { autostart: false });
        await guest.migrate(guest.host === "hv-01" ? "hv-02" : "hv-01");
        await guest.start();
      },
      () => guest.upAt,
    );
    rows.push(row);
    expect(row.wrong).toEqual({});
    expect(Object.entries(row.backMs).filter(([, ms]) => ms === undefined)).toEqual([]);
  }, 60_000);
});
