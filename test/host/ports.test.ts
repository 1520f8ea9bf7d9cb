import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { claimPorts, type DeclaredVif, guestBridges, type HostPorts, parsePorts } from "../../provider/host/look/ports";
import type { GuestRecord } from "../../provider/host/records/guest";
import { formatVifs, vifsOf } from "../../provider/host/records/vifs";
import { formatZones } from "../../provider/host/records/zones";
import { remotePart } from "../support/remote";

const UUID = "6c1a0000-0000-4000-8000-000000000001";
const OTHER = "6c1a0000-0000-4000-8000-000000000002";

describe("which guest is behind which port", () => {
  test("ports of a running guest, HVM's second one too; Proxmox's and libvirt's", () => {
    const text = [
      "bridge xenbr0 02:00:00:00:ff:01 0",
      "bridge vmbr1 02:00:00:00:ff:02 1",
      "port eth0 1 02:00:00:00:ff:01 xenbr0",
      "port tap100i1 9 - vmbr1",
      "port tap3.0 3 - xenbr0",
      "port veth101i0 12 fe:11:22:33:44:55 vmbr1",
      "port vif3.0 2 - xenbr0",
      "port vif3.0-emu 11 - xenbr0",
      "port vif3.1 4 - -",
      "port vif4.0 5 - xenbr0",
      "port vnet7 6 fe:54:00:00:00:01 xenbr0",
      "port web-lan 13 fe:54:00:00:00:02 xenbr0",
      ...["vif3.0", "tap3.0", "vif3.1", "vif3.0-emu"].map((port) => `vm ${port} /vm/${UUID.toUpperCase()}`),
      `vm vif4.0 /vm/${OTHER}`,
      `vm tap100i1 ${OTHER}`,
      "name vif3.0 web-1",
      "name vif4.0 db 1",
      "mac vif3.0 02:00:00:00:00:01",
      "mac veth101i0 BC:24:11:00:00:01",
      "name veth101i0 dns",
    ].join("\n");
    const { found, all, bridges } = parsePorts(text);
    expect(bridges).toEqual([
      { name: "xenbr0", mac: "02:00:00:00:ff:01", vlanAware: false },
      { name: "vmbr1", mac: "02:00:00:00:ff:02", vlanAware: true },
    ]);
    expect(all).toHaveLength(10);
    expect(all.filter(({ bridge }) => bridge === undefined)).toEqual([{ port: "vif3.1", ifindex: 4, address: "-" }]);
    expect(found).toEqual([
      { port: "tap100i1", ifindex: 9, uuid: OTHER, device: 1, name: "", mac: "" },
      { port: "tap3.0", ifindex: 3, uuid: UUID, device: 0, name: "", mac: "" },
      { port: "veth101i0", ifindex: 12, uuid: "", device: -1, name: "dns", mac: "BC:24:11:00:00:01" },
      { port: "vif3.0", ifindex: 2, uuid: UUID, device: 0, name: "web-1", mac: "02:00:00:00:00:01" },
      { port: "vif3.0-emu", ifindex: 11, uuid: UUID, device: 0, name: "", mac: "" },
      { port: "vif3.1", ifindex: 4, uuid: UUID, device: 1, name: "", mac: "" },
      { port: "vif4.0", ifindex: 5, uuid: OTHER, device: 0, name: "db 1", mac: "" },
      { port: "vnet7", ifindex: 6, uuid: "", device: -1, name: "", mac: "", hostMac: "fe:54:00:00:00:01" },
    ]);
  });

  test.each([
    ["no uuid at all", ""],
    ["another path", "/vm/../../etc/passwd"],
    ["a uuid with something behind it", `/vm/${UUID}/x`],
    ["a uuid cut short", `/vm/${UUID.slice(0, -1)}`],
    ["a command", "$(reboot)"],
  ])("a domain whose xenstore entry is %s belongs to no guest", (_, value) => {
    expect(parsePorts(`port vif3.0 1 - br0\nvm vif3.0 ${value}\n`).found).toEqual([]);
  });

  test("a guest cannot name another guest by writing into its own xenstore", () => {
    // Values are read one to a line; those with line breaks in them come through `tr` (remote/ports.sh).
    const value = fc.string({ unit: fc.constantFrom(..."abc 01/.-\tü$`\"'") });
    fc.assert(
      fc.property(value, value, value, (vm, name, mac) => {
        const { found } = parsePorts(
          `port vif3.0 1 - br0\nport vif4.0 2 - br0\nvm vif3.0 ${vm}\nvm vif4.0 /vm/${OTHER}\nname vif3.0 ${name}\nname vif4.0 db-1\nmac vif3.0 ${mac}\nmac vif4.0 02:00:00:00:00:04\n`,
        );
        expect(found.filter(({ uuid }) => uuid === OTHER)).toEqual([
          { port: "vif4.0", ifindex: 2, uuid: OTHER, device: 0, name: "db-1", mac: "02:00:00:00:00:04" },
        ]);
      }),
    );
  });

  test("ports with other names are not looked up", () => {
    const listed = ["eth0", "vif3", "vif.0", "vifx.0"].map((port, index) => `port ${port} ${index + 1} - br0\nvm ${port} /vm/${UUID}\n`);
    expect(parsePorts(listed.join("")).found).toEqual([]);
  });
});

