import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { planCommand, planConnection } from "../../components/host-connection-plan";
import { quote } from "../../provider/shell/quote";
import type { ConnectionFields, HostDefaults, HostEntry } from "../../provider/ssh/inventory";
import { Targets } from "../../provider/ssh/targets";
import { refusal } from "../support/refusal";

const BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const KEY = `ssh-ed25519 ${BLOB}`;
const FINGERPRINT = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
const LOCKED = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

const home = mkdtempSync(join(tmpdir(), "csp-command-"));
afterAll(() => rmSync(home, { recursive: true }));

const connection = (hosts: Record<string, HostEntry>, defaults: HostDefaults = {}, own?: ConnectionFields) =>
  planConnection(new Targets({ inventory: hosts, defaults, home }).resolve("hv-01", own));

describe("a host's connection", () => {
  const PLAIN = { host: "192.0.2.1", port: 22, user: "root", hostKey: KEY, dialErrorLimit: 9, perDialTimeout: 15 };

  test.each<[string, HostEntry, HostDefaults, object]>([
    ["says what csp would do of itself", { address: "192.0.2.1", hostKey: KEY }, {}, PLAIN],
    [
      "has the entry's fields, then the defaults'",
      { address: "2001:db8::1", hostKey: KEY, port: 2222, privateKey: "a" },
      { user: "admin", port: 22, privateKeyFile: "/none", dialAttempts: 1, dialTimeoutSeconds: 5, agentSocketPath: "/agent" },
      {
        ...PLAIN,
        host: "2001:db8::1",
        port: 2222,
        user: "admin",
        privateKey: "a",
        agentSocketPath: "/agent",
        dialErrorLimit: 0,
        perDialTimeout: 5,
      },
    ],
    ["pins the key alone, without host and comment", { address: "192.0.2.1", hostKey: `hv-01 ${KEY} root@hv-01` }, {}, PLAIN],
    ["may be to anyone where that is said", { address: "192.0.2.1", insecureIgnoreHostKey: true }, {}, { ...PLAIN, hostKey: undefined }],
    ["is pinned where there is a pin", { address: "192.0.2.1", hostKey: KEY, insecureIgnoreHostKey: true }, {}, PLAIN],
    [
      "has a passphrase only for a key that needs one",
      { address: "192.0.2.1", hostKey: KEY, privateKey: LOCKED },
      { privateKeyPassword: "pass" },
      { ...PLAIN, privateKey: LOCKED, privateKeyPassword: "pass" },
    ],
    [
      "and none for one that has none",
      { address: "192.0.2.1", hostKey: KEY, privateKey: "plain" },
      { privateKeyPassword: "pass" },
      { ...PLAIN, privateKey: "plain" },
    ],
    [
      "has no agent's key where a key is given, as csp has not",
      { address: "192.0.2.1", hostKey: KEY, privateKey: "plain", agentPublicKey: KEY },
      {},
      { ...PLAIN, privateKey: "plain" },
    ],
    ["needs no sudo as root", { address: "192.0.2.1", hostKey: KEY, sudoPassword: "s" }, {}, PLAIN],
    [
      "goes through a bastion of its own",
      { address: "192.0.2.1", hostKey: KEY, bastion: { address: "jump", hostKey: KEY, user: "j", password: "p" } },
      {},
      { ...PLAIN, proxy: { ...PLAIN, host: "jump", user: "j", password: "p" } },
    ],
  ])("%s", (_, entry, defaults, expected) => {
    expect(connection({ "hv-01": entry }, defaults)).toEqual(expected);
  });

  test("goes through the bastion that another entry is, with the defaults' user and without a bastion before it", () => {
    const hosts = { "hv-01": { address: "192.0.2.1", hostKey: KEY }, jump: { address: "jump", hostKey: KEY } };
    expect(connection(hosts, { bastion: "jump", user: "admin" })).toEqual({
      ...PLAIN,
      user: "admin",
      proxy: { ...PLAIN, host: "jump", user: "admin" },
    });
  });

  test("of a host that only the program knows", () => {
    expect(connection({}, {}, { address: "192.0.2.1", hostKey: KEY })).toEqual(PLAIN);
  });

  test.each<[string, Partial<HostEntry>, string, RegExp]>([
    [
      "no pin",
      { hostKey: undefined },
      "connection-not-pinned",
      /^hv-01 \(192\.0\.2\.1:22\): hostKey: .*hosts\["hv-01"\]\.hostKey.*insecureIgnoreHostKey/s,
    ],
    ["a fingerprint", { hostKey: FINGERPRINT }, "connection-fingerprint", /compares whole keys\. Write the public key/],
    ["one of an agent's keys", { agentPublicKey: KEY }, "connection-agent-key", /privateKeyFile/],
    ["a sudo password", { user: "admin", sudoPassword: "s3cret" }, "connection-sudo-password", /sudo -n.*admin.*NOPASSWD/s],
    ["an older host's algorithms", { legacyAlgorithms: true }, "connection-legacy-algorithms", /its own list of algorithms/],
    ["half a second", { dialTimeoutSeconds: 0.5 }, "connection-dial-timeout", /0\.5 is not a whole number.*Use 1\./s],
    ["a locked key without its passphrase", { privateKey: LOCKED }, "private-key-encrypted", /privateKeyPassword/],
    ["bastions of bastions", { bastion: "jump" }, "connection-bastions", /its bastion jump:22 has a bastion itself.*goes through one/s],
    ["a bastion without a pin", { bastion: { address: "open" } }, "connection-not-pinned", /^bastion of hv-01 \(open:22\): hostKey/],
  ])("%s is refused", (_, fields, code, message) => {
    const hosts = {
      "hv-01": { address: "192.0.2.1", hostKey: KEY, ...fields },
      jump: { address: "jump", hostKey: KEY, bastion: "first" },
      first: { address: "first", hostKey: KEY },
    };
    const error = refusal(() => connection(hosts));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message).not.toContain("s3cret");
  });

  test("an alias of ~/.ssh/config that nothing pins is refused as well", () => {
    const sshConfigPath = join(home, "config");
    writeFileSync(sshConfigPath, "Host hv-01\n  HostName 192.0.2.9\n  User admin\n");
    const of = (own: ConnectionFields) => planConnection(new Targets({ inventory: {}, home, sshConfigPath }).resolve("hv-01", own));
    expect(refusal(() => of({})).code).toBe("connection-not-pinned");
    expect(of({ hostKey: KEY, password: "p" })).toMatchObject({ host: "192.0.2.9", user: "admin", hostKey: KEY, password: "p" });
  });
});

