import { findTerraform } from "../../engines/terraform";
import { createLab, type Lab, type LabHost, type SavedTools } from "../../lab/netns";
import { describeWith, type Need } from "../support/needs";
import type { Door } from "./doors/declaration";
import { pulumiDoor } from "./doors/pulumi-door";
import { DB, HOST, IDS, program, STEPS, WEB } from "./doors/story";
import { terraformDoor } from "./doors/terraform-door";
import { flowTable, withVerdicts } from "./flows";
import { ownName } from "./stack";

/** Every door on this machine, by name. */
const DOORS: readonly (readonly [name: string, needs: readonly Need[], open: (hosts: readonly LabHost[]) => Promise<Door>])[] = [
  ["Pulumi", ["pulumi", "plugin"], (hosts) => pulumiDoor("doors", hosts)],
  ...findTerraform().map(
    (client) =>
      [
        client.name === "tofu" ? "OpenTofu" : "Terraform",
        ["terraform", "provider"],
        (hosts: readonly LabHost[]) => terraformDoor("doors", client, hosts),
      ] as const,
  ),
];

// Each test runs an engine several times, on machines that may be busy.
jest.setTimeout(180_000);

/** The state of the kernel after each step of the story, by door. */
const kernels = new Map<string, Map<string, SavedTools>>();

describe.each(DOORS)("the story of two guests, through %s", (name, needs, open) => {
  describeWith(["root", ...needs], "on a host of the lab", () => {
    let lab: Lab;
    let host: LabHost;
    let door: Door;
    let before: SavedTools;
    const kernel = new Map<string, SavedTools>();

    beforeAll(async () => {
      const guest = (own: string, { uuid, mac, address }: typeof WEB) => ({
        name: own,
        host: HOST,
        uuid,
        mac,
        addresses: [`${address}/24`],
      });
      lab = await createLab(
        { name: ownName("doors"), hosts: [{ name: HOST }], guests: [guest("web", WEB), guest("db", DB)] },
        { replace: true },
      );
      host = lab.host(HOST);
      before = await host.snapshotTools();
      kernels.set(name, kernel);
      door = await open([host]);
    });
    afterAll(async () => {
      await door?.end();
      await lab?.down();
    });

    test.each(STEPS.map((step) => [step.what, step] as const))("%s", async (what, { wanted, byHand, changes, flows }) => {
      const wants = program(wanted);
      await byHand?.(lab, host);
      expect(await door.plan(wants)).toEqual(changes);
      if (changes.length > 0) {
        await door.apply(wants);
        expect(await door.plan(wants)).toEqual([]);
      }
      if (flows !== undefined) {
        const table = flowTable(flows);
        const verdicts = await lab.probe.matrix(table.map(({ flow }) => flow));
        expect(withVerdicts(table, verdicts)).toEqual(table.map(({ text }) => text));
      }
      kernel.set(what, await host.snapshotTools());
    });

    test("another spelling of the same is no change", async () => {
      expect(await door.plan(program({ respelled: true }))).toEqual([]);
    });

    test("a second owner of a guest is refused, with the first owner's name", async () => {
      const said = await door.refused(program({ rival: true }));
      expect(said).toContain(`guest ${DB.uuid} on host ${HOST}: its firewall already belongs to`);
    });

    test("what cannot be parsed is refused, with the field", async () => {
      const said = await door.refused(program({ http: ["99999"] }));
      expect(said).toMatch(/ingress\[1\]\.ports.*"99999" is not a port or a port range/);
    });

    test("what is there is imported, and then nothing is left to do", async () => {
      const tools = await host.snapshotTools();
      await door.forget();
      await door.importAll(
        program(),
        IDS.filter(({ name: own }) => own !== "ops"),
      );
      // A group is on no host, so it is created again.
      expect((await door.plan(program())).filter((own) => own !== "ops")).toEqual([]);
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("everything is removed, and the host is as before", async () => {
      await door.apply(program());
      await door.destroy(program());
      expect(await host.snapshotTools()).toEqual(before);
    });
  });
});

test("each step leaves the same in the kernel, whichever door it came through", () => {
  const [first, ...others] = [...kernels.values()].filter(({ size }) => size > 0);
  for (const other of others) expect(Object.fromEntries(other)).toEqual(Object.fromEntries(first ?? []));
});
