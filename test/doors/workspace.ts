import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { getSubchannelPool } from "@grpc/grpc-js/build/src/subchannel-pool";
import { LocalWorkspace, type ProjectSettings, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { findPulumi, pulumiEnvironment } from "../../engines/pulumi";

export const PLUGIN_DIR = resolve("dist/bin");

// Inline programs of many engines run in one process. gRPC remembers the addresses of engines that are gone as unreachable, and the kernel gives
// their ports to later engines: a program that uses such a port fails at once, and Pulumi takes it for a program that declares nothing. So gRPC
// must remember nothing.
const pool = getSubchannelPool(true);
const connect = pool.getOrCreateSubchannel.bind(pool);
pool.getOrCreateSubchannel = (...where) => {
  Object.assign(pool, { pool: {} });
  return connect(...where);
};

export interface Trial {
  readonly stack: Stack;
  /** What the next run of the engine runs. */
  program: () => Promise<Record<string, unknown> | undefined>;
  /** The next runs use the plugin in this folder. */
  use(plugin: string): Promise<void>;
  /** The text of the state file on disk, not what an export decrypts. */
  stateFile(): string;
  dispose(): void;
}

export interface TrialOptions {
  /** The port of a csp plugin that runs already. */
  readonly attachTo?: number;
  /** Default: csp's own, as built. */
  readonly plugins?: readonly { readonly name: string; readonly path: string }[];
}

/** A stack of its own: file backend, passphrase, a real engine, and programs that run in this process. */
export async function trial(name: string, options: TrialOptions = {}): Promise<Trial> {
  const engine = findPulumi();
  if (engine === undefined) throw new Error("no Pulumi CLI: guard the suite with describeWith");
  const folder = mkdtempSync(join(tmpdir(), `csp-${name}-`));
  const settings = (plugins: NonNullable<TrialOptions["plugins"]>): ProjectSettings => ({
    name,
    runtime: "nodejs",
    backend: { url: `file://${folder}` },
    ...(options.attachTo === undefined ? { plugins: { providers: [...plugins] } } : {}),
  });
  const trial: Omit<Trial, "stack"> & { stack?: Stack } = {
    use: (plugin) => workspace.saveProjectSettings(settings([{ name: "csp", path: plugin }])),
    program: async () => ({}),
    stateFile: () => readFileSync(join(folder, ".pulumi", "stacks", name, "dev.json"), "utf8"),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
  const workspace = await LocalWorkspace.create({
    workDir: folder,
    pulumiCommand: await commandOf(engine.path, folder),
    projectSettings: settings(options.plugins ?? [{ name: "csp", path: PLUGIN_DIR }]),
    envVars: {
      ...definedOnly(pulumiEnvironment(engine)),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "correct horse",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...(options.attachTo === undefined ? {} : { PULUMI_DEBUG_PROVIDERS: `csp:${options.attachTo}` }),
    },
    program: () => trial.program(),
  });
  trial.stack = await Stack.create("dev", workspace);
  return trial as Trial;
}

/** The Automation API needs the root of an installation, with bin/pulumi in it. */
async function commandOf(path: string, folder: string): Promise<PulumiCommand> {
  const root = join(folder, "cli");
  mkdirSync(join(root, "bin"), { recursive: true });
  symlinkSync(path, join(root, "bin", "pulumi"));
  return PulumiCommand.get({ root, skipVersionCheck: true });
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
