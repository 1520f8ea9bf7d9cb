import { createLab, demoTopology, type Lab, type SavedTools } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { Program } from "./program";

const MINUTES = 60_000;

/** The example's guests are the demo's first four; its `legacy-1` is the lab's db-2. */
describeWith(["root", "pulumi", "plugin"], "examples/fleet on two lab hosts", () => {
  let lab: Lab;
  let program: Program;
  let before: SavedTools[];
  const saved = () => Promise.all(lab.hosts.map((host) => host.snapshotTools()));

  beforeAll(async () => {
    lab = await createLab(demoTopology({ name: `ex-fleet-${process.pid}`, guests: 4 }));
    before = await saved();
    program = new Program("fleet");
    program.reach(lab);
  }, MINUTES);

  afterAll(async () => {
    program?.remove();
    await lab?.down();
  });

  test(
    "preview and up: groups have their members on either host, and nothing is left to do",
    async () => {
      expect(program.pulumi("preview")).toContain("11 to create");
      program.pulumi("up", "--yes", "--skip-preview");
      program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      const verdicts = await lab.probe.matrix([
        { from: "web-1", to: "db-1", port: 5432 },
        { from: "web-2", to: "db-1", port: 5432 },
        { from: "web-2", to: "db-1", port: 5432, family: 6 },
        { from: "office", to: "db-1", port: 5433 },
        { from: "office", to: "db-1", port: 22 },
        { from: "office", to: "db-1", port: 22, family: 6 },
        { from: "stranger", to: "web-2", port: 80 },
        // Observed only.
        { from: "stranger", to: "db-2", port: 9 },
        { from: "db-2", to: "db-1", port: 5432 },
        { from: "stranger", to: "db-1", port: 5433 },
        { from: "stranger", to: "db-1", port: 22 },
        { from: "web-1", to: "stranger", port: 25 },
      ]);
      expect(verdicts).toEqual([...Array(8).fill("passed"), ...Array(4).fill("blocked")]);
    },
    3 * MINUTES,
  );

  test(
    "a rule removed by hand fails the drift check by name, is reported twice in the same way, and is restored",
    async () => {
      const host = lab.host("hv-01");
      // For one family only: its other half stays, and is no rule added by hand.
      const rule = (await host.run("iptables-save")).split("\n").find((line) => /--comment "?db\/replication/.test(line)) ?? "";
      await host.run(`iptables ${rule.replace(/^-A/, "-D")}`);
      expect(() => program.pulumi("preview", "--diff", "--expect-no-changes")).toThrow(/replication/);
      expect(program.pulumi("refresh", "--yes", "--skip-preview", "--diff")).toMatch(/group db: .*replication is missing/);
      const preview = program.pulumi("preview", "--diff");
      expect(preview).toContain("1 to update");
      expect(preview).toMatch(/\+ .*"replication"/);
      expect(preview).not.toMatch(/by hand|"postgres"|"reports"/);
      program.pulumi("up", "--yes", "--skip-preview");
      program.pulumi("preview", "--expect-no-changes");
      expect(await host.run("iptables-save")).toContain(rule);
    },
    3 * MINUTES,
  );

  test(
    "destroy: the hosts are as before",
    async () => {
      program.pulumi("destroy", "--yes", "--skip-preview");
      expect(await saved()).toEqual(before);
    },
    MINUTES,
  );
});
