import { AGES, ERAS, type Era } from "../../lab/eras/ages";
import { createLab } from "../../lab/netns";
import { Declared, declare, type LabStack, ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** One host of each age, but this machine's own: acceptance/lifecycle.test.ts imports from that. */
const HOSTS = ERAS.filter((era) => era !== "debian-12").map((era) => ({
  era,
  name: `hv-${era.replaceAll(".", "-")}`,
  /** Its tools cannot filter IPv6, and know states by `-m state`. */
  old: AGES[era].tools?.iptables === "1.3.5",
}));
type AgedHost = (typeof HOSTS)[number];

const guestsOf = (era: Era) => ["web", "db"].map((name) => `${name}-${era.replaceAll(".", "-")}`) as [web: string, db: string];

describeWith(["root", "pulumi", "plugin"], "import from hosts of every age", () => {
  let work: LabStack;
  const tools = () => Promise.all(HOSTS.map(({ name }) => work.lab.host(name).snapshotTools()));

  beforeAll(async () => {
    const guests = HOSTS.flatMap(({ era, name }, n) =>
      guestsOf(era).map((guest, m) => ({ name: guest, host: name, addresses: [`10.26.0.${10 * n + m + 10}/24`] })),
    );
    const hosts = HOSTS.map(({ era, name }) => ({ name, era }));
    work = await stackOn("imports", await createLab({ name: ownName("imp"), hosts, guests }, { replace: true }));
  }, 300_000);
  afterAll(() => work?.end(), 120_000);

  function program(): void {
    for (const { name, era, old } of HOSTS) {
      const { host } = declare.host(name);
      const [web, db] = guestsOf(era);
      const set = declare.ipSet(`${name}-banned`, { host, name: "banned", members: ["203.0.113.0/24", "198.51.100.8", "198.51.100.9"] });
      const guest = (of: string) => {
        const { uuid, mac } = work.lab.guest(of);
        return { uuid, interfaces: [{ device: 0, mac, addresses: [work.lab.guest(of).address(4)] }], ...(old ? { ipv6: "drop" } : {}) };
      };
      const { uuid, ...webs } = guest(web);
      declare.guest(web, {
        ...{ host, guest: { uuid }, ...webs },
        ingress: [
          { name: "banned", action: "drop", from: [set.peer] },
          { name: "http", protocol: "tcp", ports: ["80", "8000:8010"] },
          { name: "slow", protocol: "tcp", ports: ["22"], maxConnections: 5, limit: { rate: "10/second", burst: 20 }, log: true },
        ],
        egress: [{ name: "smtp", action: "reject", protocol: "tcp", ports: ["25"] }],
      });
      declare.policy(`${name}-tier`, {
        ...{ host, name: "tier" },
        groups: { app: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:app"] }] } },
        guests: { [db]: { ...guest(db), groups: ["app"], enforce: "observe" } },
      });
      new Declared("csp:firewall:RuleSet", `${name}-mail`, {
        ...{ host, tool: "iptables", chain: "mail" },
        rules: [`-p tcp --dport 25 ${old ? "-m state --state" : "-m conntrack --ctstate"} NEW -j DROP`, "-j RETURN"],
        jumps: [{ from: "FORWARD", position: "beforeGuests" }],
      });
      new Declared("csp:firewall:HostFirewall", `${name}-own`, { host, ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"] }] });
    }
  }

  /** Type, name in the program and ID of all that a host has. */
  const idsOf = ({ name, era }: AgedHost): [type: string, name: string, id: string][] => {
    const [web] = guestsOf(era);
    return [
      ["csp:index:Host", name, name],
      ["csp:firewall:IpSet", `${name}-banned`, `${name}/banned`],
      ["csp:firewall:GuestFirewall", web, `${name}/${work.lab.guest(web).uuid}`],
      ["csp:firewall:HostPolicy", `${name}-tier`, `${name}/tier`],
      ["csp:firewall:RuleSet", `${name}-mail`, `${name}/iptables/filter/mail`],
      ["csp:firewall:HostFirewall", `${name}-own`, name],
    ];
  };

  test("one up puts everything on all of them", async () => {
    work.declare(program);
    const { summary } = await work.stack.up({ color: "never" });
    expect(summary.resourceChanges?.create).toBe(1 + 6 * HOSTS.length);
    await work.stack.up({ color: "never", expectNoChanges: true });
  }, 300_000);

  test("what the state forgot is imported, and the program finds nothing to change", async () => {
    const before = await tools();
    const state = await work.stack.exportStack();
    const mine = ({ type }: { type: string }) => type.startsWith("csp:");
    const forgotten = (state.deployment.resources as { type: string; id: string }[]).filter(mine);
    state.deployment.resources = state.deployment.resources.filter((each: { type: string }) => !mine(each));
    await work.stack.importStack(state);
    const resources = HOSTS.flatMap(idsOf).map(([type, name, id]) => ({ type, name, id }));
    expect(resources.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(forgotten.map(({ type, id }) => `${type} ${id}`).sort());
    await work.stack.import({ protect: false, generateCode: false, resources });
    await work.stack.up({ color: "never", expectNoChanges: true });
    await work.stack.up({ color: "never", refresh: true, expectNoChanges: true });
    expect(await tools()).toEqual(before);
  }, 300_000);

  test("imported, all of it is destroyed, and nothing is left", async () => {
    await work.stack.destroy({ color: "never" });
    const left = (await tools()).flatMap((each) => Object.values(each).filter((text) => text.includes("csp-")));
    expect(left).toEqual([]);
  }, 300_000);
});
