import { demoTopology, type LabSpec, resolveTopology } from "../../lab/netns";
import { portName } from "../../lab/netns/names";
import { normaliseSaved } from "../../lab/netns/saved";

describe("resolveTopology", () => {
  const good: LabSpec = { name: "a", hosts: [{ name: "h" }] };

  it.each<[string, LabSpec, RegExp]>([
    ["no host", { ...good, hosts: [] }, /^lab hosts: 0 hosts given\. Give 1 to 250/],
    ["a name that is no name", { ...good, name: "a;b" }, /^lab name: "a;b" cannot be a name/],
    ["a long name", { ...good, name: "a".repeat(21) }, /at most 20 characters/],
    ["a name twice", { ...good, guests: [{ name: "h", host: "h" }] }, /^lab guests\[0\]\.name: the name h is used twice/],
    ["a guest of no host", { ...good, guests: [{ name: "g", host: "x" }] }, /^lab guests\[0\]\.host: there is no host x\. Use one of h/],
    ["an outside endpoint of no host", { ...good, outside: [{ name: "o", host: "x" }] }, /^lab outside\[0\]\.host: there is no host x/],
  ])("refuses %s", (_, spec, message) => {
    expect(() => resolveTopology(spec)).toThrow(message);
  });

  it("gives every guest of a large demo an address, MAC and UUID of its own", () => {
    const { guests } = resolveTopology(demoTopology({ hosts: 3, guests: 600 }));
    const own = [
      guests.map((each) => each.uuid),
      guests.map((each) => each.interfaces[0]!.mac),
      guests.flatMap((each) => each.interfaces[0]!.addresses),
    ];
    expect(own.map((all) => new Set(all).size)).toEqual([600, 600, 1200]);
    expect(guests[599]!.interfaces[0]!.addresses[0]).toMatch(/^10\.20\.\d{1,3}\.\d{1,3}\/16$/);
  });

  it("derives the same identity for the same name", () => {
    const spec: LabSpec = { ...good, guests: [{ name: "g", host: "h", extraInterfaces: [{}] }] };
    const [first, second] = [resolveTopology(spec), resolveTopology({ ...spec, name: "b" })];
    expect(first.guests).toEqual(second.guests);
    expect(first.guests[0]!.uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(first.guests[0]!.interfaces[0]!.mac).not.toBe(first.guests[0]!.interfaces[1]!.mac);
  });

  it.each([
    ["xen", 7, 1, "vif7.1"],
    ["kvm", 7, 1, "vnet71"],
    ["proxmox", 7, 1, "tap107i1"],
  ] as const)("names the ports of %s", (hypervisor, domain, device, name) => {
    expect(portName(hypervisor, domain, device)).toBe(name);
  });
});

describe("normaliseSaved", () => {
  it.each([
    [
      "comments and counters",
      "# Generated at noon\n*filter\n:FORWARD DROP [3:4]\n-A FORWARD -j ACCEPT\nCOMMIT\n",
      "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n",
    ],
    ["an empty table", "*nat\n:PREROUTING ACCEPT [3:4]\nCOMMIT\n", ""],
    [
      "an empty table before a full one",
      "*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*raw\n-A OUTPUT -j DROP\nCOMMIT\n",
      "*raw\n-A OUTPUT -j DROP\nCOMMIT\n",
    ],
    ["a chain of one's own", "*filter\n:csp-1 - [0:0]\nCOMMIT\n", "*filter\n:csp-1 - [0:0]\nCOMMIT\n"],
    ["an ebtables chain of one's own", "*filter\n:csp-1 ACCEPT\n", "*filter\n:csp-1 ACCEPT\n"],
    ["a policy", "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n", "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n"],
    [
      "a set's random value",
      "create a hash:ip family inet initval 0xdeadbeef\nadd a 1.2.3.4\n",
      "create a hash:ip family inet initval 0x0\nadd a 1.2.3.4\n",
    ],
    ["nothing", "", ""],
  ])("takes %s", (_, text, expected) => {
    expect(normaliseSaved(text)).toBe(expected);
  });
});
