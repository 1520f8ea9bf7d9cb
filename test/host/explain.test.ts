import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import { createLab, type Flow, type Lab, type LabHost } from "../../lab/netns";
import type { AnyResource, State } from "../../provider/core/define";
import { ETHERTYPE, type Packet } from "../../provider/firewall/traffic/packet";
import { explain } from "../../provider/firewall/traffic/verdict";
import { activeTools } from "../../provider/host/look/facts";
import { functionOf, type ResourceToken, resourceOf } from "../../provider/resources";
import { forged, honest } from "../acceptance/forgeries";
import { ownName } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { laterRefusal } from "../support/refusal";

const policy = resourceOf("csp:firewall:HostPolicy");
const ruleSet = resourceOf("csp:firewall:RuleSet");
const explainPacket = functionOf("csp:index:explainPacket");

/** The ends of flows: two guests with a policy, one without, and two endpoints behind other ports of the bridge. */
const ENDS = ["web", "db", "idle", "office", "depot"] as const;
const PORTS: Readonly<Record<string, string>> = { office: "port0", depot: "port1" };
const ADDRESSES = ["10.24.0.11", "10.24.0.12", "10.24.0.21", "fd24::11", "fd24::12", "fd24::21"];

const peers = fc.uniqueArray(
  fc.constantFrom(
    ...ADDRESSES,
    "10.24.0.0/28",
    "10.24.0.16/28",
    "fd24::10/124",
    "0.0.0.0/0",
    "::/0",
    "set:some",
    "set6:some6",
    "group:all",
  ),
  { minLength: 1, maxLength: 3 },
);
const ports = fc.uniqueArray(fc.constantFrom("22", "80", "443", "20:79", "81:500"), { minLength: 1, maxLength: 3 });
const matchOf = fc.oneof(
  fc.record({ protocol: fc.constantFrom("tcp", "udp"), ports }, { requiredKeys: ["protocol"] }),
  fc.record({ protocol: fc.constant("icmp"), icmpType: fc.constantFrom("8", "3/4") }, { requiredKeys: ["protocol"] }),
  fc.record({ protocol: fc.constant("any") }),
);
const rules = (field: "from" | "to") =>
  fc
    .array(fc.tuple(matchOf, fc.option(peers, { nil: undefined }), fc.constantFrom("allow", "allow", "drop", "reject"), fc.boolean()), {
      maxLength: 5,
    })
    .map((all) =>
      all.map(([match, whom, action, log], index) => {
        const reachable = match.protocol === "icmp" ? whom?.filter((one) => !/:(?!some$|all$)|^set6/.test(one)) : whom;
        return {
          name: `r${index}`,
          ...match,
          action,
          log,
          ...(reachable === undefined || reachable.length === 0 ? {} : { [field]: reachable }),
        };
      }),
    );
const guestPolicy = fc.record({ ingress: rules("from"), egress: rules("to"), egressDefault: fc.constantFrom("allow", "drop") });
const flow: fc.Arbitrary<Flow> = fc
  .record({
    from: fc.constantFrom(...ENDS),
    to: fc.constantFrom(...ENDS),
    proto: fc.constantFrom("tcp" as const, "udp" as const, "icmp" as const),
    port: fc.constantFrom(22, 80, 443),
    family: fc.constantFrom(4 as const, 6 as const),
  })
  .filter(({ from, to }) => from !== to && (from in PORTS ? !(to in PORTS) || from === "office" : true))
  .map(({ port, ...rest }) => (rest.proto === "icmp" ? rest : { ...rest, port }));

