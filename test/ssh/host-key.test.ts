import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { SshTarget } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { Site, type Sshd, targetOn } from "./sshd";

describeWith(["root"], "the host's key", () => {
  const site = new Site();
  let sshd: Sshd;
  let three: Sshd;
  let privateKey: string;
  let other: string;

  beforeAll(async () => {
    privateKey = site.key("id");
    site.key("other", { unauthorized: true });
    other = site.publicKey("other").trim();
    sshd = await site.sshd();
    three = await site.sshd({ hostKeyTypes: ["ed25519", "ecdsa", "rsa"] });
  });
  afterAll(() => site.end());

  const fingerprint = (key: string) => execFileSync("ssh-keygen", ["-lf", "-"], { input: key, encoding: "utf8" }).split(" ")[1] as string;
  const login = async (fields: Partial<SshTarget>, on = sshd) => {
    const host = await connect(targetOn(on, { privateKey, hostKey: undefined, knownHostsFiles: [], ...fields }));
    const answer = await host.exec("echo in", { purpose: "testing", deadlineMs: 10_000 });
    host.close();
    return answer.stdout;
  };
  let files = 0;
  const knownHosts = (...lines: string[]) => {
    const file = site.path(`known_hosts_${files++}`);
    writeFileSync(file, `# comment\n\n${lines.join("\n")}\n`);
    return [file];
  };
  const hashed = (line: string) => {
    const [file] = knownHosts(line) as [string];
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    return [file];
  };
  const here = (on = sshd) => `[127.0.0.1]:${on.port}`;
  const ed25519 = (on = sshd) => on.hostKeys.ed25519 as string;

  test("pinned as a key", async () => expect(await login({ hostKey: ed25519() })).toBe("in\n"));
  test("pinned as ssh-keyscan prints it", async () => expect(await login({ hostKey: `${here()} ${ed25519()} comment` })).toBe("in\n"));
  test("pinned as a fingerprint", async () => expect(await login({ hostKey: fingerprint(ed25519()) })).toBe("in\n"));
  test.each(["ed25519", "ecdsa", "rsa"])("pinned to its %s key among three", async (type) => {
    const key = three.hostKeys[type] as string;
    expect(await login({ hostKey: key }, three)).toBe("in\n");
    expect(await login({ hostKey: fingerprint(key) }, three)).toBe("in\n");
  });

  test.each([
    ["key", () => other],
    ["fingerprint", () => fingerprint(other)],
  ])("pinned to another %s: refused, loudly, without a try to log in", async (_, pin) => {
    const before = sshd.log().match(/Accepted|Failed/g)?.length;
    await expect(login({ hostKey: pin() })).rejects.toMatchObject({
      code: "host-key-changed",
      message: expect.stringMatching(/HOST KEY HAS CHANGED/),
    });
    await expect(login({ hostKey: pin() })).rejects.toThrow(fingerprint(ed25519()));
    expect(sshd.log().match(/Accepted|Failed/g)?.length).toBe(before);
  });
  test("a wrong fingerprint is compared with every type of key", async () => {
    await expect(login({ hostKey: fingerprint(other) }, three)).rejects.toMatchObject({ code: "host-key-changed" });
  });
  test("a pin is checked even if any key would be accepted", async () => {
    await expect(login({ hostKey: other, insecureIgnoreHostKey: true })).rejects.toMatchObject({ code: "host-key-changed" });
  });
  test("an invalid pin", async () => {
    await expect(login({ hostKey: "ssh-ed25519" })).rejects.toMatchObject({ code: "host-key-malformed" });
  });

  test("in known_hosts", async () => expect(await login({ knownHostsFiles: knownHosts(`${here()} ${ed25519()}`) })).toBe("in\n"));
  test("in known_hosts, hashed", async () => {
    expect(await login({ knownHostsFiles: hashed(`${here()} ${ed25519()}`) })).toBe("in\n");
    await expect(login({ knownHostsFiles: hashed(`${here()} ${other}`) })).rejects.toMatchObject({ code: "host-key-changed" });
  });
  test("in the second of two known_hosts files", async () => {
    expect(await login({ knownHostsFiles: [site.path("none"), ...knownHosts(`${here()} ${ed25519()}`)] })).toBe("in\n");
  });
  test("in known_hosts without its port", async () =>
    expect(await login({ knownHostsFiles: knownHosts(`127.0.0.1 ${ed25519()}`) })).toBe("in\n"));
  test("in known_hosts under an alias", async () => {
    expect(await login({ hostKeyAlias: "the-host", knownHostsFiles: knownHosts(`the-host ${ed25519()}`) })).toBe("in\n");
  });
  test.each(["ed25519", "ecdsa", "rsa"])("known by its %s key alone, which the host is then asked for", async (type) => {
    expect(await login({ knownHostsFiles: knownHosts(`${here(three)} ${three.hostKeys[type]}`) }, three)).toBe("in\n");
  });

  test("unknown: refused, with what to pin", async () => {
    const error = (await login({ knownHostsFiles: knownHosts() }).catch((reason) => reason)) as Error;
    expect(error).toMatchObject({ code: "host-key-unknown" });
    expect(error.message).toContain(fingerprint(ed25519()));
    expect(error.message).toContain(`hosts["hv-01"].hostKey: "${ed25519()}"`);
    expect(error.message).toContain(`known_hosts: ${here()} ${ed25519()}`);
    const pin = /hostKey: "([^"]+)"/.exec(error.message)?.[1];
    expect(await login({ hostKey: pin })).toBe("in\n");
  });
  test("unknown, and any key will do", async () => expect(await login({ insecureIgnoreHostKey: true })).toBe("in\n"));
  test("changed", async () => {
    const [file] = knownHosts(`${here()} ${other}`) as [string];
    await expect(login({ knownHostsFiles: [file] })).rejects.toMatchObject({
      code: "host-key-changed",
      message: expect.stringContaining(`${file}:3`),
    });
  });
  test("another host's key under the plain address is no change on this port", async () => {
    await expect(login({ knownHostsFiles: knownHosts(`127.0.0.1 ${other}`) })).rejects.toMatchObject({ code: "host-key-unknown" });
  });
  test("known by a type of key that the host does not have", async () => {
    await expect(login({ knownHostsFiles: knownHosts(`${here()} ${three.hostKeys.rsa}`) })).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringContaining("only other types of key for it (ssh-rsa)"),
    });
  });
  test("revoked, although known elsewhere", async () => {
    await expect(login({ knownHostsFiles: knownHosts(`${here()} ${ed25519()}`, `@revoked * ${ed25519()}`) })).rejects.toMatchObject({
      code: "host-key-revoked",
    });
  });
  test("confirmed only by a certificate authority", async () => {
    await expect(login({ knownHostsFiles: knownHosts(`@cert-authority * ${other}`) })).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringContaining("@cert-authority"),
    });
  });
});
