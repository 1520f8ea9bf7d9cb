import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findTerraform } from "../../engines/terraform";
import { createLab, demoTopology, type Lab } from "../../lab/netns";
import { version } from "../../package.json";
import { describeWith } from "../support/needs";
import { Program, ROOT } from "./program";

// Each test runs the client several times, on machines that may be busy.
jest.setTimeout(180_000);

describeWith(["root", "terraform", "provider", "plugin"], "examples/cdktn-tenant on a lab host", () => {
  const client = findTerraform()[0];
  let lab: Lab;
  let program: Program;

  beforeAll(async () => {
    lab = await createLab(demoTopology({ name: `ex-cdk-${process.pid}`, hosts: 1, guests: 2 }));
    program = new Program("cdktn-tenant");
    // The stack has a backend of its own, so it needs an init, and that a mirror to install from.
    const mirror = join(program.folder, "mirror");
    for (const registry of ["registry.terraform.io", "registry.opentofu.org"]) {
      const place = join(mirror, registry, "csp-iac/csp", version);
      mkdirSync(place, { recursive: true });
      symlinkSync(resolve("dist/bin"), join(place, `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`));
    }
    const installation = `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`;
    writeFileSync(join(program.folder, "settings.tfrc"), installation);
  });
  afterAll(async () => {
    program?.remove();
    await lab?.down();
  });

  function run(command: string, args: readonly string[], cwd = program.folder, more: NodeJS.ProcessEnv = {}): string {
    const { address, port, user, hostKey, privateKey } = lab.host("hv-01").ssh;
    const environment = {
      ...process.env,
      CSP_HOSTS: JSON.stringify({ "hv-01": { address, port, user, hostKey, privateKey } }),
      TF_CLI_CONFIG_FILE: join(program.folder, "settings.tfrc"),
      CHECKPOINT_DISABLE: "1",
      TF_LOG: "",
      TS_NODE_TRANSPILE_ONLY: "true",
      ...more,
    };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: environment, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  const synth = () => {
    rmSync(join(program.folder, "cdktf.out"), { recursive: true, force: true });
    run(process.execPath, [join(ROOT, "node_modules/ts-node/dist/bin.js"), "main.ts"]);
    return readFileSync(join(program.folder, "cdktf.out/stacks/tenant/cdk.tf.json"), "utf8");
  };

  test("its types are correct, and it writes the same for CDKTF", () => {
    expect(program.check()).toBe("");
    const plain = (text: string) => JSON.parse(text, (key, value: unknown) => (key === "//" ? undefined : value)) as unknown;
    const forCdktn = synth();
    const main = join(program.folder, "main.ts");
    const source = readFileSync(main, "utf8");
    writeFileSync(main, source.replaceAll("cdktn", "cdktf"));
    symlinkSync(join(ROOT, "node_modules/cdktf"), join(program.folder, "node_modules/cdktf"));
    expect(program.check()).toBe("");
    expect(plain(synth())).toEqual(plain(forCdktn));
    writeFileSync(main, source);
  });

  test("apply, packets, nothing left to do, destroy; then the host is as before", async () => {
    const before = await lab.host("hv-01").snapshotTools();
    synth();
    const stack = join(program.folder, "cdktf.out/stacks/tenant");
    run(client!.path, ["init", "-no-color"], stack);
    run(client!.path, ["apply", "-auto-approve", "-no-color"], stack);
    const verdicts = await lab.probe.matrix([
      { from: "stranger", to: "web-1", port: 443 },
      { from: "web-1", to: "web-2", port: 5432 },
      { from: "stranger", to: "web-1", port: 22 },
      { from: "stranger", to: "web-2", port: 5432 },
    ]);
    expect(verdicts).toEqual(["passed", "passed", "blocked", "blocked"]);
    run(client!.path, ["plan", "-detailed-exitcode", "-no-color"], stack);
    // As `cdktn synth --hcl` has it written: the same resources, of which nothing is to be changed.
    const asHcl = { SYNTH_HCL_OUTPUT: "true", CDKTF_OUTDIR: "hcl.out" };
    run(process.execPath, [join(ROOT, "node_modules/ts-node/dist/bin.js"), "main.ts"], program.folder, asHcl);
    const written = join(program.folder, "hcl.out/stacks/tenant");
    expect(readFileSync(join(written, "cdk.tf"), "utf8")).toMatch(/^resource "csp_guest_firewall" "/m);
    run(client!.path, ["init", "-no-color"], written);
    run(client!.path, ["plan", "-detailed-exitcode", "-no-color"], written);
    run(client!.path, ["destroy", "-auto-approve", "-no-color"], stack);
    expect(await lab.host("hv-01").snapshotTools()).toEqual(before);
  });
});
