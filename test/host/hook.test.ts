import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { createHosts, type Hosts } from "../../provider/host/hosts";
import { RemoteHost } from "../../provider/host/remote-host";
import { resources } from "../../provider/resources";
import type { Context, State } from "../../provider/resources/define";
import { entryOf, ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const resource = (token: string) => resources.find((one) => one.token === token) as (typeof resources)[number];
const adoption = resource("csp:index:Host");
const policy = resource("csp:firewall:HostPolicy");

/** The script on the host against real kernel tables; how guests fare under it is test/acceptance's. */
describeWith(["root"], "the hook", () => {
  describe.each([["nft"], ["legacy"]] as const)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let hosts: Hosts;
    let adopted: State;
    let known: State;
    const context = (): Context => ({
      hosts,
      owner: "test/dev hook (csp:firewall:HostPolicy)",
      signal: new AbortController().signal,
      status: () => {},
      warn: () => {},
    });
    const connect = () => {
      hosts?.close();
      hosts = createHosts({ inventory: { "hv-01": entryOf(host) } as never, hostFactory: (target, dial) => new RemoteHost(target, dial) });
    };
    /** What a refresh would say of host and guests. */
    const drift = async () => {
      connect();
      const [frame, guests] = [
        await adoption.read(context(), "hv-01", adopted),
        await policy.read(context(), "hv-01/guests", known as never),
      ];
      return [...(frame?.outputs.drift ?? []), ...(guests?.outputs.drift ?? [])];
    };
    const ports = async () => (await host.run("sed 1,2d /var/lib/csp/ports")).trim();
    const log = async () => (await host.run("cat /var/lib/csp/hook.log")).trim().split("\n");
    const trees = async () => {
      const { ipset: _, ...tools } = await host.snapshotTools();
      return tools;
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`hook-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: ["web", "db", "mail"].map((name, index) => ({ name, host: "hv-01", addresses: [`10.24.0.${11 + index}/24`] })),
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      connect();
      const inputs = adoption.inputs.parse({ host: "hv-01" });
      adopted = { inputs, outputs: (await adoption.create(context(), inputs)).outputs } as State;
      const guests = Object.fromEntries(
        lab.guests.map(({ name, uuid, mac }, index) => [
          name,
          {
            uuid,
            interfaces: [{ device: 0, mac, addresses: [`10.24.0.${11 + index}`] }],
            ingress: [{ name: "ping", protocol: "icmp" }],
          },
        ]),
      );
      const declared = policy.inputs.parse({ host: "hv-01", guests });
      known = { inputs: declared, outputs: (await policy.create(context(), declared)).outputs } as State;
    });
    afterAll(async () => {
      hosts?.close();
      await lab?.down();
    });

    test("adopting and declaring leave nothing to be done", async () => {
      expect(await drift()).toEqual([]);
      const before = await trees();
      await host.run("/var/lib/csp/hook test");
      expect((await log()).at(-1)).toMatch(/\[test\] nothing to do$/);
      expect(await trees()).toEqual(before);
    });

    test("a guest that reboots is claimed under its new port, and no more under its old one", async () => {
      const old = lab.guest("web").port();
      await lab.guest("web").reboot();
      const now = lab.guest("web").port();
      expect(now).not.toBe(old);
      expect(await ports()).toContain(`${now} `);
      expect(await ports()).not.toContain(`${old} `);
      expect(await drift()).toEqual([]);
    });

    test("after a host's reboot all is as it was before", async () => {
      const before = await drift();
      await lab.reboot("hv-01");
      expect((await log()).some((line) => line.includes("[boot] loaded anew"))).toBe(true);
      expect(await drift()).toEqual(before);
    });
  });
});
