import { createLab, frames, type Lab, type Shot } from "../../lab/netns";
import { describeWith } from "../support/needs";

describeWith(["root"], "many frames at once", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createLab(
      {
        name: `volley-${process.pid}`,
        hosts: [{ name: "h" }],
        guests: ["a", "b", "c"].map((name, index) => ({
          name,
          host: "h",
          addresses: [`10.45.0.${index + 1}/24`, `fd45::${index + 1}/64`],
        })),
        outside: [{ name: "office", addresses: ["10.45.0.9/24", "fd45::9/64"] }],
      },
      { replace: true },
    );
    // The bridge knows each of them.
    await lab.probe.matrix(["a", "b", "c"].map((from) => ({ from, to: "office", proto: "icmp" })));
  });
  afterEach(() => lab.host("h").run("ebtables -t nat -F; ebtables -F; arptables -F"));
  afterAll(async () => {
    await lab?.down();
  });

  const mac = (name: string) => lab.endpoint(name).mac;
  const v4 = (from: string, to: string) => ({
    from: mac(from),
    to: mac(to),
    sourceIp: lab.guest(from).address(),
    targetIp: lab.guest(to).address(),
    sourcePort: 4000,
  });
  const v6 = (from: string, to: string) => ({ ...v4(from, to), sourceIp: lab.guest(from).address(6), targetIp: lab.guest(to).address(6) });
  const numbered = (from: string, to: string, targetPort: number) =>
    frames.udp({ ...v4(from, to), targetPort, payload: `shot ${targetPort}` });

  test("each is known by its bytes wherever it arrives, from whichever sender", async () => {
    const shots: Shot[] = Array.from({ length: 300 }, (_, n) => ({
      from: n % 2 === 0 ? "a" : "b",
      frame: numbered(n % 2 === 0 ? "a" : "b", "c", 1000 + n),
    }));
    await lab.host("h").run(`ebtables -t nat -A POSTROUTING -p ip --ip-proto udp --ip-dport 1100:1199 -j DROP`);
    const { hits, heard } = await lab.probe.volley(shots, ["c", "office"]);
    expect(hits.map(({ exact }) => exact)).toEqual(shots.map((_, n) => (n >= 100 && n < 200 ? [] : ["c"])));
    expect(hits.every(({ marked }) => marked.length === 0)).toBe(true);
    expect(heard.c?.filter((frame) => frame.includes("shot "))).toEqual(
      shots.filter((_, n) => n < 100 || n >= 200).map(({ frame }) => frame),
    );
    expect(heard.office?.filter((frame) => frame.includes("shot "))).toEqual([]);
  });

  test("a marker finds what was rewritten on the way", async () => {
    await lab.host("h").run(`ebtables -t nat -A PREROUTING -s ${mac("a")} -d ${mac("b")} -j dnat --to-destination ${mac("c")}`);
    const frame = numbered("a", "b", 2000);
    const { hits } = await lab.probe.volley([{ from: "a", frame, marker: "shot 2000" }], ["b", "c"]);
    expect(hits).toEqual([{ exact: [], marked: ["c"] }]);
    const missing = lab.probe.volley([{ from: "a", frame, marker: "shot 2001" }], ["b"]);
    await expect(missing).rejects.toThrow(/frame 0 does not hold its marker/);
  });

  test("VLAN tags are part of a frame, the outer one included", async () => {
    const inner = numbered("a", "c", 3000);
    const kinds = [
      frames.tagged(inner, 7, { priority: 3 }),
      frames.tagged(inner, 0),
      frames.tagged(frames.tagged(inner, 7), 8, { tpid: 0x88a8 }),
      frames.tagged(inner, 7, { tpid: 0x9100 }),
      inner,
    ];
    const { hits, heard } = await lab.probe.volley(
      kinds.map((frame) => ({ from: "a", frame })),
      ["c"],
    );
    expect(hits.map(({ exact }) => exact)).toEqual(kinds.map(() => ["c"]));
    expect(heard.c).toEqual(expect.arrayContaining(kinds));
    expect(await lab.probe.inject(kinds[0]!, "a", ["c"])).toEqual(["c"]);
  });

  test("one that cannot leave is an error", async () => {
    const long = frames.udp({ ...v4("a", "c"), targetPort: 9, payload: Buffer.alloc(3000) });
    await expect(
      lab.probe.volley(
        [
          { from: "b", frame: numbered("b", "c", 9) },
          { from: "a", frame: long },
        ],
        ["c"],
      ),
    ).rejects.toThrow(/frame 1 of 3042 bytes cannot leave a: Message too long/);
    await lab.guest("b").stop();
    await expect(lab.probe.volley([{ from: "b", frame: long }], ["c"])).rejects.toThrow(/b has no eth0 now/);
    await lab.guest("b").start();
  });

  /** A program in the guest that takes one datagram and prints its length and a sum of its bytes. */
  const receiving = (guest: string, family: "AF_INET" | "AF_INET6", port: number) =>
    lab.exec(guest, [
      "/usr/bin/python3",
      "-c",
      `import socket, zlib
s = socket.socket(socket.${family}, socket.SOCK_DGRAM)
s.settimeout(10)
s.bind(("", ${port}))
data = s.recv(65535)
print(len(data), zlib.crc32(data))`,
    ]);

  test.each([
    ["IPv4", "in order", "AF_INET", 7001],
    ["IPv4", "backwards", "AF_INET", 7002],
    ["IPv6", "in order", "AF_INET6", 7003],
    ["IPv6", "backwards", "AF_INET6", 7004],
  ] as const)("a guest's own kernel puts 60 kB of %s together, sent %s", async (_, order, family, port) => {
    const payload = Buffer.from(Array.from({ length: 60_000 }, (__, n) => (n * 7 + (n >> 8)) & 255));
    const way = family === "AF_INET" ? v4("a", "c") : v6("a", "c");
    const parts = frames.fragments(frames.udp({ ...way, targetPort: port, payload }), 1448, port);
    expect(parts.length).toBe(42);
    const answer = receiving("c", family, port);
    const listens = () => lab.exec("c", ["sh", "-c", `ss -Hlun 'sport = :${port}' | grep -q .`]);
    while ((await listens()).code !== 0);
    await lab.probe.volley(
      (order === "in order" ? parts : parts.reverse()).map((frame) => ({ from: "a", frame })),
      ["c"],
    );
    const { crc32 } = (await import("node:zlib")) as { crc32?: (data: Buffer) => number };
    const { stdout, stderr } = await answer;
    expect([stdout.split(" ")[0], stderr]).toEqual(["60000", ""]);
    if (crc32 !== undefined) expect(stdout).toBe(`60000 ${crc32(payload)}\n`);
  });

  test("a guest's own kernel believes a packet behind extension headers, and a neighbour advertisement behind them", async () => {
    const extensions = [frames.hopByHop(), frames.destinationOptions(Buffer.from([1, 1, 0])), frames.fragmentHeader({ identification: 9 })];
    const answer = receiving("c", "AF_INET6", 7100);
    while ((await lab.exec("c", ["sh", "-c", "ss -Hlun 'sport = :7100' | grep -q ."])).code !== 0);
    const claim = { ...v6("a", "c"), claimedIp: "fd45::77", claimedMac: "02:00:00:00:77:77", flags: ["override"] as const };
    await lab.exec("c", ["ip", "neigh", "replace", "fd45::77", "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud", "reachable"]);
    await lab.probe.volley(
      [
        { from: "a", frame: frames.neighbourAdvertisement({ ...claim, extensions: extensions.slice(0, 2) }) },
        { from: "a", frame: frames.udp({ ...v6("a", "c"), targetPort: 7100, payload: "behind", extensions }) },
      ],
      ["c"],
    );
    expect((await answer).stdout).toMatch(/^6 /);
    expect((await lab.exec("c", ["ip", "neigh", "show", "fd45::77"])).stdout).toContain("02:00:00:00:77:77");
  });

  test("a guest's own kernel believes ICMP errors about its packets, IGMP and MLD", async () => {
    // A TCP connection to nobody: the ICMP error ends it at once, with a message that only this error causes.
    const connecting = lab.exec("c", [
      "/usr/bin/python3",
      "-c",
      `import socket
s = socket.socket()
s.settimeout(10)
s.bind(("10.45.0.3", 7200))
try:
    s.connect(("10.45.0.200", 80))
except OSError as error:
    print(error.strerror)`,
    ]);
    await lab.exec("c", ["ip", "neigh", "replace", "10.45.0.200", "lladdr", mac("a"), "dev", "eth0"]);
    let opening: Buffer | undefined;
    const job = await lab.probe.sniff("a", (frame) => {
      if (frame.readUInt16BE(12) === 0x0800 && frame[23] === 6) opening ??= frame;
    });
    for (let n = 0; n < 500 && opening === undefined; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    await job.cancel();
    expect(opening).toBeDefined();
    const error = frames.icmpError({ ...v4("a", "c"), type: 3, code: 13, quoted: frames.payloadOf(opening!) });
    await lab.probe.volley([{ from: "a", frame: error }], ["c"]);
    expect((await connecting).stdout).toBe("No route to host\n");
    const counted = async () => {
      const { stdout } = await lab.exec("c", ["cat", "/proc/net/snmp6"]);
      return ["Icmp6InGroupMembQueries", "Icmp6InMLDv2Reports", "Icmp6InErrors"].map((key) =>
        Number(new RegExp(`^${key}\\s+(\\d+)`, "m").exec(stdout)?.[1]),
      );
    };
    const [queries = 0, , errors] = await counted();
    const from = { from: mac("a"), sourceIp: "fe80::1" };
    await lab.probe.volley(
      [
        { from: "a", frame: frames.mld({ ...from, kind: "query", version: 2 }) },
        { from: "a", frame: frames.mld({ ...from, kind: "query", version: 1 }) },
      ],
      ["c"],
    );
    expect(await counted()).toEqual([queries + 2, expect.any(Number), errors]);
  });
});
