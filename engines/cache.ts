import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Where built engines are kept: outside node_modules, so that `npm ci` and a second checkout find them again. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "csp", "engines");
}

/** The name of the cached folder. If its sources change, the name changes. */
export function cacheKey(name: string, version: string, sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(file));
  return `${name}-${version}-${hash.digest("hex").slice(0, 8)}`;
}

/**
 * Fills a folder once: `fill` works in a temporary folder, which is then renamed. If two processes do the same work, the first one wins and the
 * other's result is thrown away. A process that dies leaves nothing that looks finished.
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
