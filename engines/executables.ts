import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, sep } from "node:path";

/** Where a command is on PATH, without npm's own folders, because an engine's name there is a downloader. */
export function onPath(name: string, environment: NodeJS.ProcessEnv): string[] {
  const folders = (environment.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.includes(join("node_modules", ".bin")));
  return folders.map((folder) => join(folder, name));
}

export function executable(path: string): boolean {
  if (!path.includes(sep) || !existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function olderThan(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) < 0;
}
