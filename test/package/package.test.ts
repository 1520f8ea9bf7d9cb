import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPulumi, pulumiEnvironment } from "../../engines/pulumi";
import { describeWith } from "../support/needs";

const ROOT = join(__dirname, "../..");
const MINUTES = 60_000;

const PROGRAM = `import * as csp from "csp-iac";
import * as pulumi from "@pulumi/pulumi";
const ssh: csp.firewall.SecurityGroup = new csp.firewall.SecurityGroup("ssh", {
  name: "ssh",
  ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] }],
});
export const name: pulumi.Output<string> = ssh.name;
`;

/** With the optional peer that `csp-iac/command` needs. */
const COMMANDS = `import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { connectionOf, HostCommand, type HostCommandArgs } from "csp-iac/command";
const args: HostCommandArgs = { host: "hv-01", command: "xe-toolstack-restart", triggers: ["1"] };
export const said: pulumi.Output<string> = new HostCommand("restart", args).stdout;
new command.remote.Command("plain", { connection: connectionOf("hv-01"), create: "true" });
`;

describeWith(["plugin"], "the package, packed and installed in a program's folder", () => {
  let program: string;
  let packed: string[];

  beforeAll(() => {
    program = mkdtempSync(join(tmpdir(), "csp-package-"));
    const report = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", program], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const parsed = JSON.parse(report);
    const [{ filename, files }] = Array.isArray(parsed) ? parsed : Object.values<{ filename: string; files: { path: string }[] }>(parsed);
    packed = files.map((file: { path: string }) => file.path);
    writeFileSync(join(program, "package.json"), JSON.stringify({ name: "program", private: true, version: "1.0.0" }));
    writeFileSync(join(program, "index.ts"), PROGRAM);
    writeFileSync(
      join(program, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { target: "ES2022", module: "CommonJS", strict: true, skipLibCheck: true } }),
    );
    writeFileSync(
      join(program, "Pulumi.yaml"),
      "name: program\nruntime: nodejs\nplugins:\n  providers:\n    - name: csp\n      path: node_modules/csp-iac/dist/bin\n",
    );
    const wanted = [`./${filename}`, "typescript@5", "ts-node@10", "@types/node@20"];
    execFileSync("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...wanted], { cwd: program });
  }, 10 * MINUTES);

  afterAll(() => rmSync(program, { recursive: true, force: true }));

  test("contains what a user needs, and no development files", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "dist/index.js",
        "dist/index.d.ts",
        "dist/components/command.js",
        "dist/components/command.d.ts",
        "dist/cli/main.js",
        "dist/bin/pulumi-resource-csp",
        "dist/sdk/nodejs/package.json",
        "provider/schema.json",
        "LICENSE",
      ]),
    );
    expect(packed.filter((path) => /^(test|lab|bench|engines|scripts|examples|demo)\/|\.map$|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  const tsc = (...argv: string[]) => execFileSync("npx", ["tsc", "--noEmit", ...argv], { cwd: program, encoding: "utf8" });
  const NEW_RESOLUTION = ["--module", "nodenext", "--moduleResolution", "nodenext"];

  test(
    "a program that uses it type-checks, under the old module resolution and the new",
    () => {
      expect(tsc("-p", ".")).toBe("");
      expect(tsc("-p", ".", ...NEW_RESOLUTION)).toBe("");
    },
    MINUTES,
  );

  test("brings no plugin that the program did not ask for", () => {
    for (const peer of ["@pulumi/command", "cdktn", "cdktf"]) expect(existsSync(join(program, "node_modules", peer))).toBe(false);
    const load = 'try { require("csp-iac/command") } catch ({ code, message }) { console.log(code, message.split("\\n")[0]) }';
    expect(execFileSync(process.execPath, ["-e", load], { cwd: program, encoding: "utf8" })).toBe(
      "MODULE_NOT_FOUND Cannot find module '@pulumi/command'\n",
    );
  });

  test(
    "a wrong field does not type-check",
    () => {
      writeFileSync(
        join(program, "wrong.ts"),
        'import * as csp from "csp-iac";\nnew csp.firewall.SecurityGroup("x", { name: "x", ingres: [] });\n',
      );
      const argv = ["tsc", "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "commonjs", "wrong.ts"];
      expect(() => execFileSync("npx", argv, { cwd: program, encoding: "utf8" })).toThrow(
        expect.objectContaining({ stdout: expect.stringContaining("'ingres' does not exist") }),
      );
      rmSync(join(program, "wrong.ts"));
    },
    MINUTES,
  );

  test(
    "its command runs",
    () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      expect(execFileSync("npx", ["csp", "version"], { cwd: program, encoding: "utf8" })).toContain(`csp ${version}`);
      const schema = JSON.parse(execFileSync("npx", ["csp", "schema"], { cwd: program, encoding: "utf8", maxBuffer: 1 << 26 }));
      expect(schema).toMatchObject({ name: "csp", version });
    },
    MINUTES,
  );

  test(
    "its plugin starts from where Pulumi.yaml says, needs nothing of the checkout, and prints its port",
    async () => {
      const plugin = spawn(join(program, "node_modules/csp-iac/dist/bin/pulumi-resource-csp"), ["127.0.0.1:1"], {
        cwd: program,
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const first = await new Promise<string>((resolve, reject) => {
          plugin.stdout.once("data", (data: Buffer) => resolve(data.toString()));
          plugin.once("exit", (code) => reject(new Error(`the plugin ended with status ${code}`)));
        });
        expect(first).toMatch(/^\d+\n$/);
      } finally {
        plugin.kill("SIGKILL");
      }
    },
    MINUTES,
  );

  describeWith(["pulumi"], "with the engine", () => {
    test(
      "`pulumi up` makes a resource, and a second one changes nothing",
      () => {
        const engine = findPulumi();
        if (engine === undefined) throw new Error("no engine");
        mkdirSync(join(program, "state"));
        const environment = pulumiEnvironment(engine, {
          ...process.env,
          PULUMI_HOME: join(program, "home"),
          PULUMI_BACKEND_URL: `file://${join(program, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
        });
        const pulumi = (...argv: string[]) => execFileSync(engine.path, argv, { cwd: program, env: environment, encoding: "utf8" });
        pulumi("stack", "init", "dev");
        expect(pulumi("up", "--yes", "--skip-preview", "--stack", "dev")).toContain("2 created");
        expect(JSON.parse(pulumi("stack", "output", "--json"))).toEqual({ name: "ssh" });
        pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      },
      3 * MINUTES,
    );
  });

  // After all tests that must work without it, because it stays installed.
  describe("with @pulumi/command beside it", () => {
    const folder = () => join(program, "commands");

    beforeAll(() => {
      mkdirSync(folder());
      const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      const argv = ["install", "--no-save", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
      execFileSync("npm", [...argv, `@pulumi/command@${devDependencies["@pulumi/command"]}`], { cwd: program });
      writeFileSync(join(folder(), "index.ts"), COMMANDS);
      const { compilerOptions } = JSON.parse(readFileSync(join(program, "tsconfig.json"), "utf8"));
      writeFileSync(join(folder(), "tsconfig.json"), JSON.stringify({ compilerOptions }));
    }, 3 * MINUTES);

    afterAll(() => rmSync(folder(), { recursive: true, force: true }));

    test(
      "csp-iac/command type-checks, under the old module resolution and the new, and loads",
      () => {
        expect(tsc("-p", folder())).toBe("");
        expect(tsc("-p", folder(), ...NEW_RESOLUTION)).toBe("");
        const names = execFileSync(process.execPath, ["-p", 'Object.keys(require("csp-iac/command")).sort().join()'], {
          cwd: program,
          encoding: "utf8",
        });
        expect(names).toBe("HostCommand,connectionOf\n");
      },
      MINUTES,
    );
  });
});
