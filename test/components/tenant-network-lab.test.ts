import { GuestGroup, TenantNetwork } from "../../components";
import { demoTopology, type Flow } from "../../lab/netns";
import { declare, type LabStack, labStack } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** Two tenants on two hosts, a group across them, and packets. */
describeWith(["root", "pulumi", "plugin"], "tenants' networks and guest groups on a lab's hosts", () => {
  let engine: LabStack;

  beforeAll(async () => {
    engine = await labStack(demoTopology({ name: `tenants-${process.pid}` }));
  }, 60_000);
  afterAll(() => engine?.end());

  test("guests of a tenant reach each other on both hosts, others only what the tenant lets in", async () => {
    const guest = (name: string) => {
      const of = engine.lab.guest(name);
      const addresses = [of.address(4), of.address(6)];
      return { host: of.host, guest: { uuid: of.uuid }, interfaces: [{ device: 0, mac: of.mac, addresses }] };
    };
    const addressesOf = (...names: string[]) => names.flatMap((name) => guest(name).interfaces.flatMap((nic) => nic.addresses));
    engine.declare(() => {
      const dependsOn = [declare.host("hv-01"), declare.host("hv-02")];
      new TenantNetwork(
        "acme",
        {
          cidrs: addressesOf("web-1", "web-2"),
          ingress: [{ name: "http", protocol: "tcp", ports: ["80"] }],
          isolated: true,
          guests: { "web-1": guest("web-1"), "web-2": guest("web-2") },
        },
        { dependsOn },
      );
      new GuestGroup(
        "store",
        {
          ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:store"] }],
          guests: { "db-1": guest("db-1"), "db-2": guest("db-2") },
        },
        { dependsOn },
      );
    });
    await engine.stack.up({ color: "never" });
    await engine.stack.up({ color: "never", expectNoChanges: true });

    const flows: [from: string, to: string, port: number, verdict: "passed" | "blocked"][] = [
      ["web-1", "web-2", 5432, "passed"],
      ["web-2", "web-1", 81, "passed"],
      ["db-1", "web-2", 80, "passed"],
      ["db-1", "web-2", 81, "blocked"],
      // Isolated: the store would accept it, but it does not leave the tenant.
      ["web-1", "db-1", 5432, "blocked"],
      ["db-1", "db-2", 5432, "passed"],
      ["db-2", "db-1", 5432, "passed"],
      ["db-2", "db-1", 80, "blocked"],
    ];
    const asked = flows.flatMap(([from, to, port]) => [4, 6].map((family): Flow => ({ from, to, port, family: family as 4 | 6 })));
    expect(await engine.lab.probe.matrix(asked)).toEqual(flows.flatMap(([, , , verdict]) => [verdict, verdict]));
  }, 120_000);
});
