import { createLab, type FloodStream, FRESH_PORT, frames, type Lab } from "../../lab/netns";
import { describeWith } from "../support/needs";

describeWith(["root"], "a flood", () => {
  let lab: Lab;
  let streams: Record<"fixed" | "fresh" | "fresh6" | "arp" | "back", FloodStream>;

  beforeAll(async () => {
    lab = await createLab(
      {
        name: `flood-${process.pid}`,
        hosts: [{ name: "hv-01" }],
        guests: ["a", "b"].map((name, n) => ({ name, host: "hv-01", addresses: [`10.35.0.${n + 1}/24`, `fd35::${n + 1}/64`] })),
      },
      { replace: true },
    );
    const [a, b] = [lab.guest("a"), lab.guest("b")];
    const udp =
      (family: 4 | 6, from = a, to = b) =>
      (payload: Buffer) =>
        frames.udp({
          from: from.mac,
          to: to.mac,
          sourceIp: from.address(family),
          targetIp: to.address(family),
          sourcePort: FRESH_PORT,
          targetPort: 9000,
          payload,
        });
    const arp = (tag: Buffer) =>
      Buffer.concat([
        frames.arp({
          from: a.mac,
          to: frames.BROADCAST,
          operation: "request",
          senderMac: a.mac,
          senderIp: a.address(),
          targetIp: "10.35.0.77",
        }),
        tag,
      ]);
    streams = {
      fixed: { name: "fixed", from: "a", frame: udp(4), timedAt: "b" },
      fresh: { name: "fresh", from: "a", frame: udp(4), fresh: 4 },
      fresh6: { name: "fresh6", from: "a", frame: udp(6), fresh: 6 },
      arp: { name: "arp", from: "a", frame: arp, perSecond: 200 },
      back: { name: "back", from: "b", frame: udp(4, b, a) },
    };
  });
  afterAll(async () => {
    await lab?.down();
  });

  const during = async (event: () => Promise<void>, which: readonly FloodStream[] = Object.values(streams)) => {
    const flood = await lab.flood(which);
    await event();
    const counts = await flood.stop();
    return Object.fromEntries(counts.map((count) => [count.name, count]));
  };
  const moment = (ms = 300) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it("arrives whole where nothing stops it, and is counted by stream and by receiver", async () => {
    const counts = await during(moment);
    for (const { name, from } of Object.values(streams)) {
      const { sent = 0, refused, received } = counts[name] ?? {};
      expect(sent).toBeGreaterThan(name === "arp" ? 20 : 100);
      expect([name, refused, received]).toEqual([name, 0, { [from === "a" ? "b" : "a"]: sent }]);
    }
    expect(counts.fixed?.receivedAt).toHaveLength(counts.fixed?.sent ?? -1);
    expect(counts.arp?.receivedAt).toEqual([]);
  });

  it("has packets whose checksums are right, and is a flow a packet where it says so", async () => {
    const host = lab.host("hv-01");
    await host.run(`sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
      for t in iptables ip6tables; do $t -A FORWARD -p udp -m conntrack --ctstate INVALID -j DROP; $t -A FORWARD -p udp -m conntrack --ctstate NEW; $t -A FORWARD -p udp; done`);
    const counts = await during(moment, [streams.fresh, streams.fresh6]);
    const packets = async (tool: string) =>
      (await host.run(`${tool} -nvxL FORWARD`))
        .split("\n")
        .slice(2, 5)
        .map((line) => Number(line.trim().split(/\s+/)[0]));
    expect(await packets("iptables")).toEqual([0, counts.fresh?.sent, counts.fresh?.sent]);
    expect(await packets("ip6tables")).toEqual([0, counts.fresh6?.sent, counts.fresh6?.sent]);
    await host.run("iptables -F; ip6tables -F");
  });

  it("continues through a reboot of either end, and says when it is back", async () => {
    const flood = await lab.flood(Object.values(streams));
    await lab.guest("a").reboot();
    await lab.guest("b").reboot();
    const { upAt } = lab.guest("b");
    const back = await flood.arrival("fixed", upAt, 5000);
    expect(back).toBeGreaterThan(upAt);
    await lab.guest("a").stop();
    await moment(50);
    expect(await flood.arrival("fixed", Date.now(), 100)).toBeUndefined();
    const [fixed] = await flood.stop();
    expect(fixed?.receivedAt).toContain(back);
    expect(fixed?.refused).toBeGreaterThan(0);
    await lab.guest("a").start();
  });

  it("is stopped by what stops its guest", async () => {
    await lab.guest("a").pause();
    const counts = await during(moment, [streams.fixed]);
    await lab.guest("a").unpause();
    expect(counts.fixed?.received).toEqual({});
    expect(counts.fixed?.refused).toBeGreaterThan(0);
  });

  it("refuses frames that it could not recognize again", async () => {
    await expect(lab.flood([{ name: "untold", from: "a", frame: () => Buffer.alloc(60) }])).rejects.toThrow(
      /flood untold: its frame does not end/,
    );
    await expect(lab.flood([{ ...streams.fixed, from: "nobody" }])).rejects.toThrow(/no such endpoint/);
  });
});
