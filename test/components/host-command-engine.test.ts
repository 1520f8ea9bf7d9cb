import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostCommand, type HostCommandArgs } from "../../components/command";
import type { HostEntryArgs } from "../../sdk/nodejs/types/input";
import { type Trial, trial } from "../doors/workspace";
import { describeWith } from "../support/needs";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

interface Run {
  readonly name: string;
  readonly command: string;
  readonly connection: Record<string, unknown>;
  readonly stdin?: string;
}

// Each test runs the engine several times, on machines that may be busy.
jest.setTimeout(180_000);

/** Which runs of a program run the command. The engine decides that from the component's options and the plugin's answers. */
describeWith(["pulumi"], "a HostCommand under the engine", () => {
  let folder: string;
  let engine: Trial;
  let args: Omit<HostCommandArgs, "hosts">;
  let hosts: Record<string, HostEntryArgs>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "csp-command-"));
    const plugin = join(folder, "pulumi-resource-command");
    const { version } = JSON.parse(readFileSync("node_modules/@pulumi/command/package.json", "utf8"));
    const standIn = JSON.stringify(join(__dirname, "command-plugin.js"));
    writeFileSync(
      plugin,
      `#!${process.execPath}\nrequire(${standIn})(${JSON.stringify(version)}, ${JSON.stringify(join(folder, "runs"))});\n`,
    );
    chmodSync(plugin, 0o755);
    engine = await trial("commands", { plugins: [{ name: "command", path: folder }] });
    engine.program = async () => ({ said: new HostCommand("restart", { ...args, hosts }).stdout });
  });
  afterAll(() => {
    engine?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    args = { host: "hv-01", command: "xe-toolstack-restart", triggers: ["1"] };
    hosts = { "hv-01": { address: "192.0.2.1", hostKey: KEY, privateKey: "old" }, "hv-02": { address: "192.0.2.2", hostKey: KEY } };
  });

  /** What ran in this `up`. */
  async function up(): Promise<Run[]> {
    const journal = join(folder, "runs");
    rmSync(journal, { force: true });
    const { outputs } = await engine.stack.up();
    expect(outputs.said?.value).toMatch(/^ran /);
    if (!existsSync(journal)) return [];
    return readFileSync(journal, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Run);
  }

  test("it runs when it is declared, and then no more; the key is in the state, but not to be read", async () => {
    expect(await up()).toEqual([
      {
        name: "restart",
        command: "sh -c 'xe-toolstack-restart'",
        connection: { host: "192.0.2.1", port: 22, user: "root", hostKey: KEY, privateKey: "old", dialErrorLimit: 9, perDialTimeout: 15 },
      },
    ]);
    expect(await up()).toEqual([]);
    const state = engine.stateFile();
    expect(state).toContain("xe-toolstack-restart");
    expect(state).not.toMatch(/"old"|192\.0\.2\.1/);
  });

  test("a new key, address, port or user runs nothing", async () => {
    hosts["hv-01"] = { address: "198.51.100.1", port: 2222, user: "admin", hostKey: KEY, privateKey: "new" };
    expect((await engine.stack.preview()).changeSummary).toEqual({ same: 3 });
    expect(await up()).toEqual([]);
  });

  test("a trigger runs it again, over the connection of now", async () => {
    hosts["hv-01"] = { address: "192.0.2.1", user: "admin", hostKey: KEY, privateKey: "new" };
    args.triggers = ["2"];
    expect((await engine.stack.preview({ diff: true })).stdout).toContain('~ [3]: "1" => "2"');
    expect(await up()).toEqual([
      expect.objectContaining({
        command: "sudo -n sh -c 'xe-toolstack-restart'",
        connection: expect.objectContaining({ user: "admin", privateKey: "new" }),
      }),
    ]);
  });

  test("so does another text, input or host", async () => {
    args.triggers = ["2"];
    args.command = "echo 'done'";
    expect(await up()).toEqual([expect.objectContaining({ command: "sh -c 'echo '\\''done'\\'''" })]);
    args.stdin = "yes";
    expect(await up()).toEqual([expect.objectContaining({ stdin: "yes" })]);
    args.host = "hv-02";
    expect(await up()).toEqual([expect.objectContaining({ connection: expect.objectContaining({ host: "192.0.2.2" }) })]);
  });

  test("taking it away runs nothing", async () => {
    rmSync(join(folder, "runs"), { force: true });
    await engine.stack.destroy();
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});
