import { createLab, frames, type Lab, type LabSpec } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { flowTable, withVerdicts } from "../acceptance/flows";
import { addressesOf, forged, honest } from "../acceptance/forgeries";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

/** What is between a host's bridge and the world. A policy does not mention it and must hold with it. */
interface Wire {
  readonly vlanAware?: boolean;
  /** Of the guests' ports. */
  readonly port?: { readonly vlan: number };
  /** Of the endpoint outside. */
  readonly outside?: { readonly vlan: number };
  /** Shell for the host, whose uplink is eth1 before it. */
  readonly rewire?: string;
}

/** Waits until a port forwards: a bond finds its link after a while, and the bridge learns of it even later. */
const forwards = (port: string) =>
  `for n in $(seq 100); do if grep -qx 3 /sys/class/net/${port}/brport/state; then break; fi; sleep 0.1; done`;

const WIRES: Readonly<Record<string, Wire>> = {
  "a VLAN-aware bridge, guests on access ports": { vlanAware: true, port: { vlan: 10 }, outside: { vlan: 10 } },
  "a VLAN device of the uplink": {
    outside: { vlan: 10 },
    rewire: `ip link set eth1 nomaster
    ip link add link eth1 name eth1.10 type vlan id 10
    ip link set eth1.10 master xenbr0 up`,
  },
  "a bond": {
    rewire: `ip link set eth1 nomaster down
    ip link add bond0 type bond mode active-backup miimon 50
    ip link set eth1 master bond0
    ip link set bond0 master xenbr0 up
    ${forwards("bond0")}`,
  },
  "a VLAN device of a bond": {
    outside: { vlan: 10 },
    rewire: `ip link set eth1 nomaster down
    ip link add bond0 type bond mode active-backup miimon 50
    ip link set eth1 master bond0
    ip link set bond0 up
    ip link add link bond0 name bond0.10 type vlan id 10
    ip link set bond0.10 master xenbr0 up
    ${forwards("bond0.10")}`,
  },
};

const FLOWS = flowTable(`
  office web tcp:80 pass
  office web tcp6:80 pass
  office web tcp:22 block
  office web tcp6:22 block
  office web icmp block
  web office arp pass
  web office tcp:443 pass
  web office tcp6:443 pass
  web office tcp:25 block
  web office tcp6:25 block
  web db tcp:5432 pass
  web db tcp6:5432 pass
  web db tcp:22 block
  office db tcp:5432 block
  office db tcp6:5432 block
  idle office tcp:80 block
  idle office arp block
  office idle tcp:80 block
  web idle icmp block
`);

const adoption = resourceOf("csp:index:Host");
const policy = resourceOf("csp:firewall:HostPolicy");

describeWith(["root"], "policies hold behind", () => {
  describe.each(Object.entries(WIRES))("%s", (name, wire) => {
    let lab: Lab;
    let adopted: State<typeof adoption.inputs, typeof adoption.outputs>;
    let known: State;
    const number = Object.keys(WIRES).indexOf(name);
    const csp = new Csp("test/dev wires (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;

    beforeAll(async () => {
      const spec: LabSpec = {
        name: ownName(`wire-${number}`),
        hosts: [{ name: "hv-01", backend: "legacy", bridges: [{ name: "xenbr0", vlanAware: wire.vlanAware }] }],
        guests: ["web", "db", "idle"].map((guest, n) => ({
          name: guest,
          host: "hv-01",
          addresses: [`10.45.0.${11 + n}/24`, `fd45::${11 + n}/64`],
          ...wire.port,
        })),
        outside: [{ name: "office", addresses: ["10.45.0.9/24", "fd45::9/64"], ...wire.outside }],
      };
      lab = await createLab(spec, { replace: true });
      await lab.host("hv-01").run(`set -e\n${wire.rewire ?? ":"}`);
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    const verdicts = async () => withVerdicts(FLOWS, await lab.probe.matrix(FLOWS.map(({ flow }) => flow)));

    /** Names of the frames that db or the office received, however they looked by then; all are sent by web. */
    async function arrived(all: Readonly<Record<string, Buffer>>): Promise<string[]> {
      const shots = Object.values(all).map((frame) => ({ from: "web", frame, ...(frame.includes("csp") ? { marker: "csp" } : {}) }));
      const seen: string[] = [];
      // One at a time, because all have the same marker.
      for (const [index, name] of Object.keys(all).entries()) {
        const { hits } = await lab.probe.volley(shots.slice(index, index + 1), ["db", "office"], 150);
        if (hits.some(({ exact, marked }) => exact.length + marked.length > 0)) seen.push(name);
      }
      return seen;
    }

    /** Frames that an access port, or a port of a bridge without VLANs, must not send. */
    function tagged(): Record<string, Buffer> {
      const plain = Object.values(honest(lab, "web", "db"))[0] as Buffer;
      return Object.fromEntries([0, 7, 10].map((vlan) => [`tagged ${vlan}`, frames.tagged(plain, vlan)]));
    }

    test("without a policy all passes", async () => {
      expect(await verdicts()).toEqual(FLOWS.map(({ text }) => text.replace(/block$/, "pass")));
      const frame = forged(lab, "web", "db", "idle");
      expect(await arrived(frame)).toEqual(Object.keys(frame));
      for (const each of ["web", "db", "idle", "office"]) await lab.exec(each, ["ip", "neigh", "flush", "all"]);
    });

    test("with a policy, only what is declared passes", async () => {
      const inputs = adoption.inputs.parse({ host: "hv-01" });
      adopted = { inputs, outputs: (await adoption.create(context(), inputs)).outputs };
      const guest = (name: string, more: object) => {
        const { uuid, mac } = lab.guest(name);
        return { uuid, interfaces: [{ device: 0, mac, addresses: addressesOf(lab, name) }], ...more };
      };
      const declared = policy.inputs.parse({
        host: "hv-01",
        guests: {
          web: guest("web", {
            ingress: [{ name: "http", protocol: "tcp", ports: ["80"] }],
            egress: [{ name: "smtp", action: "drop", protocol: "tcp", ports: ["25"] }],
          }),
          db: guest("db", {
            ingress: [
              { name: "sql", protocol: "tcp", ports: ["5432"], from: addressesOf(lab, "web") },
              { name: "syslog", protocol: "udp", ports: ["514"] },
            ],
          }),
        },
      });
      known = { inputs: declared, outputs: (await policy.create(context(), declared)).outputs } as State;
      expect(await verdicts()).toEqual(FLOWS.map(({ text }) => text));
    });

    test("nothing forged or tagged leaves its port, and honest packets do", async () => {
      expect(await arrived({ ...forged(lab, "web", "db", "idle"), ...tagged() })).toEqual([]);
      const plain = honest(lab, "web", "db");
      expect(await arrived(plain)).toEqual(Object.keys(plain));
    });

    test("nothing has drifted, and without it everything passes again", async () => {
      expect((await adoption.read(context(), "hv-01", adopted))?.outputs.drift).toEqual([]);
      expect((await policy.read(context(), "hv-01/guests", known as never))?.outputs.drift).toEqual([]);
      await policy.delete(context(), "hv-01/guests", known as never);
      await adoption.delete(context(), "hv-01", adopted);
      expect(await verdicts()).toEqual(FLOWS.map(({ text }) => text.replace(/block$/, "pass")));
    });
  });
});
