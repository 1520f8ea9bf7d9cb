import type { EngineEvent } from "@pulumi/pulumi/automation";
import { findTerraform } from "../../engines/terraform";
import type { LabHost, Product } from "../../lab/netns";
import type { Reboots } from "../../lab/netns/reboots";
import { describeWith } from "../support/needs";
import { signal } from "../support/processes";
import { TerraformFolder } from "./doors/terraform-door";
import { failureOf, type LabStack, labStack, declare as resource } from "./stack";

const MINUTES = 60_000;
jest.setTimeout(4 * MINUTES);

const XCP: Product = { brand: "XCP-ng", version: "8.3.0", installation: "5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f001", backend: "openvswitch" };
/** All of csp's files on a host's disk. */
const CSP_FILES = "find /var/lib/csp /etc -path '*csp*' ! -path '*csp-lab*' ! -path '*/sudoers.d/*' 2>/dev/null || :";
const SWITCHED = /[Hh]ost (\S+): reboot: required \(guests are connected by Open vSwitch/;

/** Hosts that report Open vSwitch after their boot. The lab provides the command that switches them, and the reboot. */
describeWith(["root", "pulumi", "plugin"], "a host with Open vSwitch becomes a csp host", () => {
  let site: LabStack;
  let hosts: Record<"hv-01" | "hv-02", LabHost>;
  let reboots: Record<"hv-01" | "hv-02", Reboots>;
  let inputs: Record<string, Record<string, unknown>> = { "hv-01": {} };
  const backend = async (name: "hv-01" | "hv-02") => (await hosts[name].run("cat /etc/xensource/network.conf")).trim();
  const probe = () => site.lab.probe.flow({ from: "office", to: "web", port: 80 });
  /** All messages of the run about resources, also the passing ones. */
  const said = async (run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>) => {
    const messages: string[] = [];
    await run(({ diagnosticEvent }) => {
      if (diagnosticEvent !== undefined) messages.push(diagnosticEvent.message.replace(/<\{%[a-z]*%\}>/g, "").trim());
    });
    return messages.join("\n");
  };
  const preview = () => said((onEvent) => site.stack.preview({ color: "never", onEvent }));

  beforeAll(async () => {
    site = await labStack({
      name: "backend",
      hosts: [
        // The argument that the command fails at.
        { name: "hv-01", product: { ...XCP, backend: "vswitch" } },
        { name: "hv-02", product: XCP },
        { name: "hv-09", product: { ...XCP, brand: "XenServer", version: "9.0.0", switches: false } },
      ],
      guests: [{ name: "web", host: "hv-01", addresses: ["10.31.0.11/24"] }],
      outside: [{ name: "office", addresses: ["10.31.0.200/24"] }],
    });
    hosts = { "hv-01": site.lab.host("hv-01"), "hv-02": site.lab.host("hv-02") };
    reboots = { "hv-01": site.lab.obeyReboots("hv-01"), "hv-02": site.lab.obeyReboots("hv-02") };
    site.declare(() => {
      for (const [name, more] of Object.entries(inputs)) resource.host(name, { adopted: undefined, facts: undefined, ...more });
    });
  });
  afterAll(async () => {
    await Promise.all(Object.values(reboots ?? {}).map((each) => each.stop()));
    await site?.end();
  });

  test("it is refused until somebody allows a reboot, with what to do", async () => {
    const failure = await failureOf(site.stack.preview({ color: "never" }));
    expect(failure).toContain("host hv-01: guests are connected by Open vSwitch");
    expect(failure).toMatch(/Run `xe-switch-network-backend bridge` on it, then reboot it; or let csp do it: set `reboot: "when-empty"`/);
  });

  test("a host without a bridge backend is refused, whatever is allowed", async () => {
    inputs = { "hv-09": { reboot: "with-guests" } };
    expect(await failureOf(site.stack.preview({ color: "never" }))).toMatch(
      /hv-09: .*XenServer 9\.0\.0 cannot connect them by the Linux bridge/,
    );
  });

  test('"when-empty": with a guest running it is refused, and the guest is named', async () => {
    inputs = { "hv-01": { reboot: "when-empty" } };
    for (const run of [() => site.stack.preview({ color: "never" }), () => site.stack.up({ color: "never" })])
      expect(await failureOf(run())).toMatch(/host hv-01: it must be rebooted .*a guest runs there \(web\).*`reboot: "with-guests"`/);
    expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["vswitch", 0]);
  });

  test("the preview says that it will reboot, why, and which guests go down with it, and does nothing", async () => {
    inputs = { "hv-01": { reboot: "with-guests" } };
    const announced = await preview();
    expect(announced).toMatch(SWITCHED);
    expect(announced).toContain("these guests go down with it: web");
    expect(announced).toContain("it will be switched to the Linux bridge (xe-switch-network-backend bridge)");
    expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["vswitch", 0]);
    expect((await hosts["hv-01"].exec("ls /var/lib/csp")).code).not.toBe(0);
  });

  test("up: switched, rebooted once, verified, with its frame before its first guest was back; a second up changes nothing", async () => {
    expect(await probe()).toBe("passed");
    const progress = await said((onEvent) => site.stack.up({ color: "never", onEvent }));
    for (const part of ["switching hv-01 to the Linux bridge", "rebooting hv-01", "waiting for hv-01 to come back"])
      expect(progress).toContain(part);
    expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["bridge", 1]);
    // The boot itself has loaded the frame, before the guest started.
    expect((await hosts["hv-01"].run("head -n 1 /var/lib/csp/hook.log")).split(" ")[1]).toBe("[boot]");
    expect(site.lab.guest("web").domain).toBeDefined();
    expect(await probe()).toBe("blocked");
    expect(await hosts["hv-01"].run("cat /proc/sys/net/bridge/bridge-nf-call-iptables")).toBe("1\n");
    await site.stack.up({ expectNoChanges: true });
    expect(reboots["hv-01"].count).toBe(1);
  });

  test("switched back by hand for the next boot: drift, repaired without a reboot", async () => {
    await hosts["hv-01"].run("/opt/xensource/bin/xe-switch-network-backend openvswitch");
    const { stdout } = await site.stack.refresh({ color: "never" });
    expect(stdout).toContain("guests are connected by the Linux bridge now, and by Open vSwitch from the next boot on");
    await site.stack.up();
    expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["bridge", 1]);
    await site.stack.up({ expectNoChanges: true });
  });

  test('switched back and rebooted: drift; while a guest runs, only "with-guests" helps', async () => {
    await hosts["hv-01"].run("/opt/xensource/bin/xe-switch-network-backend openvswitch");
    await site.lab.reboot("hv-01");
    inputs = { "hv-01": { reboot: "when-empty" } };
    expect(await failureOf(site.stack.up({ color: "never" }))).toMatch(/a guest runs there \(web\)/);
    await site.lab.guest("web").stop();
    expect(await preview()).toMatch(SWITCHED);
    await site.stack.up();
    expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["bridge", 2]);
    await site.lab.guest("web").start();
    expect(await probe()).toBe("blocked");
    await site.stack.up({ expectNoChanges: true });
  });

  test("interrupted while it waits for the host: what is there is on record; it can be deleted, or continued from there", async () => {
    inputs = { ...inputs, "hv-02": { reboot: "when-empty" } };
    await reboots["hv-02"].stop();
    let waits: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const run = failureOf(
      site.stack.up({
        color: "never",
        onEvent: ({ diagnosticEvent }) => {
          if (/waiting for hv-02 to come back: it has not gone down yet/.test(diagnosticEvent?.message ?? "")) waits();
        },
      }),
    );
    await Promise.race([waiting, run.then((failure) => Promise.reject(new Error(failure)))]);
    signal("/cli/bin/pulumi up ", "SIGINT");
    expect(await run).toMatch(/hv-02/);
    expect(await backend("hv-02")).toBe("bridge");
    const { deployment } = await site.stack.exportStack();
    const names = (deployment.resources as { type: string; id?: string }[])
      .filter(({ type }) => type === "csp:index:Host")
      .map(({ id }) => id);
    expect(names).toEqual(["hv-01", "hv-02"]);
    expect(await preview()).toMatch(SWITCHED);

    // The host is given up: what the next boot would have loaded is removed.
    const { "hv-02": given = {}, ...others } = inputs;
    inputs = others;
    await site.stack.up();
    expect(await hosts["hv-02"].run(CSP_FILES)).toBe("");

    // Taken up again: somebody presses the button.
    inputs = { ...others, "hv-02": given };
    await site.lab.reboot("hv-02");
    reboots["hv-02"] = site.lab.obeyReboots("hv-02");
    await site.stack.up();
    expect((await hosts["hv-02"].run("ls /var/lib/csp/frame")).trim()).toBe("/var/lib/csp/frame");
    await site.stack.up({ expectNoChanges: true });
    expect(reboots["hv-01"].count).toBe(2);
  });

  describeWith(["terraform", "provider"], "through Terraform", () => {
    let folder: TerraformFolder;
    beforeAll(() => {
      folder = new TerraformFolder("backend", findTerraform()[0]!, Object.values(hosts));
    });
    afterAll(() => folder?.dispose());

    test("the plan says that it reboots, apply does it, the next plan is empty; a host that differs from the declaration is refused", async () => {
      inputs = { "hv-01": { reboot: "when-empty" } };
      await site.stack.up();
      await hosts["hv-02"].run("/opt/xensource/bin/xe-switch-network-backend openvswitch");
      await site.lab.reboot("hv-02");
      const before = reboots["hv-02"].count;
      const program = (expected: object) => [
        { token: "csp:index:Host" as const, name: "hv", args: { host: "hv-02", reboot: "when-empty", expect: expected } },
      ];
      folder.write(program({ product: "XCP-ng", version: "8.3" }));
      const plan = await folder.must("plan", "-out=plan");
      expect(plan.replace(/\s+/g, " ").replaceAll("│ ", "")).toMatch(SWITCHED);
      expect(reboots["hv-02"].count).toBe(before);
      await folder.must("apply", "plan");
      expect(reboots["hv-02"].count).toBe(before + 1);
      await folder.must("plan", "-detailed-exitcode");
      folder.write(program({ product: "XCP-ng", version: "8.2" }));
      const { code, stderr } = await folder.run("plan");
      expect([code, stderr.replace(/\s*│\s*|\s+/g, " ")]).toEqual([
        1,
        expect.stringMatching(/expect\.version: declared 8\.2, found 8\.3\.0/),
      ]);
      folder.write(program({ product: "XCP-ng", version: "8.3" }));
      await folder.must("destroy", "-auto-approve");
    });

    test("somebody else's host is not rebooted", async () => {
      await hosts["hv-01"].run("/opt/xensource/bin/xe-switch-network-backend openvswitch");
      await site.lab.reboot("hv-01");
      await site.lab.guest("web").stop();
      const before = reboots["hv-01"].count;
      folder.write([{ token: "csp:index:Host", name: "hv", args: { host: "hv-01", reboot: "when-empty" } }]);
      for (const command of ["plan", "apply"]) {
        const { code, stderr } = await folder.run(command, ...(command === "apply" ? ["-auto-approve"] : []));
        expect([code, stderr.replace(/\s*│\s*|\s+/g, " ")]).toEqual([1, expect.stringMatching(/already belongs to backend\/dev hv-01/)]);
      }
      expect([await backend("hv-01"), reboots["hv-01"].count]).toEqual(["openvswitch", before]);
    });
  });
});
