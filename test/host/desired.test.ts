import fc from "fast-check";
import { CspError } from "../../provider/errors";
import { isEmpty } from "../../provider/firewall/plan/plan";
import type { Dialect } from "../../provider/host/look/facts";
import type { DesiredHost } from "../../provider/host/state/desired";
import type { Edit } from "../../provider/host/state/edit";
import {
  adoptedHost,
  anyEdit,
  carryOut,
  contentOf,
  desiredOf,
  dialects,
  editOf,
  edits,
  independentEdits,
  lookAt,
  MINE,
  type ModelHost,
  oneByOne,
  removalOf,
  type Spec,
  type Terms,
  THEIRS,
  together,
  untouchedHost,
} from "./model";

const held = { ...MINE, ownership: "held" as const };
/** The edits that were made on a host before, and those that come now. */
const lived = fc.record({ dialect: dialects, all: independentEdits(MINE), before: fc.nat(6) }).map(({ dialect, all, before }) => ({
  dialect,
  before: all.slice(0, before),
  now: all.slice(before),
}));
const hostOf = ({ dialect, before }: { readonly dialect: Dialect; readonly before: readonly Spec[] }) =>
  together(adoptedHost(dialect), before.map(editOf));

/** The same edit, of another owner. */
const ownedBy = (terms: Terms, spec: Spec): Spec => (spec[0] === "remove" ? spec : ([spec[0], terms, ...spec.slice(2)] as unknown as Spec));

/** Files of a plan with their contents. */
const planOf = (desired: DesiredHost) => {
  const { kernel, files } = desired.plan();
  return { kernel, put: [...files.put].map(([path, content]) => [path, content()]), remove: files.remove };
};

const numRuns = 60;

