import * as pulumi from "@pulumi/pulumi";
import { Fleet } from "../../components/fleet";

interface Registered {
  readonly inputs: Record<string, unknown>;
  /** What was finished when this began. */
  readonly after: readonly string[];
}

/** Everything registered since the last test, by type and name. */
const registered = new Map<string, Registered>();
const finished: string[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: async (args) => {
      const key = `${args.type} ${args.name}`;
      registered.set(key, { inputs: args.inputs, after: [...finished] });
      // Long enough for a resource that does not wait to come first.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      finished.push(key);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: (args) => args.inputs,
  });
});
beforeEach(() => {
  registered.clear();
  finished.length = 0;
});

const nic = (address: pulumi.Input<string>) => [{ device: 0, mac: "02:00:00:00:00:01", addresses: [address] }];

/** Waits until the fleet has registered everything: its policies come last. */
async function settled(fleet: Fleet): Promise<void> {
  await Promise.all(Object.values(fleet.policies).map(urnOf));
}

function urnOf(resource: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => resource?.urn.apply(resolve));
}

test("registers a host and a policy for each host, and sets where rules need them, in that order", async () => {
  const connection = { address: "192.0.2.1" };
  const fleet = new Fleet("prod", {
    hosts: { "hv-01": { connection }, "hv-02": {} },
    groups: { web: {}, db: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:web", "set:partners"] }] } },
    sets: { partners: { members: ["198.51.100.0/24"] } },
    guests: {
      "web-1": { host: "hv-01", name: "web-1", groups: ["web"], interfaces: nic("10.0.0.1") },
      "db-1": { host: "hv-02", name: "db-1", groups: ["db"], interfaces: nic("10.0.0.2") },
    },
  });
  await settled(fleet);

  expect([...registered.keys()].sort()).toEqual([
    "csp:components:Fleet prod",
    "csp:firewall:HostPolicy prod-hv-01",
    "csp:firewall:HostPolicy prod-hv-02",
    "csp:firewall:IpSet prod-hv-02-partners",
    "csp:index:Host prod-hv-01",
    "csp:index:Host prod-hv-02",
  ]);
  const policy = registered.get("csp:firewall:HostPolicy prod-hv-02");
  expect(policy?.inputs).toMatchObject({ host: "hv-02", groups: { web: { members: ["10.0.0.1"] } }, guests: { "db-1": { name: "db-1" } } });
  expect(await urnOf(fleet.policies["hv-02"])).toContain("::csp:components:Fleet$csp:firewall:HostPolicy::prod-hv-02");
  expect(policy?.after).toEqual(expect.arrayContaining(["csp:index:Host prod-hv-02", "csp:firewall:IpSet prod-hv-02-partners"]));
  expect(registered.get("csp:firewall:IpSet prod-hv-02-partners")?.after).toContain("csp:index:Host prod-hv-02");
  expect(registered.get("csp:firewall:IpSet prod-hv-02-partners")?.inputs).toEqual({
    host: "hv-02",
    name: "partners",
    members: ["198.51.100.0/24"],
  });
  for (const type of ["csp:index:Host", "csp:firewall:HostPolicy"]) {
    expect(registered.get(`${type} prod-hv-01`)?.inputs).toMatchObject({ host: "hv-01", connection });
    expect(registered.get(`${type} prod-hv-02`)?.inputs).not.toHaveProperty("connection");
  }
  expect(Object.keys(fleet.sets["hv-02"] ?? {})).toEqual(["partners"]);
});

test("an address may be another resource's output", async () => {
  const fleet = new Fleet("late", {
    hosts: { a: {}, b: {} },
    groups: { web: {} },
    guests: {
      web: { host: "a", name: "web", groups: ["web"], interfaces: nic(pulumi.output("10.0.0.9")) },
      db: {
        host: "b",
        name: "db",
        interfaces: nic("10.0.0.2"),
        ingress: [{ name: "sql", from: ["group:web", pulumi.output("192.0.2.7")] }],
      },
    },
  });
  await settled(fleet);
  const inputs = registered.get("csp:firewall:HostPolicy late-b")?.inputs;
  expect(inputs).toMatchObject({
    groups: { web: { members: ["10.0.0.9"] } },
    guests: { db: { ingress: [{ from: ["group:web", "192.0.2.7"] }] } },
  });
});

test("contradictions are refused before anything is registered", () => {
  const guests = { x: { host: "nowhere", name: "x", interfaces: nic("10.0.0.1") } };
  expect(() => new Fleet("bad", { hosts: { a: {} }, guests })).toThrow("fleet bad: guests.x.host");
  expect(registered.size).toBe(0);
});
