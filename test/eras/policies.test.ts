import type { Era } from "../../lab/eras/ages";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import type { AnyResource, State } from "../../provider/core/define";
import { CspError } from "../../provider/errors";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

/** One age of each set of tools. `old`: no IPv6 for guests, ipset 4. */
const AGES: readonly { readonly era: Era; readonly old: boolean }[] = [
  { era: "5.6", old: true },
  { era: "xcp-ng-8", old: false },
  { era: "debian-11", old: false },
  { era: "debian-13", old: false },
];

/** Everything that a policy can contain, on a host of every age: it works there, or csp refuses it by name. */
describeWith(["root"], "what a policy can say", () => {
  describe.each(AGES)("on $era", ({ era, old }) => {
    let lab: Lab;
    let host: LabHost;
    const made: { readonly resource: AnyResource; readonly id: string; readonly state: State }[] = [];
    const csp = new Csp("test/dev ages (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    const create = async (token: ResourceToken, args: object) => {
      const resource: AnyResource = resourceOf(token);
      const inputs = resource.inputs.parse({ host: "hv-01", ...args });
      await resource.preview?.(context(), inputs);
      const { id, outputs } = await resource.create(context(), inputs);
      made.push({ resource, id, state: { inputs, outputs } as State });
    };
    const refusal = async (token: ResourceToken, args: object): Promise<string> => {
      const resource: AnyResource = resourceOf(token);
      const error = await Promise.resolve(resource.preview?.(context(), resource.inputs.parse({ host: "hv-01", ...args }))).catch(
        (e: unknown) => e,
      );
      return error instanceof CspError ? `${error.code}: ${error.message}` : `not refused: ${String(error)}`;
    };
    /** The findings of a refresh of everything. */
    const drift = async () => {
      csp.reconnect();
      const all: string[] = [];
      for (const { resource, id, state } of made) {
        const now = await resource.read(context(), id, state as never);
        all.push(...((now?.outputs as { readonly drift?: readonly string[] } | undefined)?.drift ?? [`${id} is gone`]));
      }
      return all;
    };
    const passes = (from: string, to: string, port: number) =>
      lab.probe.matrix([{ from, to, proto: "tcp", port } as never]).then(([verdict]) => verdict === "passed");
    const ipv6 = old ? { ipv6: "drop" } : {};
    const guest = (name: string, more: object) => {
      const { uuid, mac } = lab.guest(name);
      const v4 = lab.guest(name).address(4);
      return { uuid, ...ipv6, interfaces: [{ device: 0, mac, addresses: old ? [v4] : [v4, lab.guest(name).address(6)] }], ...more };
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`say-${era.replace(/\D/g, "")}`),
          hosts: [{ name: "hv-01", era }],
          guests: ["web", "db", "idle"].map((name, n) => ({ name, host: "hv-01", addresses: [`10.24.0.1${n}/24`, `fd24::1${n}/64`] })),
          outside: [{ name: "office", addresses: ["10.24.0.7/24", "fd24::7/64"] }],
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      csp.reconnect();
      await create("csp:index:Host", {});
      const { limits = [] } = (made[0]?.state.outputs ?? {}) as { readonly limits?: readonly string[] };
      expect([limits.some((limit) => limit.includes("have no IPv6")), limits.some((limit) => limit.includes("ICMP error"))]).toEqual([
        old,
        old,
      ]);
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("sets of networks, of addresses, of ports; of pairs and of sets where ipset knows them", async () => {
      await create("csp:firewall:IpSet", { name: "banned", members: ["203.0.113.0/24", "198.51.100.9", "198.51.100.8"] });
      await create("csp:firewall:IpSet", { name: "known", type: "hash:ip", members: ["10.24.0.7"] });
      await create("csp:firewall:IpSet", { name: "mail", type: "bitmap:port", members: ["25", "465", "587"] });
      const wide = { name: "wide", type: "hash:net", family: "inet6", members: ["2001:db8::/32"] };
      if (old) {
        expect(await refusal("csp:firewall:IpSet", wide)).toMatch(/^set-unsayable: .*sets of IPv6 addresses/);
        expect(await refusal("csp:firewall:IpSet", { name: "pairs", type: "hash:ip,port" })).toMatch(
          /^set-unsayable: .*protocols of ports in a set of the type hash:ip,port/,
        );
        expect(await refusal("csp:firewall:IpSet", { name: "all", type: "list:set", members: ["banned"] })).toMatch(
          /^set-unsayable: .*list:set/,
        );
      } else {
        await create("csp:firewall:IpSet", wide);
        await create("csp:firewall:IpSet", { name: "pairs", type: "hash:ip,port", members: ["10.24.0.7,tcp:80"] });
        await create("csp:firewall:IpSet", { name: "all", type: "list:set", members: ["banned", "known"] });
      }
      expect(await drift()).toEqual([]);
    });

    test("guests' rules: groups, sets, limits, connections, logs, rejects, observed ones", async () => {
      const args = {
        name: "tier",
        groups: { app: { ingress: [{ name: "http", protocol: "tcp", ports: ["80", "8000:8010"] }], members: ["10.24.0.7"] } },
        guests: {
          web: guest("web", {
            groups: ["app"],
            ingress: [
              { name: "banned", action: "drop", from: ["set:banned"] },
              { name: "slow", protocol: "tcp", ports: ["22"], maxConnections: 5, limit: { rate: "10/second", burst: 20 }, log: true },
              { name: "no", action: "reject", protocol: "tcp", ports: ["23"] },
              { name: "sctp", protocol: "sctp", ports: ["5060", "5061"] },
            ],
          }),
          db: guest("db", { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:app"], states: ["new"] }] }),
          idle: guest("idle", { enforce: "observe" }),
        },
      };
      if (old) {
        const web = { ...args.guests.web, ipv6: "filter" };
        expect(await refusal("csp:firewall:HostPolicy", { ...args, guests: { web } })).toMatch(
          /^ipv6-unfiltered: guest web.*ip6tables has no/,
        );
      }
      await create("csp:firewall:HostPolicy", args);
      expect(await drift()).toEqual([]);
      const flows = async () => [
        await passes("office", "web", 80),
        await passes("office", "web", 8005),
        await passes("office", "web", 22),
        await passes("office", "web", 23),
        await passes("office", "db", 5432),
        await passes("db", "idle", 9999),
        await passes("office", "db", 80),
      ];
      expect(await flows()).toEqual([true, true, true, false, true, true, false]);
      await lab.reboot("hv-01");
      expect(await flows()).toEqual([true, true, true, false, true, true, false]);
      expect(await drift()).toEqual([]);
      await lab.guest("web").reboot();
      expect(await flows()).toEqual([true, true, true, false, true, true, false]);
    });

    test("rule sets, in the words of its own tools", async () => {
      const state = old ? "-m state --state NEW" : "-m conntrack --ctstate NEW";
      await create("csp:firewall:RuleSet", {
        tool: "iptables",
        chain: "mail",
        rules: [`-p tcp ${state} -m set ${old ? "--set" : "--match-set"} mail dst -j DROP`, "-j RETURN"],
        jumps: [{ from: "FORWARD", position: "beforeGuests" }],
      });
      expect([await passes("db", "idle", 25), await passes("db", "idle", 26)]).toEqual([false, true]);
      await create("csp:firewall:RuleSet", {
        tool: "ebtables",
        table: "nat",
        chain: "stp",
        rules: ["-d 01:80:c2:00:00:00 -j DROP"],
        jumps: [{ from: "PREROUTING" }],
      });
      expect(await drift()).toEqual([]);
    });

    test("the host's own firewall", async () => {
      await create("csp:firewall:HostFirewall", {
        ingress: [
          { name: "ssh", protocol: "tcp", ports: ["22"] },
          { name: "known", protocol: "udp", ports: ["161"], from: ["set:known"] },
        ],
      });
      expect(await drift()).toEqual([]);
      expect([await passes("office", "web", 80), await passes("office", "db", 80)]).toEqual([true, false]);
    });

    test("taken away again, nothing is left", async () => {
      for (const { resource, id, state } of made.splice(0).reverse()) await resource.delete(context(), id, state as never);
      const tools = await host.snapshotTools();
      expect(Object.values(tools).filter((text) => text.includes("csp-"))).toEqual([]);
    });
  });
});
