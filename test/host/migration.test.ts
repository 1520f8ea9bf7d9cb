import { createLab, type Lab } from "../../lab/netns";
import { Incomplete, type State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const adoption = resourceOf("csp:index:Host");
const firewall = resourceOf("csp:firewall:GuestFirewall");

/** How long the guest stands still once its port is on the other host: less than a live migration's last round takes. It says once where it is. */
const PAUSE_MS = 150;

/** A guest with rules on several hosts, one of which it is on. */
describeWith(["root"], "a guest that moves", () => {
  let lab: Lab;
  let known: State;
  let id: string;
  const NAMES = ["hv-01", "hv-02", "hv-03"] as const;
  const csp = new Csp("test/dev web (csp:firewall:GuestFirewall)", () => lab.hosts);
  const { context } = csp;
  const declared = (on: readonly string[], port = "80") =>
    firewall.inputs.parse({
      hosts: on,
      guest: { name: "web" },
      interfaces: [{ device: 0, mac: lab.guest("web").mac, addresses: ["10.26.0.11"] }],
      ingress: [{ name: "http", protocol: "tcp", ports: [port] }],
    });
  const read = async () => {
    csp.reconnect();
    return (await firewall.read(context(), id, known as never)) as State | undefined;
  };
  const update = async (on: readonly string[], port?: string) => {
    csp.reconnect();
    const inputs = declared(on, port);
    known = { inputs, outputs: await firewall.update(context(), id, known as never, inputs) } as State;
  };
  const http = (port = 80) => lab.probe.flow({ from: "office", to: "web", proto: "tcp", port });
  const chains = async (name: string) => (await lab.host(name).run("iptables -S | grep -c '^-N csp-in-' || :")).trim();

  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("moves"),
        hosts: NAMES.map((name) => ({ name })),
        guests: [{ name: "web", host: "hv-01", addresses: ["10.26.0.11/24"] }],
        outside: [{ name: "office", addresses: ["10.26.0.200/24"] }],
      },
      { replace: true },
    );
    csp.reconnect();
    for (const name of NAMES) await adoption.create(context(), adoption.inputs.parse({ host: name }));
    const inputs = declared(["hv-01", "hv-02"]);
    const made = await firewall.create(context(), inputs);
    id = made.id;
    known = { inputs, outputs: made.outputs } as State;
  }, 120_000);
  afterAll(async () => {
    csp.close();
    await lab?.down();
  });

  test("its rules are on each of its hosts, and there is no drift", async () => {
    expect(id).toBe(`hv-01,hv-02/${lab.guest("web").uuid}`);
    expect(known.outputs).toMatchObject({ runsOn: ["hv-01"], ports: { 0: lab.guest("web").port() }, drift: [] });
    expect(await Promise.all(NAMES.map(chains))).toEqual(["1", "1", "0"]);
    expect([await http(), await http(22)]).toEqual(["passed", "blocked"]);
    expect((await read())?.outputs.drift).toEqual([]);
  });

  test("when it moves, its rules are there already, and only the host that it runs on differs", async () => {
    const before = await read();
    await lab.guest("web").migrate("hv-02", { pauseMs: PAUSE_MS });
    expect([await http(), await http(22)]).toEqual(["passed", "blocked"]);
    const after = await read();
    expect(after?.inputs).toEqual(before?.inputs);
    expect(after?.outputs).toEqual({ ...before?.outputs, runsOn: ["hv-02"], ports: { 0: lab.guest("web").port() } });
    expect(await lab.host("hv-01").run("sed '1,2d;$d' /var/lib/csp/ports")).toBe("");
  });

  test("a change is made on all hosts, and a change by hand is reported for its host", async () => {
    await update(["hv-01", "hv-02"], "81");
    expect(await http(81)).toBe("passed");
    await lab.host("hv-01").run("iptables -S | sed -n 's/^-N \\(csp-in-.*\\)/\\1/p' | while read -r c; do iptables -F $c; done");
    const found = await read();
    expect(found?.outputs.drift).toContainEqual(expect.stringMatching(/^hv-01: guest web: iptables, .*ingress/));
    await update(["hv-01", "hv-02"], "81");
    expect((await read())?.outputs.drift).toEqual([]);
  });

  test("adding or removing a host replaces nothing, and nothing is left on a removed host", async () => {
    await update(["hv-03", "hv-02"], "81");
    expect(await Promise.all(NAMES.map(chains))).toEqual(["0", "1", "1"]);
    await lab.guest("web").migrate("hv-03", { pauseMs: PAUSE_MS });
    expect(await http(81)).toBe("passed");
    expect((await read())?.outputs).toMatchObject({ runsOn: ["hv-03"], drift: [] });
    // The ID still names the hosts of its creation; csp looks for records on the hosts that the state names.
    expect(await firewall.recall(context(), id, undefined, known.inputs as never)).toMatchObject({ hosts: ["hv-03", "hv-02"] });
  });

  test("a host that refuses it is named; the others have it", async () => {
    await firewall.delete(context(), id, known as never);
    expect(await Promise.all(NAMES.map(chains))).toEqual(["0", "0", "0"]);
    csp.reconnect();
    await adoption.delete(context(), "hv-01", { inputs: adoption.inputs.parse({ host: "hv-01" }), outputs: {} } as never);
    const refused = await firewall.create(context(), declared(["hv-01", "hv-03"])).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(Incomplete);
    expect(refused).toMatchObject({ outputs: { drift: ["hv-01: the guest's rules are not there"] } });
    expect((refused as Error).message).toMatch(/^host hv-01: it is not a csp host yet/);
    expect(await Promise.all(NAMES.map(chains))).toEqual(["0", "0", "1"]);
  });
});
