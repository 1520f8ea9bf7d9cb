import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { LabHost, Product } from "../../lab/netns";
import { createHosts } from "../../provider/core/hosts";
import { arrived } from "../../provider/resources/host/arrival";
import { hostInputs } from "../../provider/resources/host/fields";
import { buildRpm, CSP_UNAME } from "../install/support/rpms";
import { describeWith } from "../support/needs";
import { signal } from "../support/processes";
import { declare, entryOf, failureOf, type LabStack, labStack } from "./stack";

const MINUTES = 60_000;
jest.setTimeout(4 * MINUTES);

const uuid = (n: number) => `5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f00${n}`;
const CLOUD = { originator: "xs", name: "xenserver-cloud-supp", version: "5.6.100", build: "50867p" };
/** 5.6 SP2 as its media install it, and with the pack. */
const STOCK: Product = {
  brand: "XenServer",
  version: "5.6.100",
  installation: uuid(1),
  kernel: `${CSP_UNAME.replace(/csp$/, "")}xen`,
  backend: "bridge",
};
const csp = (n: number): Product => ({ ...STOCK, installation: uuid(n), kernel: `${CSP_UNAME}xen`, packs: [CLOUD] });
const EXPECTED = { product: "XenServer", version: "5.6", kernel: "csp", packs: [{ name: "xenserver-cloud-supp", version: "5.6.100" }] };

