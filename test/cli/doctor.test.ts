import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLab, type Lab } from "../../lab/netns";
import type { AnyResource } from "../../provider/core/define";
import { createHosts } from "../../provider/core/hosts";
import type { Context } from "../../provider/host/session/task";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { entryOf, ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const BOX = { uuid: "5b6a3f52-0000-4000-8000-00000000b0c5", mac: "bc:24:11:00:00:20" };

describeWith(["root"], "csp doctor and csp explain", () => {
  let lab: Lab;
  const folder = mkdtempSync(join(tmpdir(), "csp-doctor-"));
  const file = join(folder, "hosts.json");
  const doctor = (...options: string[]) => csp("doctor", ...options);
  const csp = (command: string, ...options: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const argv = ["--import", "tsx", "cli/main.ts", command, "hv-01", "--hosts", file, ...options];
      const child = spawn(process.execPath, argv, { cwd: join(__dirname, "../.."), stdio: ["ignore", "pipe", "pipe"] });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (data) => (stdout += data));
      child.stderr.on("data", (data) => (stderr += data));
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });

  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("doctor"),
        hosts: [{ name: "hv-01", hypervisor: "proxmox" }],
        guests: ["web", "db", "old"].map((name, n) => ({ name, host: "hv-01", addresses: [`10.27.0.${11 + n}/24`] })),
      },
      { replace: true },
    );
    const inventory = { "hv-01": entryOf(lab.host("hv-01")) };
    writeFileSync(file, JSON.stringify(inventory), { mode: 0o600 });
    const hosts = createHosts({ hosts: inventory as never });
    const context: Context = { hosts, owner: "shop/dev", signal: new AbortController().signal, status: () => {}, warn: () => {} };
    const guest = (name: string) => ({ interfaces: [{ device: 0, mac: lab.guest(name).mac, addresses: [lab.guest(name).address()] }] });
    const create = (token: ResourceToken, inputs: unknown) => {
      const definition: AnyResource = resourceOf(token);
      return definition.create(context, definition.inputs.parse(inputs));
    };
    await create("csp:index:Host", { host: "hv-01" });
    await create("csp:firewall:HostPolicy", {
      host: "hv-01",
      guests: Object.fromEntries(["web", "db"].map((name) => [name, { uuid: lab.guest(name).uuid, ...guest(name) }])),
    });
    await create("csp:firewall:GuestFirewall", { host: "hv-01", guest: { uuid: lab.guest("old").uuid }, ...guest("old") });
    // A Proxmox container that does not run: it has no UUID, and no port.
    await lab
      .host("hv-01")
      .run(`mkdir -p /etc/pve/lxc; echo 'net0: name=eth0,bridge=vmbr0,hwaddr=${BOX.mac.toUpperCase()}' >/etc/pve/lxc/200.conf`);
    await create("csp:firewall:GuestFirewall", {
      ...{ host: "hv-01", guest: { uuid: BOX.uuid } },
      interfaces: [{ device: 0, mac: BOX.mac, addresses: ["10.27.0.20"] }],
    });
    await create("csp:firewall:RuleSet", { host: "hv-01", tool: "ebtables", table: "nat", chain: "lldp", rules: ["-p 0x88cc -j DROP"] });
    hosts.close();
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await lab?.down();
  });

  test("a host on which all is as declared", async () => {
    expect(await doctor()).toEqual({ code: 0, stdout: "hv-01: no problems found\n", stderr: "" });
  });

  test("one packet, and the rule that decides about it", async () => {
    const packet = ["--from", "db", "--to", "web/0", "--source", "10.27.0.12", "--target", "10.27.0.11", "--target-port", "22"];
    const { code, stdout } = await csp("explain", ...packet);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^dropped: dropped by iptables, chain csp-in-\w+ of guest web, rule \d+: -j DROP\n\nebtables PREROUTING: passes\n/,
    );
    expect((await csp("explain", ...packet, "--state", "established", "--declared")).code).toBe(0);
    const json = JSON.parse((await csp("explain", ...packet, "--json")).stdout);
    expect(json).toMatchObject({ verdict: "dropped", decidedBy: { guest: "web" }, layers: [{ tool: "ebtables" }, { tool: "iptables" }] });
    expect(await csp("explain", ...packet, "--state", "old")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"old" is not one of'),
    });
  });

  test("records that cannot be read stop it with a remedy, and the remedy works", async () => {
    const host = lab.host("hv-01");
    await host.run("cd /var/lib/csp && rm ports && mkdir ports && echo nonsense >journal && echo x >generation");
    const stopped = await doctor();
    expect(stopped).toMatchObject({ code: 1, stdout: "" });
    expect(stopped.stderr).toContain("`csp doctor hv-01 --repair`");
    const { code, stdout, stderr } = await doctor("--repair");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^hv-01: ports was no file: it is now \/var\/lib\/csp\/ports\.aside\.\d+$/m);
    expect(stdout).toMatch(/^hv-01: the journal of a change that died could not be used: .*$/m);
    expect(stdout).toContain("hv-01: everything on record is loaded anew\n");
    expect(stdout).toContain("hv-01: no problems found\n");
    expect(code).toBe(0);
    await host.run("rm -r /var/lib/csp/*.aside.*");
  });

  test("a lost record is drift, and what it said is still in force", async () => {
    const host = lab.host("hv-01");
    const record = `/var/lib/csp/guests/${lab.guest("web").uuid}`;
    await host.run(`cp ${record} /tmp/web.record && sed -i '$d' ${record}`);
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toContain(
      `csp:index:Host hv-01: /var/lib/csp/guests/${lab.guest("web").uuid} is cut off or is not a file: a boot would load nothing from it\n`,
    );
    await host.run(`cp /tmp/web.record ${record}`);
    expect((await doctor()).code).toBe(0);
  });

  test("changes by hand, in guests' rules and in the hook", async () => {
    const host = lab.host("hv-01");
    await host.run(
      "iptables -S | sed -n 's/^-N \\(csp-in-.*\\)/\\1/p' | while read -r c; do iptables -A $c -j ACCEPT; done; rm /etc/udev/rules.d/85-csp.rules; ebtables -t nat -F csp-user-lldp",
    );
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toContain("csp:index:Host hv-01: the hook: /etc/udev/rules.d/85-csp.rules is gone\n");
    expect(stdout).toContain("csp:firewall:RuleSet hv-01/ebtables/nat/lldp: ebtables, rule set lldp: chain csp-user-lldp was flushed\n");
    expect(stdout).toMatch(/^csp:firewall:HostPolicy hv-01\/guests: guest web: iptables, .*-j ACCEPT$/m);
    expect(stdout).toMatch(/^csp:firewall:GuestFirewall hv-01\/\S+: guest \S+: iptables, .*-j ACCEPT$/m);
  });

  test("guests that no longer exist, and their removal", async () => {
    const host = lab.host("hv-01");
    const gone = ["db", "old"];
    for (const name of gone) {
      await lab.guest(name).stop();
      await host.run(`rm $(grep -l ${lab.guest(name).uuid} /etc/pve/qemu-server/*.conf)`);
    }
    const said = (await doctor()).stdout;
    expect(said).toMatch(
      /^guest db \(\S+\) is not known to Proxmox any more, .*of shop\/dev: take it out of the program, it is one of several in policy\/guests$/m,
    );
    expect(said).toContain(`guest ${lab.guest("old").uuid} is not known to Proxmox any more`);
    expect(said).not.toMatch(/guest web .*not known/);
    expect(said).not.toContain(`guest ${BOX.uuid} is not known`);
    const { stdout } = await doctor("--remove-orphans");
    expect(stdout).toContain(`guest ${lab.guest("old").uuid}: its rules are removed`);
    expect(await host.run("ls /var/lib/csp/guests")).not.toContain(lab.guest("old").uuid);
    const left = await host.run("ls /var/lib/csp/guests");
    for (const uuid of [lab.guest("db").uuid, BOX.uuid]) expect(left).toContain(uuid);
  });
});
