// Bundles the plugins into dist/bin. For each door, there is the executable, which starts for every command and answers at once, and its core,
// which it loads when the engine asks for more than a handshake.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const bin = join(root, "dist/bin");
const DOORS = [
  { executable: "pulumi-resource-csp", door: "pulumi", core: "csp-core.js" },
  { executable: "terraform-provider-csp", door: "terraform", core: "csp-terraform-core.js" },
];
const common = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  write: false,
  logLevel: "warning",
};

/** Keeps the core in its own file. */
const coreApart = (core) => ({
  name: "core-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/core$/ }, () => ({ path: `./${core}`, external: true }));
  },
});

/** grpc-js reads .proto files only for its debugging service (channelz), and the parser is a third of its code. */
const noProtoFiles = {
  name: "no-proto-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/proto-loader$/ }, () => ({ path: "proto-loader", namespace: "none" }));
    onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * A shell that becomes node, because not every system passes options from a `#!` line. The heap may grow to this size before old space is collected:
 * a request for a thousand guests is megabytes of buffers, and a collection for each request cost more than the rest of the work. Beyond it, the
 * heap grows in small steps: by itself, V8 lets it grow to several times what is in use (`bench memory`: 370 MB, and 275 with this). glibc's malloc
 * gets one arena: with an arena for each thread, memory that a thread frees stays with that thread (ten megabytes of `bench memory`).
 */
const HEAP = { initialMb: 128, growingPercent: 30, semiSpaceMb: 8 };
const NODE_OPTIONS = `--initial-heap-size=${HEAP.initialMb} --max-semi-space-size=${HEAP.semiSpaceMb} --heap-growing-percent=${HEAP.growingPercent}`;
const launcher = `#!/bin/sh\n":" //; MALLOC_ARENA_MAX=1 exec node ${NODE_OPTIONS} "$0" "$@"`;

const bundles = DOORS.flatMap(({ executable, door, core }) => [
  build({
    ...common,
    entryPoints: [join(root, "provider/bin", `${executable}.ts`)],
    outfile: join(bin, executable),
    banner: { js: launcher },
    plugins: [coreApart(core), noProtoFiles],
  }),
  // Native modules that make ssh2 faster, used if they happen to be installed.
  build({
    ...common,
    entryPoints: [join(root, "provider/doors", door, "core.ts")],
    outfile: join(bin, core),
    external: ["cpu-features", "*.node"],
  }),
]);
mkdirSync(bin, { recursive: true });
for (const { outputFiles } of await Promise.all(bundles)) {
  for (const { path, contents } of outputFiles) {
    // An engine may be starting the old file right now, so it is replaced as a whole.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, contents, { mode: path.endsWith(".js") ? 0o644 : 0o755 });
    renameSync(fresh, path);
  }
}
