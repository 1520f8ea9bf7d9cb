import type { LabHost } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { floodKinds, floodTable, PORTS, underFlood } from "./floods";
import { noChanges } from "./followed";
import { declare, type LabStack, labStack } from "./stack";

const CROWD = 100;

describeWith(["root", "pulumi", "plugin"], "a hundred guests that start at once (legacy)", () => {
  let work: LabStack;
  let host: LabHost;

  beforeAll(async () => {
    const guest = (name: string, n: number, bare = false) => ({
      name,
      host: "hv-01",
      bare,
      addresses: [`10.42.0.${n}/16`, `fd42::${n}/64`],
    });
    work = await labStack({
      name: "crowd",
      hosts: [{ name: "hv-01", backend: "legacy" }],
      guests: [
        ...["web", "peer", "lent"].map((name, n) => guest(name, n + 11)),
        ...Array.from({ length: CROWD - 3 }, (_, n) => guest(`crowd-${n + 1}`, n + 20, true)),
      ],
      outside: [{ name: "client", addresses: ["10.42.0.9/16", "fd42::9/64"] }],
    });
    host = work.lab.host("hv-01");
    work.declare(() => {
      declare.policy("guests", {
        host: declare.host("hv-01").host,
        guests: Object.fromEntries(
          work.lab.guests.map(({ name, uuid, spec }) => [
            name,
            {
              uuid,
              interfaces: spec.interfaces.map(({ mac, addresses }, device) => ({
                device,
                mac,
                addresses: addresses.map((address) => address.split("/")[0]),
              })),
              ingress: [{ name: "open", protocol: "udp", ports: [String(PORTS.open)] }],
              egress: [{ name: "closed", action: "drop", protocol: "udp", ports: [String(PORTS.closedOut)] }],
            },
          ]),
        ),
      });
    });
    await work.stack.up();
  }, 120_000);
  afterAll(() => work?.end(), 60_000);

  test("all claim their ports; the hooks wait for each other and never fail, and nothing passes meanwhile", async () => {
    const kinds = floodKinds(work.lab, { guest: "web", peer: "peer", other: "lent", client: "client" });
    let took = 0;
    const row = await underFlood(
      work.lab,
      kinds,
      `the host reboots, ${CROWD} guests start at once`,
      async () => {
        await work.lab.reboot("hv-01", { autostart: false });
        const began = Date.now();
        await Promise.all(work.lab.guests.map((guest) => guest.start()));
        await host.run("udevadm settle");
        took = Date.now() - began;
      },
      () => work.lab.guest("web").upAt,
    );
    const calls = (await host.run("grep -c '\\[' /var/lib/csp/hook.log")).trim();
    console.log(floodTable(`all started and claimed after ${took} ms, ${calls} calls of the hook on its log`, [row]));
    expect(row.wrong).toEqual({});
    const claimed = (await host.run("awk '$1 == \"port\" { print $2 }' /var/lib/csp/ports")).trim().split("\n");
    expect(claimed.sort()).toEqual(work.lab.guests.map((guest) => guest.port()).sort());
    expect((await host.exec("cat /var/lib/csp/failures; grep failed /var/lib/csp/hook.log")).stdout).toBe("");
    await noChanges(work, host);
  }, 120_000);
});
