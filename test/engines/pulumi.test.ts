import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPulumi, PULUMI_VERSION, pulumiEnvironment } from "../../engines/pulumi";
import { describeWith } from "../support/needs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "csp-engines-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An executable that prints a text: stands for a CLI whose version is all that matters. */
function executable(folder: string, name: string, prints: string): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  writeFileSync(path, `#!/bin/sh\n${prints}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Looks in `root` only. */
function find(folders: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const path = [...folders.map((folder) => join(root, folder)), "/usr/bin", "/bin"].join(":");
  return findPulumi({ PATH: path, PULUMI_HOME: join(root, "home"), ...more });
}

describe("finding a CLI", () => {
  test("on PATH, with its language host beside it", () => {
    const cli = executable("a", "pulumi", "echo v9.1.0");
    executable("a", "pulumi-language-nodejs", "");
    expect(find(["a"])).toEqual({ path: cli, version: "9.1.0", source: "path", languageHostDir: join(root, "a") });
  });

  test("with the language host elsewhere on PATH", () => {
    executable("a", "pulumi", "echo v9.1.0");
    executable("b", "pulumi-language-nodejs", "");
    expect(find(["a", "b"])).toMatchObject({ languageHostDir: join(root, "b") });
  });

  test("skips one that is too old", () => {
    executable("old", "pulumi", "echo v3.9.0");
    const cli = executable("new", "pulumi", `echo v${PULUMI_VERSION}`);
    executable("new", "pulumi-language-nodejs", "");
    expect(find(["old", "new"])).toMatchObject({ path: cli, version: PULUMI_VERSION });
  });

  test("skips npm's own folders, where `pulumi` is a downloader", () => {
    executable("node_modules/.bin", "pulumi", "echo v99.0.0");
    expect(find(["node_modules/.bin"])?.version).not.toBe("99.0.0");
  });

  test("where the vendor's installer puts it, even if that is not on PATH", () => {
    const cli = executable("home/bin", "pulumi", "echo v9.1.0");
    executable("home/bin", "pulumi-language-nodejs", "");
    expect(find([])).toMatchObject({ path: cli });
  });

  test("CSP_PULUMI comes before PATH", () => {
    executable("a", "pulumi", "echo v9.1.0");
    const own = executable("mine", "pulumi", "echo v8.0.0");
    executable("mine", "pulumi-language-nodejs", "");
    expect(find(["a"], { CSP_PULUMI: own })).toMatchObject({ path: own, version: "8.0.0" });
  });

  test.each([
    ["does not exist", undefined],
    ["fails", "exit 3"],
    ["prints no version", "echo hello"],
  ])("CSP_PULUMI that %s is an error, and is not skipped", (_case, prints) => {
    const path = prints === undefined ? join(root, "none") : executable("mine", "pulumi", prints);
    expect(() => find([], { CSP_PULUMI: path })).toThrow(
      expect.objectContaining({ name: "CspError", code: "engine-unusable", subject: path }),
    );
  });
});

describeWith(["pulumi"], "the engine", () => {
  test("runs a TypeScript program on a file backend: up, outputs, nothing to do, destroy", () => {
    const engine = findPulumi();
    if (engine === undefined) throw new Error("no engine");
    mkdirSync(join(root, "state"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: trivial\nruntime: nodejs\n");
    writeFileSync(join(root, "package.json"), JSON.stringify({ name: "trivial", private: true }));
    writeFileSync(
      join(root, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { target: "ES2022", module: "CommonJS", strict: true, skipLibCheck: true } }),
    );
    // `satisfies` is TypeScript 4.9: the compiler of the program's own node_modules is used, not the old one inside @pulumi/pulumi.
    writeFileSync(
      join(root, "index.ts"),
      'import * as pulumi from "@pulumi/pulumi";\nexport const sum = pulumi.output(40).apply((n) => n + 2) satisfies pulumi.Output<number>;\nexport const hidden = pulumi.secret("s3cret");\n',
    );
    symlinkSync(join(__dirname, "../../node_modules"), join(root, "node_modules"));
    const environment = pulumiEnvironment(engine, {
      ...process.env,
      PULUMI_HOME: join(root, "home"),
      PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    });
    const pulumi = (...argv: string[]) => execFileSync(engine.path, argv, { cwd: root, env: environment, encoding: "utf8" });

    pulumi("stack", "init", "dev");
    expect(pulumi("up", "--yes", "--skip-preview", "--stack", "dev")).toContain("1 created");
    expect(JSON.parse(pulumi("stack", "output", "--json"))).toEqual({ sum: 42, hidden: "[secret]" });
    pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    pulumi("destroy", "--yes", "--skip-preview");
  });

  test("is on the PATH of its environment, together with the language host", () => {
    const engine = findPulumi();
    if (engine === undefined) throw new Error("no engine");
    const path = pulumiEnvironment(engine).PATH?.split(":") ?? [];
    expect(path).toEqual(expect.arrayContaining([dirname(engine.path), engine.languageHostDir]));
  });
});
