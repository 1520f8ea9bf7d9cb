import fc from "fast-check";
import { type Jump, TABLES, type Table, toolOf } from "../../provider/firewall/model/kernel";
import { standsInPlace } from "../../provider/firewall/plan/plan";
import { leadsToOurs } from "../../provider/firewall/planes/references";
import { tablesWith } from "../../provider/firewall/planes/xtables/saved";
import { activeTables } from "../../provider/host/look/facts";
import type { UnitRecord } from "../../provider/host/records/unit";
import { desiredJumps, recordedJumps } from "../../provider/host/state/jumps";
import {
  adoptedHost,
  dialects,
  editOf,
  edits,
  factsOf,
  independentEdits,
  lookAt,
  MINE,
  oneByOne,
  removalOf,
  together,
  untouchedHost,
} from "./model";

const FRAME = { guestPorts: ["vif"] };
const jump = (table: Table, text: string, place?: Jump["place"]): Jump => ({
  ...{ table, chain: "FORWARD", text },
  ...(place === undefined ? {} : { place }),
});
const unit = (id: string, chains: readonly string[], jumps: readonly Jump[]): UnitRecord => ({
  id,
  owner: "shop/dev",
  chains,
  sets: [],
  jumps,
});
const mail = unit("rules/iptables.mail", ["csp-user-mail"], [jump("iptables.filter", "-j csp-user-mail", "first")]);
const abuse = unit("rules/iptables.abuse", ["csp-user-abuse"], [jump("iptables.filter", "-j csp-user-abuse", "last")]);
const arp = unit("rules/arptables.arp", ["csp-user-arp"], [jump("arptables.filter", "-j csp-user-arp", "first")]);
const both = unit(
  "host-firewall",
  ["csp-host-in", "csp-host-out"],
  [jump("iptables.filter", "-j csp-host-in", "first"), jump("ip6tables.filter", "-j csp-host-in", "first")],
);
const withChains = (chains: Partial<Record<Table, readonly string[]>>) =>
  tablesWith(
    Object.fromEntries(
      Object.entries(chains).map(([table, names]) => [table, { chains: new Map(names.map((name) => [name, []])), foreign: new Map() }]),
    ),
  );
const all = withChains(
  Object.fromEntries(TABLES.map((table) => [table, ["csp-user-mail", "csp-user-abuse", "csp-user-arp", "csp-host-in", "csp-host-out"]])),
);
const none = withChains({});
const texts = (jumps: readonly Jump[]) => jumps.map(({ table, text }) => `${table}: ${text}`);

describe("jumps in chains that are not csp's", () => {
  const sources = { frame: undefined, written: new Set<string>(), tables: TABLES, actual: all };

  test.each([
    ["of a host without a frame and without rules: none", { ...sources, units: [] }, []],
    [
      "units' in the order of their IDs",
      { ...sources, units: [mail, abuse] },
      ["iptables.filter: -j csp-user-abuse", "iptables.filter: -j csp-user-mail"],
    ],
    ["none to a chain that was lost", { ...sources, units: [mail], actual: none }, []],
    [
      "but to one that is written now",
      { ...sources, units: [mail, abuse], actual: none, written: new Set([mail.id]) },
      ["iptables.filter: -j csp-user-mail"],
    ],
    [
      "in those tables that have all of a unit's chains",
      {
        ...sources,
        units: [both],
        actual: withChains({ "iptables.filter": ["csp-host-in", "csp-host-out"], "ip6tables.filter": ["csp-host-in"] }),
      },
      ["iptables.filter: -j csp-host-in"],
    ],
    ["none in a table that the host has not", { ...sources, units: [arp], tables: ["iptables.filter"] as const }, []],
  ])("%s", (_what, given, expected) => {
    expect(texts(desiredJumps(given))).toEqual(expected);
  });

  test("the frame's are there whatever was lost, in front of the units'", () => {
    const jumps = desiredJumps({ ...sources, frame: FRAME, units: [mail] });
    expect(jumps.at(-1)).toEqual(mail.jumps[0]);
    expect(jumps.slice(0, -1).every(({ place }) => place === undefined)).toBe(true);
    expect(texts(jumps)).toContain("ebtables.nat: -i vif+ -j csp-from-vif");
    expect(desiredJumps({ ...sources, frame: FRAME, units: [], actual: none })).toEqual(jumps.slice(0, -1));
  });

  test("the order of units is nothing to them", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([mail, abuse, arp, both], { minLength: 4 }), (units) => {
        expect(desiredJumps({ ...sources, frame: FRAME, units })).toEqual(
          desiredJumps({ ...sources, frame: FRAME, units: [mail, abuse, arp, both] }),
        );
      }),
    );
  });

  test("what a plan puts there is what the records then ask for: each in its place, and nothing else", () => {
    fc.assert(
      fc.property(dialects, independentEdits(MINE), (dialect, made) => {
        const host = together(adoptedHost(dialect), made.map(editOf));
        const jumps = recordedJumps(factsOf(host), lookAt(host));
        for (const one of jumps) {
          const rules = host.tables[one.table].foreign.get(one.chain) ?? [];
          expect([one, standsInPlace(one, jumps, rules)]).toEqual([one, true]);
        }
        const standing = TABLES.flatMap((table) =>
          [...host.tables[table].foreign.values()].flat().filter((text) => leadsToOurs(toolOf(table), text)),
        );
        expect(standing.sort()).toEqual(jumps.map(({ text }) => text).sort());
        expect(new Set(jumps.map(({ table }) => table))).toEqual(
          new Set(activeTables(host).filter((table) => jumps.some((one) => one.table === table))),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("others' rules stay as they are and in their order, and are all that is left in the end", () => {
    fc.assert(
      fc.property(independentEdits(MINE), (made) => {
        const before = untouchedHost();
        const all = made.map(editOf);
        const host = oneByOne(before, [edits.frame(MINE), ...all]);
        const others = ({ tables }: typeof host) =>
          TABLES.map((table) =>
            [...tables[table].foreign].map(([chain, rules]) => [chain, rules.filter((rule) => !leadsToOurs(toolOf(table), rule))]),
          );
        expect(others(host)).toEqual(others(before));
        const after = oneByOne(host, [...all.map(removalOf), { kind: "no-frame" }]);
        expect(TABLES.map((table) => after.tables[table].foreign)).toEqual(TABLES.map((table) => before.tables[table].foreign));
      }),
      { numRuns: 60 },
    );
  });
});
