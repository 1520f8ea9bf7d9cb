import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Booted, bootFromNetwork, putImages, putLoader, SERVER_ADDRESS } from "../../../lab/installer";
import { createLab, type Flow, type Lab } from "../../../lab/netns";
import { Program } from "../../examples/program";
import { describeWith } from "../../support/needs";
import { cspPack, legacyMedia, makeTgz } from "../support/media";
import { type FileServer, nginx } from "../support/servers";

const MINUTES = 60_000;
/** The first server of the example's rack, and the guest that it has there. */
const MAC = "00:16:3e:00:00:01";
const WEB = { name: "web-1", uuid: "6c1a0000-0000-4000-8000-00000000000b", mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11/24"] };

/**
 * The way of a server, by the example alone: an emulated computer boots what it publishes and installs it; a host with the tools of 5.6 gets the
 * disk that this has made, and boots it.
 */
describeWith(["root", "pulumi", "plugin", "netboot"], "examples/csp-5.6-datacenter, from the first power-on to a guest's policy", () => {
  let lab: Lab;
  let web: FileServer;
  let program: Program;
  let booted: Booted;
  const host = () => lab.host("hv-01");
  const tftp = () => join(program.folder, "www/tftp");
  const url = (path: string) => web.url(path).replace("127.0.0.1", SERVER_ADDRESS);
  const FLOWS: readonly Flow[] = [
    { from: "office", to: "web-1", port: 443 },
    { from: "office", to: "web-1", port: 22 },
    { from: "web-1", to: "office", port: 80 },
    { from: "web-1", to: "office", proto: "arp" },
  ];
  const passing = async () => (await lab.probe.matrix(FLOWS)).map((verdict) => verdict === "passed");

  beforeAll(async () => {
    lab = await createLab(
      {
        name: `dc-${process.pid}`,
        hosts: [{ name: "hv-01", era: "5.6" }],
        guests: [{ ...WEB, host: "hv-01" }],
        outside: [{ name: "office", addresses: ["10.20.0.7/24"] }],
      },
      { replace: true },
    );
    program = new Program("csp-5.6-datacenter");
    legacyMedia(join(program.folder, "media/XenServer-5.6.100-SP2"));
    makeTgz(cspPack(join(program.folder, "pack")), join(program.folder, "media/xenserver-cloud-supp.tgz"));
    await putLoader(tftp(), "bios");
    await putImages(join(tftp(), "xenserver"), { target: "5.6", csp: true });
    web = await nginx(join(program.folder, "www"));
    program.reach(lab);
    program.set({
      "csp-datacenter:root": join(program.folder, "www"),
      "csp-datacenter:url": url(""),
      // That address leads to this machine from the emulated computer alone.
      "csp-datacenter:verify": false,
      "csp-datacenter:release": "5.6",
      "csp-datacenter:web1": WEB.uuid,
      // What logs in after the installation is the key that the program has put there.
      "csp-datacenter:operatorKey": execFileSync("ssh-keygen", ["-y", "-f", host().ssh.privateKeyPath], { encoding: "utf8" }).trim(),
    });
    program.pulumi("config", "set", "--secret", "rootPassword", "correct horse");
  }, 4 * MINUTES);
  afterAll(async () => {
    program?.remove();
    await web?.stop();
    await lab?.down();
  });

  test(
    "a computer of the rack boots what one `pulumi up` has published, and installs it",
    async () => {
      program.pulumi("up", "--yes", "--skip-preview");
      const folder = join(program.folder, "computer");
      mkdirSync(folder);
      booted = await bootFromNetwork({ firmware: "bios", mac: MAC, memory: 1024, folder, tftpRoot: tftp() });
      expect(booted.outcome).toMatchObject({
        result: "installed",
        target: "5.6",
        repositories: ["xs:main", "xs:linux", "xs:transfer-vm", "xs:cloud-supp"],
        scripts: [
          { stage: "filesystem-populated", url: url("/scripts/xs56.sh"), arguments: ["/tmp/root"], status: 0 },
          { stage: "installation-complete", url: url("/xs56/post-install.sh"), arguments: ["0"], status: 0 },
        ],
      });
    },
    8 * MINUTES,
  );

  test(
    "with that disk, a host of 5.6 comes up shut, by its own tools",
    async () => {
      expect(await passing()).toEqual([true, true, true, true]);
      const disk = join(program.folder, "disk");
      mkdirSync(disk);
      execFileSync("/usr/sbin/debugfs", ["-R", `rdump / ${disk}`, booted.disk], { stdio: "pipe" });
      // The host keeps its name, its password, and what is installed on it: 5.6 SP2 with its pack.
      const own = ["shadow", "hostname", "xensource-inventory"].map((name) => `--exclude=./etc/${name}`);
      const files = execFileSync("tar", ["-C", disk, "-cf", "-", ...own, "./etc", "./root", "./var"]);
      await host().run("rm -rf /root/.ssh");
      const [enter = "", ...words] = host().entryCommand();
      execFileSync(enter, [...words, "tar", "-xf", "-", "-C", "/"], { input: files });
      expect(await host().run("cat /etc/xensource/network.conf /var/log/csp-post-install.log")).toBe("bridge\nfinished\n");
      await lab.reboot("hv-01", { autostart: false });
      const saved = await host().run("iptables-save; ip6tables-save; ebtables -t nat -L; arptables -nvL");
      expect(saved.match(/^(?:\*filter|.*Bridge table: nat.*|Chain FORWARD.*)$/gm)).toHaveLength(4);
      expect(saved.match(/-j csp-shut/g)?.length).toBeGreaterThan(10);
      await lab.guest("web-1").start();
      expect(await passing()).toEqual([false, false, false, false]);
    },
    2 * MINUTES,
  );

  test(
    "the same program adopts it and gives its guest a policy",
    async () => {
      program.set({ "csp-datacenter:installed": ["hv-01"] });
      program.pulumi("up", "--yes", "--skip-preview");
      expect(await passing()).toEqual([true, false, true, true]);
      program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      await lab.reboot("hv-01");
      expect(await passing()).toEqual([true, false, true, true]);
    },
    4 * MINUTES,
  );

  test(
    "destroyed, nothing of csp is left on it",
    async () => {
      program.pulumi("destroy", "--yes", "--skip-preview");
      expect(Object.values(await host().snapshotTools()).filter((text) => text.includes("csp-"))).toEqual([]);
      expect(await passing()).toEqual([true, true, true, true]);
    },
    4 * MINUTES,
  );
});
