import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTerraform } from "../../engines/terraform";
import type { Declaration } from "../acceptance/doors/declaration";
import { TerraformFolder } from "../acceptance/doors/terraform-door";
import { describeWith } from "../support/needs";
import { filesBelow, legacyMedia, legacyRepository } from "./support/media";

// The tests run the client several times, on machines that may be busy.
jest.setTimeout(240_000);

/** What installs a host, through Terraform or OpenTofu; the rules of each are tested under Pulumi's engine and by themselves. */
describeWith(["terraform", "provider"], "installation resources under Terraform", () => {
  let folder: string;
  let terraform: TerraformFolder;
  const at = (name: string) => join(folder, name);
  const program = (): Declaration[] => [
    {
      token: "csp:install:Repository",
      name: "media",
      args: { path: at("www/xs56"), target: "5.6", csp: false, base: at("media") },
    },
    {
      token: "csp:install:PostInstall",
      name: "finish",
      args: { path: at("www/post-install.sh"), target: "8.3", modules: ["br_netfilter"], files: [{ path: "/etc/motd", content: "hello" }] },
    },
    {
      token: "csp:install:Answerfile",
      name: "hv",
      args: {
        path: at("www/hv-01.xml"),
        target: "8.3",
        sources: [{ type: "url", address: "http://192.0.2.1/media" }],
        primaryDisk: { device: "sda" },
        adminInterface: { name: "eth0", ipv4: { method: "dhcp" } },
        rootPassword: "correct horse",
        timezone: "Europe/Berlin",
      },
      after: ["finish"],
    },
    {
      token: "csp:install:NetworkBoot",
      name: "boot",
      args: { root: at("tftp"), mac: "00:16:3E:01:02:03", target: "8.3", loaders: ["grub"], answerfile: "http://192.0.2.1/hv-01.xml" },
    },
  ];
  const changes = async (): Promise<string[]> => {
    const { code, stdout, stderr } = await terraform.run("plan", "-detailed-exitcode");
    if (code !== 0 && code !== 2) throw new Error(`plan ended with ${code}:\n${stdout}\n${stderr}`);
    return [...stdout.matchAll(/# (csp_\S+) will be (\S+)/g)].map(([, name, what]) => `${name} ${what}`);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "csp-install-tf-"));
    for (const name of ["media", "www", "tftp"]) mkdirSync(at(name));
    legacyMedia(at("media"));
    terraform = new TerraformFolder("install", findTerraform()[0]!, []);
    terraform.environment.XDG_CACHE_HOME = at("cache");
    terraform.write(program());
  });
  afterAll(() => {
    terraform?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test("all of them are published, and then nothing is left to do", async () => {
    const said = await terraform.must("apply", "-auto-approve");
    expect(said).toContain("4 added, 0 changed, 0 destroyed");
    expect(filesBelow(at("www/xs56")).filter((name) => !name.startsWith(".csp/"))).toContain("packages.main/dom0fs.tar.bz2");
    expect(readFileSync(at("www/hv-01.xml"), "utf8")).toContain('name="eth0"');
    expect(readFileSync(at("www/post-install.sh"), "utf8")).toContain("br_netfilter");
    expect(filesBelow(at("tftp")).join("\n")).toMatch(/grub/);
    expect(await changes()).toEqual([]);
  });

  test("another file at the same path is a change, in the plan and on the server", async () => {
    const packages = at("media/packages.transfer-vm");
    const text = readFileSync(join(packages, "XS-REPOSITORY"), "utf8").split("\n").slice(1).join("\n");
    writeFileSync(join(packages, "transfer-vm.tar.bz2"), "another build");
    legacyRepository(packages, text.trim(), [{ file: "transfer-vm.tar.bz2", attributes: 'label="transfer-vm" type="tbz2" root="/"' }]);
    expect(await changes()).toEqual(["csp_install_repository.media updated"]);
    await terraform.must("apply", "-auto-approve");
    expect(readFileSync(at("www/xs56/packages.transfer-vm/transfer-vm.tar.bz2"), "utf8")).toBe("another build");
    expect(await changes()).toEqual([]);
  });

  test("a change of a published file by hand is repaired", async () => {
    writeFileSync(at("www/hv-01.xml"), readFileSync(at("www/hv-01.xml"), "utf8").replace("eth0", "eth1"));
    writeFileSync(at("www/post-install.sh"), "#!/bin/sh\n");
    expect((await changes()).sort()).toEqual(["csp_answerfile.hv updated", "csp_post_install.finish updated"]);
    await terraform.must("apply", "-auto-approve");
    expect(readFileSync(at("www/hv-01.xml"), "utf8")).toContain('name="eth0"');
    expect(await changes()).toEqual([]);
  });

  test("a mistake is refused in the plan, with its attribute", async () => {
    const wrong = program().map((each) =>
      each.name === "hv"
        ? { ...each, args: { ...each.args, adminInterface: { name: "eth0", ipv4: { method: "static", address: "192.0.2.10" } } } }
        : each,
    );
    terraform.write(wrong);
    const { code, stderr } = await terraform.run("plan");
    terraform.write(program());
    expect(code).toBe(1);
    expect(stderr.replace(/[│\s]+/g, " ")).toMatch(/admin_?[iI]nterface\.ipv4\.(gateway|netmask)/);
  });

  test("all of it is removed", async () => {
    await terraform.must("destroy", "-auto-approve");
    expect([...filesBelow(at("www")), ...filesBelow(at("tftp"))].filter((name) => !name.includes(".csp"))).toEqual([]);
  });
});
