import { CustomResource, type CustomResourceOptions, type Input, type Output, secret } from "@pulumi/pulumi";
import { describeWith } from "../support/needs";
import { type Trial, trial } from "./workspace";

class SecurityGroup extends CustomResource {
  declare readonly policy: Output<unknown>;
  constructor(name: string, args: Record<string, Input<unknown>>, options?: CustomResourceOptions) {
    super("csp:firewall:SecurityGroup", name, { policy: undefined, ...args }, options);
  }
}

const rule = (name: string, port: string, more: object = {}) => ({ name, protocol: "tcp", ports: [port], from: ["10.0.0.0/8"], ...more });

/** What a preview shows of the group, without the lines that differ from run to run. */
function shownOf(stdout: string): string {
  const lines = stdout.split("\n");
  const from = lines.findIndex((line) => line.includes("csp:firewall:SecurityGroup:"));
  const to = lines.findIndex((line, index) => index > from && /^(Resources:| {4}--outputs:--|\S)/.test(line));
  return lines
    .slice(from, to)
    .filter((line) => !line.includes("[urn="))
    .map((line) => line.slice(4).trimEnd())
    .join("\n");
}

// Each test runs the engine several times, on machines that may be busy.
jest.setTimeout(180_000);

/** The life of a resource, in order, with the built plugin under the real engine. */
describeWith(["pulumi", "plugin"], "a SecurityGroup under the engine", () => {
  let engine: Trial;
  let args: Record<string, Input<unknown>>;
  const original = { name: "web", ingress: [rule("a", "1"), rule("b", "2"), rule("c", "3")], members: ["10.0.0.5"] };
  const preview = async () => shownOf((await engine.stack.preview({ diff: true })).stdout);

  beforeAll(async () => {
    engine = await trial("groups");
    args = original;
    engine.program = async () => ({ policy: new SecurityGroup("web", args).policy });
  });

  afterAll(() => engine.dispose());

  test("preview and up", async () => {
    expect((await engine.stack.preview()).changeSummary).toEqual({ create: 2 });
    const up = await engine.stack.up();
    expect(up.outputs.policy?.value).toMatchObject({
      name: "web",
      members: ["10.0.0.5"],
      ingress: [{ name: "a", action: "allow" }, {}, {}],
    });
  });

  test("other spellings of the same values are no change", async () => {
    args = {
      ...original,
      ingress: [rule("a", "1:1", { protocol: "6", action: "allow" }), rule("b", "2", { from: ["10.9.9.9/8"] }), rule("c", "3")],
      egress: [],
    };
    await engine.stack.up({ expectNoChanges: true });
    args = original;
    await engine.stack.up({ expectNoChanges: true });
  });

  test("a rule inserted in the middle shows as one addition", async () => {
    args = { ...original, ingress: [rule("a", "1"), rule("new", "22"), rule("b", "2"), rule("c", "3")] };
    expect(await preview()).toMatchInlineSnapshot(`
"~ csp:firewall:SecurityGroup: (update)
    [id=web]
  ~ ingress: [
      + [1]: {
              + from    : [
              +     [0]: "10.0.0.0/8"
                ]
              + name    : "new"
              + ports   : [
              +     [0]: "22"
                ]
              + protocol: "tcp"
            }
    ]"
`);
  });

  test("a rule taken out of the middle shows as one deletion", async () => {
    args = { ...original, ingress: [rule("a", "1"), rule("c", "3")] };
    expect(await preview()).toMatchInlineSnapshot(`
"~ csp:firewall:SecurityGroup: (update)
    [id=web]
  ~ ingress: [
      - [1]: {
              - from    : [
              -     [0]: "10.0.0.0/8"
                ]
              - name    : "b"
              - ports   : [
              -     [0]: "2"
                ]
              - protocol: "tcp"
            }
    ]"
`);
  });

  test("a change of a rule shows the rule, by name, and the field", async () => {
    args = { ...original, ingress: [rule("a", "1"), rule("b", "2", { from: ["10.0.0.0/8", "192.0.2.0/24"] }), rule("c", "3")] };
    expect(await preview()).toMatchInlineSnapshot(`
"~ csp:firewall:SecurityGroup: (update)
    [id=web]
  ~ ingress: [
      ~ [1]: {
              ~ from    : [
                    [0]: "10.0.0.0/8"
                  + [1]: "192.0.2.0/24"
                ]
                name    : "b"
                ports   : [
                    [0]: "2"
                ]
                protocol: "tcp"
            }
    ]"
`);
  });

  test("a plain preview names the rules too", async () => {
    args = { ...original, ingress: [rule("a", "7"), rule("new", "22"), rule("c", "3", { from: ["192.0.2.1"] })], members: ["10.0.0.6"] };
    const { stdout } = await engine.stack.preview();
    for (const line of ['~ ingress["a"]', '- ingress["b"]', '+ ingress["new"]', '~ ingress["c"]', "~ members"])
      expect(stdout).toContain(line);
  });

  test("another name replaces it", async () => {
    args = { ...original, name: "db" };
    expect(await preview()).toMatchInlineSnapshot(`
"+-csp:firewall:SecurityGroup: (replace)
    [id=web]
  ~ name: "web" => "db""
`);
  });

  test("a mistake fails the preview with path, cause and remedy", async () => {
    args = { ...original, ingress: [{ ...rule("a", "99999"), form: [] }] };
    const error = await engine.stack.preview().catch((failed: Error) => failed.message);
    expect(error).toContain("resource 'web' has a problem: ingress[0].form: there is no field \"form\" here. Did you mean `from`?");
    expect(error).toContain('ingress[0].ports[0]: "99999" is not a port or a port range. Write a port from 0 to 65535 ("22")');
  });

  test("an update, a refresh, and nothing more to do", async () => {
    args = { ...original, members: ["10.0.0.5", "10.0.0.6"] };
    expect((await engine.stack.up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect((await engine.stack.refresh()).summary.resourceChanges).toEqual({ same: 2 });
    await engine.stack.up({ expectNoChanges: true });
  });

  test("what a user marked as secret stays encrypted in the state and its outputs, and is in no output of the engine", async () => {
    args = { ...original, ingress: [rule("a", "1", { description: secret("the vault") })] };
    const up = await engine.stack.up();
    expect(up.stdout).not.toContain("the vault");
    expect(up.outputs.policy?.secret).toBe(true);
    expect(engine.stateFile()).toContain("ciphertext");
    expect(engine.stateFile()).not.toContain("the vault");
  });

  test("ignoreChanges is obeyed", async () => {
    args = { ...original, ingress: [rule("z", "9")] };
    engine.program = async () => ({ policy: new SecurityGroup("web", args, { ignoreChanges: ["ingress"] }).policy });
    await engine.stack.up({ expectNoChanges: true });
  });

  test("import, then destroy", async () => {
    engine.program = async () => {
      new SecurityGroup("web", original);
      new SecurityGroup("empty", { name: "empty" }, { import: "empty" });
      return {};
    };
    const up = await engine.stack.up();
    expect(up.summary.resourceChanges).toMatchObject({ import: 1 });
    expect((await engine.stack.destroy()).summary.resourceChanges).toEqual({ delete: 3 });
  });
});
