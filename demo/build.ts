import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { demoErrors } from "./errors";
import { ROOT } from "./stack";

/** What `npm run build` reads, and the last thing it writes. */
const SOURCES = ["package.json", "index.ts", "components", "provider", "sdk"];
const BUILT = ["dist/index.js", "dist/bin/pulumi-resource-csp"];

/** True if dist/ is missing or older than its sources. */
export function buildIsStale(): boolean {
  const built = BUILT.map((file) => fs.statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...SOURCES.map((source) => newest(join(ROOT, source)))) > Math.min(...built);
}

export function build(): void {
  const result = spawnSync("npm", ["run", "--silent", "build"], { cwd: ROOT, encoding: "utf8" });
  if (result.status !== 0) throw demoErrors.buildFailed(`${result.stdout}${result.stderr}`);
}

function newest(path: string): number {
  const stat = fs.statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...fs.readdirSync(path).map((entry) => newest(join(path, entry))));
}
