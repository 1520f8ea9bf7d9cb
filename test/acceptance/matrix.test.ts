import type * as pulumi from "@pulumi/pulumi";
import { demoTopology, frames } from "../../lab/netns";
import { nearest } from "../support/backends";
import { describeWith } from "../support/needs";
import { countTable, flowTable, withVerdicts } from "./flows";
import { addressesOf, forged, honest } from "./forgeries";
import { Declared, declare, type LabStack, labStack } from "./stack";

/** hv-01 has the nft backend and one HostPolicy, hv-02 the legacy one and a GuestFirewall for each guest; idle-1 and idle-2 have no policy. */
const FLOWS = flowTable(`
  office web-1 tcp:80 pass
  office web-1 tcp6:80 pass
  office web-1 tcp:443 pass
  office web-1 icmp pass
  office web-1 icmp6 pass
  office web-1 arp pass
  office web-1 tcp:8080 block
  office web-1 tcp6:8080 block
  office web-1 udp:80 block
  office web-2 tcp:80 pass
  office web-2 tcp6:443 pass
  office web-2 icmp pass
  office web-2 icmp6 pass
  office web-2 arp pass
  office web-2 tcp:81 block
  office web-2 udp6:80 block
  db-1 web-1 icmp block
  stranger web-1 tcp:80 block
  stranger web-1 tcp6:80 block
  stranger web-1 icmp block
  stranger web-2 tcp:80 block
  stranger web-2 tcp6:80 block
  stranger web-2 icmp6 block
  web-1 db-1 arp pass
  web-1 db-1 tcp:5432 pass
  web-1 db-1 tcp6:5432 pass
  web-1 db-1 tcp:6005 pass
  web-1 db-1 gre pass
  web-1 db-1 tcp:5433 block
  web-1 db-1 tcp6:6011 block
  web-1 db-1 sctp block
  web-1 db-1 icmp block
  web-2 db-1 arp pass
  web-2 db-1 tcp:5432 pass
  web-2 db-1 tcp6:5432 pass
  web-2 db-1 tcp:6006 pass
  web-2 db-1 tcp:6005 block
  web-2 db-1 tcp6:6005 block
  web-1 db-2 arp pass
  web-1 db-2 tcp:5432 pass
  web-1 db-2 tcp6:5432 pass
  web-1 db-2 gre6 pass
  web-1 db-2 tcp:6006 pass
  web-1 db-2 tcp:6005 block
  web-2 db-2 tcp:5432 pass
  web-2 db-2 tcp6:6010 pass
  web-2 db-2 gre pass
  web-2 db-2 udp:5432 block
  web-2 db-2 sctp6 block
  office db-1 tcp:5432 block
  office db-2 tcp6:5432 block
  mail-1 db-1 tcp:5432 block
  mail-1 db-2 tcp:5432 block
  rogue-1 db-1 tcp6:5432 block
  rogue-1 db-2 tcp:5432 block
  rogue-1 db-2 gre block
  db-1 office udp:53 pass
  db-1 office udp6:53 pass
  db-1 office tcp:53 block
  db-1 office icmp block
  db-1 mail-1 udp:514 block
  db-2 office udp:53 pass
  db-2 office udp6:53 pass
  db-2 office tcp6:80 block
  db-2 mail-1 udp6:514 block
  web-1 office tcp:26 pass
  web-1 office tcp:25 block
  web-1 office tcp6:25 block
  web-1 office udp:123 block
  web-1 stranger udp:123 pass
  web-2 office tcp:25 block
  web-2 office udp6:123 block
  web-2 stranger udp6:123 pass
  office mail-1 tcp:25 pass
  office mail-1 tcp6:25 pass
  office mail-1 tcp:113 block
  stranger mail-1 tcp:25 block
  stranger mail-1 tcp6:25 block
  rogue-1 mail-1 arp pass
  rogue-1 mail-1 tcp:25 block
  rogue-1 mail-1 udp:514 pass
  rogue-1 mail-1 udp6:514 pass
  web-1 mail-1 udp:514 pass
  web-2 mail-1 udp6:514 pass
  rogue-1 office tcp:80 pass
  rogue-1 office tcp6:80 pass
  office rogue-1 tcp:22 block
  office rogue-1 udp6:53 block
  web-2 rogue-1 icmp block
  web-1 idle-1 arp block
  web-1 idle-1 icmp block
  office idle-1 tcp:80 block
  office idle-1 icmp6 block
  idle-1 mail-1 udp:514 block
  idle-1 office tcp6:80 block
  idle-1 office arp block
  idle-2 web-2 tcp:80 block
  idle-2 office udp:53 block
  web-2 idle-2 arp block
  web-2 idle-2 tcp6:80 block
`);

