import type { FleetArgs, FleetGuest } from "../../components";
import { Fleet } from "../../components";
import { demoTopology, type Flow, type Verdict } from "../../lab/netns";
import { type LabStack, labStack } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const MINUTES = 60_000;

/** A fleet that changes step by step; each step is one `pulumi up` of the real engine on the two hosts of a lab. */
describeWith(["root", "pulumi", "plugin"], "a fleet on a lab's hosts", () => {
  let engine: LabStack;
  let declared: FleetArgs;

  beforeAll(async () => {
    engine = await labStack(demoTopology({ name: `fleet-${process.pid}`, guests: 4 }));
  }, MINUTES);
  afterAll(() => engine?.end());

  function guest(name: string, host: string, groups: string[]): FleetGuest {
    const of = engine.lab.guest(name);
    return { host, uuid: of.uuid, groups, interfaces: [{ device: 0, mac: of.mac, addresses: [of.address(4), of.address(6)] }] };
  }

  /** How many resources were made, changed and removed. */
  async function up(args: FleetArgs): Promise<Record<string, number>> {
    declared = args;
    engine.declare(() => void new Fleet("fleet", args));
    const { summary } = await engine.stack.up();
    const { same: _, ...changes } = summary.resourceChanges ?? {};
    return changes as Record<string, number>;
  }

  const sql = (from: string, to: string, family: 4 | 6 = 4): Flow => ({ from, to, port: 5432, family });
  const verdicts = (flows: readonly Flow[]): Promise<Verdict[]> => engine.lab.probe.matrix(flows);

  test(
    "from nothing",
    async () => {
      const args: FleetArgs = {
        hosts: { "hv-01": {}, "hv-02": {} },
        groups: { web: {}, db: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:web"] }] } },
        guests: {
          "web-1": guest("web-1", "hv-01", ["web"]),
          "db-1": guest("db-1", "hv-01", ["db"]),
          "db-2": guest("db-2", "hv-02", ["db"]),
        },
      };
      // The stack, the fleet, and two of each host.
      expect(await up(args)).toEqual({ create: 6 });
      await engine.stack.preview({ expectNoChanges: true });
      expect(await verdicts([sql("web-1", "db-1"), sql("web-1", "db-2"), sql("web-1", "db-2", 6), sql("db-1", "db-2")])).toEqual([
        ...["passed", "passed", "passed"],
        "blocked",
      ]);
    },
    2 * MINUTES,
  );

  test(
    "a guest moves to the other host, and is the same peer there",
    async () => {
      await engine.lab.guest("web-1").migrate("hv-02");
      expect(await up({ ...declared, guests: { ...declared.guests, "web-1": guest("web-1", "hv-02", ["web"]) } })).toEqual({ update: 2 });
      expect(await verdicts([sql("web-1", "db-1"), sql("web-1", "db-2"), sql("web-1", "db-1", 6)])).toEqual(Array(3).fill("passed"));
    },
    2 * MINUTES,
  );

  test(
    "a guest joins a group: its host's policy changes, and on the other host only the group's set",
    async () => {
      const rules = () => engine.lab.host("hv-01").run("iptables-save; ip6tables-save; ebtables-save; ipset list -name");
      const filtered = (text: string) => text.split("\n").filter((line) => !/^[#:]/.test(line));
      const before = filtered(await rules());
      expect(await up({ ...declared, guests: { ...declared.guests, "web-2": guest("web-2", "hv-02", ["web"]) } })).toEqual({ update: 2 });
      expect(filtered(await rules())).toEqual(before);
      expect(await verdicts([sql("web-2", "db-1"), sql("web-2", "db-2", 6)])).toEqual(["passed", "passed"]);
    },
    2 * MINUTES,
  );

  test(
    "a rule refers to a set, which is created before it and removed after it",
    async () => {
      const rule = { name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:web", "set:partners"] };
      const sets = { partners: { members: ["203.0.113.0/24"] } };
      const without = declared.groups ?? {};
      expect(await up({ ...declared, sets, groups: { ...without, db: { ingress: [rule] } } })).toEqual({ create: 2, update: 2 });
      expect(await verdicts([sql("office", "db-1"), sql("office", "db-2"), sql("stranger", "db-2")])).toEqual([
        "passed",
        "passed",
        "blocked",
      ]);
      expect(await up({ ...declared, groups: without })).toEqual({ delete: 2, update: 2 });
      expect(await verdicts([sql("office", "db-1")])).toEqual(["blocked"]);
    },
    2 * MINUTES,
  );

  test(
    "a host leaves the fleet, and is as before",
    async () => {
      const { "db-1": _, ...guests } = declared.guests ?? {};
      expect(await up({ ...declared, hosts: { "hv-02": {} }, guests })).toMatchObject({ delete: 2 });
      const left = await engine.lab
        .host("hv-01")
        .run("iptables-save; ip6tables-save; ebtables-save; ipset list -name; ls -A /var/lib/csp || :");
      expect(left).not.toMatch(/csp-/);
      expect(await verdicts([sql("web-1", "db-2"), sql("db-1", "db-2")])).toEqual(["passed", "blocked"]);
    },
    2 * MINUTES,
  );
});
