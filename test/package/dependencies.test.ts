import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { dependencies, peerDependencies, peerDependenciesMeta } from "../../package.json";

/** Compares package.json with the imports of the shipped files: every package that a user installs is needed. */

const ROOT = join(__dirname, "../..");

/** Packages that a source file imports, itself or through other source files. */
function packagesOf(...entries: readonly string[]): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const pending = [...entries];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(join(ROOT, file), "utf8"), true, true).importedFiles) {
      if (fileName.startsWith(".")) {
        const path = join(file, "..", fileName);
        const source = [`${path}.ts`, join(path, "index.ts")].find((one) => existsSync(join(ROOT, one)));
        if (source !== undefined) pending.push(source);
      } else if (!fileName.startsWith("node:")) {
        packages.add(fileName.split("/", fileName.startsWith("@") ? 2 : 1).join("/"));
      }
    }
  }
  return [...packages].sort();
}

test("what every program and the command need are the dependencies, and no more", () => {
  expect(packagesOf("index.ts", "cli/main.ts")).toEqual(Object.keys(dependencies).sort());
});

test.each([
  ["csp-iac/cdktn", "cdk/index.ts", ["cdktn", "constructs"]],
  ["csp-iac/command", "components/command.ts", ["@pulumi/command"]],
])("%s needs peers of its own, which are optional", (_, entry, own) => {
  expect(packagesOf(entry).filter((name) => !(name in dependencies))).toEqual(own);
  for (const name of own) expect(peerDependenciesMeta).toHaveProperty([name], { optional: true });
});

test("no peer is for nothing", () => {
  // The build makes csp-iac/cdktf of csp-iac/cdktn.
  expect(Object.keys(peerDependencies).sort()).toEqual(["@pulumi/command", "cdktf", "cdktn", "constructs"]);
  expect(Object.keys(peerDependenciesMeta).sort()).toEqual(Object.keys(peerDependencies).sort());
});
