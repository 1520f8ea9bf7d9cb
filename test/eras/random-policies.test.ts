import fc from "fast-check";
import type { Era } from "../../lab/eras/ages";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { type CompiledUnit, compileUnit, type UnitDeclaration } from "../../provider/firewall/compile/unit";
import { Unsayable } from "../../provider/firewall/model/unsayable";
import { units } from "../../provider/host/keeps/units";
import { printerFor } from "../../provider/host/look/facts";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { unit } from "../firewall/arbitrary";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const AGES: readonly { readonly era: Era; readonly old: boolean }[] = [
  { era: "5.6", old: true },
  { era: "xcp-ng-8", old: false },
  { era: "debian-11", old: false },
  { era: "debian-13", old: false },
];
const RUNS = Number(process.env.CSP_RUNS ?? 12);

/**
 * Whatever a user may write, the tools of an age accept all that the compiler makes of it, and print it back with the same meaning (the
 * transaction compares it). csp refuses a unit before that if the tools cannot express one of its rules.
 */
describeWith(["root"], "random policies", () => {
  test.each(AGES)("on $era", async ({ era, old }) => {
    let lab: Lab | undefined;
    let csp: Csp | undefined;
    try {
      lab = await createLab({ name: ownName(`rnd-${era.replace(/\D/g, "")}`), hosts: [{ name: "hv-01", era }] }, { replace: true });
      const host: LabHost = lab.host("hv-01");
      const make = old ? "-N foreign4 iptreemap" : "create foreign4 hash:net; ipset create foreign6 hash:net family inet6";
      await host.run(`ipset ${make}`);
      csp = new Csp("test/dev random (csp:firewall:HostPolicy)", () => [host]);
      const context = csp.context();
      const adoption = resourceOf("csp:index:Host");
      await adoption.create(context, adoption.inputs.parse({ host: "hv-01" }));
      const remote = csp.hosts.get("hv-01");
      const { dialect } = await remote.facts();
      let said = 0;
      await fc.assert(
        fc.asyncProperty(unit(2, 4), async (declared) => {
          const wanted: UnitDeclaration = old
            ? { ...declared, guests: declared.guests.map((guest) => ({ ...guest, ipv6: "drop" as const })) }
            : declared;
          let compiled: CompiledUnit;
          try {
            compiled = compileUnit(wanted, printerFor(dialect));
          } catch (error) {
            if (error instanceof Unsayable && old) return;
            throw error;
          }
          said++;
          // One unit replaces the one before, and with it goes what no other has.
          const name = { id: compiled.id, subject: "random" };
          await units.put(context, remote, { ...name, compile: () => compiled, inputs: {} }, "held");
          const seen = await units.look(context, remote, { ...name, compile: () => compiled });
          expect([seen.isThere, seen.lost, seen.displaced]).toEqual([true, [], []]);
          await units.remove(context, remote, name);
        }),
        { numRuns: RUNS, verbose: 1 },
      );
      expect(said).toBeGreaterThan(RUNS / 3);
    } finally {
      csp?.close();
      await lab?.down();
    }
  });
});
