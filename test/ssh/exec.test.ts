import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshConnection } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { Site, type Sshd, targetOn } from "./sshd";

const step = { purpose: "testing", deadlineMs: 30_000 };

describeWith(["root"], "commands over one connection", () => {
  const site = new Site();
  let sshd: Sshd;
  let privateKey: string;
  let host: SshConnection;

  beforeAll(async () => {
    privateKey = site.key("id");
    sshd = await site.sshd();
    host = await connect(targetOn(sshd, { privateKey }));
  });
  afterAll(async () => {
    host?.close();
    await site.end();
  });

  test.each([
    ["exit status, stdout and stderr", "echo out; echo err >&2; exit 3", { code: 3, stdout: "out\n", stderr: "err\n" }],
    ["nothing at all", ":", { code: 0, stdout: "", stderr: "" }],
    ["killed by a signal", "kill -KILL $$", { code: undefined, stdout: "", stderr: expect.stringMatching(/Killed/) }],
    ["quotes, dollars and newlines", `printf '%s\\n' "it's \\$5"\necho 'a b'`, { code: 0, stdout: "it's $5\na b\n", stderr: "" }],
    ["a comment at the end", "echo yes # no", { code: 0, stdout: "yes\n", stderr: "" }],
    ["a here-document", "cat <<E\nx\nE", { code: 0, stdout: "x\n", stderr: "" }],
    ["exec", "exec echo replaced", { code: 0, stdout: "replaced\n", stderr: "" }],
    ["root", "id -u", { code: 0, stdout: "0\n", stderr: "" }],
    ["UTF-8", "printf 'gr\\303\\274n'", { code: 0, stdout: "grün", stderr: "" }],
  ])("%s", async (_, command, expected) => {
    expect(await host.exec(command, step)).toEqual(expected);
  });

  test("5 MB go in on stdin and come back whole", async () => {
    const data = randomBytes(2_500_000).toString("hex");
    const began = performance.now();
    const { stdout, code } = await host.exec("cat", { ...step, stdin: data, prints: "listing" });
    const took = performance.now() - began;
    expect(code).toBe(0);
    expect(stdout === data).toBe(true);
    if (process.env.CSP_FIGURES !== undefined) console.log(`5 MB each way: ${took.toFixed(0)} ms`);
  });

  test("stdin that the command does not read is no error", async () => {
    expect(await host.exec("exit 4", { ...step, stdin: Buffer.alloc(5_000_000) })).toEqual({ code: 4, stdout: "", stderr: "" });
  });

  test("50 commands at once use one connection and few channels", async () => {
    const accepted = () => sshd.log().match(/Accepted publickey/g)?.length;
    const before = accepted();
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => host.exec("cat; echo err >&2", { ...step, stdin: `n${i}` })));
    if (process.env.CSP_FIGURES !== undefined) console.log(`50 commands: ${(performance.now() - began).toFixed(0)} ms`);
    expect(answers.map((answer) => answer.stdout)).toEqual(Array.from({ length: 50 }, (_, i) => `n${i}`));
    expect(accepted()).toBe(before);
    expect(sshd.log()).not.toMatch(/no more sessions/);
  });

  test("a dialogue: it waits for lines, and the rest stays for the end", async () => {
    const process = await host.start("echo one; echo ready; read -r answer; echo got $answer; echo tail", step);
    expect(await process.readUntil("ready")).toBe("one\nready\n");
    await process.write("yes\n");
    expect(await process.readUntil("got yes")).toBe("got yes\n");
    process.end();
    expect(await process.result).toEqual({ code: 0, stdout: "tail\n", stderr: "" });
  });

  test("a dialogue's output is not lost when the command has ended already", async () => {
    const process = await host.start("echo one; echo two; echo three", step);
    expect(await process.readUntil("one")).toBe("one\n");
    await sleep(200);
    expect(await process.readUntil("two")).toBe("two\n");
    expect((await process.result).stdout).toBe("three\n");
  });

  test("a command that ends before it prints the expected line", async () => {
    const process = await host.start("echo no such table >&2; exit 2", step);
    await expect(process.readUntil("ready")).rejects.toMatchObject({
      code: "command-ended-early",
      message: expect.stringMatching(/hv-01 .*while testing \(exit status 2: no such table\)/),
    });
    await expect(process.write("x")).rejects.toMatchObject({ code: "command-ended-early" });
  });

  test("5 MB written in a dialogue wait for the reader", async () => {
    const process = await host.start("sleep 1; wc -c", step);
    let written = false;
    const write = process.write(Buffer.alloc(8_000_000)).then(() => {
      written = true;
    });
    await sleep(300);
    expect(written).toBe(false);
    await write;
    process.end();
    expect((await process.result).stdout.trim()).toBe("8000000");
  });
});
