import fc from "fast-check";
import { frameChains, frameJumps } from "../../provider/firewall/compile/frame";
import type { Claim } from "../../provider/firewall/compile/templates";
import { compileUnit, type UnitDeclaration } from "../../provider/firewall/compile/unit";
import { ChainBook, chainsIn, TABLES, type Table, TOOLS } from "../../provider/firewall/model/kernel";
import type { ActualKernel } from "../../provider/firewall/plan/plan";
import { CURRENT } from "../../provider/firewall/planes/print";
import type { SavedTable } from "../../provider/firewall/planes/xtables/saved";
import { explain } from "../../provider/firewall/traffic/verdict";
import { describeShot, SETS_OF_HOST, type Setting, shotsOf, unitOf } from "../planes/corpus";
import { packetsNear } from "../planes/packets";
import { GUESTS, USUAL_PORTS } from "../planes/places";
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

const PACKETS = 400;
const RUNS = Number(process.env.CSP_RUNS ?? 25);

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
  if (process.env.CSP_SEEN) console.log([...seen].sort());
  expect(Object.keys(GUESTS).length).toBeGreaterThan(0);
});
