import type { Flow, HostSpec, LabSpec, SavedTools, Verdict } from "../../lab/netns";
import { vifChain, vifId } from "../../provider/firewall/model/names";
import { flowTable, withVerdicts } from "./flows";
import { forged, honest } from "./forgeries";
import { declare, failureOf, type LabStack, type StackLab } from "./stack";

/**
 * The main job on one host, the same on any lab: from the first `pulumi up` to destroy, with packets after every step. A suite calls
 * {@link mainJob} with a stack on a lab that was made from {@link mainJobSpec}.
 */
export interface JobLab extends StackLab {
  host(name: string): { run(script: string): Promise<string>; snapshotTools(): Promise<SavedTools> };
  guest(name: string): { readonly uuid: string; readonly mac: string; address(family?: 4 | 6): string };
  readonly probe: {
    matrix(flows: readonly Flow[]): Promise<Verdict[]>;
    inject(frame: Buffer, from: string, watch: readonly string[], timeoutMs?: number): Promise<string[]>;
  };
}

/** `host`: what kind of host it is. */
export function mainJobSpec(name: string, host: Pick<HostSpec, "backend" | "era">): LabSpec {
  return {
    name,
    hosts: [{ name: "hv-01", ...host }],
    guests: [
      { name: "web-1", host: "hv-01", mac: "00:16:3e:00:01:0b", addresses: ["10.24.0.11/24", "fd24::11/64"] },
      { name: "db-1", host: "hv-01", mac: "00:16:3e:00:01:0c", addresses: ["10.24.0.12/24", "fd24::12/64"] },
    ],
    outside: [{ name: "office", mac: "02:00:00:24:00:07", addresses: ["10.24.0.7/24", "fd24::7/64"] }],
  };
}

/** Rules of other programs in the same tools, before and after csp's place. */
const foreign = (old: boolean) => `set -e
ipset ${old ? "-N foreign nethash" : "create foreign hash:net"}
ipset -A foreign 192.0.2.0/24
for t in iptables ip6tables; do
  $t -N foreign-chain
  $t -A foreign-chain -p tcp --dport 9 ${old ? "" : '-m comment --comment "kept as it is"'} -j DROP
  $t -A FORWARD -i eth9 -j foreign-chain
  $t -A INPUT -p udp --dport 9 -j DROP
done
iptables -A FORWARD -i eth9 -m set ${old ? "--set" : "--match-set"} foreign src -j DROP
ebtables -t nat -N foreign-chain
ebtables -t nat -A foreign-chain -p ARP --arp-op Request -j ACCEPT
ebtables -t nat -A foreign-chain -p 802_1Q --vlan-id 9 -j DROP
ebtables -t nat -A PREROUTING -i eth9 -j foreign-chain
ebtables -t nat -A PREROUTING -s 2:16:3e:0:0:9 -j DROP
ebtables -t nat -A POSTROUTING -o eth9 -j ACCEPT
ebtables -A FORWARD -i eth9 -j DROP
`;

const BEFORE = flowTable(`
  office web-1 tcp:80 pass
  office web-1 tcp:8080 pass
  web-1 db-1 tcp:5432 pass
  office db-1 icmp pass
`);

/** 8080 is what the one-rule change opens. `v6`: what guests' IPv6 does. */
const flows = (alt: "pass" | "block", v6: "pass" | "block") =>
  flowTable(`
  office web-1 arp pass
  office web-1 tcp:80 pass
  office web-1 tcp6:80 ${v6}
  office web-1 icmp pass
  office web-1 tcp:8080 ${alt}
  office web-1 udp:80 block
  web-1 db-1 tcp:5432 pass
  office db-1 tcp:5432 block
  office db-1 icmp6 block
  web-1 office tcp:25 block
  web-1 office udp:53 pass
`);

/** Frames that cover most of what layer 2 stops: each takes another way through its chains. */
const FORGED = ["source MAC", "IPv4 source of another guest", "IPv6 source of another guest", "ARP sender IP in a reply", "ARP sender MAC"];

