import { execFileSync, spawnSync } from "node:child_process";
import { renameSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { engineErrors } from "./errors";
import { executable, olderThan, onPath } from "./executables";
import { buildGo, type GoCommand, goExecutable, goMissing } from "./go";

/** A working Pulumi CLI, with a Node language host. */
export interface PulumiEngine {
  /** The executable. */
  readonly path: string;
  /** "3.230.0" */
  readonly version: string;
  /** Folder that holds pulumi-language-nodejs; put it on PATH, as {@link pulumiEnvironment} does. */
  readonly languageHostDir: string;
  readonly source: "path" | "npm" | "go";
}

/**
 * The version that is downloaded or built, and the oldest one that csp takes from PATH. The tests run with it. It is the last version whose Go
 * module is known to build (go.mod in engines/go/pulumi).
 */
export const PULUMI_VERSION = "3.230.0";

const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const CLI: GoCommand = {
  name: "pulumi",
  version: PULUMI_VERSION,
  module: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  versionVariable: VERSION_VARIABLE,
  minutes: 3,
};
/** The last version published as a Go module. It lacks GetRequiredPackages and GeneratePackage; the CLI falls back for the first. */
const LANGUAGE_HOST: GoCommand = {
  name: "pulumi-language-nodejs",
  version: "3.68.0",
  module: "language-nodejs",
  package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  versionVariable: VERSION_VARIABLE,
  minutes: 1,
};

/** The npm package that downloads the vendor's CLI. Its own version has nothing to do with the version that it downloads. */
const DOWNLOADER = "pulumi@3.265.0";
const DOWNLOAD_HOST = "https://get.pulumi.com/install.sh";
const MILLISECONDS = { probe: 5_000, download: 300_000, version: 30_000 };

/**
 * An engine that is already here: CSP_PULUMI, a CLI on PATH, or one that was downloaded or built before. It uses no network and builds nothing, so
 * that a test can ask before it decides to run. Throws a CspError if CSP_PULUMI or PATH names something that does not run.
 */
export function findPulumi(environment: NodeJS.ProcessEnv = process.env): PulumiEngine | undefined {
  const cli = findCli(environment);
  if (cli === undefined) return undefined;
  const languageHostDir = findLanguageHost(cli.path, environment);
  return languageHostDir === undefined ? undefined : { ...cli, languageHostDir };
}

/**
 * The engine, in the first way that works: one that is here ({@link findPulumi}), or the vendor's download by the npm package `pulumi`, or a build
 * from Go modules (minutes, once). `progress` gets plain lines; by default they go to stderr.
 */
export async function resolvePulumi(
  progress: (line: string) => void = (line) => process.stderr.write(`engines: ${line}\n`),
): Promise<PulumiEngine | { readonly missing: string }> {
  const reasons: string[] = [];
  let cli = findCli(process.env);
  if (cli === undefined) {
    const failed = await download(progress);
    cli = failed === undefined ? findCli(process.env) : undefined;
    if (cli === undefined) reasons.push(failed ?? "the download of the Pulumi CLI left no executable");
  }
  if (cli === undefined) {
    const noGo = goMissing();
    if (noGo !== undefined) return { missing: [...reasons, noGo].join("; ") };
    cli = { path: await buildGo(CLI, progress), version: PULUMI_VERSION, source: "go" };
  }
  const found = findLanguageHost(cli.path, process.env);
  if (found !== undefined) return { ...cli, languageHostDir: found };
  const noGo = goMissing();
  if (noGo !== undefined) return { missing: `${cli.path} has no pulumi-language-nodejs beside it, and ${noGo}` };
  const built = await buildGo(LANGUAGE_HOST, progress);
  return { ...cli, languageHostDir: cli.source === "go" ? linkBeside(cli.path, built) : dirname(built) };
}

/** Puts a built language host beside a built CLI, because the CLI warns at every command about one from elsewhere on PATH. */
function linkBeside(cli: string, languageHost: string): string {
  const link = join(dirname(cli), LANGUAGE_HOST.name);
  const temporary = `${link}.${process.pid}`;
  symlinkSync(languageHost, temporary);
  renameSync(temporary, link);
  return dirname(cli);
}

/** The environment for the CLI: it finds its language host, and asks no server about newer versions or missing plugins. */
export function pulumiEnvironment(engine: PulumiEngine, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const folders = [...new Set([dirname(engine.path), engine.languageHostDir, environment.PATH ?? ""])];
  return {
    ...environment,
    PATH: folders.filter((folder) => folder !== "").join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

type Cli = Omit<PulumiEngine, "languageHostDir">;

function findCli(environment: NodeJS.ProcessEnv): Cli | undefined {
  const override = environment.CSP_PULUMI;
  if (override) return { path: override, version: versionOf(override), source: "path" };
  const pulumiHome = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  for (const path of [...onPath("pulumi", environment), join(pulumiHome, "bin", "pulumi")]) {
    if (!executable(path)) continue;
    const version = versionOf(path);
    if (!olderThan(version, PULUMI_VERSION)) return { path, version, source: "path" };
  }
  const downloaded = join(downloadRoot(), "versions", PULUMI_VERSION, "bin", "pulumi");
  if (executable(downloaded)) return { path: downloaded, version: PULUMI_VERSION, source: "npm" };
  const built = goExecutable(CLI);
  return executable(built) ? { path: built, version: PULUMI_VERSION, source: "go" } : undefined;
}

/** Folder of the Node language host: beside the CLI, on PATH, or built before. */
function findLanguageHost(cli: string, environment: NodeJS.ProcessEnv): string | undefined {
  const places = [join(dirname(cli), LANGUAGE_HOST.name), ...onPath(LANGUAGE_HOST.name, environment)];
  // For our own CLI, only the link beside it counts; resolvePulumi makes it.
  if (cli !== goExecutable(CLI)) places.push(goExecutable(LANGUAGE_HOST));
  const found = places.find(executable);
  return found === undefined ? undefined : dirname(found);
}

/** Downloads with the npm package. Returns the reason if it fails; a machine that cannot reach the vendor fails at once. */
async function download(progress: (line: string) => void): Promise<string | undefined> {
  try {
    await fetch(DOWNLOAD_HOST, { method: "HEAD", signal: AbortSignal.timeout(MILLISECONDS.probe) });
  } catch {
    return "the Pulumi CLI's download server cannot be reached";
  }
  progress(`downloading the Pulumi CLI ${PULUMI_VERSION}`);
  const result = spawnSync("npm", ["exec", "--yes", `--package=${DOWNLOADER}`, "--", "pulumi", "version"], {
    env: { ...process.env, PULUMI_VERSION, PULUMI_HOME: downloadRoot() },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: MILLISECONDS.download,
  });
  return result.status === 0 ? undefined : "the download of the Pulumi CLI failed";
}

/** Where the downloader keeps what it downloads, whatever PULUMI_HOME a test sets. */
function downloadRoot(): string {
  return join(homedir(), ".pulumi");
}

function versionOf(path: string): string {
  const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  let output: string;
  try {
    output = execFileSync(path, ["version"], {
      encoding: "utf8",
      env: environment,
      timeout: MILLISECONDS.version,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw engineErrors.unusable(path, "Pulumi CLI", "CSP_PULUMI", error);
  }
  const version = /v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined)
    throw engineErrors.unusable(path, "Pulumi CLI", "CSP_PULUMI", `\`version\` printed ${JSON.stringify(output.slice(0, 200))}`);
  return version;
}
