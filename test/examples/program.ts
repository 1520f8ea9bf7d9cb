import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { findPulumi, pulumiEnvironment } from "../../engines/pulumi";
import type { Lab } from "../../lab/netns";

export const ROOT = join(__dirname, "../..");

/** An example in a folder of its own, with what its package.json names installed and nothing else. */
export class Program {
  readonly folder: string;
  private readonly state: string;

  constructor(readonly example: string) {
    this.folder = mkdtempSync(join(tmpdir(), `csp-example-${example}-`));
    this.state = mkdtempSync(join(tmpdir(), "csp-example-state-"));
    const skipped = /node_modules|Pulumi\.[^/]+\.yaml$/;
    cpSync(join(ROOT, "examples", example), this.folder, { recursive: true, filter: (file) => !skipped.test(file) });
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(this.folder, "package.json"), "utf8"));
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const link = join(this.folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(name === "csp-iac" ? ROOT : join(ROOT, "node_modules", name), link);
    }
  }

  /** The example's own `npm run check`; empty when its types are right. */
  check(): string {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, "--noEmit"], { cwd: this.folder, encoding: "utf8" });
    return stdout + stderr;
  }

  /** A stack whose settings reach the lab's hosts. */
  reach(lab: Lab): void {
    const hosts = lab.hosts.map(({ name, ssh }) => {
      const { address, port, hostKey, privateKeyPath } = ssh;
      return [name, { address, port, hostKey, privateKeyFile: privateKeyPath }];
    });
    writeFileSync(join(this.folder, "Pulumi.dev.yaml"), stringify({ config: { "csp:hosts": Object.fromEntries(hosts) } }));
    this.pulumi("stack", "init", "dev");
  }

  /** Changes the stack's settings ("csp-datacenter:release"). */
  set(settings: Readonly<Record<string, unknown>>): void {
    const file = join(this.folder, "Pulumi.dev.yaml");
    const { config, ...rest } = parse(readFileSync(file, "utf8"));
    writeFileSync(file, stringify({ ...rest, config: { ...config, ...settings } }));
  }

  /** Runs `pulumi ARGS` in the program's folder; throws with all it said when it fails. */
  pulumi(...argv: string[]): string {
    const engine = findPulumi();
    if (engine === undefined) throw new Error("no engine: guard the suite with describeWith");
    const environment = pulumiEnvironment(engine, {
      ...process.env,
      PULUMI_HOME: join(this.state, "home"),
      PULUMI_BACKEND_URL: `file://${this.state}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    });
    const options = {
      cwd: this.folder,
      env: environment,
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["ignore", "pipe", "pipe"],
    } as const;
    try {
      return execFileSync(engine.path, [...argv, "--non-interactive", "--color", "never"], { ...options, stdio: "pipe" });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`pulumi ${argv.join(" ")} failed\n${stdout}\n${stderr}`);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.state, { recursive: true, force: true });
  }
}
