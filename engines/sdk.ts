import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { engineErrors } from "./errors";
import { buildGo, type GoCommand, goExecutable, goMissing } from "./go";
import { findPulumi, PULUMI_VERSION, type PulumiEngine, pulumiEnvironment } from "./pulumi";

/** A small program of ours that runs Pulumi's own generators, as `pulumi package gen-sdk` does. Our language host cannot do it. */
const GENERATOR: GoCommand = { name: "pulumi-sdkgen", version: PULUMI_VERSION, module: "pulumi", package: "./sdkgen", minutes: 2 };

export type SdkLanguage = "nodejs" | "python" | "go";

/**
 * Writes the SDK of a schema file into an empty folder. It always uses the generators of {@link PULUMI_VERSION}, so that every machine writes the
 * same files. Throws a CspError if there is no such generator, or if it refuses the schema.
 */
export async function generateSdk(schema: string, language: SdkLanguage, output: string, progress: (line: string) => void): Promise<void> {
  if (goGenerates()) {
    run(await buildGo(GENERATOR, progress), [schema, language, output]);
    return;
  }
  const engine = generatingCli();
  if (engine === undefined) throw engineErrors.generatorMissing(missingGenerator() ?? "");
  const folder = mkdtempSync(join(tmpdir(), "csp-sdk-"));
  try {
    run(engine.path, ["package", "gen-sdk", schema, "--language", language, "--out", folder], pulumiEnvironment(engine));
    execFileSync("cp", ["-R", `${join(folder, language)}/.`, output]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why there is no generator of the pinned version here; undefined if there is one. */
export function missingGenerator(): string | undefined {
  if (goGenerates() || generatingCli() !== undefined) return undefined;
  return `${goMissing()}, and there is no Pulumi CLI ${PULUMI_VERSION} with its own language hosts`;
}

function goGenerates(): boolean {
  return existsSync(goExecutable(GENERATOR)) || goMissing() === undefined;
}

/** The CLI, if its generators have our version. A language host from elsewhere has other generators, or none. */
function generatingCli(): PulumiEngine | undefined {
  const engine = findPulumi();
  if (engine === undefined || engine.version !== PULUMI_VERSION || engine.source === "go") return undefined;
  return engine.languageHostDir === dirname(engine.path) ? engine : undefined;
}

/** Paths of files that differ or exist in only one of the folders, sorted. */
export function differingFiles(a: string, b: string): string[] {
  const names = new Set([...files(a), ...files(b)]);
  return [...names].filter((name) => content(join(a, name)) !== content(join(b, name))).sort();
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function content(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function run(command: string, argv: readonly string[], environment: NodeJS.ProcessEnv = process.env): void {
  try {
    execFileSync(command, argv, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw engineErrors.generatorFailed(`${stdout ?? ""}${stderr ?? ""}` || String(error));
  }
}
