import { writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ERRORS_LIMIT, LINES_LIMIT, OUTPUT_LIMITS, type SshConnection } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { Site, type Sshd, targetOn } from "./sshd";

const step = { purpose: "reading the firewall", deadlineMs: 30_000 };

describeWith(["root"], "a host that sends more than it was asked for", () => {
  const site = new Site();
  let sshd: Sshd;
  let other: Sshd;
  let privateKey: string;
  const open: SshConnection[] = [];

  const dial = async (on = sshd, fields = {}) => {
    const connection = await connect(targetOn(on, { privateKey, ...fields }));
    open.push(connection);
    return connection;
  };
  const lines = (answer: { readonly stdout: string }) => answer.stdout.trim().split("\n");
  /** Waits until no process with this argument is there. */
  const gone = async (marker: string) => {
    const host = await dial();
    for (let tries = 0; tries < 200; tries++) {
      const { stdout } = await host.exec(
        `grep -lF ${marker.slice(0, 3)}''${marker.slice(3)} /proc/[0-9]*/cmdline 2>/dev/null | wc -l`,
        step,
      );
      // grep itself has it.
      if (Number(stdout) <= 1) return;
      await sleep(50);
    }
    throw new Error(`${marker} is still there`);
  };
  /** The greatest growth of memory (MB) while `work` ran. */
  const growth = async (work: Promise<unknown>) => {
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    await work.catch(() => {});
    clearInterval(timer);
    return (most - before) / 1e6;
  };

  beforeAll(async () => {
    privateKey = site.key("id");
    [sshd, other] = await Promise.all([site.sshd(), site.sshd()]);
  });
  afterAll(async () => {
    for (const connection of open) connection.close();
    await site.end();
  });

  test.each([
    ["lines without end", "yes it-never-ends", "stdout", "1 MiB"],
    ["one line without end", "tr '\\0' x </dev/zero", "stdout", "1 MiB"],
    ["binary without end", "cat /dev/urandom", "stdout", "1 MiB"],
    ["small pieces without end", "while :; do echo x; done", "stdout", "500,000 lines"],
    ["complaints without end", "yes it-never-ends >&2", "stderr", "1 MiB"],
    ["both without end", "yes >&2 & cat /dev/zero", "std(out|err)", "(1 MiB|500,000 lines)"],
  ])("%s: the command is ended, with an error of its own", async (name, command, stream, limit) => {
    const host = await dial();
    const marker = `flood-${name.replaceAll(" ", "-")}-${process.pid}`;
    const flood = host.exec(`sh -c ${JSON.stringify(`${command}; :`).replaceAll("$", "\\$")} ${marker}`, step);
    await expect(flood).rejects.toMatchObject({
      code: "output-too-long",
      message: expect.stringMatching(
        new RegExp(
          `^hv-01 \\(127\\.0\\.0\\.1:\\d+\\): a command printed more than ${limit} to ${stream} while reading the firewall, so csp ended it\\. Look on the host`,
        ),
      ),
    });
    await gone(marker);
    expect((await host.exec("echo on", step)).stdout).toBe("on\n");
  });

  test("output up to the limit is complete; one byte more is refused", async () => {
    const host = await dial();
    const print = (bytes: number, redirect = "") => `head -c ${bytes} /dev/zero | tr '\\0' x ${redirect}`;
    expect((await host.exec(print(OUTPUT_LIMITS.answer), step)).stdout.length).toBe(OUTPUT_LIMITS.answer);
    await expect(host.exec(print(OUTPUT_LIMITS.answer + 1), step)).rejects.toMatchObject({ code: "output-too-long" });
    expect((await host.exec(print(ERRORS_LIMIT, ">&2"), step)).stderr.length).toBe(ERRORS_LIMIT);
    await expect(host.exec(print(ERRORS_LIMIT + 1, ">&2"), step)).rejects.toMatchObject({ code: "output-too-long" });
    const listing = { ...step, prints: "listing" as const };
    expect((await host.exec(print(OUTPUT_LIMITS.listing), listing)).stdout.length).toBe(OUTPUT_LIMITS.listing);
    await expect(host.exec(print(OUTPUT_LIMITS.listing + 1), listing)).rejects.toMatchObject({
      message: expect.stringContaining("more than 16 MiB to stdout"),
    });
    const state = { ...step, prints: "state" as const };
    expect((await host.exec(print(OUTPUT_LIMITS.state), state)).stdout.length).toBe(OUTPUT_LIMITS.state);
    await expect(host.exec(print(OUTPUT_LIMITS.state + 1), state)).rejects.toMatchObject({
      message: expect.stringContaining("more than 64 MiB to stdout"),
    });
  });

  test("many small pieces and binary data within the limit are complete", async () => {
    const host = await dial();
    const counted = await host.exec("i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i + 1)); done", step);
    expect([lines(counted).length, lines(counted).at(-1)]).toEqual([20_000, "19999"]);
    const { stdout } = await host.exec("head -c 300000 /dev/urandom; echo; echo end", step);
    expect(stdout.endsWith("\nend\n")).toBe(true);
  });

  test("the number of lines is limited, so that reading them delays nobody", async () => {
    const host = await dial();
    const empty = (lines: number) => host.exec(`head -c ${lines} /dev/zero | tr '\\0' '\\n'`, { ...step, prints: "state" });
    expect((await empty(LINES_LIMIT)).stdout.length).toBe(LINES_LIMIT);
    await expect(empty(LINES_LIMIT + 1)).rejects.toMatchObject({
      code: "output-too-long",
      message: expect.stringContaining("more than 500,000 lines to stdout while"),
    });
  });

  test("a line that never comes in a dialogue", async () => {
    const host = await dial();
    const process = await host.start("yes", step);
    await expect(process.readUntil("ready")).rejects.toMatchObject({ code: "output-too-long" });
    await expect(process.result).rejects.toMatchObject({ code: "output-too-long" });
    await expect(process.write("x")).rejects.toMatchObject({ code: "output-too-long" });
  });

  test("a command that ignores SIGTERM has its channel closed, and its slot is free", async () => {
    const host = await dial();
    // A session runs five commands at a time: if the places were kept, the sixth would wait.
    for (let turn = 0; turn < 6; turn++) {
      const stubborn = host.exec("trap '' TERM PIPE; sh -c 'while :; do yes 2>/dev/null || exit; done'", step);
      await expect(stubborn).rejects.toMatchObject({ code: "output-too-long" });
    }
    expect((await host.exec("echo on", { ...step, deadlineMs: 15_000 })).stdout).toBe("on\n");
  }, 120_000);

  test("neither slow output nor silence lasts longer than the deadline", async () => {
    const host = await dial();
    const hurried = { ...step, deadlineMs: 800 };
    for (const command of ["while :; do echo x; sleep 0.02; done", "while :; do echo x >&2; sleep 0.02; done", "sleep 300"]) {
      const began = performance.now();
      await expect(host.exec(command, hurried)).rejects.toMatchObject({ code: "deadline-passed" });
      expect(performance.now() - began).toBeLessThan(3000);
    }
    const process = await host.start("while :; do echo x; sleep 0.02; done", hurried);
    await expect(process.readUntil("ready")).rejects.toMatchObject({ code: "deadline-passed" });
  });

  test("a command that floods only after it was abandoned is ended", async () => {
    const host = await dial();
    const controller = new AbortController();
    const marker = `late-flood-${process.pid}`;
    const late = host.exec(`sh -c 'trap "" TERM; sleep 1; cat /dev/zero; :' ${marker}`, { ...step, signal: controller.signal });
    late.catch(() => {});
    await sleep(300);
    controller.abort();
    await expect(late).rejects.toMatchObject({ code: "cancelled" });
    expect(await growth(sleep(2000))).toBeLessThan(100);
    await gone(marker);
    expect((await host.exec("echo on", step)).stdout).toBe("on\n");
  });

  test("one host's flood disturbs no other host and does not fill the memory", async () => {
    const [hostile, good] = [await dial(sshd), await dial(other, { name: "hv-02" })];
    /** As many at once as a connection carries. */
    const flood = (command: string) =>
      Promise.allSettled(Array.from({ length: 5 }, () => hostile.exec(command, { ...step, prints: "state" })));
    let flooding = true;
    const floods = (async () => {
      const outcomes = [...(await flood("yes")), ...(await flood("cat /dev/zero >&2"))];
      flooding = false;
      return outcomes;
    })();
    const waits: number[] = [];
    const work = (async () => {
      while (flooding) {
        const began = performance.now();
        expect((await good.exec("echo on", step)).stdout).toBe("on\n");
        waits.push(performance.now() - began);
      }
    })();
    // 5 x 64 MiB, each at most twice while a buffer grows, and what is on its way.
    expect(await growth(Promise.all([floods, work]))).toBeLessThan(1200);
    await work;
    expect((await floods).map((outcome) => (outcome.status === "rejected" ? outcome.reason.code : "ended"))).toEqual(
      Array(10).fill("output-too-long"),
    );
    if (process.env.CSP_FIGURES !== undefined)
      console.log(`${waits.length} commands beside a flood, the slowest ${Math.max(...waits).toFixed(0)} ms`);
    expect(waits.length).toBeGreaterThan(1);
    expect(Math.max(...waits)).toBeLessThan(5000);
    expect((await hostile.exec("echo on", step)).stdout).toBe("on\n");
  }, 120_000);

  test("a banner of a usual length is ignored, whatever it contains", async () => {
    writeFileSync(site.path("banner"), "\u001b[2JAuthorized use only\u202e\n".repeat(500));
    const greeting = await site.sshd({ config: [`Banner ${site.path("banner")}`] });
    expect((await (await dial(greeting)).exec("echo on", step)).stdout).toBe("on\n");
  });

  /** A server that is no sshd; `talk` begins when somebody connects. */
  const listen = async (talk: (socket: Socket) => void) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      talk(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    site.onEnd(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as { port: number }).port;
  };
  const refused = async (port: number, code: string, fields = {}) => {
    const began = performance.now();
    await expect(connect(targetOn({ ...sshd, port }, { privateKey, ...fields }))).rejects.toMatchObject({ code });
    // Much less than the time that a dial may take: the connection was cut off, and csp does not dial again.
    expect(performance.now() - began).toBeLessThan(10_000);
  };

  test.each([
    ["lines", "welcome\r\n".repeat(1000)],
    ["one line", "x".repeat(8192)],
    ["packets that are none", `SSH-2.0-x\r\n${"\u0000\u0000\u0001\u0000".repeat(1000)}`],
  ])("a greeting without end is refused at once: %s", async (_, piece) => {
    const port = await listen((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", more);
      more();
    });
    await refused(port, "handshake-failed");
  });

  test("a greeting that comes in small pieces, without end", async () => {
    const port = await listen((socket) => {
      socket.setNoDelay(true);
      const timer = setInterval(() => socket.write("welcome\r\n".repeat(400)), 2);
      socket.on("close", () => clearInterval(timer));
    });
    await refused(port, "greeting-too-long");
  });

  test("a login that asks without end", async () => {
    const { Server, utils } = await import("ssh2");
    const key = utils.generateKeyPairSync("ed25519");
    const server = new Server({ hostKeys: [key.private] }, (client) => {
      client.on("error", () => {});
      client.on("authentication", (context) => {
        if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
        const ask = (): void => context.prompt([{ prompt: `\u001b[2J${"Again? ".repeat(1000)}`, echo: false }], ask);
        ask();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    site.onEnd(() => void server.close());
    const { port } = server.address() as { port: number };
    await refused(port, "greeting-too-long", { hostKey: key.public, privateKey: undefined, password: "secret" });
  });
});
