import { existsSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshConnection } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { FRAME } from "../../provider/ssh/frame";
import { describeWith } from "../support/needs";
import { PASSWORD, Site, type SshdOptions, targetOn } from "./sshd";

const step = { purpose: "asking", deadlineMs: 20_000 };

/** Output that resembles csp's own as closely as possible without the command's mark. */
const FORGED = "csp begins csp-step-0123456789abcdef\n@@csp end\nuid 1000\n0\ncsp ends csp-step-0123456789abcdef 0\n";
const greeting = (text: string) => `printf '${text.replaceAll("\n", "\\n")}'`;

test("what every login shell passes on has nothing that one of them takes for its own", () => {
  expect(FRAME).not.toMatch(/['!\n]|\\\\/);
});

describeWith(["root"], "logins as they are", () => {
  const site = new Site();
  const privateKey = site.key("id");
  const busybox = site.path("ash");
  symlinkSync("/usr/bin/busybox", busybox);
  const open: SshConnection[] = [];
  afterAll(async () => {
    for (const connection of open) connection.close();
    await site.end();
  });
  const login = async (options: SshdOptions, fields = {}) => {
    const sshd = await site.sshd(options);
    const host = await connect(targetOn(sshd, { privateKey, ...fields }));
    open.push(host);
    return host;
  };

  describe.each<[string, SshdOptions, object?]>([
    ["a greeting without a line end", { home: { ".bashrc": "printf 'hello, '; printf 'mind the gap, ' >&2" } }],
    ["a greeting that looks like what csp prints", { home: { ".bashrc": greeting(FORGED) } }],
    ["a greeting that is the command", { home: { ".bashrc": 'printf %s "$BASH_EXECUTION_STRING"' } }],
    ["a start-up file that shows what it does", { home: { ".bashrc": "set -xv" } }],
    ["a start-up file that fails", { home: { ".bashrc": "stty sane; no-such-command; false" } }],
    ["a long greeting", { home: { ".bashrc": "head -c 500000 /dev/zero | tr '\\0' x" } }],
    ["TMOUT", { home: { ".bashrc": "readonly TMOUT=1; export TMOUT" }, bash: true }],
    [
      "BASH_ENV",
      { config: [`SetEnv BASH_ENV=${site.path("env")}`], home: { ".bashrc": `echo 'echo "uid 7"; umask 0777' >${site.path("env")}` } },
    ],
    ["umask 0777", { home: { ".bashrc": "umask 0777" } }],
    ["dash", { shell: "/bin/dash" }],
    ["zsh", { shell: "/usr/bin/zsh", home: { ".zshenv": greeting(FORGED) } }],
    ["mksh", { shell: "/usr/bin/mksh" }],
    ["busybox", { shell: busybox }],
    ["tcsh", { shell: "/usr/bin/tcsh", home: { ".cshrc": `${greeting(FORGED)}\nprintf 'uid 1000 '\nset histchars` } }],
    ["tcsh with history", { shell: "/usr/bin/tcsh", home: { ".tcshrc": "set history = 100\nset histchars = '!^'\necho -n hello" } }],
    ["csh", { shell: "/bin/csh" }],
    ["fish", { shell: "/usr/bin/fish", home: { ".config/fish/config.fish": `${greeting(FORGED)}\nprintf 'uid 1000 '` } }],
    ["a ForceCommand that runs what was asked", { config: [`ForceCommand echo -n checked; exec sh -c "$SSH_ORIGINAL_COMMAND"`] }],
    ["MaxSessions 1", { config: ["MaxSessions 1"] }],
    ["sudo on a terminal of its own", { sudoers: "Defaults use_pty" }, { user: "alice" }],
    [
      "sudo that lectures and insults",
      { sudoers: "Defaults lecture=always,insults,passwd_tries=5" },
      { user: "bob", sudoPassword: PASSWORD },
    ],
    ["sudo with a log of what is typed", { sudoers: "Defaults log_input,log_output,iolog_dir=/run/sudo-io" }, { user: "alice" }],
  ])("%s", (_, options, fields) => {
    let host: SshConnection;
    beforeAll(async () => {
      host = await login(options, fields);
    });

    test("a command has its own output, input and status", async () => {
      const script = `id -u; printf '%s\\n' "it's 100% $((3 + 4)) \\\\n !x" # 'end\ncat; echo err >&2; exit 7`;
      expect(await host.exec(script, { ...step, stdin: "line 1\nline 2" })).toEqual({
        code: 7,
        stdout: "0\nit's 100% 7 \\n !x\nline 1\nline 2",
        stderr: "err\n",
      });
    });

    test("a dialogue may wait", async () => {
      const talk = await host.start("echo ready; read -r word; echo got $word", step);
      await talk.readUntil("ready");
      await sleep(1500);
      await talk.write("it\n");
      expect(await talk.readUntil("got it")).toBe("got it\n");
      talk.end();
      expect(await talk.result).toMatchObject({ code: 0 });
    });

    test("nothing is lost of what goes in and comes out", async () => {
      const data = "0123456789abcdef\n".repeat(50_000);
      const { code, stdout } = await host.exec("exec cat", { ...step, stdin: data, prints: "listing" });
      expect(code).toBe(0);
      expect(stdout === data).toBe(true);
    });
  });

  const touched = site.path("touched");
  const other = { code: "login-runs-other" };
  test.each<[string, SshdOptions, object]>([
    [
      "a ForceCommand of its own",
      { config: ["ForceCommand echo uid 0; echo tool iptables yes"] },
      {
        ...other,
        message: expect.stringMatching(
          /runs another program .*it said: uid 0; tool iptables yes; exit status 0\); nothing was done.*ForceCommand.*command=/,
        ),
      },
    ],
    [
      "a ForceCommand that says nothing",
      { config: ["ForceCommand true"] },
      { ...other, message: expect.stringMatching(/it said nothing; exit status 0/) },
    ],
    [
      "a ForceCommand that does not end",
      { config: ["ForceCommand echo menu; exec cat"] },
      { ...other, message: expect.stringMatching(/it said: menu.*it does not end/) },
    ],
    ["file transfers alone", { config: ["Subsystem sftp internal-sftp", "ForceCommand internal-sftp"] }, other],
    [
      "nologin",
      { shell: "/usr/sbin/nologin" },
      { ...other, message: expect.stringMatching(/login shell of root lets nobody run commands .*usermod -s/) },
    ],
    [
      "false",
      { shell: "/bin/false" },
      { ...other, message: expect.stringMatching(/it said nothing; exit status 1\).*getent passwd root/) },
    ],
    [
      "a restricted shell",
      { shell: "/bin/rbash" },
      { ...other, message: expect.stringMatching(/login shell of root is a restricted one/) },
    ],
    [
      "a start-up file that ends the login",
      { home: { ".bashrc": "echo maintenance; exit 0" } },
      { ...other, message: expect.stringMatching(/it said: maintenance; exit status 0/) },
    ],
    ["a start-up file that becomes another shell", { home: { ".bashrc": "exec zsh" } }, other],
    ["a start-up file that becomes another program", { home: { ".bashrc": "exec cat" } }, other],
    [
      "a start-up file that reads a line",
      { home: { ".bashrc": "read -r answer" } },
      { code: "login-reads-input", message: expect.stringMatching(/a start-up file of root's login reads.*not run/) },
    ],
  ])("%s is refused by name, before anything is done", async (_, options, error) => {
    const host = await login(options);
    await expect(host.exec("exec sh", { ...step, deadlineMs: 3000, stdin: `echo done >${touched}\n` })).rejects.toMatchObject(error);
    await expect(host.exec(`echo done >${touched}`, { ...step, deadlineMs: 3000 })).rejects.toMatchObject(error);
    const talk = host.start(`echo done >${touched}; echo ready`, { ...step, deadlineMs: 3000 });
    await expect(talk.then((process) => process.readUntil("ready"))).rejects.toThrow();
    expect(existsSync(touched)).toBe(false);
  });

  test("sudo that wants a terminal is refused by name", async () => {
    await expect(login({ sudoers: "Defaults requiretty" }, { user: "alice" })).rejects.toMatchObject({
      code: "sudo-refuses",
      message: expect.stringMatching(/requiretty/),
    });
  });

  test("a login that cuts answers off: half an answer has no status", async () => {
    const host = await login({ config: [`ForceCommand sh -c "$SSH_ORIGINAL_COMMAND" | head -c 200`] });
    expect((await host.exec("echo short", step)).code).toBe(0);
    const half = await host.exec("seq 1000; exit 0", step);
    expect(half.stdout).toMatch(/^1\n2\n/);
    expect(half.code).toBeUndefined();
  });
});
