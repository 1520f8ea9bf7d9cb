import { execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "./cache";
import { engineErrors } from "./errors";

/** A command built from a Go module that is pinned by a go.mod and go.sum below engines/go. */
export interface GoCommand {
  /** Name of the executable. */
  readonly name: string;
  readonly version: string;
  /** Folder below engines/go that holds go.mod. */
  readonly module: string;
  /** Import path, or "./folder" for a command of our own. */
  readonly package: string;
  /** The variable that gets the version, with a leading "v". */
  readonly versionVariable?: string;
  /** Further variables and what they are set to. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The minutes that a first build takes on two cores, for the progress line. */
  readonly minutes: number;
}

const FOLDER = join(__dirname, "go");

/** Where the executable is after the build. The caller must check whether it is there. */
export function goExecutable(command: GoCommand): string {
  return join(goCacheFolder(command), "bin", command.name);
}

/** Builds the command, unless it is already built, and returns the executable's path. `progress` gets plain lines. */
export async function buildGo(command: GoCommand, progress: (line: string) => void): Promise<string> {
  await fillOnce(goCacheFolder(command), async (folder) => {
    progress(`building ${command.name} ${command.version} from Go modules, about ${command.minutes} min the first time`);
    const variables = Object.entries(command.variables ?? {}).map(([name, value]) => ` -X ${name}=${value}`);
    const stamp = (command.versionVariable ? ` -X ${command.versionVariable}=v${command.version}` : "") + variables.join("");
    const argv = [
      "build",
      "-v",
      "-mod=readonly",
      "-buildvcs=false",
      "-ldflags",
      `-s -w${stamp}`,
      "-o",
      join(folder, "bin", command.name),
      command.package,
    ];
    await goWithProgress(command, argv, progress);
  });
  return goExecutable(command);
}

/** Why Go cannot build here; undefined if it can. 1.21 is the first version that fetches the toolchain that a go.mod asks for. */
export function goMissing(): string | undefined {
  let version: string;
  try {
    version = execFileSync("go", ["version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], cwd: "/" });
  } catch {
    return "Go is not installed";
  }
  const [, minor = "0"] = /go1\.(\d+)/.exec(version) ?? [];
  return Number(minor) >= 21 ? undefined : `${version.trim()} is too old, 1.21 or later is needed`;
}

function goCacheFolder(command: GoCommand): string {
  const module = join(FOLDER, command.module);
  const own = command.package.startsWith("./")
    ? readdirSync(join(module, command.package)).map((file) => join(module, command.package, file))
    : [];
  return join(cacheRoot(), cacheKey(command.name, command.version, [join(module, "go.mod"), join(module, "go.sum"), ...own.sort()]));
}

/** `go build -v` prints each package that it compiles; their number is the progress. */
function goWithProgress(command: GoCommand, argv: readonly string[], progress: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", argv, { cwd: join(FOLDER, command.module), stdio: ["ignore", "ignore", "pipe"] });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const started = Date.now();
    const timer = setInterval(() => {
      const seconds = Math.round((Date.now() - started) / 1000);
      progress(`building ${command.name}: ${output.split("\n").length - 1} packages downloaded or compiled, ${seconds} s`);
    }, 15_000);
    child.on("error", (error) => {
      clearInterval(timer);
      reject(engineErrors.goBuildFailed(command.name, error.message));
    });
    child.on("close", (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(engineErrors.goBuildFailed(command.name, output.split("\n").slice(-30).join("\n")));
    });
  });
}
