import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// `npm run build`, first half: compiles what a user's program imports, and the command, to dist/. The plugin's bundle (dist/bin) has its own
// script. It compiles beside dist/ and moves the result there if all is well, so that a failed build leaves the last good one.
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const next = join(root, "dist", `.next-${process.pid}`);

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", next], { stdio: "inherit" });
if (compiled.status !== 0) {
  rmSync(next, { recursive: true, force: true });
  process.exit(1);
}

// The generated utilities.ts reads its version from the package.json beside it.
cpSync(join(root, "sdk", "nodejs", "package.json"), join(next, "sdk", "nodejs", "package.json"));
chmodSync(join(next, "cli", "main.js"), 0o755);

// The constructs are written for CDKTN. CDKTF has the same API under another name, but each accepts only its own classes, so there are two copies.
renameSync(join(next, "cdk"), join(next, "cdktn"));
cpSync(join(next, "cdktn"), join(next, "cdktf"), { recursive: true });
for (const file of readdirSync(join(next, "cdktf"))) {
  const path = join(next, "cdktf", file);
  writeFileSync(path, readFileSync(path, "utf8").replaceAll('"cdktn"', '"cdktf"'));
}

mkdirSync(dist, { recursive: true });
for (const entry of readdirSync(dist)) {
  if (entry !== "bin" && !entry.startsWith(".next-")) rmSync(join(dist, entry), { recursive: true });
}
for (const entry of readdirSync(next)) renameSync(join(next, entry), join(dist, entry));
if (existsSync(next)) rmSync(next, { recursive: true });
