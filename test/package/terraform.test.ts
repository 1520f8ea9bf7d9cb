import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { findTerraform } from "../../engines/terraform";
import { version } from "../../package.json";
import { describeWith } from "../support/needs";

const RELEASE = "dist/release/terraform";
const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
const ARCHIVE = `terraform-provider-csp_${version}_${PLATFORM}.zip`;
const CONFIGURATION = `
terraform {
  required_providers {
    csp = {
      source  = "csp-iac/csp"
      version = "${version}"
    }
  }
}
resource "csp_security_group" "web" {
  name    = "web"
  members = ["10.0.0.1"]
}
`;

// The tests run the client several times, on machines that may be busy.
jest.setTimeout(180_000);

describeWith(["provider", "terraform"], "a release of the Terraform provider", () => {
  let root: string;
  beforeAll(() => {
    execFileSync("node_modules/.bin/tsx", ["scripts/release.ts"], { stdio: ["ignore", "ignore", "inherit"] });
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "csp-release-"));
    writeFileSync(join(root, "main.tf"), CONFIGURATION);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const client = findTerraform()[0]!;
  const registry = client?.name === "tofu" ? "registry.opentofu.org" : "registry.terraform.io";

  /** The client with a mirror in a folder, and no registry. */
  function run(...args: string[]) {
    writeFileSync(
      join(root, "settings.tfrc"),
      `provider_installation {\n  filesystem_mirror {\n    path = "${join(root, "mirror")}"\n  }\n}\n`,
    );
    const environment = { ...process.env, TF_CLI_CONFIG_FILE: join(root, "settings.tfrc"), CHECKPOINT_DISABLE: "1", TF_LOG: "" };
    const { status, stdout, stderr } = spawnSync(client.path, [...args, "-no-color"], { cwd: root, env: environment, encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  test("has the names and the sums that a registry looks for", () => {
    const files = readdirSync(RELEASE);
    expect(files).toEqual(expect.arrayContaining(["docs", "terraform-registry-manifest.json", ARCHIVE]));
    const sums = readFileSync(join(RELEASE, `terraform-provider-csp_${version}_SHA256SUMS`), "utf8")
      .trim()
      .split("\n");
    expect(sums.map((line) => line.split("  ")[1]).sort()).toEqual(files.filter((name) => /_(manifest\.json|\w+\.zip)$/.test(name)).sort());
    for (const [sum, name] of sums.map((line) => line.split("  ")))
      expect([
        name,
        createHash("sha256")
          .update(readFileSync(join(RELEASE, name!)))
          .digest("hex"),
      ]).toEqual([name, sum]);
    expect(JSON.parse(readFileSync(join(RELEASE, "terraform-registry-manifest.json"), "utf8"))).toEqual({
      version: 1,
      metadata: { protocol_versions: ["6.0"] },
    });
  });

  test("is installed from a mirror of archives, locked, and used", () => {
    const folder = join(root, "mirror", registry, "csp-iac", "csp");
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(RELEASE, ARCHIVE), join(folder, ARCHIVE));
    run("init");
    expect(readFileSync(join(root, ".terraform.lock.hcl"), "utf8")).toMatch(
      new RegExp(`"${registry}/csp-iac/csp".*version += "${version}".*h1:`, "s"),
    );
    expect(run("apply", "-auto-approve")).toContain("Resources: 1 added");
  });

  test("is installed from an unpacked mirror", () => {
    const folder = join(root, "mirror", registry, "csp-iac", "csp", version, PLATFORM);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(unzipSync(readFileSync(join(RELEASE, ARCHIVE))))) {
      writeFileSync(join(folder, name), content);
      chmodSync(join(folder, name), 0o755);
    }
    run("init");
    expect(run("plan")).toContain("Plan: 1 to add");
  });
});
