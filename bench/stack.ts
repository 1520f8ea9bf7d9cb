import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { pulumiEnvironment, resolvePulumi } from "../engines/pulumi";
import { CspError } from "../provider/errors";

/** A separate stack on a file backend, run by the real engine with the plugin in `pluginFolder`. */
export class Engine {
  private constructor(
    readonly stack: Stack,
    private readonly folder: string,
  ) {}

  static async make(name: string, pluginFolder: string, program: () => Promise<void>): Promise<Engine> {
    const engine = await resolvePulumi();
    if ("missing" in engine) throw new CspError("engine-missing", "bench", engine.missing, "install the Pulumi CLI, or Go to build it");
    const folder = mkdtempSync(join(tmpdir(), `csp-bench-${name}-`));
    const root = join(folder, "cli");
    mkdirSync(join(root, "bin"), { recursive: true });
    symlinkSync(engine.path, join(root, "bin", "pulumi"));
    const environment = Object.entries(pulumiEnvironment(engine)).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const workspace = await LocalWorkspace.create({
      workDir: folder,
      pulumiCommand: await PulumiCommand.get({ root, skipVersionCheck: true }),
      projectSettings: {
        name: "bench",
        runtime: "nodejs",
        backend: { url: `file://${folder}` },
        // This is not in the Automation API's types, but in Pulumi.yaml's schema.
        ...({ plugins: { providers: [{ name: "csp", path: pluginFolder }] } } as object),
      },
      envVars: { ...Object.fromEntries(environment), PULUMI_HOME: join(folder, "home"), PULUMI_CONFIG_PASSPHRASE: "bench" },
      program,
    });
    return new Engine(await Stack.create("dev", workspace), folder);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