/** Where each given field must be found again. A field that is not here keeps its name; one with `{}` may have no effect. */
const FOUND: Readonly<Record<string, (value: never, entry: HostEntry) => object>> = {
  address: (host: string) => ({ host }),
  port: (port: number) => ({ port }),
  user: (user: string) => ({ user }),
  password: (password: string) => ({ password }),
  privateKey: (privateKey: string) => ({ privateKey }),
  agentSocketPath: (agentSocketPath: string) => ({ agentSocketPath }),
  dialAttempts: (attempts: number) => ({ dialErrorLimit: attempts - 1 }),
  dialTimeoutSeconds: (perDialTimeout: number) => ({ perDialTimeout }),
  hostKey: () => ({ hostKey: KEY }),
  privateKeyPassword: (privateKeyPassword: string, { privateKey }) => (privateKey === LOCKED ? { privateKeyPassword } : {}),
  agentPublicKey: () => ({}),
  sudoPassword: () => ({}),
  insecureIgnoreHostKey: () => ({}),
};

test("every field of an entry is in the connection, without effect for csp too, or refused", () => {
  const text = fc.string({ minLength: 1, maxLength: 8 });
  const entry: fc.Arbitrary<HostEntry> = fc.record(
    {
      address: fc.constantFrom("hv-01.example.net", "2001:db8::1"),
      port: fc.integer({ min: 1, max: 65535 }),
      user: fc.constantFrom("root", "admin"),
      password: text,
      privateKey: fc.constantFrom("plain", LOCKED),
      privateKeyPassword: text,
      agentSocketPath: text,
      agentPublicKey: fc.constantFrom(KEY, FINGERPRINT),
      sudoPassword: text,
      hostKey: fc.constantFrom(KEY, `${KEY} comment`, FINGERPRINT),
      insecureIgnoreHostKey: fc.boolean(),
      dialAttempts: fc.integer({ min: 1, max: 1000 }),
      dialTimeoutSeconds: fc.constantFrom(1, 15, 0.5, 600),
    },
    { requiredKeys: ["address"] },
  );
  const refusals = (given: HostEntry): string[] => [
    ...(given.user === "admin" && given.sudoPassword !== undefined ? ["connection-sudo-password"] : []),
    ...(given.agentPublicKey !== undefined && given.privateKey === undefined ? ["connection-agent-key"] : []),
    ...(given.dialTimeoutSeconds === 0.5 ? ["connection-dial-timeout"] : []),
    ...(given.hostKey === undefined && given.insecureIgnoreHostKey !== true ? ["connection-not-pinned"] : []),
    ...(given.hostKey === FINGERPRINT ? ["connection-fingerprint"] : []),
    ...(given.privateKey === LOCKED && given.privateKeyPassword === undefined ? ["private-key-encrypted"] : []),
  ];
  fc.assert(
    fc.property(entry, (given) => {
      const expected = refusals(given);
      if (expected.length > 0) {
        expect(expected).toContain(refusal(() => connection({ "hv-01": given })).code);
        return;
      }
      const made = connection({ "hv-01": given });
      for (const [field, value] of Object.entries(given))
        expect(made).toMatchObject(FOUND[field]?.(value as never, given) ?? { [field]: value });
      // Nothing that was not given.
      expect(
        Object.keys(made)
          .filter((key) => !["port", "user", "dialErrorLimit", "perDialTimeout"].includes(key))
          .sort(),
      ).toEqual(
        Object.entries(given)
          .flatMap(([field, value]) => Object.keys(FOUND[field]?.(value as never, given) ?? {}))
          .filter((key) => !["port", "user", "dialErrorLimit", "perDialTimeout"].includes(key))
          .sort(),
      );
    }),
    { verbose: true, numRuns: 500 },
  );
});

