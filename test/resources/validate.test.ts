import fc from "fast-check";
import { UNKNOWN } from "../../provider/core/define";
import { validate } from "../../provider/core/validate";
import { resources } from "../../provider/resources";
import { guestFirewall } from "../../provider/resources/guest-firewall";
import { hostPolicy } from "../../provider/resources/host-policy";
import { ipSet } from "../../provider/resources/ip-set";
import { securityGroup } from "../../provider/resources/security-group";
import { formatPath } from "../../provider/schema/field";

type Definition = Parameters<typeof validate>[0];
type Case = [what: string, inputs: object, path: string, cause: RegExp, remedy: RegExp];

function refused(definition: Definition, inputs: object): { path: string; cause: string; remedy: string }[] {
  return validate(definition, inputs).map(({ path, cause, remedy }) => ({ path: formatPath(path), cause, remedy }));
}

function expectRefusal(definition: Definition, inputs: object, path: string, cause: RegExp, remedy: RegExp): void {
  const issues = refused(definition, inputs);
  expect(issues).toContainEqual({ path, cause: expect.stringMatching(cause), remedy: expect.stringMatching(remedy) });
  // One mistake, one message.
  expect(issues).toHaveLength(1);
}

const vif = { device: 0, mac: "02:00:00:00:00:01", addresses: ["10.0.0.5"] };
const uuid = "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e";
const guest = (more: object = {}) => ({ host: "hv-01", guest: { uuid }, interfaces: [vif], ...more });
const ingress = (rule: object) => ({ name: "web", ingress: [{ name: "r", ...rule }] });

describe("a security group", () => {
  test.each<Case>([
    ["a misspelt field", { ...ingress({}), ingres: [] }, "ingres", /no field "ingres"/, /did you mean `ingress`/],
    ["a misspelt field of a rule", ingress({ port: ["22"] }), "ingress[0].port", /no field "port"/, /did you mean `ports`/],
    ["a field from nowhere", { name: "web", zzzzzzzz: 1 }, "zzzzzzzz", /no field/, /the fields are `name`, `ingress`/],
    ["no name", {}, "name", /required/, /set it/],
    ["a number for a name", { name: 3 }, "name", /must be a string, and is the number 3/, /./],
    ["text for a list", { name: "web", ingress: "ssh" }, "ingress", /must be a list of objects, and is the string "ssh"/, /./],
    [
      "a wrong action",
      ingress({ action: "alow" }),
      "ingress[0].action",
      /"alow" is not one of "allow", "drop", "reject"/,
      /did you mean "allow"/,
    ],
    ["a wrong CIDR", ingress({ from: ["10.0.0.300"] }), "ingress[0].from[0]", /"10.0.0.300" is not a peer/, /203.0.113.0\/24/],
    ["a prefix too long", ingress({ from: ["10.0.0.0/33"] }), "ingress[0].from[0]", /is not a peer/, /CIDR/],
    ["shell text", ingress({ from: ["$(reboot)"] }), "ingress[0].from[0]", /is not a peer/, /CIDR/],
    ["a line break", ingress({ from: ["10.0.0.1\n-A INPUT"] }), "ingress[0].from[0]", /"10.0.0.1\\n-A INPUT"/, /CIDR/],
    ["a wrong port", ingress({ protocol: "tcp", ports: ["65536"] }), "ingress[0].ports[0]", /"65536" is not a port/, /0 to 65535/],
    ["a descending range", ingress({ protocol: "tcp", ports: ["90:80"] }), "ingress[0].ports[0]", /not a port/, /ascending/],
    ["a wrong protocol", ingress({ protocol: "tpc" }), "ingress[0].protocol", /"tpc" is not a protocol/, /name/],
    ["ports without tcp or udp", ingress({ ports: ["22"] }), "ingress[0].ports", /protocol "any" has no ports/, /tcp/],
    ["an ICMP type of tcp", ingress({ protocol: "tcp", icmpType: "8" }), "ingress[0].icmpType", /no ICMP types/, /icmp/],
    [
      "IPv6 with icmp",
      ingress({ protocol: "icmp", from: ["2001:db8::1"] }),
      "ingress[0].from[0]",
      /is IPv6, and protocol "icmp" is not/,
      /"icmpv6"/,
    ],
    ["IPv4 with icmpv6", ingress({ protocol: "icmpv6", from: ["10.0.0.1"] }), "ingress[0].from[0]", /is IPv4/, /"icmp"/],
    [
      "two rules of one name",
      { name: "web", ingress: [{ name: "r" }, { name: "r" }] },
      "ingress[1].name",
      /already named "r"/,
      /its own name/,
    ],
    ["a name with metacharacters", { name: "web; reboot" }, "name", /not allowed/, /letters/],
    ["a long name", { name: "x".repeat(10_000) }, "name", /longer than 63/, /shorten/],
    [
      "a fraction",
      { name: "web", ingress: [{ name: "r", maxConnections: 1.5 }] },
      "ingress[0].maxConnections",
      /1.5 is not a whole number/,
      /fraction/,
    ],
  ])("%s", (_what, inputs, path, cause, remedy) => expectRefusal(securityGroup, inputs, path, cause, remedy));

  test("a field name of 10 kB does not fill the screen", () => {
    const [issue] = validate(securityGroup, { name: "web", ["k".repeat(10_000)]: 1 });
    expect(formatPath(issue?.path ?? []).length + (issue?.cause.length ?? 0)).toBeLessThan(300);
  });
});

