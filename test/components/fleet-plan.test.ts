import fc from "fast-check";
import { type FleetDeclaration, type FleetGuest, planFleet } from "../../components/fleet-plan";
import { CspError } from "../../provider/errors";

let serial = 0;
function guest(host: string, groups: string[] = [], more: Partial<FleetGuest> = {}): FleetGuest {
  serial += 1;
  return {
    host,
    uuid: `6c1a0000-0000-4000-8000-${String(serial).padStart(12, "0")}`,
    groups,
    interfaces: [{ device: 0, mac: "02:00:00:00:00:01", addresses: [`10.0.${serial >> 8}.${serial & 255}`] }],
    ...more,
  };
}

const addressesOf = (each: FleetGuest) => each.interfaces.flatMap((nic) => nic.addresses ?? []);
const from = (...peers: string[]) => ({ name: "rule", protocol: "tcp", from: peers });

describe("what a host gets", () => {
  const hosts = { a: {}, b: {}, c: {} };
  const web = guest("a", ["web"]);
  const web2 = guest("b", ["web"]);
  const db = guest("b", ["db"]);
  const groups = {
    web: { ingress: [{ name: "http", ports: ["80"], protocol: "tcp" }] },
    db: { ingress: [from("group:web")] },
    admins: { members: ["203.0.113.0/24"], ingress: [from("group:web", "group:db")] },
    unused: { ingress: [from("group:db")] },
  };
  const declaration: FleetDeclaration = { hosts, groups, guests: { web, web2, db } };
  const plan = planFleet("f", declaration);

  test("its own guests, without the host's name in them", () => {
    const { host: _, ...rest } = web;
    expect(plan.get("a")?.guests).toEqual({ web: rest });
    expect(plan.get("c")).toEqual({ guests: {}, groups: {}, sets: [] });
  });

  test("the groups its guests are in; no members if no rule refers to them", () => {
    expect(plan.get("a")?.groups).toEqual({ web: groups.web });
  });

  test("the groups that a rule refers to, with the members on other hosts", () => {
    expect(plan.get("b")?.groups).toEqual({ web: { ...groups.web, members: addressesOf(web) }, db: groups.db });
  });

  test("a group that is only a peer comes without its rules, and so without what these refer to", () => {
    const mail = guest("c", [], { ingress: [from("group:admins", "group:db")] });
    expect(planFleet("f", { ...declaration, guests: { web, web2, db, mail } }).get("c")?.groups).toEqual({
      db: { members: addressesOf(db) },
      admins: { members: ["203.0.113.0/24"] },
    });
  });

  test("a guest that moves is with all of its hosts, and no member from elsewhere on any of them", () => {
    const { host: _, ...moving } = guest("a", ["web"]);
    const { host: __, ...listed } = guest("a", ["web"]);
    const guests = { roams: { ...moving, hosts: "rack" }, lists: { ...listed, hosts: ["b", "c"] }, db };
    const planned = planFleet("f", { ...declaration, pools: { rack: ["a", "b"] }, guests });
    expect(planned.get("a")?.guests).toEqual({ roams: moving });
    expect(planned.get("b")?.guests).toMatchObject({ roams: moving, lists: listed });
    expect(planned.get("c")?.guests).toEqual({ lists: listed });
    expect(planned.get("b")?.groups.web).toEqual({ ...groups.web, members: [] });
  });

  test("rules of egress count as well", () => {
    const mail = guest("c", [], { egress: [{ name: "out", to: ["group:web"] }] });
    expect(planFleet("f", { ...declaration, guests: { web, mail } }).get("c")?.groups).toEqual({ web: { members: addressesOf(web) } });
  });

  test("the sets its rules refer to, of either family, and only declared ones", () => {
    const sets = { partners: { members: ["198.51.100.0/24"] }, six: { family: "inet6" as const }, idle: {} };
    const mail = guest("c", ["web"], { ingress: [from("set:partners", "set6:six", "set:elsewhere")] });
    const planned = planFleet("f", { ...declaration, sets, guests: { web, mail } });
    expect(planned.get("c")?.sets).toEqual(["partners", "six"]);
    expect(planned.get("a")?.sets).toEqual([]);
  });
});

