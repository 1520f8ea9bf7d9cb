import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { describeWith } from "../support/needs";

const HOST = { name: "hv-01" } as const;

/** A udev rule that notes every guest port that comes and goes, with whether it is on a bridge, in /var/log/ports. */
const NOTE_PORTS = `cat >/etc/udev/rules.d/70-note.rules <<'END'
SUBSYSTEM=="net", KERNEL=="vif*|tap*|vnet*", RUN+="/bin/sh -c 'echo $env{ACTION} %k >>/var/log/ports'"
END
udevadm control --reload`;

const portsNoted = async (host: LabHost): Promise<string[]> => {
  await host.run("udevadm settle");
  return (await host.run("cat /var/log/ports 2>/dev/null; rm -f /var/log/ports")).split("\n").filter((line) => line !== "");
};

describeWith(["root"], "the life of a guest", () => {
  let lab: Lab;
  const guest = () => lab.guest("web");
  const ports = async (host: string) => (await lab.host(host).run("ls /sys/class/net")).split("\n").filter((name) => /^vif/.test(name));
  const connect = async () => {
    const connection = await lab.probe.connect({ from: "client", to: "web", port: 5432 });
    if (connection === undefined) throw new Error("no connection");
    return connection;
  };

  beforeAll(async () => {
    lab = await createLab(
      {
        name: `life-${process.pid}`,
        hosts: [HOST, { name: "hv-02", backend: "legacy" }],
        guests: [
          {
            name: "web",
            host: "hv-01",
            addresses: ["10.31.0.1/24", "fd31::1/64"],
            extraInterfaces: [{ addresses: ["10.32.0.1/24", "fd32::1/64"] }],
          },
          { name: "other", host: "hv-01", addresses: ["10.31.0.2/24"] },
        ],
        outside: [{ name: "client", addresses: ["10.31.0.9/24", "10.32.0.9/24", "fd31::9/64"] }],
      },
      { replace: true },
    );
  });
  afterAll(async () => {
    await lab?.down();
  });

  it("continues through a save and a restore: another domain and port, the same connections", async () => {
    const connection = await connect();
    expect(await connection.say()).toBe(true);
    const [domain = 0, port] = [guest().domain, guest().port()];
    await guest().save();
    expect(guest().domain).toBeUndefined();
    expect(await ports("hv-01")).toEqual([lab.guest("other").port()]);
    expect(await connection.say(200)).toBe(false);
    await expect(guest().start()).rejects.toThrow(/it is saved\. Restore it/);
    await guest().restore();
    expect(guest().domain).toBeGreaterThan(domain);
    expect(guest().port()).not.toBe(port);
    expect(await connection.say(3000)).toBe(true);
    await connection.close();
    expect(await lab.probe.flow({ from: "web/1", to: "client", port: 80, targetAddress: "10.32.0.9" })).toBe("passed");
  });

  it("stands still while it is paused, its port in place, forged frames of its own included", async () => {
    const [domain, port] = [guest().domain, guest().port()];
    const connection = await connect();
    const frame = Buffer.concat([
      Buffer.from("ffffffffffff", "hex"),
      Buffer.from(guest().mac.replace(/:/g, ""), "hex"),
      Buffer.from("88b5", "hex"),
      Buffer.alloc(60),
    ]);
    expect(await lab.probe.inject(frame, "web", ["other"])).toEqual(["other"]);
    await guest().pause();
    await expect(lab.probe.inject(frame, "web", ["other"])).rejects.toThrow(/No buffer space/);
    expect(await connection.say(200)).toBe(false);
    expect(await lab.host("hv-01").run(`cat /sys/class/net/${port}/operstate`)).toBe("up\n");
    await expect(guest().pause()).rejects.toThrow(/paused already/);
    await guest().unpause();
    expect(await connection.say(3000)).toBe(true);
    expect([guest().domain, guest().port()]).toEqual([domain, port]);
    await connection.close();
    await guest().pause();
    await guest().reboot();
    expect(await lab.probe.flow({ from: "client", to: "web", port: 80 })).toBe("passed");
  });

  it("loses one interface and gets it back under the same name, and keeps the other", async () => {
    const [first, second] = [guest().port(0), guest().port(1)];
    const backend = `/local/domain/0/backend/vif/${guest().domain}`;
    await guest().unplug(1);
    expect(await ports("hv-01")).toEqual(expect.arrayContaining([first]));
    expect(await ports("hv-01")).not.toContain(second);
    expect(await lab.host("hv-01").run(`xenstore-list ${backend}`)).toBe("0\n");
    await expect(guest().unplug(1)).rejects.toThrow(/interface 1 is not plugged in/);
    await expect(guest().plug(0)).rejects.toThrow(/interface 0 is plugged in already/);
    await expect(guest().plug(7)).rejects.toThrow(/it has no interface 7\. Its interfaces are 0 to 1/);
    expect(await lab.probe.flow({ from: "client", to: "web", port: 80 })).toBe("passed");
    // It is saved and restored without it.
    await guest().save();
    await guest().restore();
    expect((await ports("hv-01")).filter((name) => name.startsWith(`vif${guest().domain}.`))).toEqual([guest().port(0)]);
    await guest().plug(1);
    expect(await lab.host("hv-01").run(`xenstore-list /local/domain/0/backend/vif/${guest().domain}`)).toBe("0\n1\n");
    expect(await lab.probe.flow({ from: "web/1", to: "client", port: 80, targetAddress: "10.32.0.9" })).toBe("passed");
    await guest().unplug(1);
    await guest().reboot();
    expect(await ports("hv-01")).toContain(guest().port(1));
  });

  it("ends in a crash without notice, may begin again, and the toolstack reports late that the old one is gone", async () => {
    const host = lab.host("hv-01");
    await host.run(
      "printf '#!/bin/sh\\necho \"$2\" >>/var/log/calls\\n' >/etc/xapi.d/vif-hotplug; chmod 755 /etc/xapi.d/vif-hotplug; rm -f /var/log/calls",
    );
    const domain = guest().domain;
    const late = await guest().crash();
    expect(guest().domain).toBeUndefined();
    expect((await host.exec(`xenstore-exists /local/domain/${domain}`)).code).toBe(1);
    await guest().start();
    await late();
    expect(await host.run("cat /var/log/calls; rm /var/log/calls /etc/xapi.d/vif-hotplug")).toBe("online\nonline\nremove\nremove\n");
    expect(await host.run(`xenstore-read /local/domain/${guest().domain}/name`)).toBe("web\n");
    expect(await lab.probe.flow({ from: "client", to: "web", port: 80 })).toBe("passed");
  });

  it("migrates while it runs: its connections continue, and its new port is there before the old one is removed", async () => {
    const log =
      "printf '#!/bin/sh\\necho \"$2\" $(ls /sys/class/net | grep -c ^vif) >>/var/log/calls\\n' >/etc/xapi.d/vif-hotplug; chmod 755 /etc/xapi.d/vif-hotplug";
    for (const host of lab.hosts) await host.run(log);
    const connection = await connect();
    await guest().migrate("hv-02");
    expect(guest().host).toBe("hv-02");
    expect(await connection.say(3000)).toBe(true);
    await connection.close();
    expect(await ports("hv-02")).toEqual([guest().port(0), guest().port(1)]);
    expect(await ports("hv-01")).toEqual([lab.guest("other").port()]);
    expect(await lab.host("hv-01").run("xl list")).not.toMatch(/^web /m);
    // The source's ports still existed when its end was announced.
    expect(await lab.host("hv-01").run("cat /var/log/calls; rm /var/log/calls")).toBe("remove 3\nremove 3\n");
    expect(await lab.host("hv-02").run("cat /var/log/calls; rm /var/log/calls")).toBe("online 2\nonline 2\n");
    await guest().save();
    await guest().migrate("hv-01");
    await guest().restore();
    expect(await ports("hv-01")).toContain(guest().port());
    expect(await lab.probe.flow({ from: "client", to: "web", port: 80 })).toBe("passed");
    for (const host of lab.hosts) await host.run("rm -f /var/log/calls /etc/xapi.d/vif-hotplug");
  });

  it("tells the switches where it is after a migration, without being asked", async () => {
    const heard: string[] = [];
    const job = await lab.probe.sniff("client", (frame) =>
      heard.push(frame.subarray(12, 14).toString("hex") + frame.subarray(28, 32).toString("hex")),
    );
    await guest().migrate("hv-02");
    await guest().migrate("hv-01");
    await job.cancel();
    expect(heard.filter((each) => each === "08060a1f0001").length).toBeGreaterThanOrEqual(2);
  });

  it("is seen by udev on its host, step by step", async () => {
    const host = lab.host("hv-01");
    await host.run(NOTE_PORTS);
    const other = lab.guest("other");
    const before = other.port();
    await other.reboot();
    expect(await portsNoted(host)).toEqual([`remove ${before}`, `add ${other.port()}`]);
    await host.run("rm /etc/udev/rules.d/70-note.rules; udevadm control --reload");
  });
});