/** A frame's own fields, read from its bytes. */
function packetIn(frame: Buffer, from: string, to: string): Packet {
  const mac = (at: number) => [...frame.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  const address = (at: number, length: number) => ipaddr.fromByteArray([...frame.subarray(at, at + length)]).toString();
  const etherType = frame.readUInt16BE(12);
  const link = { in: from, out: to, bridge: "br0", targetMac: mac(0), sourceMac: mac(6), etherType };
  if (etherType === ETHERTYPE.arp) {
    const arp = { operation: frame.readUInt16BE(20), senderMac: mac(22), targetMac: mac(32) };
    return { ...link, arp: { ...arp, senderAddress: address(28, 4), targetAddress: address(38, 4) } };
  }
  if (etherType !== ETHERTYPE.inet && etherType !== ETHERTYPE.inet6) return link;
  const v4 = etherType === ETHERTYPE.inet;
  const [protocol, behind] = v4 ? [frame.readUInt8(23), 34] : [frame.readUInt8(20), 54];
  const ip = {
    family: v4 ? ("inet" as const) : ("inet6" as const),
    source: v4 ? address(26, 4) : address(22, 16),
    target: v4 ? address(30, 4) : address(38, 16),
    protocol,
    state: "new" as const,
    hopLimit: v4 ? frame.readUInt8(22) : frame.readUInt8(21),
    length: v4 ? frame.readUInt16BE(16) : frame.readUInt16BE(18) + 40,
  };
  if (protocol === 58) return { ...link, ip: { ...ip, icmpType: frame.readUInt8(behind), icmpCode: frame.readUInt8(behind + 1) } };
  return { ...link, ip: { ...ip, sourcePort: frame.readUInt16BE(behind), targetPort: frame.readUInt16BE(behind + 2) } };
}

describeWith(["root"], "an explained packet", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let known: State;
    const csp = new Csp("test/dev guests (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    const ask = (args: object) => explainPacket.invoke(context(), explainPacket.inputs.parse({ host: "hv-01", ...args }));
    const end = (name: string) => (name in PORTS ? { port: PORTS[name] } : { guest: lab.guest(name).uuid });
    const addressOf = (name: string, family: 4 | 6) =>
      name in PORTS ? `${family === 4 ? "10.24.0." : "fd24::"}${name === "office" ? 21 : 22}` : lab.guest(name).address(family);
    const portOf = (name: string) => PORTS[name] ?? lab.guest(name).port();
    const explained = async ({ from, to, proto, port, family = 4 }: Flow) => {
      const protocol = proto === "icmp" && family === 6 ? "icmpv6" : String(proto);
      const addresses = { source: addressOf(from, family), target: addressOf(to, family) };
      return ask({ from: end(from), to: end(to), protocol, ...addresses, ...(port === undefined ? {} : { targetPort: port }) });
    };
    const guest = (name: string, args: object) => ({
      uuid: lab.guest(name).uuid,
      interfaces: [{ device: 0, mac: lab.guest(name).mac, addresses: [lab.guest(name).address(4), lab.guest(name).address(6)] }],
      groups: ["all"],
      ...args,
    });
    const declare = async (web: object, db: object) => {
      const inputs = policy.inputs.parse({
        host: "hv-01",
        groups: { all: { ingress: [{ name: "alt", protocol: "tcp", ports: ["443"], from: ["10.24.0.21"] }] } },
        guests: { web: guest("web", web), db: guest("db", db) },
      });
      const outputs =
        known === undefined
          ? (await policy.create(context(), inputs)).outputs
          : await policy.update(context(), "hv-01/guests", known as never, inputs);
      known = { inputs, outputs } as State;
    };
    const refusal = (args: object) => laterRefusal(() => ask(args));
    /** What the kernel did with each flow, beside csp's answer. */
    const compare = async (flows: readonly Flow[]) => {
      const sent = await lab.probe.matrix(flows);
      const said = await Promise.all(flows.map(explained));
      const text = (one: Flow) => `${one.from} ${one.to} ${one.proto}${one.family} ${one.port ?? ""}`;
      return {
        kernel: flows.map((one, index) => `${text(one)} ${sent[index]}`),
        said: flows.map((one, index) => `${text(one)} ${said[index]?.verdict === "passes" ? "passed" : "blocked"}`),
        verdicts: said.map(({ verdict }) => verdict as string),
      };
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`why-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: ["web", "db", "idle"].map((name, n) => ({
            name,
            host: "hv-01",
            addresses: [`10.24.0.${11 + n}/24`, `fd24::${11 + n}/64`],
          })),
          outside: ["office", "depot"].map((name, n) => ({
            name,
            host: "hv-01",
            addresses: [`10.24.0.${21 + n}/24`, `fd24::${21 + n}/64`],
          })),
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      csp.reconnect();
      const create = (token: ResourceToken, args: object) => {
        const definition: AnyResource = resourceOf(token);
        return definition.create(context(), definition.inputs.parse({ host: "hv-01", ...args }));
      };
      await create("csp:index:Host", {});
      await create("csp:firewall:IpSet", { name: "some", members: ["10.24.0.0/27", "10.24.0.12 nomatch"] });
      await create("csp:firewall:IpSet", { name: "some6", family: "inet6", members: ["fd24::20/123", "fd24::11"] });
    }, 60_000);
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("has the same result in the kernel, whatever the policies", async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(guestPolicy, guestPolicy, fc.array(flow, { minLength: 24, maxLength: 24 }), async (web, db, flows) => {
          await declare(web, db);
          const { kernel, said, verdicts } = await compare(flows);
          expect(said).toEqual(kernel);
          for (const verdict of verdicts) seen.add(verdict);
        }),
        { numRuns: 6, endOnFailure: true },
      );
      expect(seen).toContain("passes");
      expect(seen).toContain("dropped");
      expect(seen).not.toContain("undecided");
    }, 120_000);

    test("is in a set, or in one of its exceptions, as in the kernel", async () => {
      const from = ["set:some", "set6:some6"];
      await declare({ ingress: [{ name: "known", protocol: "tcp", ports: ["80"], from }] }, {});
      const flows = (["db", "office", "depot"] as const).flatMap((one) =>
        ([4, 6] as const).map((family): Flow => ({ from: one, to: "web", proto: "tcp", port: 80, family })),
      );
      const { kernel, said } = await compare(flows);
      expect(said).toEqual(kernel);
      // Guest db is the exception of the IPv4 set, and in no IPv6 one.
      expect(kernel.map((text) => text.split(" ").at(-1))).toEqual(["blocked", "blocked", "passed", "passed", "passed", "passed"]);
    });

    test("that is forged also has the same result, at layer 2", async () => {
      const rule = { ingress: [{ name: "all" }] };
      await declare(rule, rule);
      const { facts, snapshot } = { facts: await csp.hosts.get("hv-01").facts(), snapshot: await csp.hosts.get("hv-01").snapshot() };
      const all = { ...forged(lab, "web", "db", "idle"), ...honest(lab, "web", "db") };
      const kernel: Record<string, boolean> = {};
      const said: Record<string, boolean> = {};
      for (const [what, frame] of Object.entries(all)) {
        kernel[what] = (await lab.probe.inject(frame, "web", ["db"])).includes("db");
        said[what] = explain(packetIn(frame, portOf("web"), portOf("db")), snapshot, activeTools(facts)).verdict === "passes";
      }
      expect(said).toEqual(kernel);
      expect(new Set(Object.values(kernel))).toEqual(new Set([true, false]));
    });

    test("names the rule that decided, and its guest", async () => {
      await declare(
        {
          ingress: [
            { name: "ssh", protocol: "tcp", ports: ["22"] },
            { name: "no", action: "reject", protocol: "udp" },
          ],
        },
        {},
      );
      const said = await explained({ from: "db", to: "web", proto: "tcp", port: 22 });
      expect(said).toMatchObject({ verdict: "passes", decidedBy: { tool: "iptables", table: "filter", name: "ssh", guest: "web" } });
      expect(said.reason).toMatch(/^let through by iptables, chain csp-in-\w+ of guest web \(rule ssh\), rule \d+: -p tcp .*--dport 22 /);
      expect(said.layers.map(({ tool, chain, verdict }) => `${tool} ${chain} ${verdict}`)).toEqual([
        "ebtables PREROUTING passes",
        "iptables FORWARD passes",
        "ebtables POSTROUTING passes",
      ]);
      expect(await explained({ from: "db", to: "web", proto: "udp", port: 22 })).toMatchObject({
        verdict: "rejected",
        decidedBy: { name: "no" },
      });
      expect(await explained({ from: "office", to: "web", proto: "tcp", port: 443 })).toMatchObject({ decidedBy: { name: "all/alt" } });
      const spoofed = { from: end("db"), to: end("web"), source: "10.24.0.99", target: "10.24.0.11", targetPort: 22 };
      expect(await ask(spoofed)).toMatchObject({ verdict: "dropped", decidedBy: { tool: "ebtables", guest: "db" } });
      expect(await explained({ from: "office", to: "idle", proto: "tcp", port: 22 })).toMatchObject({
        verdict: "dropped",
        decidedBy: { chain: expect.stringMatching(/^csp-ingress-vif/), rule: "-j DROP" },
      });
      expect(await ask({ ...spoofed, source: "10.24.0.12", targetPort: 80, state: "established" })).toMatchObject({ verdict: "passes" });
      expect(await ask({ from: end("db"), to: end("web"), protocol: "arp", source: "10.24.0.12", target: "10.24.0.11" })).toMatchObject({
        verdict: "passes",
        layers: [{ tool: "ebtables" }, { tool: "arptables" }, { tool: "ebtables" }],
      });
    });

    test("is evaluated with the rules in the kernel, or with the declared ones", async () => {
      const asked = { from: end("db"), to: end("web"), source: "10.24.0.12", target: "10.24.0.11", targetPort: 22 };
      const both = async () => {
        csp.reconnect();
        return [(await ask(asked)).verdict, (await ask({ ...asked, rules: "declared" })).verdict];
      };
      expect(await both()).toEqual(["passes", "passes"]);
      await host.run(
        "iptables -S | sed -n 's/^-N \\(csp-in-.*\\)/\\1/p' | while read -r c; do iptables -I $c -p tcp --dport 22 -j DROP; done",
      );
      expect(await both()).toEqual(["dropped", "passes"]);
      expect(await lab.probe.flow({ from: "db", to: "web", port: 22 })).toBe("blocked");
    });

    test("meets rules of others and of rule sets as well", async () => {
      const { id, outputs } = await ruleSet.create(
        context(),
        ruleSet.inputs.parse({
          host: "hv-01",
          tool: "iptables",
          chain: "office",
          rules: ["-p udp -m multiport --dports 80,443 -j RETURN", "-p udp -j DROP"],
          jumps: [{ from: "FORWARD", position: "beforeGuests", match: "-m physdev --physdev-in port0" }],
        }),
      );
      await host.run(
        "iptables -A FORWARD -p tcp --dport 22 -j DROP; iptables -A FORWARD -p tcp --dport 80:442 -j ACCEPT; iptables -P FORWARD DROP",
      );
      csp.reconnect();
      const flows = ["tcp", "udp"].flatMap((proto) =>
        [22, 80, 443].map((port): Flow => ({ from: "office", to: "depot", proto: proto as "tcp", port, family: 4 })),
      );
      const { kernel, said } = await compare(flows);
      expect(said).toEqual(kernel);
      expect(await explained(flows[2] as Flow)).toMatchObject({
        verdict: "dropped",
        decidedBy: { chain: "FORWARD", position: 0, rule: "policy DROP" },
      });
      expect(await explained(flows[3] as Flow)).toMatchObject({ verdict: "dropped", decidedBy: { chain: "csp-user-office" } });
      await host.run("iptables -P FORWARD ACCEPT; iptables -I FORWARD 3 -m statistic --mode random --probability 0.5 -j DROP");
      csp.reconnect();
      // Whether it drops matters if the next rule lets the packet through.
      expect(await explained(flows[0] as Flow)).toMatchObject({ verdict: "dropped" });
      expect(await explained(flows[1] as Flow)).toMatchObject({
        verdict: "undecided",
        decidedBy: { rule: expect.stringContaining("statistic") },
      });
      await ruleSet.delete(context(), id, {
        inputs: ruleSet.inputs.parse({ host: "hv-01", tool: "iptables", chain: "office" }),
        outputs,
      } as never);
    });

    test("meets others' rules also in tables without rules of csp, and sets of any kind", async () => {
      const tcp = (port: number): Flow => ({ from: "office", to: "depot", proto: "tcp", port, family: 4 });
      await host.run(`iptables -F FORWARD; iptables -P FORWARD ACCEPT
        ipset create masked hash:ip netmask 28; ipset add masked 10.24.0.21
        ipset create lone hash:net comment; ipset add lone 10.24.0.16/28; ipset add lone 10.24.0.22 nomatch comment "a nomatch"
        ipset create counted hash:net comment; ipset add counted 10.24.0.16/28 comment "nomatch, or -j ACCEPT"
        iptables -t mangle -A FORWARD -p tcp --dport 443 -m set --match-set masked src -j DROP
        ebtables -t filter -N mine -P RETURN; ebtables -t filter -A mine -p ARP -j DROP; ebtables -t filter -A FORWARD -j mine
        iptables -A FORWARD -p tcp --dport 80 -m set --match-set counted src -m set --match-set lone dst -j DROP
        iptables -A FORWARD -p tcp --dport 22 -m set --match-set counted src -m set ! --match-set lone dst -m comment --comment "-j ACCEPT" -j DROP`);
      csp.reconnect();
      const { kernel, said } = await compare([tcp(22), tcp(80), tcp(443)]);
      expect(said).toEqual(kernel);
      expect(kernel.map((text) => text.split(" ").at(-1))).toEqual(["blocked", "passed", "blocked"]);
      expect(await explained(tcp(443))).toMatchObject({ verdict: "dropped", decidedBy: { table: "mangle", chain: "FORWARD" } });
      await host.run("iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.24.0.22:443");
      csp.reconnect();
      expect(await explained(tcp(80))).toMatchObject({ verdict: "undecided", decidedBy: { table: "nat", chain: "PREROUTING" } });
      expect(await explained(tcp(22))).toMatchObject({ verdict: "dropped" });
      await host.run(`iptables -F FORWARD; iptables -t mangle -F; iptables -t nat -F; ebtables -t filter -F FORWARD`);
    });

    test("is undecided if there are rules on its way that csp does not read, and these are named", async () => {
      const flow: Flow = { from: "office", to: "depot", proto: "tcp", port: 22, family: 4 };
      const besides = async () => {
        csp.reconnect();
        const said = await explained(flow);
        return [said.verdict, ...said.besides];
      };
      expect(await besides()).toEqual(["passes"]);
      await host.run("nft 'table inet theirs { chain ways { type filter hook forward priority 5; policy accept; }; }'");
      expect(await besides()).toEqual(["passes"]);
      await host.run("nft add rule inet theirs ways tcp dport 22 drop");
      expect(await lab.probe.flow(flow)).toBe("blocked");
      expect(await besides()).toEqual([
        "undecided",
        expect.stringMatching(/^nft: chain ways of table inet theirs \(hook forward, policy accept\)/),
      ]);
      await host.run("nft delete table inet theirs");
      const other = backend === "nft" ? "legacy" : "nft";
      await host.run(`iptables-${other} -A FORWARD -p tcp --dport 22 -j DROP`);
      expect(await lab.probe.flow(flow)).toBe("blocked");
      expect(await besides()).toEqual(["undecided", expect.stringMatching(`^iptables: table filter of the ${other} backend has rules`)]);
      await host.run(`iptables-${other} -F FORWARD`);
      expect(await besides()).toEqual(["passes"]);
    });

    test.each([
      ["nothing says where it is from", { from: {} }, /^the packet's `from`: it must have exactly one/],
      ["no such guest", { from: { guest: "nobody" } }, /^guest nobody on host hv-01: no running guest/],
      ["no such port", { from: { port: "port9" } }, /^port port9 on host hv-01: no bridge/],
      ["a network for an address", { source: "10.0.0.0/8" }, /^the packet's `source`: "10.0.0.0\/8" is not one address/],
      ["two families", { target: "fd24::1" }, /^the packet's `target`: .* different address families/],
      ["any protocol", { protocol: "any" }, /^the packet's `protocol`: "any" is not one protocol/],
      ["the other family's ICMP", { protocol: "icmpv6" }, /^the packet's `protocol`: icmpv6 does not belong to the address family/],
      ["no port", { targetPort: undefined }, /^the packet's `targetPort`: the packet's port is missing/],
    ])("is refused when %s", async (_what, args, message) => {
      const asked = { from: { port: "port0" }, to: { port: "port1" }, source: "10.24.0.21", target: "10.24.0.22", targetPort: 22 };
      expect((await refusal({ ...asked, ...args })).message).toMatch(message);
    });
  });
});
