import { setTimeout as sleep } from "node:timers/promises";
import { createLibvirtLab, type LibvirtLab } from "../../lab/libvirt";
import { declare, type LabStack, ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";
import { counted, more, packet, sent } from "./followed";

/**
 * Whatever libvirt does to a guest: forbidden packets never pass, from the guest's first packet on, and allowed packets pass again. Floods of both
 * kinds run all along, out of the guest from its boot and into it from outside.
 */
const WEB = { mac: "52:54:00:00:02:0b", address: "10.27.0.11", second: "52:54:00:00:02:1b", secondAddress: "10.28.0.11" };
const DB = { mac: "52:54:00:00:02:0c", address: "10.27.0.12" };
const IDLE = { mac: "52:54:00:00:02:0d", address: "10.27.0.13" };
const OFFICE = { mac: "02:00:00:27:00:07", address: "10.27.0.7" };

const SENT = sent(WEB, DB, OFFICE);
const FORBIDDEN_OUT = SENT.slice(1).map(({ name }) => name);
/** Into web-1: what a rule allows, and what none does. */
const RECEIVED = [
  { name: "allowed", frame: packet("allowed", OFFICE, WEB, 515) },
  { name: "unasked", frame: packet("unasked", OFFICE, WEB, 516) },
];
const ALL = [...SENT, ...RECEIVED].map(({ name }) => name);

/** An administrator's hook: it logs each call, and whether it received the domain's XML. */
const OWN_HOOK = (name: string) => `#!/bin/sh\necho "${name} $* $(grep -c '<uuid>')" >>/var/log/own-hook\n`;
const HOOK_FILES = ["/etc/libvirt/hooks/qemu", "/etc/libvirt/hooks/qemu.d/csp"];

describeWith(["root", "pulumi", "plugin", "libvirt"], "guests of a real libvirtd, followed", () => {
  let lab: LibvirtLab;
  let work: LabStack<LibvirtLab>;
  const rows: string[] = [];
  const web = () => lab.guest("web-1");
  const host = () => lab.host(web().host);

  beforeAll(async () => {
    const guest = (name: string, { mac, address }: typeof DB) => ({ name, host: "hv-01", mac, addresses: [`${address}/24`] });
    lab = await createLibvirtLab({
      name: ownName("guests"),
      hosts: [{ name: "hv-01" }, { name: "hv-02" }],
      guests: [
        { ...guest("web-1", WEB), extraInterfaces: [{ mac: WEB.second, addresses: [`${WEB.secondAddress}/24`] }] },
        guest("db-1", DB),
        guest("idle-1", IDLE),
      ],
      outside: [{ name: "office", mac: OFFICE.mac, addresses: [`${OFFICE.address}/24`] }],
    });
    for (const file of HOOK_FILES)
      await lab.host("hv-01").run(`mkdir -p ${file.replace(/\/[^/]*$/, "")} && cat >${file} && chmod 755 ${file}`, OWN_HOOK(file));
    work = await stackOn("libvirt-guests", lab);
    work.declare(program);
  }, 900_000);
  afterAll(async () => {
    const head = "event                                port    wrongly passed  own out  allowed in  within ms  the hook was told by";
    process.stdout.write(`\n${[head, ...rows].join("\n")}\n`);
    await work?.end();
  }, 120_000);

  function program(): void {
    const [first, second] = lab.hosts.map(({ name }) => declare.host(name));
    declare.guest("web", {
      hosts: [first?.host, second?.host],
      guest: { uuid: web().uuid },
      interfaces: [
        { device: 0, mac: WEB.mac, addresses: [WEB.address] },
        { device: 1, mac: WEB.second, addresses: [WEB.secondAddress] },
      ],
      ingress: [{ name: "allowed", protocol: "udp", ports: ["515"] }],
      egress: [{ name: "no-smtp", action: "drop", protocol: "udp", ports: ["25"] }],
    });
    declare.policy("tier", {
      host: first?.host,
      name: "tier",
      guests: {
        "db-1": {
          uuid: lab.guest("db-1").uuid,
          interfaces: [{ device: 0, mac: DB.mac, addresses: [DB.address] }],
          ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: [OFFICE.address] }],
        },
      },
    });
  }

  const flow = (from: string, to: string, port: number) => lab.probe.flow({ from, to, port, timeoutMs: 4000 });

  /** New lines of the hook's log, by caller. */
  async function told(since: number): Promise<string> {
    const calls = (await host().run("cat /var/lib/csp/hook.log")).split("\n").slice(since);
    return [
      ...new Set(
        calls.flatMap((line) => /\[(udev|libvirt \S+ \S+|boot|follow|up)/.exec(line)?.[1]?.replace(/^libvirt \S+/, "libvirt") ?? []),
      ),
    ].join(", ");
  }
  const logged = async (): Promise<number> => (await host().run("cat /var/lib/csp/hook.log 2>/dev/null || :")).split("\n").length - 1;

  /** Forbidden packets that arrived: at office since the start of the test, at web-1 since its own start. */
  async function followed(event: string, since: number): Promise<void> {
    const up = performance.now();
    const own = await more(lab.probe, "office", "own", await counted(lab.probe, "office", ["own"]));
    const allowed = await more(lab.probe, "web-1", "allowed", await counted(lab.probe, "web-1", ["allowed"]));
    const within = Math.round(performance.now() - up);
    const wrong = {
      atOffice: await counted(lab.probe, "office", FORBIDDEN_OUT),
      atWeb: await counted(lab.probe, "web-1", ["unasked"]),
    };
    const figures = [String(wrong.atOffice + wrong.atWeb).padStart(14), String(own).padStart(9), String(allowed).padStart(12)];
    rows.push(
      `${event.padEnd(37)}${(await web().port()).padEnd(8)}${figures.join("")}${String(within).padStart(11)}  ${await told(since)}`,
    );
    expect(wrong).toEqual({ atOffice: 0, atWeb: 0 });
  }

  test("before csp, everything passes", async () => {
    expect([await flow("office", "web-1", 22), await flow("db-1", "office", 25), await flow("idle-1", "office", 80)]).toEqual(
      Array(3).fill("passed"),
    );
    const forged = packet("before", DB, OFFICE, 514);
    expect(await lab.probe.inject(forged, "web-1", ["office"], 10_000)).toEqual(["office"]);
  });

  test("the host is adopted under running guests: each is what is declared, and one without a policy passes nothing", async () => {
    await work.stack.up({ color: "never" });
    expect(await flow("office", "db-1", 5432)).toBe("passed");
    expect(await flow("office", "db-1", 22)).toBe("blocked");
    expect(await flow("office", "web-1", 22)).toBe("blocked");
    expect(await flow("db-1", "office", 25)).toBe("passed");
    expect([await flow("idle-1", "office", 80), await flow("office", "idle-1", 80)]).toEqual(["blocked", "blocked"]);
    expect(await lab.probe.inject(packet("after", DB, OFFICE, 514), "web-1", ["office"], 2000)).toEqual([]);
  });

  test("a guest whose hook does not come passes nothing, and is what is declared once it comes", async () => {
    await web().destroy();
    for (const { name, frame } of RECEIVED) await lab.probe.flood(name, "office", 20, frame);
    web().floods = SENT;
    await host().run("mv /var/lib/csp/hook /var/lib/csp/hook.away");
    await web().start();
    await sleep(3000);
    expect({ out: await counted(lab.probe, "office", ALL), in: await counted(lab.probe, "web-1", ALL) }).toEqual({ out: 0, in: 0 });
    await host().run("mv /var/lib/csp/hook.away /var/lib/csp/hook");
    const since = await logged();
    await host().run("udevadm trigger --action=add --subsystem-match=net");
    await followed("a hook that comes late", since);
  });

  test("before libvirtd has seen its new hook, udev tells of a start", async () => {
    await web().destroy();
    const since = await logged();
    await web().start();
    await followed("start, libvirtd not restarted", since);
    expect(await told(since)).toBe("udev");
  });

  test("libvirtd restarts under its guests", async () => {
    const since = await logged();
    await lab.restartLibvirtd("hv-01");
    await followed("libvirtd restarts", since);
    await host().run(": >/var/log/own-hook");
  });

  const EVENTS: readonly (readonly [name: string, act: () => Promise<void>, port: "same" | "another"])[] = [
    [
      "destroy and start",
      () =>
        web()
          .destroy()
          .then(() => web().start()),
      "another",
    ],
    [
      "power off and start",
      () =>
        web()
          .stop()
          .then(() => web().start()),
      "another",
    ],
    ["reboot from inside", () => web().reboot(), "same"],
    ["reset", () => web().reset(), "same"],
    [
      "its QEMU dies, and start",
      () =>
        web()
          .crash()
          .then(() => web().start()),
      "another",
    ],
    [
      "pause",
      () =>
        web()
          .pause()
          .then(() => sleep(2000))
          .then(() => web().unpause()),
      "same",
    ],
    [
      "save and restore",
      () =>
        web()
          .save()
          .then(() => web().restore()),
      "another",
    ],
    [
      "managed save and start",
      () =>
        web()
          .managedSave()
          .then(() => web().resume()),
      "another",
    ],
    [
      "an interface unplugged, plugged",
      () =>
        web()
          .unplug(0)
          .then(() => web().plug(0)),
      "another",
    ],
    [
      "libvirtd dies, and starts",
      async () => {
        await host().run("kill -9 $(cat /run/libvirtd.pid)");
        await lab.restartLibvirtd("hv-01");
      },
      "same",
    ],
    ["migration, alive", () => web().migrate("hv-02"), "another"],
    ["migration back", () => web().migrate("hv-01"), "another"],
  ];

  test.each(EVENTS)("%s", async (event, act, port) => {
    const before = await web().port();
    const since = event === "migration, alive" ? Number.MAX_SAFE_INTEGER : await logged();
    await act();
    await followed(event, since);
    if (port === "same") expect(await web().port()).toBe(before);
    else if (!event.startsWith("migration")) expect(await web().port()).not.toBe(before);
  });

  test("the hooks that were there before get every call still, with the domain's XML", async () => {
    const calls = (await lab.host("hv-01").run("cat /var/log/own-hook")).trim().split("\n");
    for (const file of HOOK_FILES)
      for (const operation of [
        "prepare begin",
        "start begin",
        "started begin",
        "stopped end",
        "release end",
        "restore begin",
        "migrate begin",
        "reconnect begin",
      ])
        expect(calls.filter((line) => line.startsWith(`${file} web-1 ${operation} `) && line.endsWith(" 1"))).not.toEqual([]);
  });

  test("the host reboots, and libvirtd starts its guests by itself", async () => {
    await web().autostart();
    await lab.reboot("hv-01");
    await web().booted();
    await followed("host reboot, autostart", 0);
  });

  test("afterwards nothing is left to do: another port is no change", async () => {
    await work.stack.up({ color: "never", refresh: true, expectNoChanges: true });
  });

  test("destroy: everything passes again, and the hooks are those of before", async () => {
    await work.stack.destroy({ color: "never" });
    const files = await lab.host("hv-01").run(`cat ${HOOK_FILES.join(" ")}; ls /etc/libvirt/hooks/qemu.d`);
    expect(files).toBe(`${HOOK_FILES.map(OWN_HOOK).join("")}csp\n`);
    expect(await lab.host("hv-02").run("find /etc/libvirt/hooks -type f -o -name qemu.d")).toBe("");
    expect(await flow("office", "web-1", 22)).toBe("passed");
    expect(await counted(lab.probe, "office", FORBIDDEN_OUT)).toBeGreaterThan(0);
  });
});
