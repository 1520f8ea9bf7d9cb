import { setTimeout as sleep } from "node:timers/promises";
import { udp } from "../../lab/netns/frames";
import { createXenLab, type XenLab } from "../../lab/xen";
import { declare, type LabStack, ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/**
 * Whatever happens to a guest's domain and so to its port's name: forbidden packets never pass, from the guest's first packet on, and allowed
 * packets pass again. Floods of both kinds run all the time, out of the guest from its boot and into it from outside.
 */
const WEB = { mac: "00:16:3e:00:02:0b", address: "10.25.0.11", second: "00:16:3e:00:02:1b", secondAddress: "10.26.0.11" };
const DB = { mac: "00:16:3e:00:02:0c", address: "10.25.0.12" };
const OFFICE = { mac: "02:00:00:25:00:07", address: "10.25.0.7" };

const out = (name: string, fields: Partial<Parameters<typeof udp>[0]> = {}) => ({
  name,
  everyMs: 20,
  frame: udp({
    ...{ from: WEB.mac, to: OFFICE.mac, sourceIp: WEB.address, targetIp: OFFICE.address, sourcePort: 4000, targetPort: 514 },
    ...{ payload: `csp[${name}]`, ...fields },
  }),
});
/** Out of web-1: its own, and what it may not send. */
const SENT = [
  out("own"),
  out("another's-address", { sourceIp: DB.address }),
  out("another's-mac", { from: DB.mac, sourceIp: DB.address }),
  out("egress-rule", { targetPort: 25 }),
];
const FORBIDDEN_OUT = SENT.slice(1).map(({ name }) => name);

const into = (name: string, targetPort: number) => ({
  name,
  frame: udp({
    ...{ from: OFFICE.mac, to: WEB.mac, sourceIp: OFFICE.address, targetIp: WEB.address, sourcePort: 4000 },
    ...{ targetPort, payload: `csp[${name}]` },
  }),
});
/** Into web-1: what a rule allows, and what none does. */
const RECEIVED = [into("allowed", 515), into("unasked", 516)];

/** How long after an event a guest may take until it is heard again. The host is emulated and the machine may be busy: this does not measure the hook. */
const PATIENCE_MS = 120_000;

describeWith(["root", "pulumi", "plugin"], "guests of a real Xen host, followed", () => {
  let lab: XenLab;
  let work: LabStack<XenLab>;
  const rows: string[] = [];
  const web = () => lab.guest("web-1");

  beforeAll(async () => {
    lab = await createXenLab({
      name: ownName("guests"),
      hosts: [{ name: "hv-01", backend: "legacy" }],
      guests: [
        {
          ...{ name: "web-1", host: "hv-01", mac: WEB.mac, addresses: [`${WEB.address}/24`], running: false },
          extraInterfaces: [{ mac: WEB.second, addresses: [`${WEB.secondAddress}/24`] }],
        },
        { name: "db-1", host: "hv-01", mac: DB.mac, addresses: [`${DB.address}/24`], running: false },
      ],
      outside: [{ name: "office", mac: OFFICE.mac, addresses: [`${OFFICE.address}/24`] }],
    });
    work = await stackOn("guests", lab);
    work.declare(program);
    // Before any guest runs: the policy holds from a guest's first packet on.
    await work.stack.up({ color: "never" });
    for (const { name, frame } of RECEIVED) await lab.probe.flood(name, "office", 20, frame);
    web().floods = SENT;
    await web().start();
  }, 900_000);
  afterAll(async () => {
    process.stdout.write(
      `\n${["event                           port     wrongly passed  own out  allowed in  both within ms", ...rows].join("\n")}\n`,
    );
    await work?.end();
  }, 120_000);

  function program(): void {
    const hv = declare.host("hv-01");
    declare.guest("web", {
      host: hv.host,
      guest: { uuid: web().uuid },
      interfaces: [
        { device: 0, mac: WEB.mac, addresses: [WEB.address] },
        { device: 1, mac: WEB.second, addresses: [WEB.secondAddress] },
      ],
      ingress: [{ name: "allowed", protocol: "udp", ports: ["515"] }],
      egress: [{ name: "no-smtp", action: "drop", protocol: "udp", ports: ["25"] }],
    });
    declare.guest("db", {
      host: hv.host,
      guest: { uuid: lab.guest("db-1").uuid },
      interfaces: [{ device: 0, mac: DB.mac, addresses: [DB.address] }],
    });
  }

  /** Waits until more than `than` frames of a kind have arrived somewhere; gives their number. */
  async function more(at: string, name: string, than: number): Promise<number> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(250)) {
      const count = (await lab.probe.counts(at)).get(name) ?? 0;
      if (count > than) return count;
      if (Date.now() > end) throw new Error(`no ${name} has reached ${at} within ${PATIENCE_MS / 1000} s`);
    }
  }

  const sum = (counts: ReadonlyMap<string, number>, names: readonly string[]) =>
    names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);

  /**
   * Forbidden packets that arrived: at office since the start of the test, at web-1 since its own start. The time is from the guest's first packet until
   * both allowed flows were seen. It includes the questions to dom0, which take a second each on the emulated host.
   */
  async function followed(event: string): Promise<void> {
    const up = performance.now();
    const heard = (await lab.probe.counts("office")).get("own") ?? 0;
    const own = (await more("office", "own", heard)) - heard;
    const allowed = await more("web-1", "allowed", 0);
    const within = performance.now() - up;
    const atOffice = await lab.probe.counts("office");
    const atWeb = await lab.probe.counts("web-1");
    const wrong = sum(atOffice, FORBIDDEN_OUT) + sum(atWeb, ["unasked"]);
    rows.push(
      `${event.padEnd(32)}${(await web().port()).padEnd(9)}${String(wrong).padStart(14)}${String(own).padStart(9)}${String(allowed).padStart(12)}${String(Math.round(within)).padStart(14)}`,
    );
    expect({ atOffice: sum(atOffice, FORBIDDEN_OUT), atWeb: sum(atWeb, ["unasked"]) }).toEqual({ atOffice: 0, atWeb: 0 });
  }

  test("a guest that starts is the one that was declared before", async () => {
    await followed("start");
  }, 300_000);

  const EVENTS: readonly (readonly [name: string, act: () => Promise<void>])[] = [
    ["reboot", () => web().reboot()],
    ["crash", () => web().crash()],
    [
      "destroy and start",
      async () => {
        await web().destroy();
        await web().start();
      },
    ],
    [
      "shutdown and start",
      async () => {
        await web().stop();
        await web().start();
      },
    ],
    [
      "save and restore",
      async () => {
        await web().save();
        await web().restore();
      },
    ],
    [
      "pause",
      async () => {
        await web().pause();
        await sleep(2000);
        await web().unpause();
      },
    ],
    [
      "an interface unplugged, plugged",
      async () => {
        await web().unplug(1);
        await web().plug(1);
      },
    ],
  ];

  test.each(EVENTS)(
    "%s",
    async (event, act) => {
      const before = await web().domain();
      await act();
      if (!/pause|plug/.test(event)) expect(await web().domain()).not.toBe(before);
      await followed(event);
    },
    400_000,
  );

  test("the host reboots, and its guests start by themselves", async () => {
    const host = lab.host("hv-01");
    await web().configure();
    await lab.guest("db-1").configure();
    await host.run(`mkdir -p /etc/xen/auto; ln -sf /etc/xen/web-1.cfg /etc/xen/db-1.cfg /etc/xen/auto/
      sed -i 's/^XENDOMAINS_SAVE=.*/XENDOMAINS_SAVE=/' /etc/default/xendomains`);
    await lab.reboot("hv-01");
    await web().booted();
    await followed("host reboot");
  }, 900_000);

  test("afterwards nothing is left to do: the guest is somewhere else, and that is no change", async () => {
    await work.stack.up({ color: "never", refresh: true, expectNoChanges: true });
  }, 300_000);
});
