import { frameChains, frameJumps } from "../../provider/firewall/compile/frame";
import type { Claim } from "../../provider/firewall/compile/templates";
import { compileUnit } from "../../provider/firewall/compile/unit";
import { chainsIn } from "../../provider/firewall/model/kernel";
import { CURRENT } from "../../provider/firewall/planes/print";
import { ETHERTYPE } from "../../provider/firewall/traffic/packet";
import { stationOf, walkLayer } from "../../provider/firewall/traffic/verdict";
import { hostPolicyInputs } from "../../provider/resources/host-policy/fields";
import { declarePolicy } from "../../provider/resources/host-policy/policy-declaration";

const UUIDS = {
  shut: "00000000-0000-4000-8000-00000000000a",
  peer: "00000000-0000-4000-8000-00000000000b",
  router: "00000000-0000-4000-8000-00000000000c",
  open: "00000000-0000-4000-8000-00000000000d",
};
const interfaces = (n: number, more: object = {}) => [{ device: 0, mac: `02:00:00:00:00:0${n}`, addresses: [`2001:db8::${n}`], ...more }];

/** Guests whose policies let nothing in. Two of them may send anything, and one of these is a router. */
const inputs = hostPolicyInputs.parse({
  host: "hv-01",
  guests: {
    shut: { uuid: UUIDS.shut, interfaces: interfaces(1), egressDefault: "drop" },
    peer: { uuid: UUIDS.peer, interfaces: interfaces(2), egressDefault: "drop" },
    router: { uuid: UUIDS.router, interfaces: interfaces(3, { routerAdvertisements: true }), egressDefault: "allow" },
    open: { uuid: UUIDS.open, interfaces: interfaces(4), egressDefault: "allow" },
  },
});
const compiled = compileUnit(declarePolicy(inputs, new Map(Object.entries(UUIDS))), CURRENT);
const claims = compiled.guests.flatMap(({ vifs }, index): Claim[] =>
  vifs.map(({ id }) => ({ port: `vif${index + 1}.0`, vif: id, traits: ["rcv"] })),
);
const frame = { guestPorts: ["vif", "tap"] };
const chains = new Map(
  [frameChains(frame, claims, []), ...compiled.guests.map((guest) => guest.chains)].flatMap((part) =>
    [...chainsIn(part, "ip6tables.filter")].map(([chain, lines]) => [chain, lines.map(({ text }) => text)] as const),
  ),
);
const foreign = new Map(
  ["INPUT", "FORWARD"].map((chain) => [
    chain,
    frameJumps(frame)
      .filter((jump) => jump.table === "ip6tables.filter" && jump.chain === chain)
      .map(({ text }) => text),
  ]),
);

const PORTS = { shut: "vif1.0", peer: "vif2.0", router: "vif3.0", open: "vif4.0", uplink: "eth0", other: "eth1" };

/** Of those for listeners 1, of all others of the link 255. */
const usualHopLimit = (icmpType: number) => ([130, 131, 132, 143].includes(icmpType) ? 1 : 255);

function verdict(from: keyof typeof PORTS, to: keyof typeof PORTS, icmpType: number, hopLimit = usualHopLimit(icmpType)): string {
  return walkLayer(
    stationOf("ip6tables.filter", "FORWARD"),
    {
      in: PORTS[from],
      out: PORTS[to],
      bridge: "br0",
      sourceMac: "02:00:00:00:00:01",
      targetMac: "02:00:00:00:00:02",
      etherType: ETHERTYPE.inet6,
      ip: {
        family: "inet6",
        source: "fe80::1",
        target: "ff02::1",
        protocol: 58,
        icmpType,
        icmpCode: 0,
        state: "untracked",
        hopLimit,
        length: 72,
      },
    },
    { chains, foreign, policies: new Map([["FORWARD", "DROP"]]) },
    new Map(),
  ).verdict;
}

describe("ICMPv6 of guests with no rules, by type", () => {
  test.each<[string, ReturnType<typeof verdict>, keyof typeof PORTS, keyof typeof PORTS, number[]]>([
    ["solicitations and advertisements", "passes", "shut", "peer", [133, 135, 136]],
    ["to the world", "passes", "shut", "uplink", [133, 135, 136]],
    ["from the world", "passes", "uplink", "shut", [133, 135, 136]],
    ["who listens to what, to the world", "passes", "shut", "uplink", [131, 132, 143]],
    ["is nothing for another guest", "dropped", "shut", "peer", [131, 132, 143]],
    ["what routers of the world send", "passes", "uplink", "shut", [130, 134, 137]],
    ["a guest is no router", "dropped", "shut", "peer", [130, 134, 137]],
    ["nor to the world", "dropped", "shut", "uplink", [130, 134, 137]],
    ["nor one that may send all else", "dropped", "open", "uplink", [134, 137]],
    ["to nobody", "dropped", "open", "peer", [134, 137]],
    ["one that is", "passes", "router", "peer", [130, 134, 137]],
    ["an echo is a user's business", "dropped", "uplink", "shut", [128, 129, 1]],
    ["also a guest's", "dropped", "shut", "uplink", [128, 129, 1]],
    // The built-in chain's policy, here: packets between ports that are no guests' are somebody else's.
    ["between ports that are no guests'", "dropped", "uplink", "other", [130, 133, 134, 135, 136, 143]],
  ])("%s: %s", (_what, expected, from, to, types) => {
    expect(types.map((type) => [type, verdict(from, to, type)])).toEqual(types.map((type) => [type, expected]));
  });

  test.each([
    ["shut", "peer"],
    ["open", "uplink"],
    ["uplink", "shut"],
  ] as const)("no message of the link passes after it came through a router: from %s to %s", (from, to) => {
    for (const type of [130, 131, 132, 133, 134, 135, 136, 137, 143])
      for (const hopLimit of [64, 2, 254]) expect([type, hopLimit, verdict(from, to, type, hopLimit)]).toEqual([type, hopLimit, "dropped"]);
  });

  test("a guest's own chains have no such rules, and lead on to the receivers' chains as rarely as possible", () => {
    for (const { chains } of compiled.guests) {
      const lines = [...chainsIn(chains, "ip6tables.filter").values()].flat().map(({ text }) => text);
      expect(lines.filter((text) => /icmpv6-type (13[1-36]|143)/.test(text))).toEqual([]);
      expect(lines.filter((text) => text.endsWith("-g csp-ingress")).length).toBeLessThanOrEqual(2);
    }
  });
});
