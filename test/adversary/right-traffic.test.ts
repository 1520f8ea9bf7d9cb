import { createLab, frames, type Lab } from "../../lab/netns";
import { linkLocal } from "../../provider/firewall/compile/layer2";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const HOST = "hv";
const ROUTER = { mac: "02:00:00:77:00:09", linkLocal: linkLocal("02:00:00:77:00:09") };

/** Guests use their own kernels and programs here; attacks.test.ts only sends single frames. */
for (const backend of ["nft", "legacy"] as const)
  describeWith(["root", backend], `what must pass, of guests' own kernels: ${backend}`, () => {
    let lab: Lab;
    let csp: Csp;
    let own = "";

    const run = async (place: string, script: string): Promise<string> => {
      const { code, stdout, stderr } = await lab.exec(place, ["sh", "-c", script]);
      if (code !== 0) throw new Error(`${place}: ${script}: ${stderr}`);
      return stdout;
    };
    /** The output of a guest's command; undefined if the expected text is not there within ten seconds. */
    const eventually = async (place: string, script: string, wanted: RegExp): Promise<string | undefined> => {
      for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
        const found = wanted.exec(await run(place, script));
        if (found !== null) return found[0];
      }
      return undefined;
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: `adv-r-${backend}-${process.pid}`.slice(0, 20),
          hosts: [{ name: HOST, backend, bridges: [{ name: "xenbr0" }, { name: "xenbr1" }] }],
          guests: [
            { name: "client", host: HOST, addresses: ["10.77.0.11/24", "fd77::11/64"] },
            { name: "server", host: HOST, addresses: ["10.77.0.12/24", "fd77::12/64"] },
            // It has only the addresses that it makes for itself.
            { name: "private", host: HOST },
          ],
          outside: [
            { name: "office", mac: ROUTER.mac, addresses: ["10.77.0.9/24", "fd77::9/64", "fd99:7::9/64"] },
            { name: "far", bridge: "xenbr1", addresses: ["10.78.0.9/24"] },
          ],
        },
        { replace: true },
      );
      csp = new Csp("adversary", () => lab.hosts);
      await run(
        "private",
        `cd /proc/sys/net/ipv6/conf/eth0; echo 2001:db8::5eed >stable_secret; echo 1 >accept_ra; echo 1 >accept_dad
        ip link set eth0 down; ip link set eth0 up`,
      );
      own = (await eventually("private", "ip -6 addr show dev eth0 scope link -tentative", /fe80::[0-9a-f:]+/)) ?? "";
      const guest = (name: string, more: object, rules: object) => {
        const { uuid, mac } = lab.guest(name);
        return { uuid, interfaces: [{ device: 0, mac, ...more }], ...rules };
      };
      await csp.create("csp:index:Host", { host: HOST });
      await csp.create("csp:firewall:HostPolicy", {
        host: HOST,
        guests: {
          client: guest("client", { addresses: ["10.77.0.11", "fd77::11", "fd77::50", "fd77::51"] }, {}),
          server: guest("server", { addresses: ["10.77.0.12", "fd77::12"], dhcpServer: true }, { ingress: [{ name: "all" }] }),
          private: guest("private", { addresses: [own], addressRanges: ["fd99:7::/64"] }, {}),
        },
      });
    }, 180_000);
    afterAll(async () => {
      csp?.close();
      await lab?.down();
    }, 60_000);

    test("only flows that the rules allow", async () => {
      const ends = [
        ["client", "server", "passed"],
        ["client", "office", "passed"],
        ["office", "server", "passed"],
        ["server", "client", "blocked"],
        ["office", "client", "blocked"],
      ] as const;
      const kinds = ([4, 6] as const).flatMap((family) =>
        (["tcp", "udp", "icmp"] as const).map((proto) => ({ family, proto, port: 7000 })),
      );
      const flows = ends.flatMap(([from, to, verdict]) => kinds.map((kind) => ({ from, to, verdict, ...kind })));
      const verdicts = await lab.probe.matrix(
        flows.map(({ verdict, port, ...flow }) => (flow.proto === "icmp" ? flow : { ...flow, port })),
      );
      expect(verdicts).toEqual(flows.map(({ verdict }) => verdict));
    });

    test.each(["server", "office"])("a lease of a DHCP server: %s", async (at) => {
      const server = await lab.probe.dhcpServer(at, { address: "10.77.0.77" });
      expect(await lab.probe.dhcpClient("client", 3000)).toMatchObject({ address: "10.77.0.77" });
      await server.cancel();
    });

    test.each([
      ["IPv4", "AF_INET", "10.77.0.11"],
      ["IPv6", "AF_INET6", "fd77::11"],
    ])("60 kB of %s in one datagram", async (_, family, source) => {
      const target = source.replace("11", "12");
      const python = (place: string, script: string) =>
        lab.exec(place, ["/usr/bin/python3", "-c", `import socket\ns = socket.socket(socket.${family}, socket.SOCK_DGRAM)\n${script}`]);
      const received = python("server", `s.settimeout(10)\ns.bind(("", 7100))\nprint(len(s.recv(65535)))`);
      while ((await lab.exec("server", ["sh", "-c", "ss -Hlun 'sport = :7100' | grep -q ."])).code !== 0);
      await python("client", `s.bind(("${source}", 0))\ns.sendto(bytes(60000), ("${target}", 7100))`);
      expect((await received).stdout).toBe("60000\n");
    });

    test("a used address is found to be in use, and a free one can be taken", async () => {
      await run("office", "ip addr add fd77::50/64 dev eth0 nodad");
      await run(
        "client",
        "echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip addr add fd77::50/64 dev eth0; ip addr add fd77::51/64 dev eth0",
      );
      expect(await eventually("client", "ip -6 addr show dev eth0", /fd77::50\/64 scope global (tentative )?dadfailed/)).toBeDefined();
      expect(await eventually("client", "ip -6 addr show dev eth0 -tentative", /fd77::51/)).toBeDefined();
    }, 30_000);

    test("an address that a guest makes itself, but not from its MAC", async () => {
      expect(own).not.toBe(linkLocal(lab.guest("private").mac));
      const { mac } = ROUTER;
      await lab.probe.inject(frames.routerAdvertisement({ from: mac, sourceIp: ROUTER.linkLocal, prefix: "fd99:7::" }), "office", []);
      const made = await eventually("private", "ip -6 addr show dev eth0 scope global -tentative", /fd99:7::?[0-9a-f:]+/);
      expect(made).toBeDefined();
      expect(made).not.toContain("ff:fe");
      expect(
        await lab.probe.flow({
          from: "private",
          to: "office",
          family: 6,
          port: 443,
          sourceAddress: made ?? "",
          targetAddress: "fd99:7::9",
        }),
      ).toBe("passed");
    }, 30_000);

    test("what the host routes", async () => {
      await lab
        .host(HOST)
        .run("ip addr add 10.77.0.1/24 dev xenbr0; ip addr add 10.78.0.1/24 dev xenbr1; echo 1 >/proc/sys/net/ipv4/ip_forward");
      for (const guest of ["client", "server"]) await run(guest, "ip route add 10.78.0.0/24 via 10.77.0.1");
      await run("far", "ip route add 10.77.0.0/24 via 10.78.0.1");
      expect(
        await lab.probe.matrix([
          { from: "client", to: "far", port: 443 },
          { from: "far", to: "server", port: 443 },
        ]),
      ).toEqual(["passed", "passed"]);
    });
  });
