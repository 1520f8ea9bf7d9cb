import { type Backend, createLab, demoTopology, type Flow, frames, type Lab } from "../../lab/netns";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";

const KINDS: Omit<Flow, "from" | "to">[] = [
  { proto: "tcp", port: 80 },
  { proto: "udp", port: 53 },
  { proto: "icmp" },
  { proto: "arp" },
  { proto: 132 },
  { proto: "tcp", port: 80, family: 6 },
  { proto: "udp", port: 53, family: 6 },
  { proto: "icmp", family: 6 },
  { proto: 132, family: 6 },
];

const suite = (backend: Backend): void => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createLab({
      ...demoTopology({ name: `pk-${backend}-${process.pid}`, backend }),
      outside: [
        { name: "office", addresses: ["203.0.113.7/24", "2001:db8:113::7/64"] },
        { name: "printer", host: "hv-01", addresses: ["10.20.200.1/16"] },
      ],
    });
  });

  afterAll(async () => {
    await lab?.down();
  });

  afterEach(async () => {
    await lab
      .host("hv-01")
      .run(`sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0
      iptables -F; ip6tables -F; arptables -F; ebtables -t nat -F PREROUTING`);
  });

  it("flow between guests of one host, of two hosts, and to and from the outside, over every protocol", async () => {
    const pairs = [
      ["web-1", "db-1"],
      ["web-1", "db-2"],
      ["web-2", "office"],
      ["office", "mail-1"],
    ];
    const flows = pairs.flatMap(([from, to]) => KINDS.map((kind) => ({ ...kind, from: from!, to: to! })));
    expect(await lab.probe.matrix(flows)).toEqual(flows.map(() => "passed"));
    expect(await lab.probe.flow({ from: "printer", to: "web-2", port: 9 })).toBe("passed");
  });

  it("are stopped by a rule for the guest's vif, once the host filters bridged packets, and by nothing else", async () => {
    const host = lab.host("hv-01");
    const vif = lab.guest("web-1").port();
    await host.run(`iptables -A FORWARD -m physdev --physdev-is-bridged --physdev-in ${vif} -j DROP
      ip6tables -A FORWARD -m physdev --physdev-is-bridged --physdev-in ${vif} -j DROP
      arptables -A FORWARD -i ${vif} --opcode Request -j DROP`);
    const flows = ["web-1", "db-1"].flatMap((from) => KINDS.map((kind): Flow => ({ ...kind, from, to: "mail-1" })));
    expect(await lab.probe.matrix(flows)).toEqual(flows.map(() => "passed"));

    await host.run(
      "sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 net.bridge.bridge-nf-call-arptables=1",
    );
    const verdicts = await lab.probe.matrix(flows);
    expect(flows.map(({ from, proto, family }, index) => `${from} ${proto} v${family ?? 4} ${verdicts[index]}`)).toEqual(
      flows.map(({ from, proto, family }) => `${from} ${proto} v${family ?? 4} ${from === "web-1" ? "blocked" : "passed"}`),
    );
  });

  it("pass again as soon as the rule is gone", async () => {
    const host = lab.host("hv-01");
    await host.run("sysctl -qw net.bridge.bridge-nf-call-arptables=1; arptables -A FORWARD -j DROP");
    await lab.exec("db-1", ["ip", "neigh", "flush", "all"]);
    expect(await lab.probe.flow({ from: "db-1", to: "mail-1", port: 80 })).toBe("blocked");
    await host.run("arptables -F");
    expect(await lab.probe.flow({ from: "db-1", to: "mail-1", port: 80 })).toBe("passed");
  });

  it("tell a refusal from a drop", async () => {
    const host = lab.host("hv-01");
    await host.run("sysctl -qw net.bridge.bridge-nf-call-iptables=1; iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset");
    const refused = await lab.probe.flowReport({ from: "web-1", to: "db-1", port: 80 });
    expect(refused).toMatchObject({ verdict: "blocked", seen: false });
    expect(refused.rejected).not.toBeNull();
    await host.run("iptables -F; iptables -A FORWARD -p udp --sport 80 -j DROP");
    expect(await lab.probe.flowReport({ from: "web-1", to: "db-1", proto: "udp", port: 80 })).toMatchObject({
      verdict: "passed",
      seen: true,
      replied: false,
    });
  });

  it("give no verdict if the sender is stopped", async () => {
    const guest = lab.guest("mail-1");
    await guest.stop();
    await expect(lab.probe.flow({ from: "mail-1", to: "db-1", port: 80 })).rejects.toThrow(/mail-1 .*is it running/);
    await guest.start();
    expect(await lab.probe.flow({ from: "mail-1", to: "db-1", port: 80 })).toBe("passed");
  });

  it("show a forged ARP answer at its victim, until ebtables pins the sender", async () => {
    const { mac } = lab.guest("web-1");
    const forged = frames.arp({
      from: mac,
      to: frames.BROADCAST,
      operation: "reply",
      senderMac: mac,
      senderIp: lab.guest("db-1").address(),
      targetIp: lab.guest("mail-1").address(),
    });
    const watch = ["mail-1", "db-2", "office"];
    expect(await lab.probe.inject(forged, "web-1", watch)).toEqual(watch);
    await lab
      .host("hv-01")
      .run(`ebtables -t nat -A PREROUTING -i ${lab.guest("web-1").port()} -p ARP --arp-ip-src ! ${lab.guest("web-1").address()} -j DROP`);
    expect(await lab.probe.inject(forged, "web-1", watch)).toEqual([]);
  });

  it("carry a real DHCP exchange, and none without a server", async () => {
    expect(await lab.probe.dhcpClient("web-1", 200)).toBeUndefined();
    const server = await lab.probe.dhcpServer("rogue-1", { address: "10.20.77.7" });
    expect(await lab.probe.dhcpClient("web-1")).toEqual({ address: "10.20.77.7", serverIp: lab.guest("rogue-1").address() });
    await server.cancel();
  });

  it("carry a forged router advertisement and DHCPv6 answer to every guest", async () => {
    const { mac } = lab.guest("rogue-1");
    const advertisement = frames.routerAdvertisement({ from: mac, sourceIp: "fe80::bad", prefix: "2001:db8:bad::" });
    expect(await lab.probe.inject(advertisement, "rogue-1", ["web-1", "web-2"])).toEqual(["web-1", "web-2"]);
    const answer = frames.dhcpv6Advertise({
      from: mac,
      to: lab.guest("web-1").mac,
      sourceIp: "fe80::bad",
      targetIp: lab.guest("web-1").address(6),
    });
    expect(await lab.probe.inject(answer, "rogue-1", ["web-1"])).toEqual(["web-1"]);
  });

  it("of a stream are all counted, and the gap of a moment's block is seen", async () => {
    const host = lab.host("hv-01");
    await host.run("sysctl -qw net.bridge.bridge-nf-call-iptables=1");
    const whole = await lab.probe.stream({ from: "web-1", to: "db-2", port: 9, intervalMs: 1, count: 200, fresh: true });
    const complete = await whole.result;
    expect([complete.sent, complete.received.length]).toEqual([200, 200]);

    const cut = await lab.probe.stream({ from: "web-1", to: "db-2", port: 9, intervalMs: 1 });
    await host.run("iptables -A FORWARD -p udp -j DROP; sleep 0.05; iptables -F");
    const { sent, received } = await cut.stop();
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThan(sent);
  });

  it("of an open connection are judged like others", async () => {
    const host = lab.host("hv-01");
    const connection = (await lab.probe.connect({ from: "web-1", to: "db-2", port: 5432 }))!;
    expect(await connection.say()).toBe(true);
    await host.run("sysctl -qw net.bridge.bridge-nf-call-iptables=1; iptables -A FORWARD -p tcp -j DROP");
    expect(await connection.say()).toBe(false);
    expect(await lab.probe.connect({ from: "web-1", to: "db-2", port: 5432 })).toBeUndefined();
    await connection.close();
  });
};

for (const backend of BACKENDS) {
  describeWith(["root"], `packets of a lab (${backend})`, () => suite(backend));
}
