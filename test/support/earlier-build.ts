import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/** What the plugin is built from. */
const SOURCES = ["provider", "package.json", "tsconfig.json"];

/** Whether the clone has this commit: a shallow one may not. */
export function hasCommit(commit: string): boolean {
  return spawnSync("git", ["cat-file", "-e", `${commit}^{commit}`]).status === 0;
}

/**
 * The plugin as a commit of this repository builds it, in `folder`: gives the folder that it is in. With today's modules, which have to be those
 * of that commit as far as the plugin goes: @xmldom/xmldom is a development dependency for this alone.
 */
export function earlierPlugin(commit: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync("git", ["archive", commit, ...SOURCES], { maxBuffer: 1 << 28 });
  execFileSync("tar", ["x", "-C", folder], { input: packed });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  execFileSync(process.execPath, ["provider/bin/build.mjs"], { cwd: folder });
  return join(folder, "dist/bin");
}
