import fc from "fast-check";
import { parsePorts } from "../../provider/host/ports";

const UUID = "6c1a0000-0000-4000-8000-000000000001";
const OTHER = "6c1a0000-0000-4000-8000-000000000002";

describe("which guest is behind which port", () => {
  test("ports of a running guest, HVM's second one too", () => {
    const text = `port vif3.0\nport tap3.0\nport vif3.1\nport vif4.0\nvm 3 /vm/${UUID.toUpperCase()}\nvm 4 /vm/${OTHER}\nname 3 web-1\nname 4 db 1\nmac 3.0 02:00:00:00:00:01\n`;
    expect(parsePorts(text)).toEqual([
      { port: "vif3.0", uuid: UUID, device: 0, name: "web-1", mac: "02:00:00:00:00:01" },
      { port: "tap3.0", uuid: UUID, device: 0, name: "web-1", mac: "02:00:00:00:00:01" },
      { port: "vif3.1", uuid: UUID, device: 1, name: "web-1", mac: "" },
      { port: "vif4.0", uuid: OTHER, device: 0, name: "db 1", mac: "" },
    ]);
  });

  test.each([
    ["no uuid at all", "vm 3 "],
    ["another path", "vm 3 /vm/../../etc/passwd"],
    ["a uuid with something behind it", `vm 3 /vm/${UUID}/x`],
    ["a uuid cut short", `vm 3 /vm/${UUID.slice(0, -1)}`],
    ["a command", "vm 3 $(reboot)"],
    ["nothing", ""],
  ])("a domain whose xenstore entry is %s is nobody's", (_, line) => {
    expect(parsePorts(`port vif3.0\n${line}\n`)).toEqual([]);
  });

  test("what a guest writes into its own xenstore names no other guest", () => {
    // Values are read one to a line; those with line breaks in them come through `tr` (PORTS_SCRIPT).
    const value = fc.string({ unit: fc.constantFrom(..."abc 01/.-\tü$`\"'") });
    fc.assert(
      fc.property(value, value, value, (vm, name, mac) => {
        const found = parsePorts(
          `port vif3.0\nport vif4.0\nvm 3 ${vm}\nvm 4 /vm/${OTHER}\nname 3 ${name}\nname 4 db-1\nmac 3.0 ${mac}\nmac 4.0 02:00:00:00:00:04\n`,
        );
        expect(found.filter(({ uuid }) => uuid === OTHER)).toEqual([
          { port: "vif4.0", uuid: OTHER, device: 0, name: "db-1", mac: "02:00:00:00:00:04" },
        ]);
      }),
    );
  });

  test("ports of other names are not asked about", () => {
    expect(parsePorts(`port eth0\nport vif3\nport vif.0\nport vifx.0\nvm 3 /vm/${UUID}\n`)).toEqual([]);
  });
});
