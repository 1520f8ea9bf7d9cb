import { createLab, type Lab } from "../../lab/netns";
import { missingFeature } from "../../lab/netns/kernel";
import { describeWith } from "../support/needs";

describeWith(["root"], "hosts with several bridges", () => {
  let lab: Lab;
  const bridgeOf = async (host: string, port: string) =>
    (await lab.host(host).run(`basename $(readlink /sys/class/net/${port}/master)`)).trim();

  beforeAll(async () => {
    lab = await createLab(
      {
        name: `bridges-${process.pid}`,
        hosts: [
          { name: "kvm-1", hypervisor: "kvm", bridges: [{ name: "vmbr0" }, { name: "vmbr1" }] },
          { name: "kvm-2", hypervisor: "kvm", bridges: [{ name: "vmbr0" }, { name: "vmbr1" }] },
          { name: "one", hypervisor: "kvm", bridges: [{ name: "vmbr0" }] },
          { name: "pve", hypervisor: "proxmox", bridges: [{ name: "vmbr0" }, { name: "tree", stp: true }] },
        ],
        guests: [
          {
            name: "web",
            host: "kvm-1",
            port: "web1-lan",
            addresses: ["10.41.0.1/24"],
            extraInterfaces: [{ bridge: "vmbr1", addresses: ["10.42.0.1/24"] }],
          },
          // The same addresses, on the other network.
          { name: "twin", host: "kvm-2", bridge: "vmbr1", addresses: ["10.41.0.1/24"] },
          { name: "box", host: "pve", kind: "container", addresses: ["10.41.0.3/24"] },
        ],
        outside: [
          { name: "first", addresses: ["10.41.0.9/24"] },
          { name: "second", bridge: "vmbr1", addresses: ["10.41.0.9/24", "10.42.0.9/24"] },
          { name: "plain", host: "kvm-1", bridge: "vmbr1", port: "printer", addresses: ["10.42.0.8/24"] },
        ],
      },
      { replace: true },
    );
  });
  afterAll(async () => {
    await lab?.down();
  });

  /** Every way there is, and every one that there is not. */
  async function networksAreApart(): Promise<void> {
    const to = (from: string, name: string, targetAddress: string) => ({ from, to: name, port: 80, targetAddress });
    expect(
      await lab.probe.matrix([
        to("first", "web", "10.41.0.1"),
        to("second", "twin", "10.41.0.1"),
        to("web/1", "second", "10.42.0.9"),
        to("plain", "web/1", "10.42.0.1"),
        to("first", "box", "10.41.0.3"),
        to("second", "box", "10.41.0.3"),
      ]),
    ).toEqual(["passed", "passed", "passed", "passed", "passed", "blocked"]);
    // Two ends have the address: only the one on the sender's network answers for it.
    await expect(lab.probe.flow(to("first", "twin", "10.41.0.1"))).resolves.toBe("blocked");
  }

  it("joins bridges of one name, and no others", networksAreApart);

  it("keeps a guest on its bridges, under its ports' names, whatever happens to it", async () => {
    const web = lab.guest("web");
    const ports = () => [web.port(0), web.port(1)];
    expect(ports()).toEqual(["web1-lan", expect.stringMatching(/^vnet\d+$/)]);
    const change: readonly (() => Promise<unknown>)[] = [
      () => web.reboot(),
      () => lab.reboot("kvm-1"),
      () => web.unplug(1).then(() => web.plug(1)),
      () => web.save().then(() => web.restore()),
      () => web.migrate("kvm-2"),
      () => web.migrate("kvm-1"),
    ];
    for (const happens of change) {
      await happens();
      expect(ports()[0]).toBe("web1-lan");
      expect(await Promise.all(ports().map((port) => bridgeOf(web.host, port)))).toEqual(["vmbr0", "vmbr1"]);
    }
    expect(await bridgeOf("kvm-1", "printer")).toBe("vmbr1");
    await networksAreApart();
  });

  it("moves no guest to a host without its bridge", async () => {
    await expect(lab.guest("web").migrate("one")).rejects.toThrow(/^lab host one: it has no bridge vmbr1 .*Its bridges are vmbr0/);
    expect(lab.guest("web").host).toBe("kvm-1");
  });

  it("tells libvirt's hooks the bridge and the port's name", async () => {
    const host = lab.host("kvm-1");
    await host.run(
      `printf '#!/bin/sh\\n[ "$2" != start ] || cat >/var/log/domain.xml\\n' >/etc/libvirt/hooks/qemu; chmod 755 /etc/libvirt/hooks/qemu`,
    );
    await lab.guest("web").reboot();
    const xml = await host.run("cat /var/log/domain.xml; rm /etc/libvirt/hooks/qemu");
    expect(xml).toContain("<source bridge='vmbr0'/><target dev='web1-lan'/>");
    expect(xml).toContain(`<source bridge='vmbr1'/><target dev='${lab.guest("web").port(1)}'/>`);
  });

  it("has Proxmox containers with their ports and configuration", async () => {
    const box = lab.guest("box");
    expect(box.port()).toBe("veth101i0");
    const read = "cat /etc/pve/lxc/101.conf; ls /etc/pve/qemu-server";
    expect(await lab.host("pve").run(read)).toBe(
      `arch: amd64\nhostname: box\nnet0: name=eth0,bridge=vmbr0,hwaddr=${box.mac.toUpperCase()},type=veth\nostype: debian\n`,
    );
    await box.reboot();
    expect(await bridgeOf("pve", "veth101i0")).toBe("vmbr0");
  });

  it("has a bridge that is one of a spanning tree", async () => {
    const state = await lab.host("pve").run("cat /sys/class/net/tree/bridge/stp_state /sys/class/net/vmbr0/bridge/stp_state");
    expect(state).toBe("1\n0\n");
  });

  it("lets a host's root set its network devices, and nothing else of /sys", async () => {
    const host = lab.host("kvm-1");
    await host.run("echo 0 >/sys/class/net/web1-lan/brport/learning; echo 1 >/sys/class/net/vmbr1/bridge/no_linklocal_learn");
    expect(await host.run("cat /sys/class/net/web1-lan/brport/learning /sys/devices/virtual/net/vmbr1/bridge/no_linklocal_learn")).toBe(
      "0\n1\n",
    );
    expect(await host.run("bridge -d link show dev web1-lan")).toContain("learning off");
    await lab.guest("web").reboot();
    expect(await host.run("cat /sys/class/net/web1-lan/brport/learning")).toBe("1\n");
    // Writes the present value, in case the write succeeds.
    const elsewhere = await host.run("find /sys -maxdepth 3 -type f -perm -200 -not -path '/sys/devices/virtual/net/*' | head -n 20");
    expect(elsewhere.trim().split("\n").length).toBeGreaterThan(5);
    for (const file of elsewhere.trim().split("\n")) {
      expect([file, (await host.exec(`: >>${file}`)).stderr]).toEqual([file, expect.stringContaining("Read-only")]);
    }
    // The machine's own devices, and the fabric's, are not among those it can write.
    expect((await host.run("ls /sys/devices/virtual/net")).trim().split("\n").sort()).toEqual(
      (await host.run("ls /sys/class/net"))
        .trim()
        .split("\n")
        .filter((name) => !name.startsWith("bonding_"))
        .sort(),
    );
  });
});