/** `old`: the host's tools cannot filter IPv6, and its ipset is of version 4. */
export function mainJob<L extends JobLab>(title: string, open: () => Promise<LabStack<L>>, { old = false } = {}): void {
  const ipv6 = old ? { ipv6: "drop" } : {};
  const v6 = old ? "block" : "pass";
  const HONEST = old ? ["IPv4", "ARP reply"] : ["IPv4", "IPv6", "ARP reply"];
  describe(title, () => {
    let work: LabStack<L>;
    let before: SavedTools;
    const host = () => work.lab.host("hv-01");

    beforeAll(async () => {
      work = await open();
      await host().run(foreign(old));
      before = await host().snapshotTools();
    }, 600_000);
    afterAll(() => work?.end(), 120_000);

    const nic = (name: string) => {
      const guest = work.lab.guest(name);
      return [{ device: 0, mac: guest.mac, addresses: [guest.address(4), ...(old ? [] : [guest.address(6)])] }];
    };

    function program({ alt }: { alt: boolean }): void {
      const hv = declare.host("hv-01");
      const set = declare.ipSet("banned", { host: hv.host, name: "banned", members: ["203.0.113.0/24"] });
      declare.guest("web", {
        host: hv.host,
        guest: { uuid: work.lab.guest("web-1").uuid },
        ...ipv6,
        interfaces: nic("web-1"),
        ingress: [
          { name: "banned", action: "drop", from: [set.peer] },
          { name: "http", protocol: "tcp", ports: ["80"] },
          ...(alt ? [{ name: "alt", protocol: "tcp", ports: ["8080"] }] : []),
          { name: "ping", protocol: "icmp", icmpType: "8" },
        ],
        egress: [{ name: "no-smtp", action: "drop", protocol: "tcp", ports: ["25"] }],
      });
      declare.policy("tier", {
        host: hv.host,
        name: "tier",
        guests: {
          "db-1": {
            uuid: work.lab.guest("db-1").uuid,
            ...ipv6,
            interfaces: nic("db-1"),
            ingress: [
              { name: "sql", protocol: "tcp", ports: ["5432"], from: [work.lab.guest("web-1").address(4)] },
              { name: "syslog", protocol: "udp", ports: ["514"], from: ["10.24.0.11", "fd24::11"] },
            ],
          },
        },
      });
    }

    const up = (wanted: { alt: boolean }, options?: Parameters<LabStack["stack"]["up"]>[0]) => {
      work.declare(() => program(wanted));
      return work.stack.up({ color: "never", ...options });
    };

    async function packetsAre(table: ReturnType<typeof flowTable>): Promise<void> {
      const verdicts = await work.lab.probe.matrix(table.map(({ flow }) => flow));
      expect(withVerdicts(table, verdicts)).toEqual(table.map(({ text }) => text));
    }

    /** Those of the named frames that arrive at db-1 when web-1 sends them. */
    async function arriving(frames: Record<string, Buffer>, names: readonly string[], patienceMs: number): Promise<string[]> {
      const there: string[] = [];
      for (const name of names) {
        const frame = frames[name];
        if (frame === undefined) throw new Error(`no frame ${name}`);
        if ((await work.lab.probe.inject(frame, "web-1", ["db-1"], patienceMs)).length > 0) there.push(name);
      }
      return there;
    }
    /** The forged address belongs to nobody: a bridge does not send a frame back through the port on which it has just learned the MAC. */
    const nobody = { mac: "00:16:3e:00:01:99", address: (family: 4 | 6 = 4) => (family === 4 ? "10.24.0.99" : "fd24::99") };
    const everybody = { guest: (name: string) => (name === "nobody" ? nobody : work.lab.guest(name)) };
    const forgeries = () => forged(everybody, "web-1", "db-1", "nobody");

    test("before: everything passes, forged or not", async () => {
      await packetsAre(BEFORE);
      expect(await arriving(forgeries(), FORGED.slice(0, 2), 10_000)).toEqual(FORGED.slice(0, 2));
    });

    test("create: only what is declared passes", async () => {
      const { summary } = await up({ alt: false });
      expect(summary.resourceChanges?.create).toBe(5);
      await packetsAre(flows("block", v6));
      expect(await arriving(honest(work.lab, "web-1", "db-1"), HONEST, 10_000)).toEqual(HONEST);
      expect(await arriving(forgeries(), FORGED, 500)).toEqual([]);
    });

    test("no change: nothing is done", async () => {
      const tools = await host().snapshotTools();
      await up({ alt: false }, { expectNoChanges: true });
      expect(await host().snapshotTools()).toEqual(tools);
    });

    test("one more rule: one resource changes, and one chain in each IP tool", async () => {
      const tools = await host().snapshotTools();
      const { summary } = await up({ alt: true });
      expect(summary.resourceChanges).toEqual({ same: 4, update: 1 });
      const after = await host().snapshotTools();
      for (const tool of ["iptables", "ip6tables"] as const)
        expect(after[tool].split("\n").length).toBe(tools[tool].split("\n").length + (old && tool === "ip6tables" ? 0 : 1));
      expect({ ...after, iptables: "", ip6tables: "" }).toEqual({ ...tools, iptables: "", ip6tables: "" });
      await packetsAre(flows("pass", v6));
    });

    test("rules removed by hand are found and repaired", async () => {
      const tools = await host().snapshotTools();
      const id = vifId(work.lab.guest("web-1").uuid, 0);
      await host().run(`iptables -F ${vifChain.ingress(id)} && ebtables -t nat -F ${vifChain.layer2(id)}`);
      await packetsAre(flowTable("office web-1 tcp:80 block"));
      expect(await failureOf(work.stack.preview({ color: "never", refresh: true, expectNoChanges: true }))).toMatch(/changes/);
      await up({ alt: true }, { refresh: true });
      expect(await host().snapshotTools()).toEqual(tools);
      await packetsAre(flows("pass", v6));
      expect(await arriving(forgeries(), FORGED, 500)).toEqual([]);
      await up({ alt: true }, { expectNoChanges: true });
    });

    test("destroy leaves the five tools byte for byte as they were", async () => {
      await work.stack.destroy({ color: "never" });
      expect(await host().snapshotTools()).toEqual(before);
      await packetsAre(BEFORE);
    });
  });
}
