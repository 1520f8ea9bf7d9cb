import { createLab, frames, type Lab } from "../../lab/netns";
import { ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** What a data plane is made of, one thing at a time, tried with packets: a kernel may take a rule and do nothing with it. */
describeWith(["root"], "on a bridge of this kernel", () => {
  let lab: Lab;
  /** Two bridges that have nothing to do with each other, with the same addresses on both. */
  const BRIDGES = { xenbr0: ["a", "b"], xenbr1: ["c", "d"] } as const;

  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("planes"),
        hosts: [{ name: "hv-01", bridges: Object.keys(BRIDGES).map((name) => ({ name })) }],
        guests: Object.entries(BRIDGES).flatMap(([bridge, guests]) =>
          guests.map((name, index) => ({ name, host: "hv-01", bridge, addresses: [`10.46.0.${index + 1}/24`] })),
        ),
      },
      { replace: true },
    );
  });
  afterAll(() => lab?.down());

  const host = () => lab.host("hv-01");
  const port = (guest: string) => lab.guest(guest).port();
  const tcp = (from: string, to: string, number = 80) => lab.probe.flow({ from, to, port: number });

  /** Whether `to` gets a UDP packet of `from` between these two UDP ports. */
  async function arrives(from: string, to: string, sourcePort: number, targetPort: number): Promise<boolean> {
    const [sender, receiver] = [lab.guest(from), lab.guest(to)];
    const frame = frames.udp({
      from: sender.mac,
      to: receiver.mac,
      sourceIp: sender.address(4),
      targetIp: receiver.address(4),
      sourcePort,
      targetPort,
      payload: "csp",
    });
    return (await lab.probe.inject(frame, from, [to])).includes(to);
  }

  describeWith(["nftBridge"], "nft's bridge family", () => {
    const load = (chains: string) => host().run("nft -f -", `table bridge probe {\n${chains}\n}\n`);
    beforeEach(() => host().run("nft flush ruleset"));
    afterAll(() => host().run("nft flush ruleset"));

    test("tracks connections: answers pass, and nothing else that is not allowed", async () => {
      await load(`chain forward {
        type filter hook forward priority 0; policy drop
        ether type arp accept
        ct state established,related accept
        iifname "${port("a")}" tcp dport 80 ct state new accept
      }`);
      expect([await tcp("a", "b"), await tcp("a", "b", 81), await tcp("b", "a")]).toEqual(["passed", "blocked", "blocked"]);
    });

    test("rejects: the sender hears at once that it may not", async () => {
      await load(`chain prerouting {
        type filter hook prerouting priority 0; policy accept
        tcp dport 80 reject with icmp admin-prohibited
        tcp dport 81 reject with tcp reset
      }`);
      const connect = async (number: number) =>
        (await lab.exec("a", ["bash", "-c", `LC_ALL=C; exec 3<>/dev/tcp/${lab.guest("b").address(4)}/${number}`])).stderr;
      expect(await connect(80)).toContain("No route to host");
      await host().run("nft flush ruleset; nft add table bridge probe");
      // b itself refuses what it does not listen to: the other words came from the bridge.
      expect(await connect(80)).toContain("Connection refused");
    });

    test("knows the bridge's name", async () => {
      await load(`chain prerouting {
        type filter hook prerouting priority 0; policy accept
        meta ibrname "xenbr0" tcp dport 80 drop
      }`);
      expect([await tcp("a", "b"), await tcp("c", "d")]).toEqual(["blocked", "passed"]);
    });

    test.each([
      ["in one zone, an answer on one bridge passes for a question of the other", "", true],
      [
        "in zones by bridge it does not",
        `chain zones {
          type filter hook prerouting priority -300; policy accept
          ct zone set meta ibrname map { "xenbr0" : 1, "xenbr1" : 2 }
        }`,
        false,
      ],
    ] as const)("connections: %s", async (_, zones, passes) => {
      await load(`${zones}
      chain forward {
        type filter hook forward priority 0; policy drop
        ct state established accept
        iifname "${port("a")}" accept
      }`);
      const [asks, answers] = passes ? [5000, 6000] : [5001, 6001];
      expect(await arrives("a", "b", asks, answers)).toBe(true);
      expect(await arrives("d", "c", answers, asks)).toBe(passes);
      expect(await arrives("b", "a", answers, asks)).toBe(true);
    });

    test("counts a sender's connections", async () => {
      await load(`set counted { type ipv4_addr; size 65535; flags dynamic; }
      chain prerouting {
        type filter hook prerouting priority 0; policy accept
        udp dport 7000 ct state new add @counted { ip saddr ct count over 2 } drop
      }`);
      const heard: boolean[] = [];
      for (const source of [5100, 5101, 5102]) heard.push(await arrives("a", "b", source, 7000));
      expect(heard).toEqual([true, true, false]);
      expect(await arrives("b", "a", 5100, 7000)).toBe(true);
    });
  });

  const FROM_A = {
    iptables: (port: string) => `FORWARD -m physdev --physdev-in ${port} -p tcp --dport 80 -j DROP`,
    ebtables: (port: string) => `FORWARD -i ${port} -p IPv4 -j DROP`,
  };

  for (const [tool, rule, ...needs] of [
    ["iptables-nft", FROM_A.iptables, "nft"],
    ["iptables-legacy", FROM_A.iptables, "legacy"],
    // Every kernel that is a second one has these.
    ["ebtables-nft", FROM_A.ebtables],
    ["ebtables-legacy", FROM_A.ebtables],
  ] as const) {
    describeWith(needs, tool, () => {
      test("a rule stops what it names, and not when it is gone", async () => {
        await host().run("echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables");
        await host().run(`${tool} -A ${rule(port("a"))}`);
        expect([await tcp("a", "b"), await tcp("c", "d")]).toEqual(["blocked", "passed"]);
        await host().run(`${tool} -D ${rule(port("a"))}`);
        expect(await tcp("a", "b")).toBe("passed");
      });
    });
  }
});
