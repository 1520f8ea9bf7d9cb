import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";

/** Adds `csp version`: the package's version, Node's, and the platform; what a report of a fault should begin with. */
export function versionCommand(csp: Command): void {
  csp
    .command("version")
    .description("print the versions of csp and Node")
    .action(() => {
      process.stdout.write(`csp ${version()}\nnode ${process.versions.node} (${process.platform} ${process.arch})\n`);
    });
}

/** The version in the package's own package.json: beside cli/ in a checkout, above dist/ when installed. */
export function version(): string {
  let folder = dirname(__dirname);
  while (!existsSync(join(folder, "package.json"))) {
    if (dirname(folder) === folder) throw new Error(`${__dirname} is no longer in the package: there is no package.json above it`);
    folder = dirname(folder);
  }
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
