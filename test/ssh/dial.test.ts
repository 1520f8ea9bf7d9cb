import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SshTarget } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { describeWith } from "../support/needs";
import { freePort, Site, type Sshd, targetOn } from "./sshd";

const step = { purpose: "testing", deadlineMs: 20_000 };

describe("connecting to something that does not answer as it should", () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  /** A server that calls `greet` for each connection; gives its port and the number of connections. */
  const listen = (greet: (socket: Socket) => void) =>
    new Promise<{ readonly port: number; readonly came: () => number }>((resolve) => {
      let count = 0;
      const server = createServer((socket) => {
        count++;
        sockets.push(socket);
        socket.on("error", () => {});
        greet(socket);
      });
      servers.push(server);
      server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as { port: number }).port, came: () => count }));
    });
  const target = (port: number, fields: Partial<SshTarget> = {}): SshTarget => ({
    name: "hv-01",
    address: "127.0.0.1",
    port,
    user: "root",
    password: "x",
    insecureIgnoreHostKey: true,
    dialAttempts: 1,
    ...fields,
  });

  test("nobody listens: as many attempts as allowed", async () => {
    const port = await freePort();
    await expect(connect(target(port, { dialAttempts: 3 }))).rejects.toMatchObject({
      code: "host-unreachable",
      message: expect.stringMatching(/^hv-01 \(127\.0\.0\.1:\d+\): no connection after 3 attempts: .*ECONNREFUSED/),
    });
  });
  test("cut at once: tried again", async () => {
    const { port, came } = await listen((socket) => socket.destroy());
    await expect(connect(target(port, { dialAttempts: 3 }))).rejects.toMatchObject({ code: "host-unreachable" });
    expect(came()).toBe(3);
  });
  test("reset at once: tried again", async () => {
    const { port, came } = await listen((socket) => socket.resetAndDestroy());
    await expect(connect(target(port, { dialAttempts: 2 }))).rejects.toMatchObject({ code: "host-unreachable" });
    expect(came()).toBe(2);
  });
  test("silence: each attempt is bounded", async () => {
    const { port, came } = await listen(() => {});
    await expect(connect(target(port, { dialAttempts: 2, dialTimeoutMs: 200 }))).rejects.toMatchObject({
      code: "host-unreachable",
      message: expect.stringContaining("after 2 attempts: no answer within 0.2 s"),
    });
    expect(came()).toBe(2);
  });
  test("something that is not an SSH server", async () => {
    const { port } = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(connect(target(port))).rejects.toMatchObject({
      code: "host-unreachable",
      message: expect.stringContaining("before handshake"),
    });
  });
  test("a name that does not resolve", async () => {
    await expect(connect(target(22, { address: "no-such-host.invalid" }))).rejects.toMatchObject({
      code: expect.stringMatching(/address-unknown|host-unreachable/),
    });
  });
  test.each([
    ["while waiting for an answer", () => listen(() => {}).then(({ port }) => port)],
    ["between attempts", () => freePort()],
  ])("an abort %s ends it at once", async (_, where) => {
    const controller = new AbortController();
    const dialling = connect(target(await where(), { dialAttempts: 1000 }), { signal: controller.signal });
    dialling.catch(() => {});
    setTimeout(() => controller.abort(), 300);
    await expect(dialling).rejects.toMatchObject({ code: "cancelled", message: expect.stringMatching(/^hv-01/) });
  });
  test("an aborted signal dials nothing", async () => {
    const { port, came } = await listen(() => {});
    await expect(connect(target(port), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(came()).toBe(0);
  });
});