describeWith(["root"], "an HVM guest of Xen", () => {
  it.each([
    ["xl", (domain: number) => `vif${domain}.0-emu`],
    ["xapi", (domain: number) => `tap${domain}.0`],
  ] as const)("under %s has a second port of one MAC, of which one is used", async (toolstack, emulatedOf) => {
    const lab = await createLab(
      {
        name: `hvm-${toolstack}-${process.pid}`,
        hosts: [
          { name: "h", toolstack },
          { name: "h-2", toolstack },
        ],
        guests: [
          { name: "win", host: "h", kind: "hvm", addresses: ["10.43.0.1/24", "fd43::1/64"] },
          { name: "other", host: "h", addresses: ["10.43.0.2/24", "fd43::2/64"] },
        ],
      },
      { replace: true },
    );
    try {
      const host = lab.host("h");
      const win = lab.guest("win");
      const onBridge = async (place = "h") => (await lab.host(place).run("ls /sys/class/net/xenbr0/brif")).trim().split("\n");
      if (toolstack === "xl") {
        await host.run(
          `printf '%s\\n' 'echo $command $dev $type_if >>/var/log/calls' >/etc/xen/scripts/vif-post.d/note.hook; chmod 755 /etc/xen/scripts/vif-post.d/note.hook`,
        );
      }
      const before = win.domain ?? 0;
      await win.reboot();
      const domain = win.domain ?? 0;
      expect(await onBridge()).toEqual(expect.arrayContaining([`vif${domain}.0`, emulatedOf(domain)]));
      expect(await onBridge()).not.toContain(emulatedOf(before));
      if (toolstack === "xl") {
        expect((await host.run("cat /var/log/calls")).trim().split("\n")).toEqual([
          `offline vif${before}.0 vif`,
          `remove vif${before}.0-emu tap`,
          `online vif${domain}.0 vif`,
          `add vif${domain}.0-emu tap`,
        ]);
      }
      for (const family of [4, 6] as const) expect(await lab.probe.flow({ from: "other", to: "win", port: 80, family })).toBe("passed");
      const frame = Buffer.concat([Buffer.from(`${"ff".repeat(6)}${win.mac.replaceAll(":", "")}88b5`, "hex"), Buffer.alloc(50, "e")]);
      // What the guest sends through its other port moves its MAC back.
      let learned = "";
      for (let n = 0; n < 10 && !learned.includes(emulatedOf(domain)); n++) {
        expect(await lab.probe.inject(frame, "win/0-emu", ["other"])).toEqual(["other"]);
        learned = await host.run(`bridge fdb show br xenbr0 | grep ${win.mac}`);
      }
      expect(learned).toContain(`dev ${emulatedOf(domain)}`);
      await win.save();
      expect(await onBridge()).not.toContain(emulatedOf(domain));
      await win.restore();
      await win.migrate("h-2");
      expect(await onBridge("h-2")).toEqual(expect.arrayContaining([win.port(), emulatedOf(win.domain ?? 0)]));
      await win.migrate("h");
      expect(await lab.probe.flow({ from: "win", to: "other", port: 80 })).toBe("passed");
    } finally {
      await lab.down();
    }
  });
});

describeWith(["root"], "a lab for another kernel", () => {
  const refused = [
    [
      "VLAN filtering",
      { hosts: [{ name: "h", bridges: [{ name: "br0", vlanAware: true }] }] },
      /^lab host h, bridge br0, vlanAware: this machine's kernel has no VLAN filtering \(.*\)\. Run the same under a kernel that has it/,
    ],
    [
      "VLAN devices (8021q)",
      { hosts: [{ name: "h" }], outside: [{ name: "o", vlan: 10 }] },
      /^lab endpoint o, vlan: this machine's kernel has no VLAN devices/,
    ],
    [
      "tables for ebtables-legacy",
      { hosts: [{ name: "h", ebtables: "legacy" }] },
      /^lab host h, ebtables: this machine's kernel has no tables for ebtables-legacy/,
    ],
  ] as const;

  for (const [feature, spec, message] of refused) {
    const title = `that needs ${feature} is refused where there is none, and comes up where there is`;
    it(title, async () => {
      const making = createLab({ name: `needs-${process.pid}`, ...spec } as Parameters<typeof createLab>[0]);
      if (missingFeature(feature) !== undefined) {
        await expect(making).rejects.toThrow(message);
      } else {
        await (await making).down();
      }
    });
  }
});
