import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshConnection } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { PASSWORD, Site, type Sshd, targetOn } from "./sshd";

/** The process of the command: between it and its sshd session is the shell that reports how it ended. */
const SESSION = "read -r _ _ _ session _ </proc/$PPID/stat";
const step = { purpose: "applying the firewall", deadlineMs: 30_000 };

describeWith(["root"], "commands that do not end well", () => {
  const site = new Site();
  let sshd: Sshd;
  let pty: Sshd;
  let bash: Sshd;
  let privateKey: string;
  const open: SshConnection[] = [];

  const dial = async (fields = {}, on = sshd) => {
    const connection = await connect(targetOn(on, { privateKey, ...fields }));
    open.push(connection);
    return connection;
  };
  /** Waits until a process with this argument is there, or is gone. */
  const running = (marker: string, wanted: boolean) =>
    eventually(async () => {
      const { stdout } = await open[0]!.exec(
        `grep -lF ${marker.slice(0, 3)}''${marker.slice(3)} /proc/[0-9]*/cmdline 2>/dev/null | wc -l`,
        step,
      );
      // The shell that looks has no argument like it: the quotes break it up; grep itself has.
      return Number(stdout) > 1 === wanted;
    });

  beforeAll(async () => {
    privateKey = site.key("id");
    sshd = await site.sshd();
    // The default of newer versions: the command gets a terminal and a process group of its own.
    pty = await site.sshd({ sudoers: "Defaults use_pty" });
    bash = await site.sshd({ bash: true });
    await dial();
  });
  afterAll(async () => {
    for (const connection of open) connection.close();
    await site.end();
  });

  describe.each([
    ["root", {}, () => sshd],
    ["sudo without a password", { user: "alice" }, () => sshd],
    ["sudo with a password", { user: "bob", sudoPassword: PASSWORD }, () => sshd],
    ["sudo with a terminal", { user: "alice" }, () => pty],
    ["root where sh is bash", {}, () => bash],
    ["sudo where sh is bash", { user: "bob", sudoPassword: PASSWORD }, () => bash],
  ])("as %s", (name, fields, on) => {
    const marker = `sleeper-${name.length}-${process.pid}`;
    // Of two commands, a shell replaces itself by the second where it can.
    const sleeper = `:; sh -c 'sleep 300; :' ${marker}`;

    test("a deadline ends the command on the host, too", async () => {
      const host = await dial(fields, on());
      const slow = host.exec(sleeper, { ...step, deadlineMs: 1000 });
      await running(marker, true);
      await expect(slow).rejects.toMatchObject({
        code: "deadline-passed",
        message: expect.stringMatching(/^hv-01 \(127\.0\.0\.1:\d+\): applying the firewall did not end within 1 s/),
      });
      await running(marker, false);
      expect((await host.exec("echo on", step)).stdout).toBe("on\n");
    });

    test("an abort ends the command on the host, too", async () => {
      const host = await dial(fields, on());
      const controller = new AbortController();
      const slow = host.exec(sleeper, { ...step, signal: controller.signal });
      slow.catch(() => {});
      await running(marker, true);
      controller.abort();
      await expect(slow).rejects.toMatchObject({ code: "cancelled" });
      await running(marker, false);
    });
  });

  test("what a command does on SIGTERM is not cut short", async () => {
    const host = await dial();
    const file = site.path("undone");
    const slow = host.exec(
      `trap 'sleep 1; echo undoing; echo undone >${file}; exit 1' TERM; echo begun >${file}; while :; do sleep 0.1; done`,
      {
        ...step,
        deadlineMs: 700,
      },
    );
    await expect(slow).rejects.toMatchObject({ code: "deadline-passed" });
    await eventually(async () => readFileSync(file, "utf8") === "undone\n");
  });

  test("a session of its own outlives the command", async () => {
    const host = await dial();
    const file = site.path("watchdog");
    const slow = host.exec(`setsid sh -c 'sleep 1.5; echo undone >${file}' </dev/null >/dev/null 2>&1 & sleep 300`, {
      ...step,
      deadlineMs: 500,
    });
    await expect(slow).rejects.toMatchObject({ code: "deadline-passed" });
    await eventually(async () => existsSync(file));
  });

  test("a deadline passes while waiting for a free session", async () => {
    const host = await dial();
    const controller = new AbortController();
    const busy = Array.from({ length: 5 }, () => host.exec("sleep 300", { ...step, signal: controller.signal }));
    const late = host.exec("echo never", { ...step, deadlineMs: 300 });
    await expect(late).rejects.toMatchObject({ code: "deadline-passed" });
    controller.abort();
    for (const command of busy) await expect(command).rejects.toMatchObject({ code: "cancelled" });
    expect((await host.exec("echo free", step)).stdout).toBe("free\n");
  });

  test("an aborted signal starts nothing", async () => {
    const host = await dial();
    const file = site.path("never");
    await expect(host.exec(`touch ${file}`, { ...step, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    await host.exec(":", step);
    expect(existsSync(file)).toBe(false);
  });

  test("the connection is cut in the middle", async () => {
    const host = await dial();
    const pids = site.path("pids");
    rmSync(pids, { force: true });
    const talk = await host.start(`${SESSION}; echo "$session" >${pids}; echo there; sleep 20`, step);
    await talk.readUntil("there\n".trim());
    const pending = [
      host.exec("sleep 20", step),
      host.exec("sleep 20", step),
      talk.result,
      talk.readUntil("never"),
      talk.write(Buffer.alloc(8_000_000)),
    ];
    const outcomes = Promise.allSettled(pending);
    await sleep(100);
    // The sshd process of this connection alone.
    process.kill(Number(readFileSync(pids, "utf8")), "SIGKILL");
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "connection-lost", message: expect.stringMatching(/^hv-01 .*while applying the firewall/) },
      });
    }
    expect(host.open).toBe(false);
    await expect(host.exec(":", step)).rejects.toMatchObject({ code: "connection-lost" });
  });

  test("a command that outlives the shell which waits for it has no status, whatever it printed", async () => {
    const host = await dial();
    expect(await host.exec("echo whole; kill -KILL $PPID", step)).toMatchObject({ code: undefined, stdout: "whole\n" });
  });

  test("closing ends what is still running", async () => {
    const host = await dial();
    const slow = host.exec(`sh -c 'sleep 300; :' sleeper-close-${process.pid}`, step);
    slow.catch(() => {});
    await running(`sleeper-close-${process.pid}`, true);
    host.close();
    expect(host.open).toBe(false);
    await expect(slow).rejects.toMatchObject({ code: "cancelled" });
    await running(`sleeper-close-${process.pid}`, false);
  });

  test("a host with a single session at a time", async () => {
    const narrow = await site.sshd({ config: ["MaxSessions 1"] });
    const host = await dial({}, narrow);
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => host.exec(`echo ${i}`, step)));
    expect(answers.map((answer) => answer.stdout)).toEqual(["0\n", "1\n", "2\n", "3\n", "4\n", "5\n"]);
  });

  test("a host with no sessions at all", async () => {
    const none = await site.sshd({ config: ["MaxSessions 0"] });
    const host = await dial({}, none);
    await expect(host.exec(":", step)).rejects.toMatchObject({ code: "channel-refused" });
  });
});

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error("it never came to be");
}
