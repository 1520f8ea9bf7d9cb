import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Builds the provider that does nothing, in its own folder. */
export async function buildNoop(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "csp-bench-noop-"));
  const outfile = join(folder, "pulumi-resource-csp");
  const banner = { js: "#!/usr/bin/env node" };
  await build({
    entryPoints: [join(__dirname, "noop-plugin.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    banner,
    logLevel: "error",
  });
  chmodSync(outfile, 0o755);
  return folder;
}