describeWith(["root"], "a host's reboot", () => {
  it.each(["systemd", "sysv"] as const)(
    "empties the kernel, keeps the files, runs the services that %s has enabled, and starts the guests",
    async (init) => {
      const lab = await createLab(
        {
          name: `boot-${init}-${process.pid}`,
          hosts: [{ ...HOST, init }, { name: "hv-02" }],
          guests: [
            { name: "a", host: "hv-01", addresses: ["10.33.0.1/24"] },
            { name: "b", host: "hv-02", addresses: ["10.33.0.2/24"] },
            { name: "off", host: "hv-01", addresses: ["10.33.0.3/24"], running: false },
          ],
          outside: [{ name: "printer", host: "hv-01", addresses: ["10.33.0.8/24"] }],
        },
        { replace: true },
      );
      try {
        const host = lab.host("hv-01");
        await lab.guest("a").reboot();
        expect(lab.guest("a").domain).toBe(2);
        const note = "echo $(ls /sys/class/net | grep -c ^vif) $(cat /proc/sys/net/bridge/bridge-nf-call-iptables) >>/var/log/ran";
        await host.run(`iptables -A FORWARD -j DROP; ebtables -A FORWARD -j DROP; ipset create gone hash:ip
        echo kept >/etc/kept; echo kept >/root/kept; echo gone >/run/gone
        echo 'net.bridge.bridge-nf-call-iptables = 1' >/etc/sysctl.d/99-test.conf
        printf '#!/bin/sh\\n${note}\\n' >/usr/local/sbin/note; chmod 755 /usr/local/sbin/note
        mkdir -p /etc/systemd/system/sysinit.target.wants
        printf '[Service]\\nType=oneshot\\nExecStart=-/usr/local/sbin/note from the unit\\n' >/etc/systemd/system/note.service
        ln -s ../note.service /etc/systemd/system/sysinit.target.wants/note.service
        cp /usr/local/sbin/note /etc/init.d/note; cp /usr/local/sbin/note /etc/init.d/old; ln -s ../init.d/note /etc/rc3.d/S20note; ln -s ../init.d/old /etc/rc3.d/S21old`);
        const boot = await host.run("cat /proc/sys/kernel/random/boot_id");
        expect(await lab.host("hv-02").run("cat /proc/sys/kernel/random/boot_id")).not.toBe(boot);
        const pid = host.pid;

        await lab.reboot("hv-01");
        expect(host.pid).not.toBe(pid);
        expect(await host.run("cat /proc/sys/kernel/random/boot_id")).not.toBe(boot);
        expect(Object.values(await host.snapshotTools())).toEqual(["", "", "", "", ""]);
        expect(await host.run("cat /etc/kept /root/kept; ls /run/gone 2>/dev/null || echo gone")).toBe("kept\nkept\ngone\n");
        // The services ran once each, before there was a guest, with the sysctls as /etc/sysctl.d says.
        expect(await host.run("cat /var/log/ran")).toBe("0 1\n0 1\n");
        expect(lab.guest("a").domain).toBe(1);
        expect(lab.guest("off").domain).toBeUndefined();
        expect(await host.run("xl list")).not.toMatch(/^off /m);
        expect(
          await lab.probe.matrix([
            { from: "a", to: "b", port: 80 },
            { from: "b", to: "a", port: 80 },
            { from: "printer", to: "a", port: 80 },
          ]),
        ).toEqual(["passed", "passed", "passed"]);
        const greeting = `exec 3<>/dev/tcp/${host.ssh.managementAddress}/22 && head -n 1 <&3`;
        expect(await lab.exec("operator", ["timeout", "5", "bash", "-c", greeting])).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^SSH-2/),
        });
      } finally {
        await lab.down();
      }
    },
  );
});

