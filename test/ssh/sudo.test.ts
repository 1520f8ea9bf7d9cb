import type { SshTarget } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { PASSWORD, Site, type Sshd, targetOn } from "./sshd";

const step = { purpose: "testing", deadlineMs: 20_000 };

describeWith(["root"], "commands run as root for users who are not", () => {
  const site = new Site();
  let sshd: Sshd;
  let bash: Sshd;
  let privateKey: string;

  beforeAll(async () => {
    privateKey = site.key("id");
    sshd = await site.sshd();
    bash = await site.sshd({ bash: true });
  });
  afterAll(() => site.end());

  const dial = (fields: Partial<SshTarget>, on = sshd) => connect(targetOn(on, { privateKey, ...fields }));

  describe.each([
    ["sudo asks for no password", { user: "alice" }, () => sshd],
    ["sudo asks for no password, and one is given", { user: "alice", sudoPassword: PASSWORD }, () => sshd],
    ["sudo asks for a password", { user: "bob", sudoPassword: PASSWORD }, () => sshd],
    ["sudo asks for a password, and sh is bash", { user: "bob", sudoPassword: PASSWORD }, () => bash],
  ])("%s", (_, fields, on) => {
    test("runs as root, with the command's own output, input and status", async () => {
      const host = await dial(fields, on());
      expect(await host.exec("id -u; cat; echo err >&2; exit 7", { ...step, stdin: "line 1\nline 2" })).toEqual({
        code: 7,
        stdout: "0\nline 1\nline 2",
        stderr: "err\n",
      });
      host.close();
    });

    test("megabytes, quotes and a dialogue pass through it", async () => {
      const host = await dial(fields, on());
      const data = "x".repeat(5_000_000);
      expect((await host.exec("wc -c", { ...step, stdin: data })).stdout.trim()).toBe("5000000");
      expect((await host.exec(`echo "it's" '$HOME'`, step)).stdout).toBe("it's $HOME\n");
      const talk = await host.start("echo ready; read -r word; echo got $word", step);
      await talk.readUntil("ready");
      await talk.write("it\n");
      talk.end();
      expect((await talk.result).stdout).toBe("got it\n");
      host.close();
    });

    test("the password is in no argument and no environment", async () => {
      const host = await dial(fields, on());
      const { stdout } = await host.exec("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'", step);
      expect(stdout).toContain("csp-step-");
      expect(stdout).not.toContain("battery");
      host.close();
    });
  });

  test("sudo that stops asking does not give the password to the command", async () => {
    const host = await dial({ user: "bob", sudoPassword: PASSWORD });
    const root = await dial({});
    await root.exec("cat >> /etc/sudoers", { ...step, stdin: "bob ALL=(ALL) NOPASSWD: ALL\n" });
    expect((await host.exec("cat", { ...step, stdin: "mine\n" })).stdout).toBe("mine\n");
    await root.exec("grep -v ^bob.*NOPASSWD /etc/sudoers > /run/s; cat /run/s > /etc/sudoers", step);
    host.close();
    root.close();
  });

  test("sudo needs a password and none is given", async () => {
    await expect(dial({ user: "bob" })).rejects.toMatchObject({
      code: "sudo-needs-password",
      message: expect.stringMatching(/bob.*sudoPassword.*NOPASSWD/),
    });
  });
  test("the password is wrong: asked once, and not shown", async () => {
    const error = (await dial({ user: "bob", sudoPassword: "hunter2" }).catch((reason) => reason)) as Error;
    expect(error).toMatchObject({ code: "sudo-password-wrong" });
    expect(error.message).not.toContain("hunter2");
  });
  test("the password is right, but the user is not allowed", async () => {
    await expect(dial({ user: "carol", sudoPassword: PASSWORD })).rejects.toMatchObject({
      code: "sudo-refuses",
      message: expect.stringMatching(/carol/),
    });
  });
  test("the password changes while connected", async () => {
    const host = await dial({ user: "bob", sudoPassword: PASSWORD });
    const root = await dial({});
    const shadow = (await root.exec("cat /etc/shadow", step)).stdout;
    await root.exec("cat > /etc/shadow", { ...step, stdin: shadow.replace(/^bob:[^:]*:/m, "bob:*:") });
    await expect(host.exec("id -u", { ...step, stdin: "a\nb\n" })).rejects.toMatchObject({ code: "sudo-password-wrong" });
    await root.exec("cat > /etc/shadow", { ...step, stdin: shadow });
    host.close();
    root.close();
  });
  test("there is no sudo", async () => {
    const bare = await site.sshd({ withoutSudo: true });
    await expect(dial({ user: "alice" }, bare)).rejects.toMatchObject({
      code: "not-root",
      message: expect.stringMatching(/alice is not root and the host has no sudo/),
    });
    const root = await dial({}, bare);
    expect((await root.exec("id -u", step)).stdout).toBe("0\n");
    root.close();
  });
});
