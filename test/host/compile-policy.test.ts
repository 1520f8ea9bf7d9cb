import { createLab, type Lab } from "../../lab/netns";
import { validate } from "../../provider/core/validate";
import type { Context } from "../../provider/host/session/task";
import { functionOf } from "../../provider/resources";
import { formatPath } from "../../provider/schema/field";
import { describeWith } from "../support/needs";

const compilePolicy = functionOf("csp:firewall:compilePolicy");

const WEB = "6c1a0000-0000-4000-8000-00000000000b";
const DB = "6c1a0000-0000-4000-8000-00000000000c";
const POLICY = {
  groups: { web: { ingress: [{ name: "http", protocol: "tcp", ports: ["80", "443"] }] } },
  guests: {
    "web-1": {
      uuid: WEB,
      groups: ["web"],
      interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11", "fd20::11"] }],
      ingress: [{ name: "ssh", protocol: "tcp", ports: ["22:22"], from: ["203.0.113.9/24"] }],
    },
    "db-1": {
      uuid: DB.toUpperCase(),
      interfaces: [{ device: 0, mac: "02:00:00:20:00:0c", addresses: ["10.20.0.12"] }],
      ingress: [{ name: "postgres", protocol: "tcp", ports: ["5432"], from: ["group:web"] }],
    },
  },
};

/** csp asks no host: the context has none. */
const compiled = async (policy: object) =>
  (await compilePolicy.invoke({} as Context, compilePolicy.inputs.parse(policy))) as Record<string, string>;

describe("compilePolicy", () => {
  test("says a rule in each family's words, under its name", async () => {
    const { iptables, ip6tables, ipset } = await compiled(POLICY);
    expect(iptables).toMatch(/^-A csp-in-\w+ -s 203\.0\.113\.0\/24 -p tcp -m tcp --dport 22 -m comment --comment ssh -j ACCEPT$/m);
    expect(ip6tables).not.toMatch(/--comment ssh/);
    expect(ip6tables).toMatch(/--dports 80,443 -m comment --comment "web\/http" -j ACCEPT$/m);
    expect(ipset).toMatch(/^add csp-g\w+4 10\.20\.0\.11$/m);
  });

  test("a policy without guests is empty", async () => {
    expect(await compiled({})).toEqual({ iptables: "", ip6tables: "", ebtables: "", arptables: "", ipset: "" });
  });

  test.each([
    ["a guest by its name", { guests: { a: { name: "i-2-5-VM", interfaces: POLICY.guests["db-1"].interfaces } } }, "guests.a.name"],
    ["nothing that says which guest", { guests: { a: { interfaces: POLICY.guests["db-1"].interfaces } } }, "guests.a"],
    ["a group that is not there", { guests: { a: { ...POLICY.guests["db-1"], groups: ["wbe"] } } }, "guests.a.groups[0]"],
    ["one guest twice", { guests: { a: POLICY.guests["db-1"], b: { ...POLICY.guests["web-1"], uuid: DB, groups: [] } } }, "guests.b.uuid"],
  ])("%s is refused", (_case, policy, path) => {
    const groupless = { ...policy, groups: { web: {} } };
    expect(validate(compilePolicy, groupless).map((issue) => formatPath(issue.path))).toContain(path);
  });
});

describeWith(["root"], "compilePolicy's text", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab(
      { name: "t-compile", hosts: (["nft", "legacy"] as const).map((backend) => ({ name: backend, backend })) },
      { replace: true },
    );
  });
  afterAll(() => lab.down());

  test.each(["nft", "legacy"])("is what the tools of a host accept and print again (%s)", async (name) => {
    const host = lab.host(name);
    // Where a guest's allowed packets go next is part of the frame.
    const goOn = { iptables: "*filter\n:csp-ingress - [0:0]\nCOMMIT\n", arptables: "-N csp-to\n" };
    const text = await compiled(POLICY);
    await host.run("ipset restore", text.ipset);
    for (const tool of ["iptables", "ip6tables"] as const) {
      await host.run(`${tool}-restore --noflush`, goOn.iptables);
      await host.run(`${tool}-restore --noflush`, text[tool]);
    }
    await host.run("ebtables-restore --noflush", text.ebtables);
    await host.run("xargs -L 1 arptables", `${goOn.arptables}${text.arptables}`);

    const rules = (said: string | undefined) => (said ?? "").split("\n").filter((line) => line.startsWith("-A csp-"));
    for (const tool of ["iptables", "ip6tables"] as const)
      expect(rules(await host.run(`${tool}-save -t filter`)).sort()).toEqual(rules(text[tool]).sort());
    expect(rules(await host.run("ebtables-save")).length).toBe(rules(text.ebtables).length);
    expect((await host.run("arptables -nL")).split("\n").filter((line) => line.startsWith("-j")).length).toBe(rules(text.arptables).length);
  });
});
