import { createLab, type Lab, type LabHost } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const policy = resourceOf("csp:firewall:HostPolicy");
const adoption = resourceOf("csp:index:Host");

/** csp plans from the last snapshot, which may be some seconds old. Changes that somebody made meanwhile must not stay. */
describeWith(["root"], "a host that somebody changed since the last read", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let known: State;
    const csp = new Csp("test/dev guests (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    const declared = (port: string, members: string[]) =>
      policy.inputs.parse({
        host: "hv-01",
        groups: { web: { members } },
        guests: {
          web: {
            uuid: lab.guest("web").uuid,
            interfaces: [{ device: 0, mac: lab.guest("web").mac, addresses: ["10.24.0.11"] }],
            ingress: [{ name: "http", protocol: "tcp", ports: [port], from: ["group:web"] }],
          },
        },
      });
    const update = async (port: string, members: string[]) => {
      const inputs = declared(port, members);
      known = { inputs, outputs: await policy.update(context(), "hv-01/guests", known as never, inputs) } as State;
    };
    const drift = async () => {
      csp.close();
      return (await policy.read(context(), "hv-01/guests", known as never))?.outputs.drift;
    };
    const setName = async () => (await host.run("ipset list -n")).split("\n").find((name) => /^csp-g.*4$/.test(name)) ?? "";

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`late-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: [{ name: "web", host: "hv-01", addresses: ["10.24.0.11/24"] }],
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      await adoption.create(context(), adoption.inputs.parse({ host: "hv-01" }));
      const inputs = declared("80", ["192.0.2.1"]);
      known = { inputs, outputs: (await policy.create(context(), inputs)).outputs } as State;
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("a rule added by hand to a chain that changes does not stay", async () => {
      const chain =
        (await host.run("iptables -S"))
          .split("\n")
          .find((line) => /^-N csp-in-/.test(line))
          ?.slice(3) ?? "";
      await host.run(`iptables -I ${chain} 1 -p tcp --dport 2323 -j ACCEPT`);
      await update("81", ["192.0.2.1"]);
      expect(await host.run(`iptables -S ${chain}`)).not.toContain("2323");
      expect(await drift()).toEqual([]);
    });

    test("a member added by hand to a set that changes does not stay, and the change succeeds", async () => {
      await update("81", ["192.0.2.1", "192.0.2.9"]);
      await host.run(`ipset add ${await setName()} 198.51.100.66`);
      await update("81", ["192.0.2.1"]);
      expect(await host.run(`ipset list ${await setName()}`)).not.toContain("198.51.100.66");
      expect(await drift()).toEqual([]);
    });

    test("a chain that was changed by hand is removed if it should be", async () => {
      await host.run("iptables -S | sed -n 's/^-N \\(csp-out-.*\\)/\\1/p' | while read -r c; do iptables -A $c -j ACCEPT; done");
      await policy.delete(context(), "hv-01/guests", known as never);
      expect(await host.run("iptables -S")).not.toMatch(/csp-out-/);
    });
  });
});
