import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findTerraform } from "../../engines/terraform";
import { createLab, demoTopology, type Lab } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { ROOT } from "./program";

const client = findTerraform()[0];

// Each test runs the client several times, on machines that may be busy.
jest.setTimeout(180_000);

describeWith(["root", "terraform", "provider"], "examples/terraform-guest-firewall on a lab host", () => {
  let lab: Lab;
  let folder: string;

  beforeAll(async () => {
    lab = await createLab(demoTopology({ name: `ex-tf-${process.pid}`, hosts: 1, guests: 2 }));
    folder = mkdtempSync(join(tmpdir(), "csp-example-"));
    cpSync(join(ROOT, "examples/terraform-guest-firewall"), folder, { recursive: true });
    const { address, port, user, hostKey, privateKey } = lab.host("hv-01").ssh;
    const hosts = { "hv-01": { address, port, user, host_key: hostKey, private_key: privateKey } };
    writeFileSync(join(folder, "hosts.auto.tfvars.json"), JSON.stringify({ hosts }));
    writeFileSync(
      join(folder, "settings.tfrc"),
      `provider_installation {\n  dev_overrides {\n    "csp-iac/csp" = "${resolve("dist/bin")}"\n  }\n}\n`,
    );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await lab?.down();
  });

  function terraform(...args: string[]): string {
    const environment = { ...process.env, TF_CLI_CONFIG_FILE: join(folder, "settings.tfrc"), CHECKPOINT_DISABLE: "1", TF_LOG: "" };
    const { status, stdout, stderr } = spawnSync(client!.path, args, { cwd: folder, env: environment, encoding: "utf8" });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  test("apply, packets, nothing left to do, destroy; then the host is as before", async () => {
    const before = await lab.host("hv-01").snapshotTools();
    terraform("apply", "-auto-approve", "-no-color");
    const verdicts = await lab.probe.matrix([
      { from: "stranger", to: "web-1", port: 443 },
      { from: "office", to: "web-1", port: 22 },
      { from: "office", to: "web-1", proto: "icmp" },
      { from: "stranger", to: "web-1", port: 22 },
      // The host's other guest has no policy.
      { from: "stranger", to: "web-2", port: 443 },
    ]);
    expect(verdicts).toEqual(["passed", "passed", "passed", "blocked", "blocked"]);
    terraform("plan", "-detailed-exitcode", "-no-color");
    terraform("destroy", "-auto-approve", "-no-color");
    expect(await lab.host("hv-01").snapshotTools()).toEqual(before);
  });

  test("its own tests pass", async () => {
    const before = await lab.host("hv-01").snapshotTools();
    expect(terraform("test", "-no-color")).toMatch(/3 passed, 0 failed/);
    expect(await lab.host("hv-01").snapshotTools()).toEqual(before);
  });
});

describeWith(["terraform"], "configuration in the documentation", () => {
  const files = ["docs/terraform/examples", "examples"].flatMap((at) =>
    readdirSync(join(ROOT, at), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(tf|tftest\.hcl)$/.test(name) && !name.includes("node_modules"))
      .map((name) => join(at, name)),
  );

  test.each(files)("%s is formatted", (file) => {
    const { stdout, status } = spawnSync(client!.path, ["fmt", "-"], { input: readFileSync(join(ROOT, file)), encoding: "utf8" });
    expect([status, stdout]).toEqual([0, readFileSync(join(ROOT, file), "utf8")]);
  });

  test("the registry's examples are one configuration that is valid together", () => {
    const folder = mkdtempSync(join(tmpdir(), "csp-docs-"));
    try {
      for (const file of files.filter((name) => name.startsWith("docs/")))
        writeFileSync(join(folder, file.replaceAll("/", "_")), readFileSync(join(ROOT, file)));
      writeFileSync(
        join(folder, "settings.tfrc"),
        `provider_installation {\n  dev_overrides {\n    "csp-iac/csp" = "${resolve("dist/bin")}"\n  }\n}\n`,
      );
      const environment = { ...process.env, TF_CLI_CONFIG_FILE: join(folder, "settings.tfrc"), CHECKPOINT_DISABLE: "1", TF_LOG: "" };
      const { status, stderr } = spawnSync(client!.path, ["validate", "-no-color"], { cwd: folder, env: environment, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
