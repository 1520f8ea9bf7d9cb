import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLab, demoTopology, type Lab, openLab, removeLab } from "../../lab/netns";
import { allNamespaces } from "../../lab/netns/wiring";
import { describeWith } from "../support/needs";
import { dialAs, runOver } from "./ssh";

const labName = (suffix: string): string => `lab-${suffix}-${process.pid}`;

/** Leaves a lock behind, as a machine that crashed does. Another test may hold the lock at this moment, because it is making a lab. */
async function leaveLock(holder: unknown): Promise<void> {
  const draft = `/run/csp-lab/.lock-${process.pid}-left`;
  fs.writeFileSync(draft, JSON.stringify(holder));
  for (;;) {
    try {
      fs.linkSync(draft, "/run/csp-lab/.lock");
      return fs.rmSync(draft);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      await sleep(5);
    }
  }
}

/** What is left of a lab on the machine. */
function traces(lab: { name: string; inodes: readonly number[] }): string[] {
  // The kernel gives the number of a removed namespace to the next one: another test's lab may have it by now.
  const passedOn = fs
    .readdirSync("/run/netns")
    .filter((name) => !name.startsWith(`csp-${lab.name}-`))
    .map((name) => fs.statSync(`/run/netns/${name}`, { throwIfNoEntry: false })?.ino);
  const inodes = lab.inodes.filter((inode) => !passedOn.includes(inode));
  const processes = fs.readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) && inodes.includes(fs.statSync(`/proc/${entry}/ns/net`).ino);
    } catch {
      return false;
    }
  });
  const namespaces = fs.readdirSync("/run/netns").filter((name) => name.startsWith(`csp-${lab.name}-`));
  const mounts = fs
    .readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(lab.name));
  const directories = fs.readdirSync("/run/csp-lab").filter((name) => name.includes(lab.name));
  return [...processes, ...namespaces, ...mounts, ...directories];
}

const inodesOf = (lab: Lab): number[] => allNamespaces(lab.state.topology).map((name) => fs.statSync(`/run/netns/${name}`).ino);

