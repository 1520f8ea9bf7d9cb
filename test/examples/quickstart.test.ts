import { createLab, demoTopology, type Lab } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { Program } from "./program";

const MINUTES = 60_000;

describeWith(["root", "pulumi", "plugin"], "examples/quickstart on a lab host", () => {
  let lab: Lab;
  let program: Program;

  beforeAll(async () => {
    lab = await createLab(demoTopology({ name: `ex-quick-${process.pid}`, hosts: 1, guests: 2 }));
    program = new Program("quickstart");
    program.reach(lab);
  }, MINUTES);

  afterAll(async () => {
    program?.remove();
    await lab?.down();
  });

  test(
    "preview, up, no changes, packets, destroy; then the host is as before",
    async () => {
      const before = await lab.host("hv-01").snapshotTools();
      const preview = program.pulumi("preview");
      expect(preview).toContain("3 to create");
      expect(preview).toContain(
        "from now on, csp drops the traffic of every guest on hv-01 that has no policy; 2 guests are running there now",
      );
      expect(await lab.host("hv-01").snapshotTools()).toEqual(before);

      program.pulumi("up", "--yes", "--skip-preview");
      program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      program.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");

      const verdicts = await lab.probe.matrix([
        { from: "stranger", to: "web-1", port: 443 },
        { from: "stranger", to: "web-1", port: 80, family: 6 },
        { from: "office", to: "web-1", port: 22 },
        { from: "office", to: "web-1", proto: "icmp" },
        { from: "web-1", to: "stranger", port: 443 },
        { from: "stranger", to: "web-1", port: 22 },
        { from: "office", to: "web-1", port: 22, family: 6 },
        { from: "office", to: "web-1", proto: "udp", port: 80 },
        // The host's other guest has no policy.
        { from: "stranger", to: "web-2", port: 443 },
        { from: "web-2", to: "stranger", port: 443 },
      ]);
      expect(verdicts).toEqual([...Array(5).fill("passed"), ...Array(5).fill("blocked")]);

      program.pulumi("destroy", "--yes", "--skip-preview");
      expect(await lab.host("hv-01").snapshotTools()).toEqual(before);
    },
    3 * MINUTES,
  );
});