describe("what is refused", () => {
  const hosts = { "hv-01": {}, "hv-02": {} };
  const groups = { web: {} };
  const table: readonly [string, FleetDeclaration, code: string, where: string, remedy: string][] = [
    [
      "an unknown pool",
      { hosts, pools: { rack: ["hv-01"] }, guests: { x: { ...guest("hv-01"), host: undefined, hosts: "rak" } } },
      "fleet-unknown-pool",
      "guests.x.hosts",
      'did you mean "rack"?',
    ],
    ["an unknown host in a pool", { hosts, pools: { rack: ["hv-03"] } }, "fleet-unknown-host", "pools.rack[0]", 'did you mean "hv-01"?'],
    [
      "an unknown host among several",
      { hosts, guests: { x: { ...guest("hv-01"), host: undefined, hosts: ["hv-01", "hv-03"] } } },
      "fleet-unknown-host",
      "guests.x.hosts[1]",
      'did you mean "hv-01"?',
    ],
    [
      "both host and hosts",
      { hosts, guests: { x: { ...guest("hv-01"), hosts: ["hv-02"] } } },
      "fleet-one-of-hosts",
      "guests.x",
      "give `host`, or for a guest that moves `hosts`: a list, or the name of a pool",
    ],
    [
      "a guest that moves without a uuid",
      { hosts, guests: { x: { ...guest("hv-01"), host: undefined, uuid: undefined, name: "x", hosts: ["hv-02"] } } },
      "fleet-moves-without-uuid",
      "guests.x.uuid",
      "give its `uuid`, which is the same on every host",
    ],
    ["an unknown host", { hosts, guests: { x: guest("hv-03") } }, "fleet-unknown-host", "guests.x.host", 'did you mean "hv-01"?'],
    ["no hosts at all", { hosts: {}, guests: { x: guest("hv") } }, "fleet-unknown-host", "guests.x.host", "add it to `hosts`; it is empty"],
    [
      "a name every object has",
      { hosts, guests: { x: guest("constructor") } },
      "fleet-unknown-host",
      "guests.x.host",
      "one of hv-01, hv-02",
    ],
    [
      "an unknown group",
      { hosts, groups, guests: { x: guest("hv-01", ["web", "wbe"]) } },
      "fleet-unknown-group",
      "guests.x.groups[1]",
      'mean "web"?',
    ],
    [
      "an unknown group in a guest's rule",
      { hosts, groups, guests: { x: guest("hv-01", [], { egress: [{ name: "r", to: ["10.0.0.1", "group:toString"] }] }) } },
      "fleet-unknown-group",
      "guests.x.egress[0].to[1]",
      "add it to `groups`",
    ],
    [
      "an unknown group in a rule of a group that no guest is in",
      { hosts, groups: { web: { ingress: [{ name: "r" }, from("group:databases")] } } },
      "fleet-unknown-group",
      "groups.web.ingress[1].from[0]",
      "one of web",
    ],
    [
      "a set of the other family",
      { hosts, sets: { s: { family: "inet6" } }, guests: { x: guest("hv-01", [], { ingress: [from("set:s")] }) } },
      "fleet-set-family",
      "guests.x.ingress[0].from[0]",
      'refer to it as "set6:s"',
    ],
  ];
  test.each(table)("%s", (_, declaration, code, where, remedy) => {
    expect(failure(declaration)).toMatchObject({ code, subject: `fleet f: ${where}`, remedy: expect.stringContaining(remedy) });
  });

  test("a guest that is declared twice, whatever the spelling of its UUID, and on whatever host", () => {
    const one = guest("hv-01", [], { uuid: "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e" });
    const other = guest("hv-02", [], { uuid: "6C1A4A5E-8F0E-4B5C-9D3E-2F6A7B8C9D0E" });
    expect(failure({ hosts, guests: { one, other } })).toMatchObject({ code: "fleet-guest-twice", subject: "fleet f: guests.other.uuid" });
  });

  test("a guest's name twice on a host, and not on two hosts", () => {
    const named = (host: string) => guest(host, [], { uuid: undefined, name: "vm" });
    expect(failure({ hosts, guests: { one: named("hv-01"), other: named("hv-01") } })).toMatchObject({ code: "fleet-guest-twice" });
    expect(planFleet("f", { hosts, guests: { one: named("hv-01"), other: named("hv-02") } }).size).toBe(2);
  });

  test("a name of 10 kB does not fill the screen", () => {
    expect(failure({ hosts, guests: { x: guest("h".repeat(10_000)) } }).message.length).toBeLessThan(300);
  });

  function failure(declaration: FleetDeclaration): CspError {
    try {
      planFleet("f", declaration);
    } catch (error) {
      if (error instanceof CspError) return error;
      throw error;
    }
    throw new Error("it was taken");
  }
});

