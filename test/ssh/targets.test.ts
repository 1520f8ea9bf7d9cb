import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { type ConnectionFields, connectionFields, hostDefaults, hostEntry } from "../../provider/ssh/inventory";
import { type TargetSources, Targets } from "../../provider/ssh/targets";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const home = mkdtempSync(join(tmpdir(), "csp-home-"));
const socket = process.env.SSH_AUTH_SOCK;

beforeAll(() => {
  mkdirSync(join(home, ".ssh/conf.d"), { recursive: true });
  for (const [name, passphrase] of [
    ["plain", ""],
    ["locked", "pass"],
  ] as const) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", join(home, name)]);
  }
  delete process.env.SSH_AUTH_SOCK;
});
afterAll(() => {
  if (socket !== undefined) process.env.SSH_AUTH_SOCK = socket;
  rmSync(home, { recursive: true });
});

const resolve = (sources: Partial<TargetSources>, name: string, connection?: ConnectionFields) =>
  new Targets({ inventory: {}, home, ...sources }).resolve(name, connection);
const config = (text: string) => writeFileSync(join(home, ".ssh/config"), text);
const code = (expected: string, message?: RegExp) =>
  expect.objectContaining({ code: expected, ...(message && { message: expect.stringMatching(message) }) });

describe("the inventory", () => {
  test("an entry alone has the fallbacks", () => {
    expect(resolve({ inventory: { a: { address: "192.0.2.1" } } }, "a")).toEqual({
      name: "a",
      address: "192.0.2.1",
      port: 22,
      user: "root",
      dialAttempts: 10,
      dialTimeoutMs: 15_000,
      knownHostsFiles: [join(home, ".ssh/known_hosts"), "/etc/ssh/ssh_known_hosts"],
    });
  });
  test("a resource's own fields come first, then the entry's, then the defaults", () => {
    const sources = {
      inventory: { a: { address: "192.0.2.1", user: "entry" } },
      defaults: { user: "defaults", port: 2222, dialTimeoutSeconds: 0.5 },
    };
    expect(resolve(sources, "a")).toMatchObject({ user: "entry", port: 2222, dialTimeoutMs: 500 });
    expect(resolve(sources, "a", { user: "own" })).toMatchObject({ user: "own", address: "192.0.2.1" });
    expect(resolve(sources, "a", { user: undefined, address: "192.0.2.2" })).toMatchObject({ user: "entry", address: "192.0.2.2" });
  });
  test("a key in one form replaces the key in the other form", () => {
    const inventory = { a: { address: "x", privateKeyFile: "~/plain" } };
    expect(resolve({ inventory, defaults: { privateKey: "defaults" } }, "a").privateKey).toContain("OPENSSH");
    expect(resolve({ inventory }, "a", { privateKey: "own" }).privateKey).toBe("own");
  });
  test("a missing key file", () => {
    expect(() => resolve({ inventory: { a: { address: "x", privateKeyFile: "~/none" } } }, "a")).toThrow(
      code("private-key-file-unreadable", /none.*ENOENT/),
    );
  });
  test.each(["b", "", "constructor", "__proto__", "a b", "$(id)", "-oProxyCommand=id", "x".repeat(10_000)])(
    "no host %j: the names there are, and what to add",
    (name) => {
      config("Host *\n  User x\n");
      expect(() => resolve({ inventory: { a1: { address: "x" }, a2: { address: "x" } } }, name)).toThrow(
        code("host-unknown", /it has a1, a2.*\.ssh\/config.*Correct the name/s),
      );
    },
  );
});

describe("bastions", () => {
  const inventory = {
    j: { address: "j", bastion: "k" },
    k: { address: "k" },
    a: { address: "a", bastion: "j" },
    l: { address: "l", bastion: "m" },
    m: { address: "m", bastion: "l" },
  };
  test("by name, one after the other", () =>
    expect(resolve({ inventory }, "a")).toMatchObject({ bastion: { name: "j", bastion: { name: "k" } } }));
  test("that form a loop", () => {
    expect(() => resolve({ inventory }, "l")).toThrow(code("bastion-loop", /l -> m -> l/));
    expect(() => resolve({ inventory: { a: { address: "a", bastion: "a" } } }, "a")).toThrow(code("bastion-loop"));
  });
  test("that do not exist", () =>
    expect(() => resolve({ inventory: { a: { address: "a", bastion: "zz" } } }, "a")).toThrow(code("host-unknown", /^zz/)));
  test("by default, but not for themselves", () => {
    const sources = { inventory: { j: { address: "j" }, a: { address: "a" } }, defaults: { bastion: "j", user: "u" } };
    expect(resolve(sources, "a")).toMatchObject({ bastion: { name: "j", user: "u" } });
    expect(resolve(sources, "j").bastion).toBeUndefined();
    expect(resolve(sources, "a").bastion?.bastion).toBeUndefined();
    const own = { ...sources, inventory: { ...sources.inventory, k: { address: "k" }, a: { address: "a", bastion: "k" } } };
    expect(resolve(own, "a").bastion).toMatchObject({ name: "k" });
    expect(resolve(own, "a").bastion?.bastion).toBeUndefined();
  });
  test("written in place", () => {
    expect(resolve({ inventory: { a: { address: "a", bastion: { address: "j", user: "u" } } } }, "a")).toMatchObject({
      bastion: { name: "bastion of a", address: "j", user: "u", port: 22 },
    });
  });
});

