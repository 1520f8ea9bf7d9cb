import { createLab, type Lab, type LabHost, type Product } from "../../lab/netns";
import { ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const XCP: Product = { brand: "XCP-ng", version: "8.3.0", installation: "5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f001", backend: "openvswitch" };
const SWITCH = "/opt/xensource/bin/xe-switch-network-backend";

describeWith(["root"], "a lab host with a product", () => {
  let lab: Lab;
  let host: LabHost;
  const backend = () =>
    host.run(
      "cat /etc/xensource/network.conf; [ ! -d /sys/module/openvswitch ] || echo loaded; ls /etc/modprobe.d/blacklist-bridge.conf 2>/dev/null || :",
    );
  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("product"),
        hosts: [{ name: "hv-01", product: XCP }],
        guests: [{ name: "web", host: "hv-01", addresses: ["10.32.0.11/24"] }],
      },
      { replace: true },
    );
    host = lab.host("hv-01");
  });
  afterAll(() => lab?.down());

  test("a switched backend applies from the next boot on; with the old word, the command writes the other one", async () => {
    expect(await backend()).toBe("openvswitch\nloaded\n");
    expect(await host.run(`${SWITCH} bridge`)).toContain("You *MUST* now reboot your system");
    expect(await backend()).toBe("bridge\nloaded\n");
    await lab.reboot("hv-01");
    expect(await backend()).toBe("bridge\n");
    await host.run("echo vswitch >/etc/xensource/network.conf");
    await host.run(`${SWITCH} bridge`);
    expect(await backend()).toBe("openvswitch\n/etc/modprobe.d/blacklist-bridge.conf\n");
    for (const wrong of ["", "brigde", "bridge bridge"]) expect((await host.exec(`${SWITCH} ${wrong}`)).code).toBe(1);
  });

  test("if it is told to reboot, it does so once, with its guests", async () => {
    const boot = await host.run("cat /proc/sys/kernel/random/boot_id");
    const reboots = lab.obeyReboots("hv-01");
    await host.run("reboot");
    while (reboots.count === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await reboots.stop();
    expect(reboots.count).toBe(1);
    expect(await host.run("cat /proc/sys/kernel/random/boot_id")).not.toBe(boot);
    expect(lab.guest("web").domain).toBeDefined();
  });

  test("after a new installation, it has another system and the old key, and nothing else", async () => {
    await host.run("touch /etc/mine");
    const key = await host.run("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub");
    await lab.reinstall("hv-01", {
      ...XCP,
      brand: "XenServer",
      version: "5.6.100",
      backend: "bridge",
      kernel: "2.6.32.12cspxen",
      switches: false,
    });
    expect(await host.run("grep PRODUCT_VERSION /etc/xensource-inventory; uname -r; ls /etc/mine /opt/xensource 2>/dev/null || :")).toBe(
      "PRODUCT_VERSION='5.6.100'\n2.6.32.12cspxen\n",
    );
    expect(await host.run("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub")).toBe(key);
    expect(lab.guest("web").domain).toBeUndefined();
  });
});