describe("a guest's firewall", () => {
  test.each<Case>([
    ["neither UUID nor name", guest({ guest: {} }), "guest", /neither `uuid` nor `name` is given/, /`uuid` or its `name`/],
    ["both", guest({ guest: { uuid, name: "web" } }), "guest", /both/, /keep one/],
    ["a wrong UUID", guest({ guest: { uuid: "web" } }), "guest.uuid", /"web" is not a UUID/, /xe vm-list/],
    ["no interface", guest({ interfaces: [] }), "interfaces", /no interface/, /at least one/],
    ["a wrong MAC", guest({ interfaces: [{ ...vif, mac: "02:00" }] }), "interfaces[0].mac", /not a MAC/, /six octets/],
    ["a multicast MAC", guest({ interfaces: [{ ...vif, mac: "01:00:00:00:00:01" }] }), "interfaces[0].mac", /multicast/, /even/],
    [
      "one device twice",
      guest({ interfaces: [vif, { ...vif, mac: "02:00:00:00:00:02" }] }),
      "interfaces[1].device",
      /device 0 is declared twice/,
      /device number/,
    ],
    ["strict without addresses", guest({ interfaces: [{ device: 0, mac: vif.mac }] }), "interfaces[0].addresses", /strict/, /"mac"/],
    [
      "an unknown group",
      guest({ ingress: [{ name: "r", from: ["group:wbe"] }], peerGroups: [{ name: "web" }] }),
      "ingress[0].from[0]",
      /no security group "wbe"/,
      /did you mean "web"/,
    ],
    [
      "a group twice",
      guest({ groups: [{ name: "web" }], peerGroups: [{ name: "web" }] }),
      "peerGroups[0].name",
      /listed twice/,
      /keep it once/,
    ],
    [
      "an unknown group in a group",
      guest({ groups: [{ name: "web", ingress: [{ name: "r", from: ["group:db"] }] }] }),
      "groups[0].ingress[0].from[0]",
      /no security group "db"/,
      /declare it/,
    ],
    ["a wrong connection", guest({ connection: { port: 0, address: "hv" } }), "connection.port", /at least 1/, /./],
  ])("%s", (_what, inputs, path, cause, remedy) => expectRefusal(guestFirewall, inputs, path, cause, remedy));
});

describe("a host's policy", () => {
  const member = (more: object = {}) => ({ uuid, interfaces: [vif], ...more });
  const other = "11111111-8f0e-4b5c-9d3e-2f6a7b8c9d0e";
  const second = (more: object = {}) => ({
    uuid: other,
    interfaces: [{ device: 0, mac: "02:00:00:00:00:02", addresses: ["10.0.0.6"] }],
    ...more,
  });
  const policy = (guests: object, groups: object = {}) => ({ host: "hv-01", guests, groups });
  test.each<Case>([
    [
      "an unknown group",
      policy({ a: member({ groups: ["db"] }) }, { web: {} }),
      "guests.a.groups[0]",
      /no security group "db"/,
      /declared groups are web/,
    ],
    ["one guest twice", policy({ a: member(), b: second({ uuid: uuid.toUpperCase() }) }), "guests.b.uuid", /declared twice/, /one policy/],
    [
      "one MAC twice",
      policy({ a: member(), b: second({ interfaces: [{ ...vif, addresses: ["10.0.0.6"], mac: "2:0:0:0:0:1" }] }) }),
      "guests.b.interfaces[0].mac",
      /declared twice/,
      /its own/,
    ],
    [
      "one address twice",
      policy({ a: member(), b: second({ interfaces: [{ ...vif, mac: "02:00:00:00:00:02", addresses: ["10.0.0.5/32"] }] }) }),
      "guests.b.interfaces[0].addresses[0]",
      /"10.0.0.5" is declared twice/,
      /network/,
    ],
    ["a wrong key", policy({ "a b": member() }), 'guests["a b"]', /not allowed/, /letters/],
  ])("%s", (_what, inputs, path, cause, remedy) => expectRefusal(hostPolicy, inputs, path, cause, remedy));

  test("one address on two networks is allowed", () => {
    const on = (network: string) => ({ ...vif, network });
    expect(
      refused(
        hostPolicy,
        policy({ a: member({ interfaces: [on("x")] }), b: second({ interfaces: [{ ...on("y"), mac: "02:00:00:00:00:02" }] }) }),
      ),
    ).toEqual([]);
  });
});