/** What a lab must not change: links, rules and bridge sysctls of the machine's own namespace. */
function machine(): string {
  const links = execFileSync("ip", ["-br", "link"], { encoding: "utf8" });
  const rules = execFileSync("sh", ["-c", "iptables-save; ebtables-save; ipset save"], { encoding: "utf8" })
    .replace(/^#.*\n/gm, "")
    .replace(/\[\d+:\d+\]/g, "");
  const sysctls = execFileSync("sh", ["-c", "grep . /proc/sys/net/bridge/*"], { encoding: "utf8" });
  return [links, rules, sysctls].join("\n");
}

describeWith(["root"], "a lab", () => {
  let lab: Lab;
  let before: string;

  beforeAll(async () => {
    before = machine();
    lab = await createLab(demoTopology({ name: labName("a") }));
  });

  afterEach(async () => {
    await lab.host("hv-01").run("iptables -F; ebtables -F; arptables -F; ipset destroy; sysctl -qw net.bridge.bridge-nf-call-iptables=0");
  });

  afterAll(async () => {
    await lab?.down();
  });

  it("shows nothing but its namespaces' names to the machine", async () => {
    await lab
      .host("hv-01")
      .run(
        "iptables -A FORWARD -j DROP; ebtables -A FORWARD -j DROP; ipset create a hash:ip; sysctl -qw net.bridge.bridge-nf-call-iptables=1; touch /etc/csp-was-here",
      );
    expect(machine()).toBe(before);
    const mounts = fs.readFileSync("/proc/self/mounts", "utf8").split("\n");
    expect(mounts.filter((line) => line.includes(lab.name) && !line.startsWith("nsfs /run/netns/csp-"))).toEqual([]);
    expect(mounts.filter((line) => line.startsWith("csp-lab "))).toEqual([]);
    expect(fs.existsSync("/etc/csp-was-here")).toBe(false);
  });

  it("keeps the machine's other sysctls from its hosts", async () => {
    // Writes the present value, in case the write succeeds.
    const result = await lab.host("hv-01").exec("value=$(cat /proc/sys/vm/swappiness) && echo $value >/proc/sys/vm/swappiness");
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(/Read-only/);
  });

  it("runs beside another lab of the same topology, each with its own packets and domain ids", async () => {
    const other = await createLab(demoTopology({ name: labName("b"), backend: "legacy" }));
    try {
      await other.host("hv-01").run("sysctl -qw net.bridge.bridge-nf-call-iptables=1; iptables -A FORWARD -j DROP");
      const flow = { from: "web-1", to: "db-2", port: 80 };
      expect(await Promise.all([lab.probe.flow(flow), other.probe.flow(flow)])).toEqual(["passed", "blocked"]);
      expect(other.host("hv-01").ssh.port).not.toBe(lab.host("hv-01").ssh.port);
      expect(other.host("hv-01").ssh.hostKey).not.toBe(lab.host("hv-01").ssh.hostKey);
    } finally {
      await other.down();
    }
  });

  it("refuses a second lab of its name and leaves the first one alone", async () => {
    await expect(createLab(demoTopology({ name: lab.name }))).rejects.toThrow(/is already up/);
    expect(await lab.probe.flow({ from: "web-1", to: "db-2", port: 80 })).toBe("passed");
  });

  it("is found by name by others", async () => {
    expect(openLab(lab.name).guest("web-1").port()).toBe(lab.guest("web-1").port());
    expect(() => openLab("no-such-lab")).toThrow(/^lab no-such-lab: it is not up/);
    expect(() => lab.guest("nobody")).toThrow(/no such guest\. Known: web-1/);
  });

  describe("guests", () => {
    it("come back from a reboot as another domain with another vif, and with their packets", async () => {
      const guest = lab.guest("web-1");
      const host = lab.host(guest.host);
      const [domain, port] = [guest.domain!, guest.port()];
      await guest.reboot();
      expect(guest.domain).toBeGreaterThan(domain);
      const ports = (await host.run("ls /sys/class/net")).split("\n");
      expect(ports).toContain(guest.port());
      expect(ports).not.toContain(port);
      expect(await host.run(`xenstore-read /local/domain/${guest.domain}/name /vm/${guest.uuid}/name`)).toBe("web-1\nweb-1\n");
      expect((await host.exec(`xenstore-exists /local/domain/${domain}`)).code).toBe(1);
      expect(await lab.probe.flow({ from: "web-1", to: "db-2", port: 80 })).toBe("passed");
    });

    it("migrate to another host", async () => {
      const guest = lab.guest("mail-1");
      await guest.migrate("hv-02");
      expect(await lab.host("hv-02").run("xl list")).toMatch(/^mail-1 /m);
      expect(await lab.host("hv-01").run("xl list")).not.toMatch(/^mail-1 /m);
      expect(await lab.probe.flow({ from: "mail-1", to: "db-1", port: 80 })).toBe("passed");
      await guest.migrate("hv-01");
    });

    it("are announced to the host's hotplug script", async () => {
      const host = lab.host("hv-01");
      await host.run(
        `mkdir -p /etc/xapi.d && printf '#!/bin/sh\\necho "$@" "$(ls /sys/class/net | grep -c vif)" >>/run/hook\\n' >/etc/xapi.d/vif-hotplug && chmod +x /etc/xapi.d/vif-hotplug`,
      );
      const guest = lab.guest("db-1");
      await guest.reboot();
      const calls = (await host.run("cat /run/hook; rm /run/hook /etc/xapi.d/vif-hotplug")).trim().split("\n");
      expect(calls.map((call) => call.replace(/-vifuuid \S+ /, ""))).toEqual([
        `-action remove -vmuuid ${guest.uuid} 3`,
        `-action online -vmuuid ${guest.uuid} 3`,
      ]);
    });

    it("have a tree in xenstore that xenstore-ls prints as the real one does", async () => {
      const { domain, mac, uuid } = lab.guest("db-1");
      const host = lab.host("hv-01");
      const tree = await host.run(`xenstore-ls /local/domain/${domain}`);
      expect(tree).toBe(
        [
          'device = ""',
          ' vif = ""',
          '  0 = ""',
          '   backend-id = "0"',
          `   backend = "/local/domain/0/backend/vif/${domain}/0"`,
          '   handle = "0"',
          `   mac = "${mac}"`,
          '   state = "4"',
          `domid = "${domain}"`,
          'name = "db-1"',
          `vm = "/vm/${uuid}"`,
          "",
        ].join("\n"),
      );
      expect(await host.run(`xenstore-list /local/domain/0/backend/vif/${domain}`)).toBe("0\n");
      expect(await host.exec("xenstore-read /no/such")).toMatchObject({ code: 1, stderr: "xenstore-read: couldn't read path /no/such\n" });
    });
  });

  describe("hosts over SSH", () => {
    it.each([
      ["root", "key", "id -un", "root\n"],
      ["root", "password", "id -un", "root\n"],
      ["csp", "key", "sudo -n id -un", "root\n"],
      ["csp-sudo", "password", "sudo -n true 2>/dev/null || id -un", "csp-sudo\n"],
    ] as const)("let %s in by %s", async (user, by, command, said) => {
      const client = await dialAs(lab.host("hv-01").ssh, user, by);
      expect(await runOver(client, command)).toBe(said);
      client.end();
    });

    it("refuse a wrong password and a wrong host", async () => {
      await expect(dialAs({ ...lab.host("hv-01").ssh, password: "wrong" }, "root", "password")).rejects.toThrow(/authentication/);
      await expect(dialAs({ ...lab.host("hv-01").ssh, hostKey: lab.host("hv-02").ssh.hostKey }, "root", "key")).rejects.toThrow(/[Hh]ost/);
    });

    it("are reached through their own INPUT chain", async () => {
      const host = lab.host("hv-02");
      await host.run("iptables -I INPUT -i eth0 -p tcp --dport 22 -s 10.255.0.1");
      const client = await dialAs(host.ssh, "root", "key");
      const text = "x".repeat(200_000);
      expect(await runOver(client, "wc -c", text)).toBe("200000\n");
      const [packets = 0, bytes = 0] = (await host.run("iptables -nvxL INPUT | tail -1")).trim().split(/\s+/).map(Number);
      expect(packets).toBeGreaterThan(5);
      expect(bytes).toBeGreaterThan(text.length);
      await host.run("iptables -F INPUT");
      client.end();
    });

    it("lose their sessions when cut, and take new ones", async () => {
      const host = lab.host("hv-01");
      const client = await dialAs(host.ssh, "root", "key");
      const closed = new Promise<void>((resolve) => client.on("close", () => resolve()).on("error", () => resolve()));
      const running = runOver(client, "echo $$ >/run/job; exec sleep 1000");
      while ((await host.exec("test -s /run/job")).code !== 0);
      await host.cutSsh();
      await closed;
      expect(await running).toBe("");
      await host.run("kill $(cat /run/job) 2>/dev/null; rm /run/job");
      const next = await dialAs(host.ssh, "root", "key");
      expect(await runOver(next, "echo again")).toBe("again\n");
      next.end();
    });

    it("are silent while sshd is stopped", async () => {
      const host = lab.host("hv-01");
      await host.stopSshd();
      await expect(dialAs(host.ssh, "root", "key")).rejects.toThrow();
      await host.startSshd();
      (await dialAs(host.ssh, "root", "key")).end();
    });
  });

  it("has hosts whose disk can be full and whose tools can be missing", async () => {
    const host = lab.host("hv-01");
    await host.fillDisk();
    expect((await host.exec("echo something >/var/lib/file")).code).not.toBe(0);
    await host.freeDisk();
    await host.run("echo something >/var/lib/file");
    await host.hideTool("ipset");
    expect((await host.exec("ipset list")).code).toBe(127);
    await host.unhideTool("ipset");
    await host.run("ipset list");
    await host.hideTool("iptables");
    expect((await host.exec("iptables-save")).code).toBe(127);
    await host.unhideTool("iptables");
    await expect(host.hideTool("no-such-tool")).rejects.toThrow(/there is no no-such-tool/);
  });

  it("takes the same snapshot of the same state", async () => {
    const host = lab.host("hv-01");
    const empty = await host.snapshotTools();
    expect(Object.values(empty)).toEqual(["", "", "", "", ""]);
    const make =
      "ipset create a hash:net; ipset add a 10.0.0.0/8; iptables -A FORWARD -m set --match-set a src; ip6tables -N c; ebtables -A FORWARD -i vif+; arptables -A FORWARD -j DROP";
    const undo = "iptables -F; ip6tables -X; ebtables -F; arptables -F; ipset destroy";
    await host.run(make);
    const full = await host.snapshotTools();
    expect(Object.values(full)).not.toContain("");
    await host.run(undo);
    expect(await host.snapshotTools()).toEqual(empty);
    await host.run(make);
    expect(await host.snapshotTools()).toEqual(full);
    await host.run(undo);
  });
});

describeWith(["root"], "the end of a lab", () => {
  it("leaves nothing", async () => {
    const before = machine();
    const lab = await createLab(demoTopology({ name: labName("end") }));
    const left = { name: lab.name, inodes: inodesOf(lab) };
    await lab.probe.flow({ from: "web-1", to: "db-2", port: 80 });
    await lab.host("hv-01").run("nohup sleep 1000 >/dev/null 2>&1 &");
    expect(traces(left)).not.toEqual([]);
    await lab.down();
    expect(traces(left)).toEqual([]);
    expect(machine()).toBe(before);
  });

  it("is done by the next lab if its process was killed", async () => {
    const name = labName("dead");
    const library = path.join(__dirname, "../../lab/netns");
    const script = `const { createLab, demoTopology } = require(${JSON.stringify(library)});
      createLab(demoTopology({ name: ${JSON.stringify(name)} })).then(() => { console.log("up"); setInterval(() => {}, 1000); });`;
    const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const left = { name, inodes: inodesOf(openLab(name)) };
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    expect(traces(left)).not.toEqual([]);
    expect(() => openLab(name)).toThrow(/not up/);
    // And the lock of a process that was about to start.
    await leaveLock({ pid: process.pid, started: "1" });

    const next = await createLab({ name: labName("next"), hosts: [{ name: "h" }] });
    await next.down();
    expect(traces(left)).toEqual([]);
  });

  it("also comes to a lab that could not be built", async () => {
    const taken = await createLab({ name: labName("taken"), hosts: [{ name: "h" }] });
    const name = labName("half");
    try {
      await expect(createLab({ name, hosts: [{ name: "h", sshPort: taken.host("h").ssh.port }] })).rejects.toThrow(
        /lab host h: its loopback port cannot be used/,
      );
      expect(traces({ name, inodes: [] })).toEqual([]);
    } finally {
      await taken.down();
    }
    expect(await removeLab(name)).toBe(false);
  });
});

describeWith(["root"], "another lab", () => {
  it("has KVM and Proxmox hosts, guests with two interfaces, and guests that start stopped", async () => {
    const lab = await createLab({
      name: labName("mixed"),
      hosts: [
        { name: "kvm", hypervisor: "kvm" },
        { name: "pve", hypervisor: "proxmox", backend: "legacy" },
      ],
      guests: [
        { name: "a", host: "kvm", addresses: ["10.1.0.1/24"], extraInterfaces: [{ addresses: ["10.2.0.1/24", "fd02::1/64"] }] },
        {
          name: "b",
          host: "pve",
          addresses: ["10.1.0.2/24"],
          extraInterfaces: [{ addresses: ["10.2.0.2/24", "fd02::2/64"] }],
          running: false,
        },
      ],
    });
    try {
      await expect(lab.probe.flow({ from: "b", to: "a", port: 80 })).rejects.toThrow(/is it running/);
      await lab.guest("b").start();
      expect([lab.guest("a").port(1), lab.guest("b").port(0)]).toEqual(["vnet11", "tap101i0"]);
      expect((await lab.host("pve").run("ls /sys/class/net")).match(/^tap.*/gm)).toEqual(["tap101i0", "tap101i1"]);
      expect(
        await lab.probe.matrix([
          { from: "a", to: "b", port: 80 },
          { from: "a/1", to: "b/1", port: 80 },
          { from: "b/1", to: "a/1", port: 80, family: 6 },
        ]),
      ).toEqual(["passed", "passed", "passed"]);
      expect((await lab.host("kvm").exec("command -v xenstore-ls")).code).not.toBe(0);
    } finally {
      await lab.down();
    }
  });

  it("sees what another process did to its guests", async () => {
    const lab = await createLab({
      name: labName("shared"),
      hosts: [{ name: "h" }],
      guests: [
        { name: "a", host: "h" },
        { name: "b", host: "h" },
      ],
    });
    try {
      await openLab(lab.name).guest("a").reboot();
      expect(lab.guest("a").port()).toBe("vif3.0");
      await lab.guest("b").reboot();
      expect(lab.guest("b").port()).toBe("vif4.0");
      expect(openLab(lab.name).guest("a").port()).toBe("vif3.0");
    } finally {
      await lab.down();
    }
  });

  it("of 100 guests and a crowd of 300 on one host comes up with its packets flowing", async () => {
    const lab = await createLab(demoTopology({ name: labName("big"), hosts: 1, guests: 100, crowd: 300 }));
    try {
      expect((await lab.host("hv-01").run("ls /sys/class/net")).match(/^vif/gm)).toHaveLength(400);
      await lab.guest("crowd-300").reboot();
      expect(await lab.host("hv-01").run("xl list")).toMatch(/^crowd-300 +401 /m);
      expect(() => lab.endpoint("crowd-1")).toThrow(/no such endpoint/);
      expect(await lab.probe.flow({ from: "guest-100", to: "web-1", port: 80 })).toBe("passed");
    } finally {
      await lab.down();
    }
  });
});
