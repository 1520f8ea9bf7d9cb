import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../../provider/host/session/host";
import { createHosts, type HostsOptions } from "../../provider/host/session/hosts";
import type { Dial, SshTarget } from "../../provider/ssh/connection";
import { describeWith } from "../support/needs";
import { Site, type Sshd } from "./sshd";

const step = { purpose: "testing", deadlineMs: 20_000 };
type Dialled = Host & { readonly target: SshTarget; readonly dial: Dial };

describeWith(["root"], "the hosts of a process", () => {
  const site = new Site();
  let one: Sshd;
  let two: Sshd;
  let jump: Sshd;

  beforeAll(async () => {
    site.key("id");
    [one, two, jump] = await Promise.all([site.sshd(), site.sshd(), site.sshd()]);
    mkdirSync(join(site.directory, ".ssh"));
    writeFileSync(
      site.path(".ssh/known_hosts"),
      [one, two, jump].map((sshd) => `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}\n`).join(""),
    );
  });
  afterAll(() => site.end());

  const hostsOf = (options: Partial<HostsOptions>) => {
    const hosts = createHosts({
      inventory: {},
      home: site.directory,
      hostFactory: (target, dial) => ({ name: target.name, target, dial, close: () => {} }) as unknown as Dialled,
      ...options,
    });
    return { get: (...args: Parameters<typeof hosts.get>) => hosts.get(...args) as Dialled, close: () => hosts.close() };
  };
  const at = (sshd: Sshd) => ({ address: "127.0.0.1", port: sshd.port, privateKeyFile: "~/id" });
  const run = async (host: Dialled) => (await (await host.dial()).exec("echo $SSH_CONNECTION", step)).stdout.trim().split(" ").pop();
  const logins = (sshd: Sshd) => sshd.log().match(/Accepted publickey/g)?.length ?? 0;

  test("one host has one connection, which is dialled when it is first needed and then shared", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": at(one) } });
    const host = hosts.get("hv-01");
    expect(hosts.get("hv-01")).toBe(host);
    expect(hosts.get("hv-01", { port: one.port })).toBe(host);
    expect(logins(one)).toBe(0);
    expect(await Promise.all([run(host), run(host), run(host)])).toEqual(Array(3).fill(String(one.port)));
    expect(logins(one)).toBe(1);
    hosts.close();
    await expect(host.dial()).rejects.toMatchObject({ code: "cancelled" });
    expect(() => hosts.get("hv-01")).toThrow(expect.objectContaining({ code: "cancelled" }));
  });

  test("a lost connection is dialled again", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": at(one) } });
    const host = hosts.get("hv-01");
    const connection = await host.dial();
    const pid = Number((await connection.exec("read -r _ _ _ session _ </proc/$PPID/stat; echo $session", step)).stdout);
    const cut = connection.exec("sleep 20", step);
    cut.catch(() => {});
    process.kill(pid, "SIGKILL");
    await expect(cut).rejects.toMatchObject({ code: "connection-lost" });
    expect(await run(host)).toBe(String(one.port));
    hosts.close();
  });

  test("a bastion by name, shared by the hosts behind it", async () => {
    const before = logins(jump);
    const hosts = hostsOf({ inventory: { jump: at(jump), "hv-01": at(one), "hv-02": at(two) }, defaults: { bastion: "jump" } });
    expect(await Promise.all([run(hosts.get("hv-01")), run(hosts.get("hv-02"))])).toEqual([String(one.port), String(two.port)]);
    expect(logins(jump) - before).toBe(1);
    expect(hosts.get("jump").target.bastion).toBeUndefined();
    hosts.close();
  });

  test("a bastion of its own", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": { ...at(one), bastion: at(jump) } } });
    expect(await run(hosts.get("hv-01"))).toBe(String(one.port));
    hosts.close();
  });

  test("a resource's own connection, with nothing in the inventory", async () => {
    const hosts = hostsOf({ defaults: { privateKeyFile: "~/id" } });
    expect(await run(hosts.get("new-host", { address: "127.0.0.1", port: two.port }))).toBe(String(two.port));
    hosts.close();
  });

  test("an alias in ~/.ssh/config, jump host and all", async () => {
    writeFileSync(
      site.path(".ssh/config"),
      `Host inner\n  HostName 127.0.0.1\n  Port ${two.port}\n  User root\n  IdentityFile ~/id\n  ProxyJump outer\n  StrictHostKeyChecking no\n` +
        `Host outer\n  HostName 127.0.0.1\n  Port ${jump.port}\n  User root\n  IdentityFile %d/id\n`,
    );
    const hosts = hostsOf({});
    const before = logins(jump);
    expect(await run(hosts.get("inner"))).toBe(String(two.port));
    expect(logins(jump) - before).toBe(1);
    hosts.close();
  });

  test("StrictHostKeyChecking no in ~/.ssh/config weakens nothing", async () => {
    writeFileSync(site.path("empty"), "");
    writeFileSync(
      site.path(".ssh/config"),
      `Host lax\n  HostName 127.0.0.1\n  Port ${two.port}\n  User root\n  IdentityFile ~/id\n  StrictHostKeyChecking no\n  UserKnownHostsFile ${site.path("empty")}\n`,
    );
    const hosts = hostsOf({});
    await expect(hosts.get("lax").dial()).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringContaining(two.hostKeys.ed25519 as string),
    });
    hosts.close();
  });

  test("closing stops dialling", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": { ...at(one), port: 1, dialAttempts: 1000 } } });
    const dialling = hosts.get("hv-01").dial();
    dialling.catch(() => {});
    setTimeout(() => hosts.close(), 100);
    await expect(dialling).rejects.toMatchObject({ code: "cancelled" });
  });

  test("if one caller aborts, the others still get the connection", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": at(one) } });
    const host = hosts.get("hv-01");
    const controller = new AbortController();
    const first = host.dial(controller.signal);
    const second = host.dial();
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: "cancelled" });
    expect((await second).open).toBe(true);
    hosts.close();
  });

  test("when the last caller aborts, dialling stops, and the next caller starts again", async () => {
    const hosts = hostsOf({ inventory: { "hv-01": at(one) } });
    const host = hosts.get("hv-01");
    const controller = new AbortController();
    const first = host.dial(controller.signal);
    controller.abort();
    const next = first.catch((error) => host.dial().then((connection) => ({ error, connection })));
    expect(await next).toMatchObject({ error: { code: "cancelled" }, connection: { open: true } });
    hosts.close();
  });
});
