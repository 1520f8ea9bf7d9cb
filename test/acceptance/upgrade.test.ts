import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLUGIN_DIR } from "../doors/workspace";
import { earlierPlugin, hasCommit } from "../support/earlier-build";
import { describeWith } from "../support/needs";
import { floodKinds, PORTS, underFlood } from "./floods";
import { driftOf } from "./followed";
import { declare, type LabStack, labStack } from "./stack";

/** The last commit whose rules were texts. It is the earliest version whose stacks today's plugin must take over. */
const EARLIER = "16da90921e1f67f5a1b753d7e4193f6e0145eb86";

/** Rules that are meant to be others than that commit's: what a guest sends below a VLAN tag from no address, and as a querier of all groups. */
const MENDED = /^-A csp-out-\w+ -d 224\.0\.0\.1\/32 -p igmp -j DROP$|^-A csp-pin-\w+ -s ::\/128 -p ipv6-icmp .*-j RETURN$/;

function suite(title: string, body: () => void): void {
  if (hasCommit(EARLIER)) describeWith(["root", "pulumi", "plugin"], title, body);
  else describe.skip(`${title} [skipped: this clone does not have commit ${EARLIER}]`, body);
}

/** A stack that an earlier plugin made, and the first run of today's plugin: its state, the records on its host, the hook, and the packets meanwhile. */
suite("a stack of an earlier build", () => {
  describe.each([["nft"], ["legacy"]] as const)("on a host with %s", (backend) => {
    const folder = mkdtempSync(join(tmpdir(), "csp-earlier-"));
    let work: LabStack;

    beforeAll(async () => {
      const guest = (name: string, n: number) => ({ name, host: "hv-01", addresses: [`10.46.0.${n}/16`, `fd46::${n}/64`] });
      work = await labStack(
        {
          name: `up-${backend}`,
          hosts: [{ name: "hv-01", backend }],
          guests: [guest("web", 11), guest("peer", 12), guest("db", 13), guest("trunk", 14)],
          outside: [{ name: "client", addresses: ["10.46.0.9/16", "fd46::9/64"] }],
        },
        earlierPlugin(EARLIER, folder),
      );
      work.declare(program);
      await work.stack.up();
    }, 240_000);
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await work?.end();
    });

    const nic = (name: string, more: object = {}) => {
      const [{ mac, addresses } = { mac: "", addresses: [] }] = work.lab.guest(name).spec.interfaces;
      return { device: 0, mac, addresses: addresses.map((address) => address.split("/")[0]), ...more };
    };
    const rules = () => ({
      ingress: [{ name: "open", protocol: "udp", ports: [String(PORTS.open)] }],
      egress: [{ name: "closed", action: "drop", protocol: "udp", ports: [String(PORTS.closedOut)] }],
    });

    function program(): void {
      const hv = declare.host("hv-01");
      const host = hv.host;
      const offices = declare.ipSet("offices", { host, name: "offices", members: ["10.46.0.9", "192.0.2.0/24"] });
      for (const name of ["web", "peer"])
        declare.guest(name, { host, guest: { uuid: work.lab.guest(name).uuid }, interfaces: [nic(name)], ...rules() });
      declare.policy("rest", {
        host,
        groups: {
          db: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:web", offices.peer], log: true }] },
          web: {},
        },
        guests: {
          db: { uuid: work.lab.guest("db").uuid, groups: ["db"], interfaces: [nic("db")], ...rules() },
          trunk: {
            ...{ uuid: work.lab.guest("trunk").uuid, groups: ["web"], enforce: "observe" },
            interfaces: [nic("trunk", { vlans: [7], etherTypes: ["0x88cc"], dhcp: true })],
            ingress: [
              {
                name: "many",
                protocol: "tcp",
                ports: Array.from({ length: 20 }, (_, n) => String(1000 + 2 * n)),
                limit: { rate: "9/sec" },
              },
              { name: "ping", protocol: "icmp", icmpType: "8", action: "reject" },
            ],
          },
        },
      });
    }

    test("goes on under today's plugin: nothing gets through, nothing is lost, and nothing is left to do", async () => {
      const kernel = () => work.lab.host("hv-01").run("iptables-save; ip6tables-save; ipset save | sort");
      const counters = / \[\d+:\d+\]$|^#.*$/gm;
      const alike = (text: string) =>
        text
          .replace(counters, "")
          .split("\n")
          .filter((line) => !MENDED.test(line))
          .join("\n");
      const before = alike(await kernel());
      await work.use(PLUGIN_DIR);
      const kinds = floodKinds(work.lab, { guest: "web", peer: "peer", other: "db", client: "client" });
      const { wrong, allowedSent, allowedThrough } = await underFlood(work.lab, kinds, "upgrade", () => work.stack.up({ refresh: true }));
      expect(wrong).toEqual({});
      // Frames that are on their way when the floods end are sent and not received.
      expect(allowedSent - allowedThrough).toBeLessThan(20);
      expect(alike(await kernel())).toBe(before);
      expect(await driftOf(work)).toEqual({});
      await work.stack.up({ refresh: true, expectNoChanges: true });
    }, 240_000);
  });
});