describe("asking xenstore", () => {
  const ask = (values: Record<string, string>) => {
    const cases = Object.entries(values).map(([path, value]) => `      ${path}) printf '%s\\n' '${value}' ;;`);
    const stub = `xenstore-read() {
  for key; do
    case $key in
${cases.join("\n")}
      *) return 1 ;;
    esac
  done
}`;
    return spawnSync("bash", ["-c", `${remotePart("ports.sh")}\n${stub}\nnames=\nask_ports vif1.0 vif2.0`], { encoding: "utf8" }).stdout;
  };
  const backend = (domain: number) => `/local/domain/0/backend/vif/${domain}/0/mac`;

  test("all at once, and one by one if a value or a domain is not what it should be", () => {
    const good = { "/local/domain/1/vm": `/vm/${UUID}`, [backend(1)]: "m1", "/local/domain/2/vm": `/vm/${OTHER}`, [backend(2)]: "" };
    expect(ask(good)).toBe(`vm vif1.0 /vm/${UUID}\nmac vif1.0 m1\nvm vif2.0 /vm/${OTHER}\nmac vif2.0 \n`);
    expect(ask({ ...good, "/local/domain/1/vm": `x\nvm vif2.0 /vm/${UUID}` })).toBe(
      `vm vif1.0 x vm vif2.0 /vm/${UUID}\nmac vif1.0 m1\nvm vif2.0 /vm/${OTHER}\nmac vif2.0 \n`,
    );
    const { [backend(1)]: _, ...gone } = good;
    expect(ask(gone)).toBe(`vm vif1.0 /vm/${UUID}\nvm vif2.0 /vm/${OTHER}\nmac vif2.0 \n`);
  });
});