describe("the command as it is given to the login shell", () => {
  /** Stands for sudo: accepts "-n" and reports that it was called. */
  const path = mkdtempSync(join(tmpdir(), "csp-sudo-"));
  beforeAll(() => {
    writeFileSync(join(path, "sudo"), '#!/bin/sh\n[ "$1" = -n ] || exit 99\nshift\nAS_ROOT=yes exec "$@"\n');
    chmodSync(join(path, "sudo"), 0o755);
  });
  afterAll(() => rmSync(path, { recursive: true }));

  function run(command: string, input = ""): string {
    return execFileSync("/bin/sh", ["-c", command], { input, env: { PATH: `${path}:/usr/bin:/bin` }, encoding: "utf8" });
  }

  test.each([
    ["one word", "echo hello", "", "hello\n"],
    ["quotes of both kinds, a variable, a line end", `a='1 "2"'\necho "$a" 'x'\\''y'`, "", `1 "2" x'y\n`],
    ["a pipe, and standard input", "tr a-z A-Z | rev", "abc\n", "CBA\n"],
    ["several commands", "true && echo one; echo two", "", "one\ntwo\n"],
  ])("%s", (_, command, input, expected) => {
    for (const user of ["root", "admin"]) expect(run(planCommand(user, command), input)).toBe(expected);
  });

  test("every part of it runs by sudo where the user is not root", () => {
    const command = 'echo "$AS_ROOT"; echo "$AS_ROOT" | cat';
    expect(run(planCommand("root", command))).toBe("\n\n");
    expect(run(planCommand("admin", command))).toBe("yes\nyes\n");
  });

  test("any word comes through", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0")),
        (word) => {
          expect(run(planCommand("admin", `printf %s ${quote(word)}`))).toBe(word);
        },
      ),
      { verbose: true, numRuns: 50 },
    );
  });
});