describe("what should be on a host", () => {
  test("a host that csp leaves is as it was before csp came", () => {
    fc.assert(
      fc.property(dialects, independentEdits(MINE), (dialect, specs) => {
        const before = untouchedHost(dialect);
        const all = specs.map(editOf);
        const after = oneByOne(before, [edits.frame(MINE), ...all, ...all.map(removalOf), { kind: "no-frame" }]);
        expect(contentOf(after)).toEqual(contentOf(before));
      }),
      { numRuns },
    );
  });

  test("an edit and then its removal give the host back as it was, together or one after the other", () => {
    fc.assert(
      fc.property(lived, (life) => {
        const host = hostOf(life);
        for (const edit of life.now.map(editOf)) {
          const pair = [edit, removalOf(edit)];
          expect(contentOf(oneByOne(host, pair))).toEqual(contentOf(host));
          expect(contentOf(together(host, pair))).toEqual(contentOf(host));
        }
      }),
      { numRuns },
    );
  });

  test("what is removed and put again in one transaction is as if it were done in two, whoever puts it and whatever goes with it", () => {
    const lives = fc.tuple(dialects, independentEdits(MINE)).chain(([dialect, specs]) =>
      fc.record({
        dialect: fc.constant(dialect),
        specs: fc.constant(specs),
        again: fc.subarray(specs),
        terms: fc.constantFrom(MINE, THEIRS),
        /** Whether all removals come first, or each just before what is put. */
        removalsFirst: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(lives, ({ dialect, specs, again, terms, removalsFirst }) => {
        const host = together(adoptedHost(dialect), specs.map(editOf));
        const removals = again.map((spec) => removalOf(editOf(spec)));
        const puts = again.map((spec) => editOf(ownedBy(terms, spec)));
        const all = removalsFirst ? [...removals, ...puts] : removals.flatMap((removal, at) => [removal, puts[at] as Edit]);
        const after = contentOf(together(host, all));
        expect(after).toEqual(contentOf(oneByOne(host, all)));
        if (terms === MINE) expect(after).toEqual(contentOf(host));
      }),
      { numRuns: 20 },
    );
  });

  test("a host that is left and adopted again in one transaction keeps its hook and all that the hook reads", () => {
    fc.assert(
      fc.property(dialects, fc.constantFrom(MINE, THEIRS), (dialect, terms) => {
        const all: Edit[] = [{ kind: "no-frame" }, edits.frame(terms)];
        const host = adoptedHost(dialect);
        expect(contentOf(together(host, all))).toEqual(contentOf(oneByOne(host, all)));
      }),
    );
  });

  test("edits that have nothing to do with each other may come in any order, together or one by one", () => {
    const shuffled = lived.chain((life) => fc.tuple(fc.constant(life), fc.shuffledSubarray(life.now, { minLength: life.now.length })));
    fc.assert(
      fc.property(shuffled, ([life, order]) => {
        const host = hostOf(life);
        const content = contentOf(together(host, life.now.map(editOf)));
        expect(contentOf(together(host, order.map(editOf)))).toEqual(content);
        expect(contentOf(oneByOne(host, order.map(editOf)))).toEqual(content);
      }),
      { numRuns },
    );
  });

  test("what is there already is no change, and records that say so are not written again", () => {
    fc.assert(
      fc.property(dialects, independentEdits(held), (dialect, specs) => {
        const all = specs.map(editOf);
        const after = together(adoptedHost(dialect), all);
        const desired = desiredOf(after);
        for (const edit of all) desired.edit(edit);
        const plan = desired.plan();
        expect(isEmpty(plan.kernel)).toBe(true);
        expect([...plan.files.put.keys()].filter((path) => !path.startsWith("sets/"))).toEqual([]);
        expect(contentOf(carryOut(after, plan))).toEqual(contentOf(after));
        expect(isEmpty(desiredOf(after).plan().kernel)).toBe(true);
      }),
      { numRuns },
    );
  });

  test("the records that a plan leaves are those that the next look finds", () => {
    fc.assert(
      fc.property(lived, (life) => {
        const host = hostOf(life);
        const desired = desiredOf(host);
        for (const spec of life.now) desired.edit(editOf(spec));
        const plan = desired.plan();
        const { vifs, ...left } = desired.records();
        const { vifs: found, ...rest } = lookAt(carryOut(host, plan)).records;
        expect(left).toEqual(rest);
        expect(new Set(vifs)).toEqual(new Set(found));
      }),
      { numRuns },
    );
  });

  test("a refused edit leaves no trace, wherever it comes among others", () => {
    fc.assert(
      fc.property(dialects, fc.array(anyEdit(["shop/dev", "other/prod"]), { maxLength: 12 }), (dialect, all) => {
        const host = adoptedHost(dialect);
        const desired = desiredOf(host);
        const admitted = all.map(editOf).filter((edit) => {
          try {
            desired.edit(edit);
            return true;
          } catch (error) {
            if (!(error instanceof CspError)) throw error;
            return false;
          }
        });
        const without = desiredOf(host);
        for (const edit of admitted) without.edit(edit);
        expect(planOf(desired)).toEqual(planOf(without));
        expect(desired.records()).toEqual(without.records());
      }),
      { numRuns: 200 },
    );
  });

  test("a host gets back the sysctls that it had before csp first came", () => {
    const host = together(untouchedHost(), [edits.frame(MINE)]);
    const again = edits.frame(held) as Extract<Edit, { kind: "frame" }>;
    const desired = desiredOf(host);
    desired.edit({ ...again, frame: { ...again.frame, sysctls: { "bridge-nf-call-iptables": "1", "bridge-nf-call-arptables": "0" } } });
    expect(desired.records().frame?.sysctls).toEqual({ "bridge-nf-call-iptables": "0", "bridge-nf-call-arptables": "0" });
  });

  test("a guest that this plan does not speak for, and whose chains are lost, has no place in the trees", () => {
    const host = together(untouchedHost(), [edits.frame(MINE), edits.guest(MINE, 0, { open: [22] }), edits.guest(MINE, 1, { open: [22] })]);
    const lost = { ...host, tables: { ...host.tables, "iptables.filter": { ...host.tables["iptables.filter"], chains: new Map() } } };
    const texts = ({ tables }: ModelHost) => [...tables["ebtables.nat"].chains].flatMap(([, rules]) => rules);
    expect(texts(host).filter((rule) => /-i vif[12]\.0 -j csp-vif-/.test(rule))).toHaveLength(2);
    const desired = desiredOf(lost);
    desired.edit(edits.guest(held, 0, { open: [80] }));
    const after = carryOut(lost, desired.plan());
    expect(texts(after).filter((rule) => /-i vif[12]\.0 -j csp-vif-/.test(rule))).toEqual([expect.stringContaining("vif1.0")]);
  });
});