describeWith(["root"], "dialling real hosts", () => {
  const site = new Site();
  let host: Sshd;
  let bastion: Sshd;
  let closed: Sshd;
  let privateKey: string;

  beforeAll(async () => {
    privateKey = site.key("id");
    host = await site.sshd();
    bastion = await site.sshd();
    closed = await site.sshd({ config: ["AllowTcpForwarding no"] });
  });
  afterAll(() => site.end());

  const through = (via: Sshd, fields: Partial<SshTarget> = {}, own: Partial<SshTarget> = {}) =>
    targetOn(host, { privateKey, bastion: targetOn(via, { name: "jump", privateKey, user: "carol", ...fields }), ...own });

  test("a host that starts meanwhile", async () => {
    const port = await freePort();
    const late = site.key("late-pin") && site.sshd({ port });
    const connection = await connect(
      targetOn(host, { privateKey, port, hostKey: undefined, insecureIgnoreHostKey: true, dialAttempts: 50 }),
    );
    expect((await connection.exec("echo up", step)).stdout).toBe("up\n");
    connection.close();
    await late;
  });

  test("no algorithm in common: not tried again", async () => {
    const odd = await site.sshd({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    const came = () => odd.log().match(/Unable to negotiate/g)?.length ?? 0;
    await expect(connect(targetOn(odd, { privateKey, dialAttempts: 5 }))).rejects.toMatchObject({ code: "no-common-algorithm" });
    // sshd writes its log after it has hung up.
    for (let tries = 0; tries < 100 && came() === 0; tries++) await sleep(20);
    expect(came()).toBe(1);
  });
  test("algorithms as old as OpenSSH 4.3's", async () => {
    const old = await site.sshd({
      hostKeyTypes: ["rsa"],
      config: [
        "KexAlgorithms diffie-hellman-group14-sha1",
        "Ciphers aes128-ctr",
        "MACs hmac-sha1",
        "HostKeyAlgorithms ssh-rsa",
        "PubkeyAcceptedAlgorithms +ssh-rsa",
      ],
    });
    const connection = await connect(targetOn(old, { privateKey }));
    expect((await connection.exec("cat", { ...step, stdin: "old" })).stdout).toBe("old");
    connection.close();
  });

  test("through a bastion, on which nothing runs", async () => {
    const connection = await connect(through(bastion));
    expect((await connection.exec("echo $SSH_CONNECTION", step)).stdout).toContain(` ${host.port}\n`);
    const data = Buffer.alloc(5_000_000, "y");
    expect((await connection.exec("wc -c", { ...step, stdin: data })).stdout.trim()).toBe("5000000");
    connection.close();
    expect(bastion.log()).toMatch(/Accepted publickey for carol/);
    expect(bastion.log()).not.toMatch(/Starting session/);
  });
  test("through two bastions", async () => {
    const connection = await connect(through(bastion, { bastion: targetOn(host, { name: "outer", privateKey, user: "carol" }) }));
    expect((await connection.exec("id -u", step)).stdout).toBe("0\n");
    connection.close();
  });
  test("the bastion's host key is checked", async () => {
    await expect(connect(through(bastion, { hostKey: host.hostKeys.ed25519 }))).rejects.toMatchObject({
      code: "host-key-changed",
      subject: expect.stringMatching(/^jump \(/),
    });
    await expect(connect(through(bastion, { hostKey: undefined, knownHostsFiles: [] }))).rejects.toMatchObject({
      code: "host-key-unknown",
      subject: expect.stringMatching(/^jump/),
    });
  });
  test("the host's own key is checked behind a bastion", async () => {
    await expect(connect(through(bastion, {}, { hostKey: bastion.hostKeys.ed25519 }))).rejects.toMatchObject({
      code: "host-key-changed",
      subject: expect.stringMatching(/^hv-01/),
    });
  });
  test("the bastion is down: its attempts are not multiplied by the host's", async () => {
    const port = await freePort();
    await expect(connect(through(bastion, { port, dialAttempts: 2 }, { dialAttempts: 100 }))).rejects.toMatchObject({
      code: "host-unreachable",
      message: expect.stringMatching(/^jump .*after 2 attempts/),
    });
  });
  test("the host behind the bastion is down", async () => {
    const port = await freePort();
    await expect(connect(through(bastion, {}, { port, dialAttempts: 2 }))).rejects.toMatchObject({
      code: "host-unreachable",
      message: expect.stringMatching(/^hv-01 .*after 2 attempts.*Connection refused/),
    });
  });
  test("the bastion does not forward", async () => {
    await expect(connect(through(closed, {}, { dialAttempts: 5 }))).rejects.toMatchObject({
      code: "bastion-refuses-forwarding",
      message: expect.stringMatching(/^jump .*AllowTcpForwarding/),
    });
  });
  test("the bastion is cut off", async () => {
    const connection = await connect(through(bastion));
    const slow = connection.exec("sleep 20", step);
    slow.catch(() => {});
    const pid = /User child is on pid (\d+)\s*$/m.exec(bastion.log().split("Accepted publickey for carol").pop() ?? "")?.[1];
    process.kill(Number(pid), "SIGKILL");
    await expect(slow).rejects.toMatchObject({ code: "connection-lost", subject: expect.stringMatching(/^hv-01/) });
    expect(connection.open).toBe(false);
  });
});