describeWith(["root", "pulumi", "plugin"], "a host that is being installed becomes a csp host", () => {
  let site: LabStack;
  let host: LabHost;
  let inputs: Record<string, unknown>;
  const folder = mkdtempSync(join(tmpdir(), "csp-host-install-"));
  const preview = () => failureOf(site.stack.preview({ color: "never" }));
  const adopted = async () => {
    const { deployment } = await site.stack.exportStack();
    return (deployment.resources as { type: string; outputs?: { adopted?: object } }[]).find(({ type }) => type === "csp:index:Host")
      ?.outputs?.adopted;
  };
  /** A run of `up`, and what it has said so far. */
  const start = () => {
    let said = "";
    const heard: (() => void)[] = [];
    const onEvent = ({ diagnosticEvent }: EngineEvent) => {
      said += `${diagnosticEvent?.message ?? ""}\n`;
      for (const hear of heard) hear();
    };
    const ended = site.stack.up({ color: "never", onEvent });
    ended.catch(() => {});
    const says = (what: RegExp) =>
      Promise.race([
        ended.then(() => Promise.reject(new Error(`it ended without saying ${what}:\n${said}`))),
        new Promise<void>((done) => {
          const hear = () => what.test(said) && done();
          heard.push(hear);
          hear();
        }),
      ]);
    return { ended, says };
  };

  beforeAll(async () => {
    site = await labStack({ name: "install", hosts: [{ name: "hv-01", product: STOCK }] });
    host = site.lab.host("hv-01");
    // Few tries a dial: a host that is down is looked at again soon.
    await site.reach({ "hv-01": { ...entryOf(host), dialAttempts: 2 } });
    site.declare(() => {
      declare.host("hv-01", { adopted: undefined, facts: undefined, ...inputs });
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await site?.end();
  });

  test("installed without the pack it is refused, field by field, with what to do", async () => {
    inputs = { expect: EXPECTED };
    const failure = await preview();
    expect(failure).toMatch(
      /host hv-01: it is not what was declared \(expect\.kernel: declared csp, found 2\.6\.\S+xen; expect\.packs\["xenserver-cloud-supp"\]/,
    );
    expect(failure).toMatch(/pack is missing, and there is no way to add it: reinstall the host with packages\.cloud-supp/);
    expect((await host.exec("ls /var/lib/csp")).code).not.toBe(0);
  });

  test("up waits from the old system through a closed port and an installer's own key to the new one", async () => {
    inputs = { expect: EXPECTED, install: { minutes: 20, replaces: uuid(1) } };
    const { stdout } = await site.stack.preview({ color: "never" });
    expect(stdout).toMatch(/the installation that is to be replaced is still there \(XenServer 5\.6\.100, .*up to 20 minutes/);
    const run = start();
    await run.says(/waiting for the new installation of hv-01: the installation that is to be replaced is still there/);
    await host.stopSshd();
    await host.cutSsh();
    await run.says(/waiting for the new installation of hv-01: its address accepts connections and closes them again/);
    await host.run(`ssh-keygen -q -t ed25519 -N '' -f /run/installer_key
      sed 's#^HostKey .*#HostKey /run/installer_key#' /etc/ssh/sshd_config >/run/installer_sshd_config
      /usr/sbin/sshd -f /run/installer_sshd_config`);
    await run.says(/waiting for the new installation of hv-01: an SSH server answers whose key is not pinned \(SHA256:/);
    await site.lab.reinstall("hv-01", csp(2));
    await run.ended;
    expect(await adopted()).toEqual({ product: "XenServer 5.6.100", version: "5.6.100", installation: uuid(2) });
    expect((await host.snapshotTools()).iptables).toContain("csp-forward");
    await site.stack.up({ expectNoChanges: true });
  });

  test("interrupted while it waits, and the old system is gone meanwhile: the next up continues to wait", async () => {
    // The state knows of no installation, when one is declared.
    inputs = { expect: EXPECTED };
    await site.stack.up();
    inputs = { ...inputs, install: { minutes: 20, replaces: uuid(2) } };
    const first = start();
    await first.says(/is to be replaced is still there/);
    signal("/cli/bin/pulumi up ", "SIGINT");
    await expect(first.ended).rejects.toThrow(/hv-01/);
    // Nothing was taken from the old system, and the state knows it still.
    expect((await host.snapshotTools()).iptables).toContain("csp-forward");
    expect(await adopted()).toMatchObject({ installation: uuid(2) });

    await host.stopSshd();
    await host.cutSsh();
    const next = start();
    await next.says(/waiting for the new installation of hv-01: its address accepts connections/);
    await site.lab.reinstall("hv-01", csp(3));
    await next.ended;
    expect(await adopted()).toMatchObject({ installation: uuid(3) });
    expect((await host.snapshotTools()).iptables).toContain("csp-forward");
    await site.stack.up({ expectNoChanges: true });
  });

  test("when time is up, the error says how far the installation is", async () => {
    const hosts = createHosts({ hosts: { "hv-01": { ...entryOf(host), dialAttempts: 2 } } as never });
    const context = { hosts, owner: "x", signal: new AbortController().signal, status: () => {}, warn: () => {} };
    const wait = { ...hostInputs.parse({ host: "hv-01" }), install: { minutes: 0.05, replaces: uuid(3) } };
    await expect(arrived(context, hosts.get("hv-01"), wait)).rejects.toMatchObject({
      code: "install-not-up",
      message: expect.stringMatching(/its new installation is not up: the installation that is to be replaced is still there/),
    });
    await host.stopSshd();
    await host.cutSsh();
    await expect(arrived(context, hosts.get("hv-01"), wait)).rejects.toThrow(
      /not up: its address accepts connections and closes them again/,
    );
    await host.startSshd();
    hosts.close();
  });

  test("a pack named by one of its RPMs: refused if it is missing, accepted if the real rpm has installed it", async () => {
    inputs = { expect: { ...EXPECTED, packs: [...EXPECTED.packs, { name: "csp-pack", version: "5.6.100-50867p" }] } };
    expect(await preview()).toMatch(
      /expect\.packs\["csp-pack"\]: declared 5\.6\.100-50867p, found not installed \(there are .*xs:xenserver-cloud-supp 5\.6\.100-50867p/,
    );
    const rpm = join(folder, buildRpm(folder, { name: "csp-pack", version: "5.6.100", release: "50867p" }));
    await host.run(
      `rm -rf /var/lib/rpm; mkdir -p /var/lib/rpm; rpm --initdb; base64 -d >/root/${basename(rpm)}`,
      readFileSync(rpm).toString("base64"),
    );
    await host.run(`rpm -i --force-debian --nodeps /root/${basename(rpm)}`);
    await site.stack.up();
    await site.stack.up({ expectNoChanges: true });
  });

  test("what no longer is as declared is drift, in a refresh and in csp doctor", async () => {
    await host.run("rpm -e --force-debian --nodeps csp-pack");
    const { stdout } = await site.stack.refresh({ color: "never" });
    expect(stdout).toContain('expect.packs["csp-pack"]: declared 5.6.100-50867p, found not installed');
    const inventory = join(folder, "hosts.json");
    writeFileSync(inventory, JSON.stringify({ "hv-01": entryOf(host) }), { mode: 0o600 });
    const doctor = spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", "doctor", "hv-01", "--hosts", inventory], {
      cwd: resolve("."),
      encoding: "utf8",
    });
    expect([doctor.status, doctor.stdout]).toEqual([
      1,
      expect.stringContaining('expect.packs["csp-pack"]: declared 5.6.100-50867p, found not installed'),
    ]);
    inputs = { expect: EXPECTED };
    await site.stack.up();
    await site.stack.up({ expectNoChanges: true });
  });

  test("upgraded in place without the pack: refused until the pack is there", async () => {
    inputs = {};
    await site.stack.up();
    await site.lab.reinstall("hv-01", {
      ...STOCK,
      version: "6.0.2",
      installation: uuid(3),
      kernel: "2.6.32.12-0.7.1.xs6.0.2.542.170665xen",
    });
    await host.hideTool("arptables");
    const { stdout } = await site.stack.refresh({ color: "never" });
    expect(stdout).toContain(
      "it was upgraded in place from XenServer 5.6.100 to XenServer 6.0.2, and the Cloud Service Providers pack of that version is missing",
    );
    for (const run of [() => site.stack.preview({ color: "never" }), () => site.stack.up({ color: "never" })])
      expect(await failureOf(run())).toMatch(
        /upgraded in place from XenServer 5\.6\.100 to XenServer 6\.0\.2.*An upgrade works only with the pack of the new version: reinstall/,
      );
    expect((await host.exec("ls /var/lib/csp/frame")).code).not.toBe(0);
    expect(await adopted()).toMatchObject({ version: "5.6.100" });

    await host.unhideTool("arptables");
    await site.stack.up();
    expect(await adopted()).toEqual({ product: "XenServer 6.0.2", version: "6.0.2", installation: uuid(3) });
    expect((await host.snapshotTools()).iptables).toContain("csp-forward");
    await site.stack.up({ expectNoChanges: true });
  });
});
