import fc from "fast-check";
import { frameChains, frameJumps } from "../../provider/firewall/compile/frame";
import type { Claim } from "../../provider/firewall/compile/templates";
import { compileUnit, type UnitDeclaration } from "../../provider/firewall/compile/unit";
import { ChainBook, chainsIn, TABLES, type Table, TOOLS } from "../../provider/firewall/model/kernel";
import type { ActualKernel } from "../../provider/firewall/plan/plan";
import { CURRENT } from "../../provider/firewall/planes/print";
import type { SavedTable } from "../../provider/firewall/planes/xtables/saved";
import type { Blindness } from "../../provider/firewall/traffic/card-layer2";
import { sayJudgement } from "../../provider/firewall/traffic/judgement";
import { ETHERTYPE, type IpPacket, type Packet } from "../../provider/firewall/traffic/packet";
import { policyEvaluator } from "../../provider/firewall/traffic/policy-verdict";
import { explain } from "../../provider/firewall/traffic/verdict";
import { hostPolicyInputs } from "../../provider/resources/host-policy/fields";
import { declaredHost, describeShot, SETS_OF_HOST, type Setting, shotsOf, unitOf } from "../planes/corpus";
import { packetsNear } from "../planes/packets";
import { CARDS, GUESTS, USUAL_PORTS } from "../planes/places";
import { FOUR_TOOLS } from "../planes/planes";
import { policy } from "../planes/policies";
import { again, first, inItsOwnWords } from "../planes/sample";

/**
 * Two independent judges of the same packets: the policy's evaluator, which knows no rule of a kernel, and the walk through the rules that the
 * compiler makes, which knows no policy. test/planes has the third, the kernel.
 */

const setting: Setting = { ports: USUAL_PORTS, bridge: "br0", blind: FOUR_TOOLS };

/** What is in the kernel of a host with this unit, and nothing else. */
function kernelOf(unit: UnitDeclaration): ActualKernel {
  const compiled = compileUnit(unit, CURRENT);
  const claims = compiled.guests.flatMap(({ label, vifs }): Claim[] =>
    vifs.map(({ id, device, traits }) => {
      const place = (device === 0 ? label : `${label}/${device}`) as keyof typeof USUAL_PORTS;
      return { port: USUAL_PORTS[place], vif: id, traits };
    }),
  );
  const pins = claims.some(({ traits }) => traits.includes("pin"));
  const frame = { guestPorts: ["vif", "tap", "vnet"], pins };
  const book = new ChainBook();
  book.add(frameChains(frame, claims, []));
  book.add(compiled.shared);
  for (const guest of compiled.guests) book.add(guest.chains);
  const jumps = frameJumps(frame);
  const tables = Object.fromEntries(
    TABLES.map((table: Table): [Table, SavedTable] => {
      const chains = new Map([...chainsIn(book.part, table)].map(([chain, lines]) => [chain, lines.map(({ text }) => text)] as const));
      const foreign = new Map<string, string[]>();
      for (const jump of jumps) if (jump.table === table) foreign.set(jump.chain, [...(foreign.get(jump.chain) ?? []), jump.text]);
      return [table, { chains, foreign }];
    }),
  ) as ActualKernel["tables"];
  return { tables, sets: new Map([...SETS_OF_HOST, ...compiled.sets]) };
}

const PACKETS = 300;
const RUNS = Number(process.env.CSP_RUNS ?? 12);

test("the policy's evaluator and the walk through the compiled rules say the same of packets near a policy's borders", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      policy.chain((declared) =>
        fc.tuple(fc.constant(declared), packetsNear(declared, PACKETS), fc.constantFrom("set" as const, "inline" as const)),
      ),
      ([declared, sent, groupPeers]) => {
        const kernel = kernelOf({ ...unitOf(declared), groupPeers });
        const wrong: string[] = [];
        for (const shot of shotsOf(declared, sent, setting)) {
          // The kernel puts fragments together before rules see them; a walk through rules knows no others.
          if (shot.packet.ip?.incomplete || /^01:80:c2:00:00:0/.test(shot.packet.targetMac)) continue;
          for (const [to, judgement] of shot.judgements) {
            const explained = explain({ ...shot.packet, in: USUAL_PORTS[shot.from], out: USUAL_PORTS[to] }, kernel, TOOLS);
            const reason = judgement.because.at(-1);
            const kind = `${judgement.verdict} ${reason?.by} ${reason?.by === "protection" ? reason.protection : ""}`;
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
            if (explained.verdict !== judgement.verdict)
              wrong.push(describeShot(shot, `the walk to ${to} says ${explained.verdict}: ${JSON.stringify(explained.decidedBy)}`));
          }
        }
        if (wrong.length > 0) throw new Error(`${wrong.length} disagreements under ${JSON.stringify(declared)}\n${first(wrong)}`);
      },
    ),
    { numRuns: RUNS, endOnFailure: true, ...again(), reporter: inItsOwnWords },
  );
  const verdicts = new Set([...seen.keys()].map((kind) => kind.split(" ")[0]));
  expect(verdicts).toEqual(new Set(["passes", "dropped", "rejected"]));
  for (const by of ["rule", "default", "protection", "service", "layer-2", "connection", "unclaimed", "no-guest"])
    expect([...seen.keys()]).toContainEqual(expect.stringContaining(` ${by} `));
});