describeWith(["root"], "other toolstacks", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab(
      {
        name: `stacks-${process.pid}`,
        hosts: [
          { name: "xen", toolstack: "xl" },
          { name: "kvm", hypervisor: "kvm" },
          { name: "pve", hypervisor: "proxmox" },
        ],
        guests: ["xen", "kvm", "pve"].map((host, index) => ({ name: `on-${host}`, host, addresses: [`10.34.0.${index + 1}/24`] })),
        outside: [{ name: "client", addresses: ["10.34.0.9/24"] }],
      },
      { replace: true },
    );
  });
  afterAll(async () => {
    await lab?.down();
  });
  afterEach(async () => {
    expect(await lab.probe.matrix(["xen", "kvm", "pve"].map((host) => ({ from: "client", to: `on-${host}`, port: 80 })))).toEqual([
      "passed",
      "passed",
      "passed",
    ]);
  });

  it("xl: the script of xl.conf is called before its vif-bridge puts the port on the bridge, and again when it is gone", async () => {
    const host = lab.host("xen");
    const guest = lab.guest("on-xen");
    const state =
      "echo $1 $vif $XENBUS_PATH $(ls /sys/class/net/$vif/brport >/dev/null 2>&1 && echo bridged || echo loose) >>/var/log/calls";
    await host.run(`printf '#!/bin/sh\\n%s\\nexec /etc/xen/scripts/vif-bridge "$@"\\n' '${state}' >/etc/xen/scripts/vif-ours
      printf '%s\\n' 'echo hook $command $dev >>/var/log/calls' >/etc/xen/scripts/vif-post.d/note.hook
      chmod 755 /etc/xen/scripts/vif-ours /etc/xen/scripts/vif-post.d/note.hook
      echo 'vif.default.script="vif-ours"' >>/etc/xen/xl.conf`);
    const before = guest.port();
    await guest.reboot();
    const after = guest.port();
    expect((await host.run("cat /var/log/calls")).trim().split("\n")).toEqual([
      `offline ${before} backend/vif/1/0 loose`,
      `hook offline ${before}`,
      `online ${after} backend/vif/2/0 loose`,
      `hook online ${after}`,
    ]);
    await host.run("printf '#!/bin/sh\\nexit 3\\n' >/etc/xen/scripts/vif-ours");
    await expect(guest.stop()).rejects.toThrow(/status 3/);
    await host.run("sed -i '/vif.default.script/d' /etc/xen/xl.conf; rm /etc/xen/scripts/vif-post.d/note.hook");
    await lab.reboot("xen");
  });

  it("libvirt: the qemu hooks get the domain's XML; a tap has the guest's MAC but for its first byte", async () => {
    const host = lab.host("kvm");
    const guest = lab.guest("on-kvm");
    await host.run(`mkdir -p /etc/libvirt/hooks/qemu.d
      printf '#!/bin/sh\\necho "$@" $(grep -o "<uuid>[^<]*") $(ls /sys/class/net | grep vnet) >>/var/log/calls\\n' >/etc/libvirt/hooks/qemu.d/10-note
      chmod 755 /etc/libvirt/hooks/qemu.d/10-note`);
    const before = guest.port();
    await guest.reboot();
    const after = guest.port();
    expect((await host.run("cat /var/log/calls")).trim().split("\n")).toEqual([
      `on-kvm stopped end - <uuid>${guest.uuid}`,
      `on-kvm release end - <uuid>${guest.uuid}`,
      `on-kvm prepare begin - <uuid>${guest.uuid}`,
      `on-kvm start begin - <uuid>${guest.uuid} ${after}`,
      `on-kvm started begin - <uuid>${guest.uuid} ${after}`,
    ]);
    expect(after).not.toBe(before);
    expect(await host.run(`cat /sys/class/net/${after}/address`)).toBe(`fe:${guest.mac.slice(3)}\n`);
  });

  it("Proxmox: a guest keeps its number, and its configuration is on the host that it runs on", async () => {
    const guest = lab.guest("on-pve");
    expect(guest.port()).toBe("tap101i0");
    await guest.reboot();
    expect(guest.port()).toBe("tap101i0");
    expect(await lab.host("pve").run("cat /etc/pve/qemu-server/101.conf")).toBe(
      `name: on-pve\nnet0: virtio=${guest.mac.toUpperCase()},bridge=xenbr0\nsmbios1: uuid=${guest.uuid}\n`,
    );
  });

  it("are chosen to fit the hypervisor", async () => {
    await expect(createLab({ name: "unfit", hosts: [{ name: "h", hypervisor: "kvm", toolstack: "xl" }] })).rejects.toThrow(
      /^lab hosts\[0\]\.toolstack: xl does not start guests of kvm\. Use libvirt/,
    );
  });
});
