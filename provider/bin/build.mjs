// Bundles the plugin into dist/bin: the executable, which is started for every command and answers at once, and its core, which is loaded
// when the engine asks for more than a handshake.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const core = join(root, "provider/doors/pulumi/core.ts");
const common = {
  bundle: true,
  minify: true,
  keepNames: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  write: false,
  logLevel: "warning",
};

/** The core stays a file of its own. */
const coreApart = {
  name: "core-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/core$/ }, () => ({ path: "./csp-core.js", external: true }));
  },
};

/** grpc-js reads .proto files for its debugging service (channelz) only; the parser is a third of its code. */
const noProtoFiles = {
  name: "no-proto-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/proto-loader$/ }, () => ({ path: "proto-loader", namespace: "none" }));
    onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

const executable = join(root, "dist/bin/pulumi-resource-csp");
const bundles = await Promise.all([
  build({
    ...common,
    entryPoints: [join(root, "provider/bin/pulumi-resource-csp.ts")],
    outfile: executable,
    banner: { js: "#!/usr/bin/env node" },
    plugins: [coreApart, noProtoFiles],
  }),
  // Native speed-ups of ssh2, used where they happen to be installed.
  build({ ...common, entryPoints: [core], outfile: join(root, "dist/bin/csp-core.js"), external: ["cpu-features", "*.node"] }),
]);
mkdirSync(dirname(executable), { recursive: true });
for (const { outputFiles } of bundles) {
  for (const { path, contents } of outputFiles) {
    // An engine may be starting the old one right now: never half a file.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, contents, { mode: path === executable ? 0o755 : 0o644 });
    renameSync(fresh, path);
  }
}
