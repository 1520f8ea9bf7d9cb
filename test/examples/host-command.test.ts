import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/needs";
import { Program } from "./program";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const HOSTS = { "hv-01": { address: "192.0.2.1", hostKey: KEY, user: "admin" } };

/** Runs the program with Pulumi's mocks in place of an engine, and prints what it registered, in the order in which it could. */
const MOCKED = `
const pulumi = require("@pulumi/pulumi");
require("ts-node").register({ transpileOnly: true });
pulumi.runtime.setAllConfig({ "csp:hosts": process.env.HOSTS });
const registered = [];
const newResource = async ({ type, name, inputs }) => {
  registered.push({ type, name, inputs });
  return { id: name, state: { ...inputs, stdout: name + " said" } };
};
pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }).then(() => {
  const { said } = require("./index.ts");
  process.once("beforeExit", () => said.apply((text) => console.log(JSON.stringify({ registered, text }))));
});
`;

interface Seen {
  readonly registered: { readonly type: string; readonly name: string; readonly inputs: Record<string, unknown> }[];
  readonly text: string;
}

describeWith(["plugin"], "examples/host-command under Pulumi's mocks", () => {
  let program: Program;
  beforeAll(() => {
    program = new Program("host-command");
    writeFileSync(join(program.folder, "mocked.js"), MOCKED);
  });
  afterAll(() => program?.remove());

  const run = (hosts: object) =>
    spawnSync(process.execPath, ["mocked.js"], {
      cwd: program.folder,
      env: { ...process.env, HOSTS: JSON.stringify(hosts) },
      encoding: "utf8",
    });

  test("commands come after what they are about, over the connection of csp's settings", () => {
    const { stdout, stderr, status } = run(HOSTS);
    expect([status, stderr]).toEqual([0, ""]);
    const { registered, text }: Seen = JSON.parse(stdout);
    expect(text).toBe("vendor-setup said");
    const names = registered.map(({ type, name }) => `${type} ${name}`);
    const expected = [
      ["csp:firewall:GuestFirewall web-1", "command:remote:Command web-1-connections"],
      ["command:remote:CopyToRemote vendor-setup", "command:remote:Command vendor-setup"],
    ] as const;
    for (const [before, after] of expected) {
      expect(names).toEqual(expect.arrayContaining([before, after]));
      expect(names.indexOf(before)).toBeLessThan(names.indexOf(after));
    }
    const commands = registered.filter(({ type }) => type.startsWith("command:remote:"));
    expect(commands).toHaveLength(3);
    for (const { inputs } of commands)
      expect(inputs.connection).toMatchObject({ value: { host: "192.0.2.1", user: "admin", hostKey: KEY } });
    expect(commands.map(({ inputs }) => inputs.create).sort()).toEqual([
      "sudo -n sh -c 'conntrack --delete --orig-dst 10.20.0.11 || [ $? -eq 1 ]'",
      "sudo -n sh -c 'sh ./vendor-setup.sh && xe-toolstack-restart'",
      undefined,
    ]);
  });

  test("a host whose key is not pinned is refused", () => {
    const { stderr, status } = run({ "hv-01": { address: "192.0.2.1" } });
    expect(status).not.toBe(0);
    expect(stderr).toContain("no host key is pinned");
  });
});