const HOSTS = ["h0", "h1", "h2"];
const GROUPS = ["g0", "g1", "g2", "g3"];
const SETS = ["s0", "s1"];

const rules = fc
  .array(fc.subarray([...GROUPS.map((group) => `group:${group}`), ...SETS.map((set) => `set:${set}`), "10.9.0.0/16"], { minLength: 1 }), {
    maxLength: 2,
  })
  .map((lists) => lists.map((peers, index) => ({ name: `r${index}`, from: peers })));
const guests = fc
  .array(fc.record({ host: fc.constantFrom(...HOSTS), groups: fc.subarray(GROUPS), ingress: rules }), { maxLength: 8 })
  .map((list) => Object.fromEntries(list.map(({ host, groups, ingress }, index) => [`v${index}`, guest(host, groups, { ingress })])));
const fleets = fc
  .record({ ingress: fc.array(rules, { minLength: GROUPS.length, maxLength: GROUPS.length }), guests })
  .map(({ ingress, guests }) => ({
    hosts: Object.fromEntries(HOSTS.map((host) => [host, {}])),
    groups: Object.fromEntries(GROUPS.map((group, index) => [group, { ingress: ingress[index] ?? [], members: [`192.0.2.${index}`] }])),
    sets: Object.fromEntries(SETS.map((set) => [set, {}])),
    guests,
  }));

/** The rules of a planned host, as the core will see them. */
function peersIn(planned: NonNullable<ReturnType<ReturnType<typeof planFleet>["get"]>>, kind: string): Set<string> {
  const texts = JSON.stringify([planned.guests, planned.groups]).matchAll(new RegExp(`"${kind}:([^"]+)"`, "g"));
  return new Set([...texts].map((match) => match[1] ?? ""));
}

describe("every fleet", () => {
  test("is complete: a host has all groups and sets that its rules refer to, and no others", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        for (const planned of planFleet("f", fleet).values()) {
          const joined = Object.values(planned.guests).flatMap((each) => each.groups as string[]);
          expect(new Set(Object.keys(planned.groups))).toEqual(new Set([...joined, ...peersIn(planned, "group")]));
          expect(new Set(planned.sets)).toEqual(peersIn(planned, "set"));
        }
      }),
    );
  });

  test("means the same group everywhere: all members, here and elsewhere, and none twice", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        for (const [host, planned] of planFleet("f", fleet)) {
          for (const group of peersIn(planned, "group")) {
            const inGroup = Object.values(fleet.guests).filter((each) => each.groups?.includes(group));
            const here = inGroup.filter((each) => each.host === host).flatMap(addressesOf);
            const all = [...(fleet.groups[group]?.members ?? []), ...inGroup.flatMap(addressesOf)];
            expect([...((planned.groups[group]?.members ?? []) as string[]), ...here].sort()).toEqual(all.sort());
          }
        }
      }),
    );
  });

  test("has each guest only on its host, with its rules and its groups' rules unchanged", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const found = [...planFleet("f", fleet)].flatMap(([host, planned]) =>
          Object.entries(planned.guests).map(([key, each]) => {
            for (const group of each.groups as string[]) expect(planned.groups[group]?.ingress).toEqual(fleet.groups[group]?.ingress);
            return [key, { ...each, host }];
          }),
        );
        expect(found.length).toBe(Object.keys(fleet.guests).length);
        expect(Object.fromEntries(found)).toEqual(fleet.guests);
      }),
    );
  });

  test("a new guest in no group changes nothing on the other hosts", () => {
    fc.assert(
      fc.property(fleets, rules, (fleet, ingress) => {
        const before = planFleet("f", fleet);
        const after = planFleet("f", { ...fleet, guests: { ...fleet.guests, late: guest("h0", [], { ingress }) } });
        for (const host of ["h1", "h2"]) expect(after.get(host)).toEqual(before.get(host));
      }),
    );
  });
});
