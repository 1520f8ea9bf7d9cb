import { execFileSync } from "node:child_process";
import { engineErrors } from "./errors";
import { executable, olderThan, onPath } from "./executables";
import { buildGo, type GoCommand, goExecutable, goMissing } from "./go";

/** A working client of the Terraform provider. */
export interface TerraformClient {
  readonly name: "terraform" | "tofu";
  /** The executable. */
  readonly path: string;
  /** "1.11.4" */
  readonly version: string;
  readonly source: "path" | "go";
}

/** The version that is built. Terraform itself cannot be built, because of its licence and because only its vendor's registry has it. */
export const OPENTOFU_VERSION = "1.12.6";

/** Older ones lack what the tests and examples use: `import` blocks, `terraform test`, generated configuration. */
const OLDEST = { terraform: "1.6.0", tofu: "1.6.0" } as const;

const TOFU: GoCommand = {
  name: "tofu",
  version: OPENTOFU_VERSION,
  module: "tofu",
  package: "github.com/opentofu/opentofu/cmd/tofu",
  variables: { "github.com/opentofu/opentofu/version.dev": "no" },
  minutes: 4,
};

/**
 * The clients that are already here: only CSP_TERRAFORM if it is set, otherwise Terraform and OpenTofu on PATH, and an OpenTofu that was built
 * before. It uses no network and builds nothing. Throws a CspError if one of them does not run.
 */
export function findTerraform(environment: NodeJS.ProcessEnv = process.env): TerraformClient[] {
  const override = environment.CSP_TERRAFORM;
  if (override) return [clientAt(override, "path")];
  const found: TerraformClient[] = [];
  for (const name of ["terraform", "tofu"] as const) {
    const candidates = onPath(name, environment).filter(executable);
    const client = candidates.map((path) => clientAt(path, "path")).find(({ version }) => !olderThan(version, OLDEST[name]));
    if (client !== undefined) found.push(client);
  }
  const built = goExecutable(TOFU);
  if (found.every(({ name }) => name !== "tofu") && executable(built)) found.push(clientAt(built, "go"));
  return found;
}

/** The same as {@link findTerraform}; if there is no client at all, it builds OpenTofu from Go modules (minutes, once). */
export async function resolveTerraform(
  progress: (line: string) => void = (line) => process.stderr.write(`engines: ${line}\n`),
): Promise<readonly TerraformClient[] | { readonly missing: string }> {
  const found = findTerraform();
  if (found.length > 0) return found;
  const noGo = goMissing();
  if (noGo !== undefined) return { missing: `neither terraform nor tofu is on PATH, and ${noGo}` };
  return [clientAt(await buildGo(TOFU, progress), "go")];
}

/** Builds OpenTofu, whatever other clients there are. */
export async function buildTofu(progress: (line: string) => void): Promise<TerraformClient> {
  return clientAt(await buildGo(TOFU, progress), "go");
}

function clientAt(path: string, source: TerraformClient["source"]): TerraformClient {
  let output: string;
  try {
    const environment = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null", TF_LOG: "" };
    output = execFileSync(path, ["version"], { encoding: "utf8", env: environment, timeout: 30_000, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw engineErrors.unusable(path, "Terraform or OpenTofu CLI", "CSP_TERRAFORM", error);
  }
  const [, name, version] = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+)/m.exec(output) ?? [];
  if (name === undefined || version === undefined)
    throw engineErrors.unusable(
      path,
      "Terraform or OpenTofu CLI",
      "CSP_TERRAFORM",
      `\`version\` printed ${JSON.stringify(output.slice(0, 200))}`,
    );
  return { name: name === "Terraform" ? "terraform" : "tofu", path, version, source };
}
