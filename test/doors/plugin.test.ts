import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { describeWith } from "../support/needs";
import { EngineSide, listeningEngine, secret, UNKNOWN_TEXT } from "./client";
import { PLUGIN_DIR } from "./workspace";

const PLUGIN = `${PLUGIN_DIR}/pulumi-resource-csp`;
const GROUP = "csp:firewall:SecurityGroup";

/** The executable itself, as the engine starts it. */
describeWith(["plugin"], "pulumi-resource-csp", () => {
  let plugin: ChildProcess;
  let engine: EngineSide;
  let log: Awaited<ReturnType<typeof listeningEngine>>;

  beforeAll(async () => {
    log = await listeningEngine();
    plugin = spawn(PLUGIN, ["--logtostderr", "-v=3", "--tracing", "tcp://nowhere", log.address], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface({ input: plugin.stdout as NodeJS.ReadableStream }), "line")) as [string];
    engine = new EngineSide(Number(port));
  });

  afterAll(async () => {
    engine.close();
    const ended = once(plugin, "exit");
    plugin.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    log.close();
  });

  test("takes secrets and previews, and says its version", async () => {
    expect((await engine.handshake(log.address)).acceptSecrets).toBe(true);
    expect(await engine.configure()).toMatchObject({ acceptsecrets: true, supportspreview: true });
    expect(await engine.info()).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });

  test("gives the schema of the repository", async () => {
    expect(JSON.parse(await engine.schema())).toEqual(JSON.parse(readFileSync("provider/schema.json", "utf8")));
  });

  test("its configuration: objects come as JSON, with secrets and unknowns inside", async () => {
    const hosts = JSON.stringify({ "hv-01": { address: "192.0.2.1", password: secret("hunter2") }, "hv-02": { address: UNKNOWN_TEXT } });
    expect((await engine.checkConfig({ hosts, version: "0.1.0" })).failures).toEqual([]);
    const reasons = async (config: Parameters<EngineSide["checkConfig"]>[0]) =>
      (await engine.checkConfig(config)).failures.map(({ reason }) => reason);
    expect(await reasons({ hosts: JSON.stringify({ "hv-01": { adress: "x" } }) })).toContain(
      'hosts["hv-01"].adress: there is no field "adress" here. Did you mean `address`?',
    );
    expect(await reasons({ hosts: "{" })).toEqual([expect.stringMatching(/^hosts: it is text, and not JSON\./)]);
    expect(await reasons({ host: "{}" })).toEqual([expect.stringMatching(/^host: there is no field "host" here\. Did you mean `hosts`/)]);
    await expect(engine.configure({ hosts: JSON.stringify({ "hv-01": { address: "a b" } }) })).rejects.toMatchObject({
      details: expect.stringMatching(/hosts\["hv-01"\]\.address: .*host name/),
    });
    await engine.configure();
  });

  test("a change of the configuration replaces nothing", async () => {
    const at = (address: string) => ({ hosts: JSON.stringify({ a: { address } }) });
    expect(await engine.diffConfig(at("192.0.2.1"), at("192.0.2.2"))).toMatchObject({
      changes: 2,
      diffsList: ["hosts"],
      replacesList: [],
      detaileddiffMap: [["hosts.a.address", { kind: 4, inputdiff: true }]],
    });
    expect(await engine.diffConfig(at("192.0.2.1"), at("192.0.2.1"))).toMatchObject({ changes: 1 });
  });

  test("inputs come back as they were written", async () => {
    const written = {
      name: "web",
      ingress: [{ name: "ssh", protocol: "6", ports: ["22:22"], from: ["10.0.0.5/24"] }],
      members: [UNKNOWN_TEXT],
    };
    expect(await engine.check(GROUP, written)).toEqual({ inputs: written, failures: [] });
  });

  test("a refusal gives path, cause and remedy in one line, without control characters", async () => {
    const { failures } = await engine.check(GROUP, {
      name: "web",
      ingress: [{ name: "a\u001b[31m", protocol: "tcp", ports: ["\u0007\u202e22"] }],
    });
    expect(failures).toEqual([
      {
        property: "",
        reason:
          "ingress[0].name: the rule's name has a character that is not allowed. Use letters, digits, '.', '_' and '-', beginning with a letter or digit.",
      },
      {
        property: "",
        reason: expect.stringMatching(/^ingress\[0\]\.ports\[0\]: "\\u0007\\u\{202e\}22" is not a port or a port range\. Write a port/),
      },
    ]);
  });

  test("a group's output is its policy", async () => {
    const created = await engine.create(GROUP, { name: "web", members: ["10.0.0.1"] });
    expect(created).toEqual({
      id: "web",
      properties: { name: "web", members: ["10.0.0.1"], policy: { name: "web", ingress: [], egress: [], members: ["10.0.0.1"] } },
      refreshBeforeUpdate: false,
    });
  });
});

describeWith(["plugin"], "pulumi-resource-csp, started by hand", () => {
  test("says what it is", () => {
    const { status, stderr, stdout } = spawnSync(PLUGIN, { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toMatch(/the plugin through which Pulumi drives csp.*Pulumi\.yaml/s);
    expect(stdout).toBe("");
  });
});
