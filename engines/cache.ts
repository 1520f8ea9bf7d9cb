import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Where built engines are kept: outside node_modules, so that `npm ci` and a second checkout find them again. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "csp", "engines");
}

/** The cached folder's name: a change of what it is built from makes another folder. */
export function cacheKey(name: string, version: string, sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(file));
  return `${name}-${version}-${hash.digest("hex").slice(0, 8)}`;
}

/**
 * Fills a folder once: `fill` works in a folder of its own, which then takes its place by a rename. Of two processes at the same work
 * the first wins and the other's result is thrown away; a process that dies leaves nothing that looks finished.
 */
export async function fillOnce(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.tmp-`);
  try {
    await fill(temporary);
    await rename(temporary, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
