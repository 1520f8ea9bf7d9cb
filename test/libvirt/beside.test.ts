import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLibvirtLab, type LibvirtLab, virsh } from "../../lab/libvirt";
import { attempt } from "../../lab/netns/command";
import { declare, entryOf, type LabStack, ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";
import { packet } from "./followed";

/** Guests with csp's policies beside one with a filter of libvirt's nwfilter, and beside libvirt's own NAT network. */
const WEB = { mac: "52:54:00:00:03:0b", address: "10.29.0.11" };
const NWF = { mac: "52:54:00:00:03:0c", address: "10.29.0.12" };
const NAT = { mac: "52:54:00:00:03:0d", address: "192.168.122.13" };
const PEER = { mac: "52:54:00:00:03:0e", address: "192.168.122.14" };
const OFFICE = { mac: "02:00:00:29:00:07", address: "10.29.0.7" };

/** clean-traffic works in ebtables alone; a rule about TCP makes nwfilter use iptables too. */
const FILTER = `<filter name='lab-egress' chain='root'>
  <filterref filter='clean-traffic'/>
  <rule action='drop' direction='out' priority='500'><tcp dstportstart='25' dstportend='25'/></rule>
</filter>`;

describeWith(["root", "pulumi", "plugin", "libvirt"], "csp beside what libvirt itself filters", () => {
  let lab: LibvirtLab;
  let work: LabStack<LibvirtLab>;
  const host = () => lab.host("hv-01");

  beforeAll(async () => {
    const guest = (name: string, { mac, address }: typeof WEB, port?: string) => ({
      ...{ name, host: "hv-01", mac, addresses: [`${address}/24`], running: false, port },
    });
    lab = await createLibvirtLab({
      name: ownName("beside"),
      hosts: [{ name: "hv-01" }],
      guests: [guest("web-1", WEB, "lan-web1"), guest("nwf-1", NWF, "nwf0"), guest("nat-1", NAT), guest("nat-2", PEER)],
      outside: [{ name: "office", mac: OFFICE.mac, addresses: [`${OFFICE.address}/24`] }],
    });
    await host().run("ip addr add 10.29.0.1/24 dev br0");
    for (const { mac, address } of [NAT, PEER])
      await virsh(host(), "net-update", "default", "add", "ip-dhcp-host", `<host mac='${mac}' ip='${address}'/>`, "--config");
    await host().run("cat >/root/filter.xml && virsh -q nwfilter-define /root/filter.xml", FILTER);
    lab.guest("nwf-1").settings = { filter: "lab-egress" };
    for (const name of ["nat-1", "nat-2"]) lab.guest(name).settings = { network: "default" };
    await lab.guest("web-1").start();
    await lab.guest("nwf-1").start();
    work = await stackOn("libvirt-beside", lab);
    work.declare(program);
  }, 900_000);
  afterAll(() => work?.end(), 120_000);

  function program(): void {
    const hv = declare.host("hv-01", { guestPorts: ["vif", "tap", "vnet", "lan-"] });
    const guest = (name: string, { mac, address }: typeof WEB, ports: string[]) =>
      declare.guest(name, {
        host: hv.host,
        guest: { uuid: lab.guest(name).uuid },
        interfaces: [{ device: 0, mac, addresses: [address] }],
        ingress: [{ name: "open", protocol: "tcp", ports }],
        egress: [{ name: "closed", action: "drop", protocol: "tcp", ports: ["26"] }],
      });
    guest("web-1", WEB, ["22", "25"]);
    guest("nat-1", NAT, ["80"]);
    guest("nat-2", PEER, ["9"]);
  }

  /** Those of the flows ("from to port") that pass. */
  async function passing(...flows: readonly string[]): Promise<string[]> {
    const passed: string[] = [];
    for (const flow of flows) {
      const [from = "", to = "", port = ""] = flow.split(" ");
      if ((await lab.probe.flow({ from, to, port: Number(port), timeoutMs: 4000 })) === "passed") passed.push(flow);
    }
    return passed;
  }
  const FLOWS = ["office web-1 22", "office web-1 80", "web-1 office 26", "web-1 office 80", "nwf-1 web-1 22", "nwf-1 web-1 80"];
  const OF_NWFILTER = ["nwf-1 office 25", "nwf-1 office 80", "office nwf-1 22"];
  const DECLARED = ["office web-1 22", "web-1 office 80", "nwf-1 web-1 22"];
  const forged = () => lab.probe.inject(packet("forged", WEB, OFFICE, 514), "nwf-1", ["office"], 2000);

  /** The first jumps of iptables' FORWARD. */
  const leads = async () => (await host().run("iptables -S FORWARD")).split("\n").slice(1, 3);
  const CSP_LEADS = ["-A FORWARD -m physdev --physdev-is-bridged -j csp-forward", "-A FORWARD -j csp-rest"];

  test("before csp, nwfilter alone decides, and its iptables rules do not see what is bridged", async () => {
    expect(await passing(...FLOWS, ...OF_NWFILTER)).toEqual([...FLOWS, ...OF_NWFILTER]);
    expect(await forged()).toEqual([]);
  });

  test("adoption tells of nwfilter, whose iptables rules act from then on; its guest keeps its filter, and csp's guest has its policy", async () => {
    const { stdout } = await work.stack.preview({ color: "never" });
    expect(stdout).toContain("libvirt's nwfilter has rules in FORWARD");
    await work.stack.up({ color: "never" });
    expect(await passing(...FLOWS, ...OF_NWFILTER)).toEqual([...DECLARED, "nwf-1 office 80", "office nwf-1 22"]);
    expect(await forged()).toEqual([]);
    expect(await leads()).toEqual(CSP_LEADS);
  });

  test("what csp's guest accepts, nwfilter is not asked about: csp's rules come first", async () => {
    expect(await passing("nwf-1 web-1 25")).toEqual(["nwf-1 web-1 25"]);
  });

  const EVENTS: readonly (readonly [name: string, act: () => Promise<unknown>])[] = [
    [
      "its guest starts, told by udev alone",
      () =>
        lab
          .guest("nwf-1")
          .destroy()
          .then(() => lab.guest("nwf-1").start()),
    ],
    [
      "its interface is unplugged and plugged",
      () =>
        lab
          .guest("nwf-1")
          .unplug(0)
          .then(() => lab.guest("nwf-1").plug(0)),
    ],
    ["libvirtd restarts", () => lab.restartLibvirtd("hv-01")],
    [
      "its guest starts, told by libvirt too",
      () =>
        lab
          .guest("nwf-1")
          .destroy()
          .then(() => lab.guest("nwf-1").start()),
    ],
  ];
  test.each(EVENTS)("nwfilter puts itself in front when %s, and csp comes before it again", async (_, act) => {
    await act();
    for (const end = Date.now() + 30_000; (await leads()).join() !== CSP_LEADS.join() && Date.now() < end; );
    expect(await leads()).toEqual(CSP_LEADS);
    expect(await passing(...FLOWS, ...OF_NWFILTER)).toEqual([...DECLARED, "nwf-1 office 80", "office nwf-1 22"]);
    expect(await forged()).toEqual([]);
  });

  test("a guest with both: csp's policy holds, and nwfilter's rules of layer 2 too", async () => {
    lab.guest("web-1").settings = { filter: "clean-traffic" };
    await lab.guest("web-1").destroy();
    await lab.guest("web-1").start();
    expect(await passing(...FLOWS)).toEqual(DECLARED);
    expect(await host().run("ebtables-save")).toContain("-A PREROUTING -i lan-web1 -j libvirt-I-lan-web1");
  });

  test("libvirt's NAT network starts after csp: between its guests csp's rules come first, and what is routed out is not filtered", async () => {
    await virsh(host(), "net-start", "default");
    for (const [name, { address }] of [
      ["nat-1", NAT],
      ["nat-2", PEER],
    ] as const) {
      await lab.guest(name).start();
      expect(await lab.guest(name).agent.ask("lease", "eth0")).toBe(address);
    }
    expect(await leads()).toEqual(CSP_LEADS);
    const flows = ["nat-2 nat-1 80", "nat-2 nat-1 81", "nat-1 nat-2 80", "nat-1 office 80"];
    expect(await passing(...flows)).toEqual(["nat-2 nat-1 80", "nat-1 office 80"]);
    // docs/how-it-works.md, "What is not filtered".
    expect(await passing("nat-1 office 26")).toEqual(["nat-1 office 26"]);
    // Its source is another guest's: layer 2 stops it on the way into the host.
    expect(await lab.probe.inject(packet("forged-nat", PEER, NAT, 514), "nat-1", ["nat-2"], 2000)).toEqual([]);
  });

  test("csp doctor asks libvirt which guests there are: one that is off is known, one that is undefined is not", async () => {
    await lab.guest("nat-1").destroy();
    await lab.guest("nat-2").destroy();
    await virsh(host(), "undefine", "nat-2");
    const folder = mkdtempSync(join(tmpdir(), "csp-libvirt-"));
    try {
      writeFileSync(join(folder, "hosts.json"), JSON.stringify({ "hv-01": entryOf(host()) }), { mode: 0o600 });
      const csp = [process.execPath, "--import", "tsx", "cli/main.ts"];
      const { stdout } = await attempt([...csp, "doctor", "hv-01", "--hosts", join(folder, "hosts.json")]);
      expect(stdout).toContain(`guest ${lab.guest("nat-2").uuid} is not known to libvirt any more`);
      for (const name of ["web-1", "nat-1"]) expect(stdout).not.toContain(`${lab.guest(name).uuid} is not known`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("destroy leaves libvirt's rules as they are", async () => {
    await work.stack.destroy({ color: "never" });
    const { iptables, ebtables } = await host().snapshotTools();
    expect(`${iptables}${ebtables}`).not.toContain("csp-");
    for (const chain of ["libvirt-in", "libvirt-out", "libvirt-in-post", "LIBVIRT_FWX", "LIBVIRT_FWI", "LIBVIRT_FWO"])
      expect(iptables).toContain(`-A FORWARD -j ${chain}\n`);
    expect(await passing(...FLOWS, ...OF_NWFILTER)).toEqual([...FLOWS, ...OF_NWFILTER]);
    expect(await forged()).toEqual([]);
  });
});
