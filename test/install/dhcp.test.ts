import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { dhcpLines } from "../../provider/install/boot/dhcp";
import { LOADERS } from "../../provider/install/boot/files";
import { TARGETS } from "../../provider/install/targets";
import { describeWith } from "../support/needs";

const MAC = "00:16:3e:01:02:03";
const SERVER = "192.0.2.1";
const IPXE = "http://192.0.2.1/boot/ipxe/01-00-16-3e-01-02-03.ipxe";
const GRUB = "EFI/xenserver/grubx64.efi";

/** What a client says of itself: options 60, 93 and 77 or 175 as hex digits, by how udhcpc takes them. */
const pxe = (architecture: number) => {
  const number = String(architecture).padStart(5, "0");
  return ["-V", `PXEClient:Arch:${number}:UNDI:003016`, "-x", `0x5d:${architecture.toString(16).padStart(4, "0")}`];
};
const RUNNING_IPXE = ["-x", "0x4d:69505845", "-x", "0xaf:b105018086100e"];
const CLIENTS = {
  BIOS: pxe(0),
  "UEFI, by one number": pxe(7),
  "UEFI, by the other": pxe(9),
  "iPXE from a BIOS": [...pxe(0), ...RUNNING_IPXE],
  "iPXE from UEFI": [...pxe(7), ...RUNNING_IPXE],
  "a system that is no boot firmware": ["-V", "udhcp"],
};

/**
 * Runs a DHCP server and clients, at the two ends of a cable, in a network of their own. The servers say to a client by option or in the message
 * itself which file it is to boot.
 */
const EXCHANGE = `set -e
ip link set lo up
ip link add server type veth peer name client
ip link set client address "$1"
ip addr add 10.9.0.1/24 dev server
ip link set server up
ip link set client up
"$2" &
server=$!
trap 'kill $server' EXIT
shift 2
# The server needs a moment until it answers; it is asked until it does.
until busybox udhcpc -i client -n -q -f -t 1 -T 1 -s /bin/true >/dev/null 2>&1; do kill -0 $server; done
while read -r client; do
  eval "busybox udhcpc -i client -n -q -f -t 5 -T 1 -s $1 -O bootfile $client" 2>/dev/null
done`;

describeWith(["root"], "what NetworkBoot says for DHCP servers", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-dhcp-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string, mode = 0o644): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  const SUBNET = "subnet 10.9.0.0 netmask 255.255.255.0 { range 10.9.0.10 10.9.0.20; }\n";

  test("is what dnsmasq and ISC's dhcpd accept, for several hosts in one file", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TARGETS),
        fc.subarray([...LOADERS], { minLength: 1 }),
        fc.option(fc.ipV4(), { nil: undefined }),
        fc.constantFrom("http://192.0.2.1/boot", "http://boot.example.com:8080/a/", 'http://192.0.2.1/a,"b\\ c'),
        (target, loaders, tftpServer, baseUrl) => {
          const hosts = [MAC, "00:16:3E:01:02:04"].map((mac) => dhcpLines({ target, mac, loaders, tftpServer, baseUrl }));
          const [dnsmasq, isc] = [
            file("dnsmasq.conf", hosts.map((host) => host.dnsmasq).join("")),
            file("dhcpd.conf", SUBNET + hosts.map((host) => host.isc).join("")),
          ];
          // A comma would make the rest another field, which may be accepted too.
          if (loaders.includes("ipxe")) expect(hosts[0]?.dnsmasq).toMatch(/csp-ipxe,http:[^,]*\/ipxe\/01-00-16-3e-01-02-03.ipxe(,,|\n)/);
          execFileSync("/usr/sbin/dnsmasq", ["--test", "-C", dnsmasq], { stdio: "pipe" });
          execFileSync("/usr/sbin/dhcpd", ["-t", "-cf", isc], { stdio: "pipe" });
        },
      ),
      { numRuns: 40 },
    );
  });

  const said = (serverProgram: string): Promise<string[]> => {
    const answer = file("answer.sh", '#!/bin/sh\n[ "$1" != bound ] || echo "$boot_file$bootfile $siaddr"\n', 0o755);
    const server = file("server.sh", `#!/bin/sh\nexec ${serverProgram} >${join(folder, "server.log")} 2>&1\n`, 0o755);
    const child = spawn("unshare", ["--net", "sh", "-c", EXCHANGE, "sh", MAC, server, answer], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(
      Object.values(CLIENTS)
        .map((words) => `${words.join(" ")}\n`)
        .join(""),
    );
    return new Promise((resolve, reject) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      child.on("error", reject);
      child.on("close", () => resolve(text.trimEnd().split("\n")));
    });
  };
  const lines = dhcpLines({ target: "8.3", mac: MAC, loaders: LOADERS, baseUrl: "http://192.0.2.1/boot", tftpServer: SERVER });
  const expected = [`pxelinux.0 ${SERVER}`, `${GRUB} ${SERVER}`, `${GRUB} ${SERVER}`, `${IPXE} ${SERVER}`, `${IPXE} ${SERVER}`];

  test("lets dnsmasq name each client's own file, and the server", async () => {
    const config = file("dnsmasq.conf", lines.dnsmasq);
    const program = `/usr/sbin/dnsmasq -k -C ${config} --port=0 --interface=server --bind-interfaces --no-ping --user=root --log-facility=-`;
    const answers = await said(`${program} --dhcp-range=10.9.0.10,10.9.0.20 --dhcp-leasefile=${join(folder, "leases")} --pid-file`);
    // Whoever boots nothing gets the sender's own address.
    expect(answers).toEqual([...expected, " 10.9.0.1"]);
  }, 60_000);

  test("lets ISC's dhcpd do the same", async () => {
    const config = file("dhcpd.conf", SUBNET + lines.isc);
    const leases = file("dhcpd.leases", "");
    const answers = await said(`/usr/sbin/dhcpd -f -cf ${config} -lf ${leases} --no-pid server`);
    expect(answers).toEqual([...expected, ` ${SERVER}`]);
  }, 60_000);
});
