import type { SshTarget } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { PASSWORD, Site, type Sshd, targetOn } from "./sshd";

describeWith(["root"], "logging in", () => {
  const site = new Site();
  let sshd: Sshd;
  let interactive: Sshd;
  const keys: Record<string, string> = {};
  const socket = process.env.SSH_AUTH_SOCK;

  beforeAll(async () => {
    keys.plain = site.key("plain");
    keys.rsa = site.key("rsa", { type: "rsa" });
    keys.ecdsa = site.key("ecdsa", { type: "ecdsa" });
    keys.locked = site.key("locked", { passphrase: "open sesame" });
    keys.stranger = site.key("stranger", { unauthorized: true });
    sshd = await site.sshd();
    interactive = await site.sshd({ config: ["PasswordAuthentication no", "KbdInteractiveAuthentication yes"] });
    delete process.env.SSH_AUTH_SOCK;
  });
  afterAll(async () => {
    if (socket !== undefined) process.env.SSH_AUTH_SOCK = socket;
    await site.end();
  });
  afterEach(() => {
    delete process.env.SSH_AUTH_SOCK;
  });

  const login = async (fields: Partial<SshTarget>, on = sshd) => {
    const host = await connect(targetOn(on, fields));
    const { stdout } = await host.exec("id -un", { purpose: "testing", deadlineMs: 10_000 });
    host.close();
    return stdout.trim();
  };

  test.each(["plain", "rsa", "ecdsa"])("with a private key (%s)", async (name) =>
    expect(await login({ privateKey: keys[name] })).toBe("root"),
  );
  test("with an encrypted key", async () =>
    expect(await login({ privateKey: keys.locked, privateKeyPassword: "open sesame" })).toBe("root"));
  test("with an encrypted key and no passphrase", async () => {
    await expect(login({ privateKey: keys.locked })).rejects.toMatchObject({
      code: "private-key-encrypted",
      message: expect.stringContaining('hosts["hv-01"].privateKeyPassword'),
    });
  });
  test("with an encrypted key and the wrong passphrase", async () => {
    await expect(login({ privateKey: keys.locked, privateKeyPassword: "open rye" })).rejects.toMatchObject({
      code: "private-key-passphrase-wrong",
    });
  });
  test.each([
    ["nonsense", () => "no key"],
    ["a public key", () => site.publicKey("plain")],
    ["half a key", () => keys.plain?.slice(0, 200)],
  ])("with %s for a private key", async (_, key) => {
    await expect(login({ privateKey: key() })).rejects.toMatchObject({ code: "private-key-unreadable" });
  });
  test("with a key the host does not know: only that key is tried, and once", async () => {
    process.env.SSH_AUTH_SOCK = await site.agent("plain");
    await expect(login({ privateKey: keys.stranger, dialAttempts: 5 })).rejects.toMatchObject({
      code: "authentication-failed",
      message: expect.stringMatching(/refused to let root in with private key; the host accepts publickey/),
    });
  });

  test("with the agent of the environment", async () => {
    process.env.SSH_AUTH_SOCK = await site.agent("plain");
    expect(await login({})).toBe("root");
  });
  test("with an agent's socket", async () => expect(await login({ agentSocketPath: await site.agent("rsa", "plain") })).toBe("root"));
  test("with one of an agent's many keys", async () => {
    const many = Array.from({ length: 8 }, (_, i) => `many${i}`);
    for (const name of many) site.key(name, { unauthorized: true });
    const agentSocketPath = await site.agent(...many, "plain");
    await expect(login({ agentSocketPath })).rejects.toMatchObject({
      code: "authentication-failed",
      message: expect.stringContaining("agentPublicKey"),
    });
    expect(await login({ agentSocketPath, agentPublicKey: site.publicKey("plain") })).toBe("root");
    await expect(login({ agentSocketPath, agentPublicKey: site.publicKey("stranger") })).rejects.toMatchObject({
      code: "agent-key-missing",
    });
  });
  test("with an agent that is not there", async () => {
    await expect(login({ agentSocketPath: site.path("no-agent") })).rejects.toMatchObject({
      code: "agent-unreachable",
      message: expect.stringContaining("no-agent"),
    });
  });
  test("with nothing", async () => {
    await expect(login({})).rejects.toMatchObject({ code: "no-credentials", message: expect.stringContaining("privateKeyFile") });
  });

  test("with a password", async () => expect(await login({ password: PASSWORD })).toBe("root"));
  test("with a password that PAM asks for", async () => expect(await login({ password: PASSWORD }, interactive)).toBe("root"));
  test("with a key that is refused, then a password", async () =>
    expect(await login({ privateKey: keys.stranger, password: PASSWORD })).toBe("root"));
  test("with a wrong password: refused, once, and not shown", async () => {
    const error = (await login({ password: "hunter2", dialAttempts: 5 }).catch((reason) => reason)) as Error;
    expect(error).toMatchObject({ code: "authentication-failed" });
    expect(error.message).not.toContain("hunter2");
    expect(sshd.log().match(/Failed password/g)).toHaveLength(1);
  });
  test("as a user that does not exist", async () => {
    await expect(login({ user: "nobody-here", privateKey: keys.plain })).rejects.toMatchObject({ code: "authentication-failed" });
  });
});