describe("aliases", () => {
  test("what ssh would use", () => {
    config(
      `Host hv-*\n  User admin\n\nHost hv-01 other\n  HostName %h.example.net\n  Port 2222\n  IdentityFile ~/none\n  IdentityFile %d/plain\n  HostKeyAlias the-host\n  UserKnownHostsFile ~/a ~/b\n`,
    );
    expect(resolve({}, "hv-01")).toMatchObject({
      name: "hv-01",
      address: "hv-01.example.net",
      port: 2222,
      user: "admin",
      privateKey: expect.stringContaining("OPENSSH"),
      hostKeyAlias: "the-host",
      knownHostsFiles: [join(home, "a"), join(home, "b"), "/etc/ssh/ssh_known_hosts"],
    });
  });
  test("the inventory takes precedence", () => {
    config("Host a\n  HostName alias\n");
    expect(resolve({ inventory: { a: { address: "entry" } } }, "a").address).toBe("entry");
  });
  test("the alias takes precedence over the defaults, and the defaults over ssh's fallbacks", () => {
    config("Host a\n  User alias\nHost b\n  Port 1\n");
    expect(resolve({ defaults: { user: "defaults", port: 3 } }, "a")).toMatchObject({ user: "alias", port: 3 });
    expect(resolve({ defaults: { user: "defaults", port: 3 } }, "b")).toMatchObject({ user: "defaults", port: 1 });
    expect(resolve({}, "b")).toMatchObject({ user: userInfo().username });
  });
  test.each([
    ["Host *\n HostName x\n", "a"],
    ["Host * !a\n HostName x\n", "a"],
    ["Host * !b\n HostName x\n", "a"],
    ["Host b\n HostName x\n", "a"],
    ["Match exec true\n HostName x\n", "a"],
  ])("%j does not name %s", (text, name) => {
    config(text);
    expect(() => resolve({}, name)).toThrow(code("host-unknown"));
  });
  test("an encrypted key is left to the agent, by its public half", () => {
    config(`Host a\n  IdentityFile ~/locked\n  IdentityAgent ~/agent\n`);
    expect(resolve({}, "a")).toMatchObject({
      agentSocketPath: join(home, "agent"),
      agentPublicKey: expect.stringMatching(/^ssh-ed25519 /),
    });
    expect(resolve({}, "a").privateKey).toBeUndefined();
  });
  test("an encrypted key without an agent is given as it is, to be refused by name", () => {
    config(`Host a\n  IdentityFile ~/locked\n  IdentityAgent none\n`);
    expect(resolve({}, "a").privateKey).toContain("OPENSSH");
  });
  test("jump hosts: each through the one before it", () => {
    config("Host a\n  ProxyJump u@j1:2200,j2\nHost j2\n  HostName two\n  User x\n");
    expect(resolve({}, "a")).toMatchObject({
      bastion: { name: "j2", address: "two", user: "x", bastion: { name: "j1", address: "j1", user: "u", port: 2200 } },
    });
  });
  test("jump hosts from the inventory", () => {
    config("Host a\n  ProxyJump j\n");
    expect(resolve({ inventory: { j: { address: "jump", user: "ju" } } }, "a")).toMatchObject({
      bastion: { name: "j", address: "jump", user: "ju" },
    });
  });
  test("ProxyJump none, ProxyCommand none", () => {
    config("Host a\n  ProxyJump none\n  ProxyCommand none\n");
    expect(resolve({}, "a").bastion).toBeUndefined();
  });
  test("ProxyCommand is refused, with what to write instead", () => {
    config("Host a\n  ProxyCommand nc %h %p\n");
    expect(() => resolve({}, "a")).toThrow(code("proxy-command-unsupported", /ProxyJump/));
  });
  test("lists of algorithms, by either name of one of them: the first in the file", () => {
    config(
      "Host a\n  kexalgorithms +diffie-hellman-group1-sha1\n  Ciphers ^aes256-ctr\n  PubkeyAcceptedKeyTypes ssh-rsa\nHost *\n  PubkeyAcceptedAlgorithms ssh-ed25519\n  MACs -hmac-sha1*\n  Ciphers aes128-ctr\n",
    );
    expect(resolve({}, "a").algorithms).toEqual({
      kex: "+diffie-hellman-group1-sha1",
      cipher: "^aes256-ctr",
      mac: "-hmac-sha1*",
      userKey: "ssh-rsa",
      file: join(home, ".ssh/config"),
    });
    config("Host a\n  PubkeyAcceptedAlgorithms ssh-ed25519\n  PubkeyAcceptedKeyTypes ssh-rsa\n");
    expect(resolve({}, "a").algorithms).toMatchObject({ userKey: "ssh-ed25519" });
  });
  test("a name of an algorithm that nobody knows", () => {
    config("Host a\n  Ciphers aes128-ctr,aes128-crt\n");
    expect(() => resolve({}, "a")).toThrow(code("ssh-config-algorithm-unknown", /Ciphers in .*config names "aes128-crt"/));
  });
  test("lists are only for aliases, and legacyAlgorithms only for one host", () => {
    config("Host a\n  Ciphers aes128-ctr\n");
    expect(resolve({ inventory: { a: { address: "x", legacyAlgorithms: true } } }, "a")).toMatchObject({ legacyAlgorithms: true });
    expect(resolve({ inventory: { a: { address: "x" } } }, "a").algorithms).toBeUndefined();
    expect(Object.keys(hostDefaults.shape)).not.toContain("legacyAlgorithms");
    expect(Object.keys(connectionFields.shape)).toContain("legacyAlgorithms");
  });
  test("Include, with wildcards, inside and outside of blocks", () => {
    writeFileSync(join(home, ".ssh/conf.d/1.conf"), "Host inc\n  Port 7\n");
    writeFileSync(join(home, ".ssh/conf.d/2.conf"), "User from-block\n");
    config(`Include conf.d/1*.conf\nPort 9\nHost inc\n  Include ~/.ssh/conf.d/2.conf\n  HostName x\nHost other\n  HostName y\n`);
    expect(resolve({}, "inc")).toMatchObject({ port: 7, user: "from-block", address: "x" });
    expect(resolve({}, "other")).toMatchObject({ port: 9, address: "y", user: userInfo().username });
  });
});