describe("which port leads to which guest's rules", () => {
  const vif = (more: Partial<DeclaredVif>): DeclaredVif => ({
    uuid: UUID,
    device: 0,
    mac: "02:00:00:00:00:01",
    id: "one",
    traits: ["rcv"],
    ...more,
  });
  const found = (port: string, more: object = {}) => ({
    port,
    ifindex: 7,
    uuid: UUID,
    device: 0,
    name: "",
    mac: "02:00:00:00:00:01",
    ...more,
  });
  /** A port of libvirt's, which has the guest's MAC. */
  const tap = (port: string, hostMac: string) => ({ port, ifindex: 7, uuid: "", device: -1, name: "", mac: "", hostMac });
  const hostWith = (ports: readonly HostPorts["found"][number][]): HostPorts => ({
    found: ports,
    all: ports.map(({ port, ifindex, hostMac = "-" }) => ({ port, ifindex, address: hostMac, bridge: "br0" })),
    bridges: [{ name: "br0", mac: "02:00:00:00:ff:01", vlanAware: false }],
  });

  test.each([
    ["its own", [found("vif1.0")], [vif({})], ["vif1.0"], []],
    ["both of an HVM guest's", [found("tap1.0"), found("vif1.0")], [vif({})], ["tap1.0", "vif1.0"], []],
    ["none of another device", [found("vif1.1", { device: 1 })], [vif({})], [], []],
    ["a MAC spelled otherwise", [found("vif1.0", { mac: "2:0:0:0:0:1" })], [vif({})], ["vif1.0"], []],
    ["none with another MAC", [found("vif1.0", { mac: "02:00:00:00:00:66" })], [vif({})], [], [/its MAC is 02:00:00:00:00:66 and/]],
    ["none with a MAC that is none", [found("vif1.0", { mac: "$(reboot)" })], [vif({})], [], [/its MAC is unreadable/]],
    ["any MAC where none is pinned", [found("vif1.0", { mac: "02:00:00:00:00:66" })], [vif({ anyMac: true })], ["vif1.0"], []],
    ["a pinned one, there or not", [], [vif({ port: "vif-web" })], ["vif-web"], []],
    ["not the found one where another is pinned", [found("vif1.0")], [vif({ port: "vif-web" })], ["vif-web"], []],
    ["one that is pinned, whoever has it", [found("vif1.0")], [vif({}), vif({ uuid: OTHER, id: "two", port: "vif1.0" })], ["vif1.0"], []],
    ["libvirt's, by MAC", [tap("vnet3", "fe:00:00:00:00:01")], [vif({})], ["vnet3"], []],
    ["libvirt's, whatever it is called", [tap("web1-lan", "fe:00:00:00:00:01")], [vif({})], ["web1-lan"], []],
    ["a container's, by the MAC in its file", [found("veth101i0", { uuid: "", device: -1 })], [vif({})], ["veth101i0"], []],
    ["xl's emulated card", [found("vif1.0-emu")], [vif({})], ["vif1.0-emu"], []],
    ["libvirt's, of a MAC that begins with fe", [tap("vnet3", "fa:00:00:00:00:01")], [vif({ mac: "fe:00:00:00:00:01" })], ["vnet3"], []],
    [
      "none of two that it could be",
      [tap("vnet3", "fe:00:00:00:00:01")],
      [vif({}), vif({ uuid: OTHER, id: "two", mac: "06:00:00:00:00:01" })],
      [],
      [/two declared interfaces/],
    ],
    [
      "neither of two ports that it could be",
      [tap("vnet3", "fe:00:00:00:00:01"), tap("vnet4", "fe:00:00:00:00:01")],
      [vif({})],
      [],
      [/another port/, /another port/],
    ],
  ])("%s", (_, ports, vifs, claimed, refused) => {
    const { claims, refused: refusals } = claimPorts(hostWith(ports), vifs);
    expect(claims.map(({ port }) => port)).toEqual(claimed);
    expect(refusals.map(({ cause }) => cause)).toEqual(refused.map((cause) => expect.stringMatching(cause)));
  });

  test("the hook finds the same, whatever the toolstack says", () => {
    const folder = mkdtempSync(join(tmpdir(), "csp-claims-"));
    const mac = fc.constantFrom("02:00:00:00:00:01", "06:00:00:00:00:01", "fe:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03");
    const guest = (uuid: string) =>
      fc
        .uniqueArray(
          fc.record({
            device: fc.nat(2),
            mac,
            port: fc.option(fc.constantFrom("vif1.0", "vnet1", "vif-x", "tap100i0"), { nil: undefined, freq: 6 }),
            anyMac: fc.constantFrom(undefined, undefined, true),
          }),
          { selector: ({ device }) => device, maxLength: 3 },
        )
        .map((vifs) => vifs.map((one) => ({ ...one, uuid, id: `${uuid.slice(-1)}${one.device}` })));
    const uuids = [UUID, OTHER, "6c1a0000-0000-4000-8000-000000000003"];
    const told = fc.record({
      port: fc.constantFrom(
        ...["vif1.0", "vif1.1", "vif2.0", "vif2.0-emu", "tap1.0", "tap100i0", "tap100i2"],
        ...["vnet1", "vnet2", "vnet3", "web-lan", "veth100i0", "veth101i0"],
      ),
      bridge: fc.constantFrom("br0", "br1", "-"),
      address: fc.oneof(fc.constantFrom("fe:00:00:00:00:01", "fa:00:00:00:00:01", "fe:00:00:00:00:02"), fc.constant("-")),
      vm: fc.oneof(
        fc.constantFrom(...uuids.map((uuid) => `/vm/${uuid}`), uuids[0] ?? ""),
        fc.constantFrom("", "$(reboot)", "/vm/x", "a b"),
      ),
      mac: fc.oneof(
        mac,
        fc.constantFrom("2:0:0:0:0:1", "02-00-00-00-00-02", "", "x", "02:00:00:00:00:01:02", `"; reboot`, "0".repeat(10_000)),
      ),
    });
    try {
      fc.assert(
        fc.property(
          fc.tuple(...uuids.map(guest)),
          fc.uniqueArray(told, { selector: ({ port }) => port, maxLength: 9 }),
          (guests, ports) => {
            // A port is pinned once (state/admission.ts).
            const pins = new Set<string>();
            const vifs = guests.flat().map(({ port, ...rest }) => {
              const free = port !== undefined && !pins.has(port);
              if (free) pins.add(port);
              return { ...rest, ...(free ? { port } : {}) };
            });
            const records = uuids.map(
              (uuid): GuestRecord => ({
                uuid,
                unit: "u",
                owner: "o",
                label: `label-${uuid.slice(-1)}`,
                vifs: vifs
                  .filter((one) => one.uuid === uuid)
                  .map((one) => ({ ...one, anyMac: one.anyMac === true, traits: ["rcv"], addresses: [] })),
              }),
            );
            const sorted = [...ports].sort((a, b) => (a.port < b.port ? -1 : 1));
            const named = (port: string) => /^(vif|tap)/.test(port);
            const now = [
              "bridge br0 02:00:00:00:ff:01 0",
              "bridge br1 02:00:00:00:ff:02 1",
              ...sorted.flatMap(({ port, address, vm, mac: answer, bridge }, index) => [
                `port ${port} ${index + 1} ${named(port) ? "-" : address} ${bridge}`,
                ...(named(port) ? [`vm ${port} ${vm}`] : []),
                ...(named(port) || port.startsWith("veth") ? [`mac ${port} ${answer}`] : []),
              ]),
            ];
            const zones = new Map([["br1", 50001]]);
            writeFileSync(join(folder, "vifs"), formatVifs(vifsOf(records)));
            writeFileSync(join(folder, "zones"), formatZones(zones));
            const awk = spawnSync(
              "awk",
              [
                "-v",
                "boot=b",
                "-v",
                "guest_ports=vif tap vnet",
                "-v",
                "first_zone=50001",
                `${remotePart("claims.awk")} END { claim_ports(); for (i = 1; i <= claims; i++) print port_line[i]; for (i = 1; i <= sites; i++) print site_line[i]; for (i = 1; i <= refusals; i++) print "refused", refusal[i] }`,
                "mode=vifs",
                join(folder, "vifs"),
                "mode=zones",
                join(folder, "zones"),
                "mode=ports",
                "/dev/null",
                "mode=now",
                "-",
              ],
              { input: `${now.join("\n")}\n`, encoding: "utf8" },
            );
            const network = parsePorts(now.join("\n"));
            const { claims, refused } = claimPorts(
              network,
              vifs.map((one): DeclaredVif => ({ ...one, anyMac: one.anyMac === true, traits: ["rcv"] })),
            );
            const sites = guestBridges(network, claims, ["vif", "tap", "vnet"], zones);
            const expected = [
              ...claims.map(
                ({ port, ifindex, uuid, device, vif: id, bridge = "-" }) =>
                  `port ${port} ${ifindex ?? "-"} ${uuid} ${device} ${id} rcv ${bridge}`,
              ),
              ...sites.map(({ name, mac: address, zone }) => `bridge ${name} ${address} ${zone}`),
              ...refused.map(({ port, uuid, cause }) => `refused ${port} label-${uuid.slice(-1)} ${cause}`),
            ];
            expect(awk.stderr).toBe("");
            expect(awk.stdout.split("\n").filter(Boolean).sort()).toEqual(expected.sort());
          },
        ),
        { numRuns: 200 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
