import { once } from "node:events";
import { createServer } from "node:net";
import { utils } from "ssh2";
import type { LabHost, SavedTools } from "../../lab/netns";
import { PLUGIN_DIR } from "../doors/workspace";
import { describeWith } from "../support/needs";
import { signal } from "../support/processes";
import { hanging, release, sabotage } from "./sabotage";
import { declare, entryOf, failureOf, generation, type LabStack, labStack } from "./stack";

const WEB = { uuid: "fa170000-0000-4000-8000-00000000000b", mac: "02:00:00:20:03:0b", address: "10.24.0.11" };
const DB = { uuid: "fa170000-0000-4000-8000-00000000000c", mac: "02:00:00:20:03:0c", address: "10.24.0.12" };

/** The program, with the port that its one rule opens. */
function program(port: string): () => void {
  return () => {
    const { host } = declare.host("hv-01");
    for (const [name, { uuid, mac, address }] of Object.entries({ web: WEB, db: DB })) {
      declare.guest(name, {
        host,
        guest: { uuid },
        interfaces: [{ device: 0, mac, addresses: [address] }],
        ingress: [{ name: "http", protocol: "tcp", ports: [port] }],
      });
    }
  };
}

describeWith(["root", "pulumi", "plugin"], "when something goes wrong, under the engine", () => {
  let work: LabStack;
  let host: LabHost;
  let untouched: SavedTools;
  let asItWas: string;

  beforeAll(async () => {
    const guest = (name: string, { uuid, mac, address }: typeof WEB) => ({ name, host: "hv-01", uuid, mac, addresses: [`${address}/24`] });
    work = await labStack({ name: "faults", hosts: [{ name: "hv-01" }], guests: [guest("web", WEB), guest("db", DB)] });
    host = work.lab.host("hv-01");
    untouched = await host.snapshotTools();
    asItWas = await settings();
    // A user who may only log in.
    await host.run("useradd -m -p '*' plain && cp -r /root/.ssh /home/plain/ && chown -R plain /home/plain/.ssh");
  }, 60_000);
  afterAll(() => work?.end(), 60_000);

  const settings = () => host.run("sysctl net.bridge; ls -A /etc/sysctl.d /etc/modules-load.d");
  const reach = (entry: Record<string, unknown> = {}) => work.reach({ "hv-01": { ...entryOf(host), dialAttempts: 2, ...entry } });
  const up = (port: string, options?: Parameters<LabStack["stack"]["up"]>[0]) => {
    work.declare(program(port));
    return work.stack.up({ color: "never", ...options });
  };
  const inState = async () => {
    const { deployment } = await work.stack.exportStack();
    expect(deployment.pending_operations ?? []).toEqual([]);
    return ((deployment.resources ?? []) as { type: string; urn: string }[])
      .filter(({ type }) => type.startsWith("csp:"))
      .map(({ urn }) => urn.split("::").at(-1))
      .sort();
  };
  /** Checks that no transaction runs or is unfinished and that nobody holds the lock. */
  const quiet = async () => {
    expect(await host.run("cd /var/lib/csp && ls -d journal commit 2>/dev/null || :; flock -n lock true || echo locked")).toBe("");
  };
  const opened = async (port: number) => work.lab.probe.flow({ from: "db", to: "web", port });

  /** For tests in which only the settings are wrong; each test begins with good ones. */
  const mended = async () => {};
  const strangers: [string, () => Promise<unknown>, RegExp, () => Promise<unknown>][] = [
    [
      "a host that is down",
      () => host.stopSshd(),
      /hv-01 \(127\.0\.0\.1:\d+\): (no connection|the SSH handshake failed).*Check that/,
      () => host.startSshd(),
    ],
    [
      "a host with another key than the pinned one",
      () => reach({ hostKey: utils.generateKeyPairSync("ed25519").public }),
      /hv-01 \(.*\): THE HOST KEY HAS CHANGED.*nothing was sent to it/,
      mended,
    ],
    [
      "a private key that the host does not know",
      () => reach({ privateKey: utils.generateKeyPairSync("ed25519").private }),
      /hv-01 \(.*\): the host refused to let root in with private key.*authorized_keys/,
      mended,
    ],
    [
      "a wrong password",
      () => reach({ privateKey: undefined, password: "wrong-password-7351" }),
      /hv-01 \(.*\): the host refused to let root in with password.*Correct/,
      mended,
    ],
    [
      "a user without sudo",
      () => reach({ user: "plain" }),
      /hv-01 \(.*\): sudo (does not let plain run|asks plain for a password).*(sudoers|sudoPassword)/,
      mended,
    ],
    [
      "a user whose sudo wants a password",
      () => reach({ user: "csp-sudo" }),
      /hv-01 \(.*\): sudo asks csp-sudo for a password and none is given.*sudoPassword/,
      mended,
    ],
    [
      "a wrong sudo password",
      () => reach({ user: "csp-sudo", sudoPassword: "wrong-password-7351" }),
      /hv-01 \(.*\): sudo does not accept csp-sudo's password.*sudoPassword/,
      mended,
    ],
    [
      "a tool that is missing",
      () => host.hideTool("ipset"),
      /host hv-01: `ipset` is not installed.*apt-get install ipset/,
      () => host.unhideTool("ipset"),
    ],
    [
      "an address where somebody else answers",
      async () => {
        const server = createServer((socket) => socket.end("220 mail.example.net ESMTP\r\n")).listen(0, "127.0.0.1");
        await once(server, "listening");
        server.unref();
        await reach({ port: (server.address() as { port: number }).port });
      },
      /hv-01 \(127\.0\.0\.1:\d+\): (no connection|the SSH handshake failed).*Check that/,
      mended,
    ],
  ];

  test.each(strangers)(
    "%s: the error says so, and nothing is in the state or on the host",
    async (_, breakIt, message, mend) => {
      await reach();
      await breakIt();
      const failure = await failureOf(up("80"));
      await mend();
      expect(failure).toMatch(message);
      expect(failure).not.toContain("wrong-password-7351");
      expect(await inState()).toEqual([]);
      expect(await host.snapshotTools()).toEqual(untouched);
    },
    60_000,
  );

  test("a host that accepts the frame but not the sysctls is recorded as partly created, and a destroy removes it", async () => {
    await reach();
    await host.run("mkdir /etc/sysctl.d/zz-csp.conf");
    expect(await failureOf(up("80"))).toMatch(/host hv-01: setting the bridge's sysctls failed .*zz-csp\.conf/);
    expect(await inState()).toEqual(["hv-01"]);
    expect((await host.snapshotTools()).iptables).toContain("csp-forward");
    await host.run("rmdir /etc/sysctl.d/zz-csp.conf");
    await work.stack.destroy({ color: "never" });
    expect(await host.snapshotTools()).toEqual(untouched);
    expect(await settings()).toBe(asItWas);
  }, 60_000);

  test("a full disk at the first up: the next up, with free space, does everything", async () => {
    await reach();
    await host.fillDisk();
    const failure = await failureOf(up("80"));
    await host.freeDisk();
    expect(failure).toMatch(
      /host hv-01: \/var\/lib\/csp could not be written .*No space left.*nothing was changed\. Free some space there/,
    );
    expect(await inState()).toEqual([]);
    expect(await host.snapshotTools()).toEqual(untouched);

    await up("80");
    expect(await inState()).toEqual(["db", "hv-01", "web"]);
    await quiet();
    expect([await opened(80), await opened(81)]).toEqual(["passed", "blocked"]);
  }, 120_000);

  test("a user with sudo works, and finds nothing to change", async () => {
    await reach({ user: "csp-sudo", sudoPassword: host.ssh.password });
    await up("80", { expectNoChanges: true });
    await reach();
  }, 60_000);

  test("a full disk at a change: the old rules stay, and the next up makes the change", async () => {
    const before = await host.snapshotTools();
    await host.fillDisk();
    const failure = await failureOf(up("81"));
    await host.freeDisk();
    expect(failure).toMatch(/host hv-01: .*nothing was changed/);
    expect(await host.snapshotTools()).toEqual(before);
    await up("81");
    expect([await opened(80), await opened(81)]).toEqual(["blocked", "passed"]);
    await quiet();
  }, 120_000);

  /** A change during which something happens while its transaction is half done. */
  const interrupted = async (port: string, happen: () => Promise<void>): Promise<string> => {
    await sabotage(host, { tool: "ip6tables-restore", when: "after", deed: "hang" });
    // One after the other: a resource that does not wait for the one that is cut off would make its own change afterwards.
    const run = failureOf(up(port, { parallel: 1 }));
    await Promise.race([hanging(host), run]);
    await happen();
    const failure = await run;
    await release(host, "ip6tables-restore");
    return failure;
  };

  const cuts: [string, string, () => Promise<void>, RegExp][] = [
    [
      "the connection is cut",
      "82",
      () => host.cutSsh(),
      /hv-01 \(.*\): the connection was lost while changing the firewall.*Run the operation again/,
    ],
    [
      "the plugin is killed",
      "83",
      async () => signal(`${PLUGIN_DIR}/pulumi-resource-csp`, "SIGKILL"),
      /plugin|connection refused|transport|EOF/i,
    ],
    ["the engine is interrupted", "84", async () => signal("/cli/bin/pulumi up ", "SIGINT"), /changing the firewall was cancelled/],
  ];
  test.each(cuts)(
    "%s in the middle of a change: the host undoes it, and the next up makes the change",
    async (_, port, happen, message) => {
      const before = await host.snapshotTools();
      const transactions = await generation(host);
      const failure = await interrupted(port, happen);
      expect(failure).toMatch(message);
      // The host undoes it by itself, because nobody is connected any more.
      await host.run("cd /var/lib/csp; until [ ! -d journal ] && [ ! -d commit ] && flock -n lock true; do sleep 0.05; done");
      expect(await host.snapshotTools()).toEqual(before);
      expect(await generation(host)).toBe(transactions);
      expect(await inState()).toEqual(["db", "hv-01", "web"]);

      await up(port);
      expect(await opened(Number(port))).toBe("passed");
      await up(port, { expectNoChanges: true });
      await quiet();
    },
    120_000,
  );

  test("after an interrupted destroy, the next one removes everything", async () => {
    await sabotage(host, { tool: "ip6tables-restore", when: "before", deed: "hang" });
    const run = failureOf(work.stack.destroy({ color: "never" }));
    await hanging(host);
    await host.cutSsh();
    expect(await run).toMatch(/hv-01/);
    await release(host, "ip6tables-restore");
    expect((await inState()).length).toBeGreaterThan(0);
    await work.stack.destroy({ color: "never" });
    expect(await inState()).toEqual([]);
    expect(await host.snapshotTools()).toEqual(untouched);
    expect(await settings()).toBe(asItWas);
    expect((await host.exec("ls /var/lib/csp")).code).not.toBe(0);
  }, 120_000);
});