describeWith(["root", "pulumi", "plugin"], "packets between guests", () => {
  let work: LabStack;
  const addresses = (guest: string) => addressesOf(work.lab, guest);

  beforeAll(async () => {
    const { guests = [], ...topology } = demoTopology({ name: "matrix" });
    const idle = (n: number) => ({ name: `idle-${n}`, host: `hv-0${n}`, addresses: [`10.20.1.${n}/16`, `fd20::1:${n}/64`] });
    work = await labStack({
      ...topology,
      hosts: [
        { name: "hv-01", backend: nearest("nft") },
        { name: "hv-02", backend: "legacy" },
      ],
      guests: [...guests, idle(1), idle(2)],
    });
  }, 120_000);
  afterAll(() => work?.end(), 120_000);

  const web = () => ({
    ingress: [
      { name: "banned", action: "drop", from: ["set:blocklist", "set6:blocklist6"] },
      { name: "http", protocol: "tcp", ports: ["80", "443"], from: ["0.0.0.0/0", "::/0"] },
      { name: "ping", protocol: "icmp", icmpType: "8" },
      { name: "ping6", protocol: "icmpv6", icmpType: "128" },
    ],
    egress: [
      { name: "no-smtp", action: "drop", protocol: "tcp", ports: ["25"] },
      { name: "no-ntp", action: "reject", protocol: "udp", ports: ["123"], to: ["203.0.113.0/24", "2001:db8:113::/64"] },
    ],
    members: [...addresses("web-1"), ...addresses("web-2")],
  });
  const db = () => ({
    ingress: [
      { name: "sql", protocol: "tcp", ports: ["5432", "6000:6010"], from: ["group:web"] },
      { name: "tunnel", protocol: "gre", from: ["group:web"] },
    ],
    egress: [{ name: "dns", protocol: "udp", ports: ["53"] }],
  });
  const guest = (name: string, more: object = {}) => {
    const { uuid, mac } = work.lab.guest(name);
    return { uuid, interfaces: [{ device: 0, mac, addresses: addresses(name), ...more }] };
  };

  function program(): void {
    const hosts = Object.fromEntries(["hv-01", "hv-02"].map((name) => [name, declare.host(name)]));
    const sets = ["hv-01", "hv-02"].flatMap((name) => [
      declare.ipSet(`${name}-banned`, { host: hosts[name]?.host, name: "blocklist", members: ["198.51.100.0/24"] }),
      declare.ipSet(`${name}-banned6`, { host: hosts[name]?.host, name: "blocklist6", family: "inet6", members: ["2001:db8:100::/64"] }),
    ]);
    declare.policy(
      "hv-01",
      {
        host: "hv-01",
        groups: { web: web(), db: db() },
        guests: {
          "web-1": { ...guest("web-1"), groups: ["web"] },
          "db-1": {
            ...guest("db-1"),
            groups: ["db"],
            ingress: [{ name: "not-web-2", action: "drop", protocol: "tcp", ports: ["6005"], from: addresses("web-2") }],
            egressDefault: "drop",
          },
          "mail-1": {
            ...guest("mail-1", { dhcpServer: true }),
            ingress: [
              { name: "smtp", protocol: "tcp", ports: ["25"], from: ["203.0.113.0/24", "2001:db8:113::/64"] },
              { name: "syslog", protocol: "udp", ports: ["514"] },
              { name: "ident", action: "reject", protocol: "tcp", ports: ["113"] },
            ],
          },
        },
      },
      { dependsOn: sets },
    );
    const group = (name: string, args: object) =>
      new Declared("csp:firewall:SecurityGroup", name, { name, ...args }) as unknown as { policy: pulumi.Output<unknown> };
    const groups = { web: group("web", web()).policy, db: group("db", db()).policy };
    const firewall = (name: string, args: object) => {
      const { uuid, interfaces } = guest(name);
      declare.guest(name, { host: "hv-02", guest: { uuid }, interfaces, ...args }, { dependsOn: sets });
    };
    firewall("web-2", { groups: [groups.web] });
    firewall("db-2", {
      groups: [groups.db],
      peerGroups: [groups.web],
      ingress: [{ name: "not-web-1", action: "reject", protocol: "tcp", ports: ["6005"], from: addresses("web-1") }],
      egressDefault: "drop",
    });
    firewall("rogue-1", {});
  }

  /** Waits long for a frame that must arrive, so that a busy machine does not fail the test. */
  async function arriving(sender: string, victim: string, all: Record<string, Buffer>, patience = 2000): Promise<string[]> {
    const names: string[] = [];
    for (const [name, frame] of Object.entries(all))
      if ((await work.lab.probe.inject(frame, sender, [victim], patience)).length > 0) names.push(name);
    return names;
  }

  /** A tagged frame is not received as it was sent: the receiver's kernel removes the tag and keeps it beside the frame. */
  async function taggedArrives(sender: string, victim: string): Promise<boolean> {
    const link = { from: work.lab.guest(sender).mac, to: work.lab.guest(victim).mac };
    const [sourceIp = ""] = addresses(sender);
    const [targetIp = ""] = addresses(victim);
    let arrived = false;
    const job = await work.lab.probe.sniff(victim, (frame) => {
      arrived ||= frame.includes("behind a tag");
    });
    const frame = frames.udp({ ...link, sourceIp, targetIp, sourcePort: 40000, targetPort: 514, payload: "behind a tag" });
    // The frame that is injected next is captured after it.
    await work.lab.probe.inject(frames.tagged(frame, 7), sender, []);
    await work.lab.probe.inject(Object.values(honest(work.lab, sender, victim))[0]!, sender, [victim], 2000);
    await job.cancel();
    return arrived;
  }

  /** Clears the ARP caches: forged ARP that got through has poisoned them. */
  async function forgetNeighbours(): Promise<void> {
    for (const { name } of work.lab.endpoints) await work.lab.exec(name, ["ip", "neigh", "flush", "all"]);
  }

  /** On one host and from host to host, with either backend at the sender. */
  const ATTACKS = [
    ["web-1", "mail-1"],
    ["rogue-1", "mail-1"],
  ] as const;

  test("without a policy everything passes, forged or not", async () => {
    const verdicts = await work.lab.probe.matrix(FLOWS.map(({ flow }) => flow));
    expect(withVerdicts(FLOWS, verdicts)).toEqual(FLOWS.map(({ text }) => text.replace(/block$/, "pass")));
    for (const [attacker, victim] of ATTACKS) {
      expect(await arriving(attacker, victim, forged(work.lab, attacker, victim, "db-2"))).toEqual(
        Object.keys(forged(work.lab, attacker, victim, "db-2")),
      );
      expect(await arriving(attacker, victim, honest(work.lab, attacker, victim))).toEqual(Object.keys(honest(work.lab, attacker, victim)));
      expect(await taggedArrives(attacker, victim)).toBe(true);
    }
    await forgetNeighbours();
    const rogue = await work.lab.probe.dhcpServer("rogue-1", { address: "10.20.66.6" });
    expect(await work.lab.probe.dhcpClient("web-1", 3000)).toMatchObject({ address: "10.20.66.6" });
    await rogue.cancel();
  }, 60_000);

  test("with the policy, only what is declared passes", async () => {
    work.declare(program);
    await work.stack.up();
    const verdicts = await work.lab.probe.matrix(FLOWS.map(({ flow }) => flow));
    expect(withVerdicts(FLOWS, verdicts)).toEqual(FLOWS.map(({ text }) => text));
    expect(FLOWS.length).toBeGreaterThanOrEqual(60);
    process.stdout.write(`\n${countTable(FLOWS, verdicts)}\n`);
  }, 120_000);

  test("the sender of a rejected flow is told, that of a dropped one is not", async () => {
    const rejected = async (from: string, to: string, proto: "tcp" | "udp", port: number, family: 4 | 6 = 4) =>
      (await work.lab.probe.flowReport({ from, to, proto, port, family })).rejected !== null;
    expect(await rejected("office", "mail-1", "tcp", 113)).toBe(true);
    expect(await rejected("web-1", "db-2", "tcp", 6005)).toBe(true);
    expect(await rejected("web-2", "db-1", "tcp", 6005)).toBe(false);
    expect(await rejected("web-1", "office", "tcp", 25)).toBe(false);
    // A reset is made from the packet itself; an ICMP error is a packet of the host's own, which needs an address and a way to the sender.
    expect(await rejected("web-1", "office", "udp", 123)).toBe(false);
    for (const host of work.lab.hosts) await host.run("ip addr add 10.20.255.1/16 dev xenbr0; ip addr add fd20::ff:1/64 dev xenbr0 nodad");
    expect(await rejected("web-1", "office", "udp", 123)).toBe(true);
    expect(await rejected("web-2", "office", "udp", 123, 6)).toBe(true);
    for (const host of work.lab.hosts) await host.run("ip addr flush dev xenbr0");
  });

  test.each(ATTACKS)(
    "nothing that %s forges reaches %s, and honest packets do",
    async (attacker, victim) => {
      expect(await arriving(attacker, victim, forged(work.lab, attacker, victim, "db-2"), 200)).toEqual([]);
      expect(await arriving(attacker, victim, honest(work.lab, attacker, victim))).toEqual(Object.keys(honest(work.lab, attacker, victim)));
    },
    60_000,
  );

  test("guests are DHCP clients of a server outside and of a declared one, but not of a rogue one", async () => {
    const { probe } = work.lab;
    for (const [server, address] of [
      ["office", "10.20.77.7"],
      ["mail-1", "10.20.77.8"],
    ] as const) {
      const job = await probe.dhcpServer(server, { address });
      for (const client of ["web-1", "web-2", "rogue-1"]) expect(await probe.dhcpClient(client, 3000)).toMatchObject({ address });
      await job.cancel();
    }
    for (const server of ["rogue-1", "web-1"]) {
      const job = await probe.dhcpServer(server, { address: "10.20.66.6" });
      expect(await probe.dhcpClient("db-1")).toBeUndefined();
      expect(await probe.dhcpClient("web-2")).toBeUndefined();
      await job.cancel();
    }
  });

  test("a second run changes nothing", async () => {
    work.declare(program);
    await work.stack.up({ expectNoChanges: true });
  }, 60_000);
});
