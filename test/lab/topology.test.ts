import { type BridgeSpec, demoTopology, type GuestSpec, type LabSpec, resolveTopology } from "../../lab/netns";
import { portName } from "../../lab/netns/names";
import { normaliseSaved } from "../../lab/netns/saved";

describe("resolveTopology", () => {
  const good: LabSpec = { name: "a", hosts: [{ name: "h" }] };

  const bridged = (bridges: readonly BridgeSpec[]): LabSpec => ({ ...good, hosts: [{ name: "h", bridges }] });
  const guest = (more: Partial<GuestSpec>, bridges?: readonly BridgeSpec[]): LabSpec => ({
    ...good,
    hosts: [{ name: "h", bridges }],
    guests: [{ name: "g", host: "h", ...more }],
  });

  it.each<[string, LabSpec, RegExp]>([
    ["no host", { ...good, hosts: [] }, /^lab hosts: 0 hosts given\. Give 1 to 250/],
    ["a name that is no name", { ...good, name: "a;b" }, /^lab name: "a;b" cannot be a name/],
    ["a long name", { ...good, name: "a".repeat(21) }, /at most 20 characters/],
    ["a name twice", { ...good, guests: [{ name: "h", host: "h" }] }, /^lab guests\[0\]\.name: the name h is used twice/],
    ["a guest of no host", { ...good, guests: [{ name: "g", host: "x" }] }, /^lab guests\[0\]\.host: there is no host x\. Use one of h/],
    ["an outside endpoint of no host", { ...good, outside: [{ name: "o", host: "x" }] }, /^lab outside\[0\]\.host: there is no host x/],
    ["a host without a bridge", bridged([]), /^lab hosts\[0\]\.bridges: 0 bridges given/],
    [
      "two bridges of one name",
      bridged([{ name: "br0" }, { name: "br0" }]),
      /^lab hosts\[0\]\.bridges\[1\]\.name: the host has two bridges br0/,
    ],
    [
      "a bridge under the uplink's name",
      bridged([{ name: "eth1" }]),
      /^lab hosts\[0\]\.bridges\[0\]\.name: "eth1" cannot be a device's name/,
    ],
    ["a bridge that is not there", guest({ bridge: "br7" }), /^lab guests\[0\]\.bridge: h has no bridge br7\. Use one of xenbr0/],
    [
      "a network that is not there",
      { ...good, outside: [{ name: "o", bridge: "br7" }] },
      /^lab outside\[0\]\.bridge: no host has a bridge br7/,
    ],
    [
      "a VLAN where there are none",
      guest({ vlan: 10 }),
      /^lab guests\[0\]\.vlan: the bridge xenbr0 of h knows no VLANs\. Make it vlanAware/,
    ],
    [
      "VLANs of a second interface where there are none",
      { ...good, guests: [{ name: "g", host: "h", extraInterfaces: [{ vlans: [10] }] }] },
      /^lab guests\[0\]\.extraInterfaces\[0\]\.vlans: the bridge xenbr0/,
    ],
    ["a VLAN that is none", guest({ vlans: [4095] }, [{ name: "br0", vlanAware: true }]), /^lab guests\[0\]\.vlans: 4095 is no VLAN/],
    ["VLANs of an endpoint on no port", { ...good, outside: [{ name: "o", vlans: [3] }] }, /^lab outside\[0\]: it is on no host's port/],
    ["a port's name that is too long", guest({ port: "a-port-too-long-" }), /^lab guests\[0\]\.port: "a-port-too-long-" cannot be/],
    [
      "a port's name twice",
      { ...good, guests: [{ name: "g", host: "h", port: "lan", extraInterfaces: [{ port: "lan" }] }] },
      /^lab guests\[0\]\.extraInterfaces\[0\]\.port: the port lan is named twice/,
    ],
    ["a container of Xen", guest({ kind: "container" }), /^lab guests\[0\]\.kind: h runs xen, which has no container guests/],
  ])("refuses %s", (_, spec, message) => {
    expect(() => resolveTopology(spec)).toThrow(message);
  });

  it("gives every guest of a large demo its own address, MAC and UUID", () => {
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
    ["xen", undefined, "vif7.1"],
    ["kvm", undefined, "vnet71"],
    ["proxmox", undefined, "tap107i1"],
    ["proxmox", "container", "veth107i1"],
  ] as const)("names the ports of %s (%s)", (hypervisor, kind, name) => {
    expect(portName(hypervisor, 7, 1, kind)).toBe(name);
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
