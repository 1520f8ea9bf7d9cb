// Bundles the plugin to one executable file: it is started for every command, and one file loads several times faster than hundreds.
import { chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const outfile = join(root, "dist/bin/pulumi-resource-csp");

await build({
  entryPoints: [join(root, "provider/bin/pulumi-resource-csp.ts")],
  outfile,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  banner: { js: "#!/usr/bin/env node" },
  // Native speed-ups of ssh2, used where they happen to be installed.
  external: ["cpu-features", "*.node"],
  logLevel: "warning",
});
chmodSync(outfile, 0o755);