describe("a set", () => {
  const set = (more: object) => ({ host: "hv-01", name: "s", ...more });
  test.each<Case>([
    ["a name of 32 characters", set({ name: "x".repeat(32) }), "name", /longer than 31/, /shorten/],
    ["too many entries", set({ maxElements: 1, members: ["10.0.0.1", "10.0.0.2"] }), "members", /too many set entries: 2/, /maxElements/],
    ["IPv6 in an IPv4 set", set({ members: ["2001:db8::1"] }), "members[0]", /IPv6 in a set of family inet/, /inet6/],
    ["everything", set({ members: ["0.0.0.0/0"] }), "members[0]", /every address/, /0.0.0.0\/1/],
    ["a network among addresses", set({ type: "hash:ip", members: ["10.0.0.0/8"] }), "members[0]", /network/, /`net`/],
    [
      "a part missing",
      set({ type: "hash:ip,port", members: ["10.0.0.1"] }),
      "members[0]",
      /1 part, and a member of hash:ip,port has 2/,
      /"10.0.0.5,tcp:443"/,
    ],
    ["a wrong port", set({ type: "hash:ip,port", members: ["10.0.0.1,tcp:x"] }), "members[0]", /"tcp:x" is not a port/, /tcp:443/],
    ["a wrong MAC", set({ type: "hash:mac", members: ["02:00"] }), "members[0]", /not a MAC/, /six octets/],
    ["a wrong type", set({ type: "hash:nets" }), "type", /not one of/, /did you mean "hash:net"/],
  ])("%s", (_what, inputs, path, cause, remedy) => expectRefusal(ipSet, inputs, path, cause, remedy));
});

describe("what is not known yet", () => {
  test.each<[string, Definition, object]>([
    ["a whole list", securityGroup, { name: "web", ingress: UNKNOWN }],
    ["an element", securityGroup, { name: "web", ingress: [UNKNOWN, { name: "r" }] }],
    ["a field of a rule", securityGroup, { name: "web", ingress: [{ name: UNKNOWN, protocol: UNKNOWN, ports: ["22"], from: [UNKNOWN] }] }],
    ["groups", guestFirewall, guest({ groups: UNKNOWN, ingress: [{ name: "r", from: ["group:web"] }] })],
    ["a guest", guestFirewall, guest({ guest: UNKNOWN })],
    ["addresses", guestFirewall, guest({ interfaces: [{ device: 0, mac: UNKNOWN, addresses: UNKNOWN }] })],
    ["members", ipSet, { host: UNKNOWN, name: "s", type: UNKNOWN, members: ["x"] }],
  ])("is no mistake: %s", (_what, definition, inputs) => expect(refused(definition, inputs)).toEqual([]));

  test("other mistakes are still found", () => {
    expectRefusal(securityGroup, { name: UNKNOWN, ingress: [UNKNOWN, { name: "r", action: "x" }] }, "ingress[1].action", /not one of/, /./);
  });

  test("no input makes the checks themselves fail", () => {
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(UNKNOWN),
        fc.constant(null),
        fc.array(tie("value")),
        fc.dictionary(
          fc.constantFrom(
            "name",
            "ingress",
            "egress",
            "members",
            "guests",
            "groups",
            "interfaces",
            "from",
            "ports",
            "uuid",
            "guest",
            "addresses",
            "device",
            "connection",
            "bastion",
          ),
          tie("value"),
        ),
      ),
    })).value;
    const inputs = fc.dictionary(
      fc.constantFrom(
        "name",
        "host",
        "ingress",
        "egress",
        "members",
        "guests",
        "guest",
        "groups",
        "peerGroups",
        "interfaces",
        "type",
        "connection",
      ),
      anything,
    );
    fc.assert(
      fc.property(fc.constantFrom(...resources), inputs, (definition, values) => {
        for (const { cause, remedy } of validate(definition, values)) {
          expect(cause).not.toBe("");
          expect(remedy).not.toBe("");
        }
      }),
      { numRuns: 300 },
    );
  });
});