describe("the schema", () => {
  const minimal = { address: "192.0.2.1" };
  test.each<[string, z.ZodType, unknown]>([
    [
      "a whole entry",
      hostEntry,
      { address: "hv-01.example.net", port: 22, user: "root", hostKey: KEY, bastion: { address: "::1" }, dialTimeoutSeconds: 1.5 },
    ],
    ["an IPv6 address", hostEntry, { address: "fe80::1%eth0" }],
    ["a bastion's name", hostEntry, { ...minimal, bastion: "jump" }],
    ["nothing, for defaults", hostDefaults, {}],
    ["nothing, for a connection", connectionFields, {}],
  ])("takes %s", (_, schema, value) => expect(schema.parse(value)).toEqual(value));

  test.each<[string, Record<string, unknown>]>([
    ["address", { address: "root@192.0.2.1" }],
    ["address", { address: "192.0.2.1:22" }],
    ["address", { address: "hv-01; id" }],
    ["address", { address: "-oProxyCommand=id" }],
    ["address", { address: "" }],
    ["port", { ...minimal, port: 0 }],
    ["port", { ...minimal, port: 65_536 }],
    ["user", { ...minimal, user: "a b" }],
    ["user", { ...minimal, user: "a\nb" }],
    ["hostKey", { ...minimal, hostKey: "SHA256:x" }],
    ["agentPublicKey", { ...minimal, agentPublicKey: "x" }],
    ["privateKeyFile", { ...minimal, privateKeyFile: "" }],
    ["dialAttempts", { ...minimal, dialAttempts: 0 }],
    ["dialTimeoutSeconds", { ...minimal, dialTimeoutSeconds: 0 }],
  ])("refuses a bad %s", (field, value) => {
    expect(hostEntry.safeParse(value).error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });

  test("secrets are marked, and every field is described", () => {
    const secret = Object.entries(hostEntry.shape)
      .filter(([, field]) => field.meta()?.secret)
      .map(([name]) => name);
    expect(secret.sort()).toEqual(["password", "privateKey", "privateKeyPassword", "sudoPassword"]);
    for (const [name, field] of Object.entries(hostEntry.shape))
      expect([name, field.meta()?.description]).toEqual([name, expect.any(String)]);
    for (const [name, field] of Object.entries(connectionFields.shape))
      expect([name, (field as z.ZodType).meta()?.description]).toEqual([name, expect.any(String)]);
  });
});