describe("the policy's evaluator", () => {
  const declared = hostPolicyInputs.parse({
    host: "hv-01",
    guests: {
      a: {
        uuid: GUESTS.a.uuid,
        interfaces: [{ device: 0, mac: CARDS.a.mac, addresses: ["10.80.0.16", "fd80::10"], vlans: [5] }],
        ingress: [
          { name: "few", protocol: "tcp", ports: ["80"], maxConnections: 1 },
          { name: "no", action: "reject", protocol: "tcp", ports: ["80"] },
          { name: "known", protocol: "udp", from: ["set:nowhere"] },
        ],
      },
    },
  });
  const evaluate = policyEvaluator(declaredHost(unitOf(declared), USUAL_PORTS));
  const inwards: Packet = {
    in: USUAL_PORTS.office,
    out: USUAL_PORTS.a,
    sourceMac: CARDS.office.mac,
    targetMac: CARDS.a.mac,
    etherType: ETHERTYPE.inet,
    ip: { family: "inet", source: "10.80.0.97", target: "10.80.0.16", protocol: 6, sourcePort: 4000, targetPort: 80, state: "new" },
  };
  const outwards = (ip: Partial<IpPacket>): Packet => ({
    in: USUAL_PORTS.a,
    out: USUAL_PORTS.office,
    sourceMac: CARDS.a.mac,
    targetMac: CARDS.office.mac,
    etherType: ip.family === "inet" ? ETHERTYPE.inet : ETHERTYPE.inet6,
    ip: { family: "inet6", source: "fd80::10", target: "ff02::1", protocol: 58, hopLimit: 255, length: 72, state: "untracked", ...ip },
  });

  test("says which rules have a limit, and what the next ones say beyond it", () => {
    const free = evaluate(inwards);
    expect(free.verdict).toBe("passes");
    expect(free.limited).toEqual([{ list: "ingress", guest: "a", rule: "few" }]);
    const reached = evaluate(inwards, { limits: "reached" });
    expect(reached.limited).toEqual(free.limited);
    expect(sayJudgement(reached)).toBe("rejected: guest a: ingress rule no says reject");
  });

  test.each<[string, string, Packet, Blindness]>([
    [
      "a claim of another's address",
      "neighbour-target",
      outwards({ icmpType: 136, icmpCode: 0, neighbour: "fd80::20" }),
      "neighbour-targets",
    ],
    [
      "duplicate address detection of another's address",
      "neighbour-target",
      outwards({ source: "::", icmpType: 135, icmpCode: 0, neighbour: "fd80::20" }),
      "neighbour-targets",
    ],
    [
      "an IGMP query about one group",
      "router",
      outwards({ family: "inet", source: "10.80.0.16", target: "239.1.2.3", protocol: 2, igmpType: 0x11 }),
      "igmp-types",
    ],
    [
      "what is tagged, for another's address",
      "other-receiver",
      {
        ...inwards,
        etherType: ETHERTYPE.vlan,
        vlan: { id: 5, encapsulated: ETHERTYPE.inet },
        ip: { ...inwards.ip, target: "10.80.0.17" } as IpPacket,
      },
      "tagged-receivers",
    ],
  ])("drops %s, unless the plane cannot see it", (_what, protection, packet, blindness) => {
    expect(evaluate(packet).because.at(-1)).toMatchObject({ by: "protection", protection });
    expect(evaluate(packet, { blind: new Set([blindness]) }).verdict).toBe("passes");
  });

  test("lets a claim of an own address pass", () => {
    for (const neighbour of ["fd80::10", "fe80::ff:fe80:a"])
      expect(evaluate(outwards({ icmpType: 136, icmpCode: 0, neighbour })).verdict).toBe("passes");
  });

  test("knows no set that it was not given", () => {
    const udp = { ...inwards, ip: { ...inwards.ip, protocol: 17 } as IpPacket };
    expect(() => evaluate(udp)).toThrow(/rule known names the set nowhere/);
  });
});
