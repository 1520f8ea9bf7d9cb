import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type PulumiEngine, pulumiEnvironment } from "../engines/pulumi";
import type { Lab } from "../lab/netns";
import { demoErrors } from "./errors";
import { colour } from "./terminal";

export const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, ".cache", "demo");

/** The folder for a demo's state, its own Pulumi home and its shell file. {@link removeStack} removes all of it. */
const folderOf = (name: string) => join(CACHE, name);
/** Pulumi.yaml's stackConfigDir says so. */
const configFile = (name: string) => join(CACHE, `Pulumi.${name}.yaml`);

/** The passphrase of a state that contains no secret and exists only as long as the demo. */
const PASSPHRASE = "demo";

/** The demo's stack. Its state is in a folder of the checkout; it needs no account and does not touch the user's own Pulumi. */
export class DemoStack {
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    engine: PulumiEngine,
    private readonly executable: string,
    readonly name: string,
  ) {
    // The user's own settings (a stack, a policy, an access token) are only for the user's own stacks.
    const own = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("PULUMI_")));
    this.environment = pulumiEnvironment(engine, { ...own, ...settings(name) });
  }

  /** Creates a new stack that reaches the lab's hosts, with what an operator writes into Pulumi.<stack>.yaml. */
  async create(lab: Lab): Promise<void> {
    removeStack(this.name);
    fs.mkdirSync(join(folderOf(this.name), "state"), { recursive: true, mode: 0o700 });
    const hosts = lab.hosts.map(({ name, ssh }) => {
      const { address, port, hostKey, privateKeyPath } = ssh;
      return [name, { address, port, hostKey, privateKeyFile: privateKeyPath }];
    });
    const config = { "csp:hosts": Object.fromEntries(hosts), "csp-demo:submitters": ["203.0.113.0/24", "2001:db8:113::/64"] };
    fs.writeFileSync(configFile(this.name), stringify({ config }, { lineWidth: 0 }));
    const exported = { ...settings(this.name), PATH: `${this.environment.PATH}` };
    fs.writeFileSync(
      this.environmentFile,
      Object.entries(exported)
        .map(([key, value]) => `export ${key}='${value}'\n`)
        .join(""),
    );
    await this.run(["stack", "init", this.name, "--non-interactive"]);
  }

  get configuration(): string {
    return fs.readFileSync(configFile(this.name), "utf8");
  }

  /** A shell that sources it can run `pulumi` on the demo's stack. */
  get environmentFile(): string {
    return join(folderOf(this.name), "env");
  }

  /** Runs `pulumi ARGS` on this stack and returns its output. Throws if its status is not 0. `progress` gets each line as it comes. */
  pulumi(args: readonly string[], progress: (line: string) => void = () => {}): Promise<string> {
    const display = args[0] === "config" ? [] : ["--non-interactive", "--color", colour.isColorSupported ? "always" : "never"];
    return this.run([...args, "--stack", this.name, ...display], progress);
  }

  private run(argv: readonly string[], progress: (line: string) => void = () => {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.executable, argv, { cwd: ROOT, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      const hear = (text: string) => {
        output += text;
        for (const line of text.split("\n")) if (line.trim() !== "") progress(line.trim());
      };
      child.stdout.setEncoding("utf8").on("data", hear);
      child.stderr.setEncoding("utf8").on("data", hear);
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve(output) : reject(demoErrors.pulumiFailed(argv[0] ?? "", output))));
    });
  }
}

/** Removes all that a demo of this name left in the checkout; false if there was nothing. */
export function removeStack(name: string): boolean {
  const there = fs.existsSync(folderOf(name)) || fs.existsSync(configFile(name));
  fs.rmSync(folderOf(name), { recursive: true, force: true });
  fs.rmSync(configFile(name), { force: true });
  if (fs.existsSync(CACHE) && fs.readdirSync(CACHE).length === 0) fs.rmdirSync(CACHE);
  return there;
}

function settings(name: string): Record<string, string> {
  return {
    PULUMI_HOME: join(folderOf(name), "home"),
    PULUMI_BACKEND_URL: `file://${join(folderOf(name), "state")}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // `npm test` checks the program's types. Here, this would take five seconds for each command.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
