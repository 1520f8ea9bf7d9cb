import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/needs";

const ROOT = join(__dirname, "../..");
const NAME = `dm-${process.pid}`;
const MINUTES = 60_000;

function demo(...argv: string[]) {
  const command = [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "demo/run.ts", ...argv, "--name", NAME];
  // No terminal, no colours: as a job's log has it.
  return spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" }, maxBuffer: 1 << 26 });
}

describeWith(["root", "pulumi", "plugin"], "the demo", () => {
  afterAll(() => demo("down"), MINUTES);

  test(
    "tells its story to the end, with the expected results",
    () => {
      const { status, stdout, stderr } = demo();
      expect(stderr).toBe("");
      expect(stdout).not.toContain("NOT AS EXPECTED");
      expect(status).toBe(0);

      const rows = stdout.split("\n").flatMap((line) => {
        const [, title, expected, got] = /^ {2}(\S.*?) {2,}(passed|blocked) +(passed|blocked)$/.exec(line) ?? [];
        return title === undefined ? [] : [{ title, expected, got }];
      });
      expect(rows.length).toBeGreaterThanOrEqual(30);
      expect(rows.filter(({ expected, got }) => expected !== got)).toEqual([]);
      expect(rows.filter(({ got }) => got === "blocked").length).toBeGreaterThanOrEqual(15);
      for (const said of [
        "34 of 34 flows get through, including forged packets",
        "+ 8 created",
        "ok: nothing to do",
        '+ [2]: "198.51.100.0/24"',
        "ok: the preview names submission and no other rule",
        "ok: stranger to mail-1, tcp 587: now passed",
        "guest mail-1: iptables, interface 0: ingress rule smtp is missing",
        "ok: stranger to mail-1, tcp 25: now blocked",
        "ok: stranger to mail-1, tcp 25: again passed",
        // The refresh shows the rule, and not all guests.
        '- guests["mail-1"].ingress["smtp"]',
        "ok: stranger to mail-1, tcp 25: at once passed",
        "ok: 34 of 34 flows as before",
        `npm run lab -- shell --name ${NAME} hv-01`,
        `npm run demo -- down --name ${NAME}`,
      ])
        expect(stdout).toContain(said);
      expect(stdout).not.toMatch(/- db-1/);
      // No control sequences.
      expect(stdout).not.toContain("\u001b");
    },
    5 * MINUTES,
  );

  test(
    "is removed without a trace",
    () => {
      const places = [`/run/csp-lab/${NAME}`, join(ROOT, ".cache/demo", NAME), join(ROOT, ".cache/demo", `Pulumi.${NAME}.yaml`)];
      expect(places.filter((place) => !existsSync(place))).toEqual([]);
      expect(demo("down")).toMatchObject({ status: 0, stdout: "The demo is removed: its lab, its state and its settings are gone.\n" });
      expect(places.filter((place) => existsSync(place))).toEqual([]);
      expect(demo("down")).toMatchObject({ status: 0, stdout: `There was no demo ${NAME}.\n` });
    },
    MINUTES,
  );
});
