import * as pulumi from "@pulumi/pulumi";
import { connectionOf, HostCommand } from "../../components/command";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const HOSTS = { "hv-01": { address: "192.0.2.1", hostKey: KEY, user: "admin" } };
const CONNECTION = { host: "192.0.2.1", port: 22, user: "admin", hostKey: KEY, dialErrorLimit: 9, perDialTimeout: 15 };

/** Everything registered since the last test, by type and name. */
const registered = new Map<string, Record<string, unknown>>();
const finished: string[] = [];
/** What was finished when a command was registered. */
let before: readonly string[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: async ({ type, name, inputs }) => {
      registered.set(`${type} ${name}`, inputs);
      if (type === "command:remote:Command") before = [...finished];
      // Long enough for a resource that does not wait to come first.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      finished.push(name);
      return { id: `${name}-id`, state: { ...inputs, stdout: `${name} said`, stderr: "" } };
    },
    call: ({ inputs }) => inputs,
  });
});
beforeEach(() => {
  registered.clear();
  finished.length = 0;
  pulumi.runtime.setAllConfig({});
});

const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** A value that is marked as secret in Pulumi's wire format. */
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("the connection of a host", () => {
  test("is that of the stack's settings, and a secret, though they are none", async () => {
    pulumi.runtime.setAllConfig({ "csp:hosts": JSON.stringify(HOSTS), "csp:defaults": '{"port":2222}' });
    const connection = connectionOf("hv-01");
    expect(await known(connection)).toEqual({ ...CONNECTION, port: 2222 });
    expect(await pulumi.isSecret(connection)).toBe(true);
  });

  test("is that of a provider's own settings, and then not of the stack's", async () => {
    pulumi.runtime.setAllConfig({ "csp:hosts": "{}", "csp:defaults": '{"port":2222}' });
    expect(await known(connectionOf("hv-01", { hosts: HOSTS }))).toEqual(CONNECTION);
    expect(await known(connectionOf("hv-01", { hosts: HOSTS, defaults: { port: 22022 } }))).toEqual({ ...CONNECTION, port: 22022 });
  });

  test("has what other resources give: a name, a secret key, the address of a host that is new", async () => {
    const hosts = { "hv-01": { address: "192.0.2.1", hostKey: KEY, privateKey: pulumi.secret("key") } };
    const connection = connectionOf(pulumi.output("hv-01"), { hosts, connection: { address: pulumi.output("192.0.2.7") } });
    expect(await known(connection)).toEqual({ ...CONNECTION, user: "root", host: "192.0.2.7", privateKey: "key" });
    expect(await pulumi.isSecret(connection)).toBe(true);
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ["a host that is nowhere", "hv-09", { "csp:hosts": JSON.stringify(HOSTS) }, /^hv-09: there is no such host.*hv-01/s],
    ["settings that are no JSON", "hv-01", { "csp:hosts": "hv-01" }, /^csp:hosts: it is text, and not JSON/],
    [
      "a field that is none",
      "hv-01",
      { "csp:hosts": '{"hv-01":{"address":"192.0.2.1","hostkey":"x"}}' },
      /^connection to hv-01: hosts\["hv-01"\]\.hostkey: there is no field "hostkey".*did you mean `hostKey`/is,
    ],
    ["a value of another type", "hv-01", { "csp:defaults": '{"port":"22"}' }, /defaults\.port: it must be a whole number/],
  ])("%s is refused at once", (_, host, settings, message) => {
    pulumi.runtime.setAllConfig(settings);
    expect(() => connectionOf(host)).toThrow(message);
  });

  test("an error does not say a password", () => {
    pulumi.runtime.setAllConfig({ "csp:hosts": '{"hv-01":{"address":"a","password":12345678}}' });
    expect(() => connectionOf("hv-01")).toThrow(/password: it must be a string, and is the number \[secret\]/);
  });
});

describe("a command", () => {
  test("runs by sudo over that connection, and runs again for its host, text, input and triggers", async () => {
    const command = new HostCommand("restart", {
      host: "hv-01",
      hosts: HOSTS,
      command: "xe-toolstack-restart",
      stdin: pulumi.secret("password"),
      triggers: [pulumi.output("2.1"), 7],
    });
    expect(await known(command.stdout)).toBe("restart said");
    expect(await known(command.stderr)).toBe("");
    expect([...registered.keys()]).toEqual(["csp:components:HostCommand restart", "command:remote:Command restart"]);
    expect(registered.get("command:remote:Command restart")).toEqual({
      connection: secret(CONNECTION),
      create: "sudo -n sh -c 'xe-toolstack-restart'",
      stdin: secret("password"),
      triggers: secret(["hv-01", "xe-toolstack-restart", "password", "2.1", 7]),
    });
    expect(registered.get("csp:components:HostCommand restart")).toEqual({});
  });

  test("comes after what it depends on", async () => {
    class Driver extends pulumi.CustomResource {
      constructor() {
        super("test:index:Driver", "driver", {});
      }
    }
    const command = new HostCommand("load", { host: "hv-01", hosts: HOSTS, command: "true" }, { dependsOn: new Driver() });
    await known(command.stdout);
    expect(before).toContain("driver");
  });

  test("that csp's inventory cannot serve is refused before anything is registered", () => {
    const hosts = { "hv-01": { address: "192.0.2.1" } };
    expect(() => new HostCommand("bad", { host: "hv-01", hosts, command: "true" })).toThrow("no host key is pinned");
    expect(registered.size).toBe(0);
  });
});
