import { missingFeature } from "../../lab/netns/kernel";
import { describeWith } from "../support/needs";
import { ATTACKS, type Attack } from "./attacks";
import { Site, type SiteSpec } from "./site";

const numbers = new Map(ATTACKS.map((attack, index) => [attack, index]));
const numbered = (attack: Attack): number => numbers.get(attack) ?? 0;

const rowsOf = ({ twins, vlan }: SiteSpec): Attack[] =>
  ATTACKS.filter(({ needs }) => needs === undefined || (needs === "twins" ? twins : vlan) !== undefined);

const SITES: readonly SiteSpec[] = (["nft", "legacy"] as const).flatMap((backend): SiteSpec[] => [
  { name: `adv-one-${backend}`, backend },
  { name: `adv-two-${backend}`, backend, twins: true },
  { name: `adv-vlan-${backend}`, backend, vlan: 10 },
]);

void missingFeature;

describeWith(["root"], "what guests are kept from", () => {
  describe.each(SITES.filter(({ vlan }) => vlan === undefined).map((spec) => [spec.name, spec] as const))("%s", (_, spec) => {
    let site: Site;
    const rows = rowsOf(spec);
    beforeAll(async () => {
      site = await Site.build(spec);
    }, 60_000);
    afterAll(() => site?.down(), 60_000);

    test("each row is seen where nothing keeps anybody from it", async () => {
      const seen = await site.send(rows, numbered);
      expect(rows.filter((row, index) => (seen[index]?.size === 0) !== (row.never !== undefined)).map(({ name }) => name)).toEqual([]);
    });

    test("no row is seen by whom it must not be seen", async () => {
      await site.adopt();
      const seen = await site.send(rows, numbered);
      const reached = rows.flatMap((row, index) =>
        row.known === undefined
          ? [...(seen[index] ?? [])].map(([place, frame]) => `${row.name}: ${place} saw ${frame.toString("hex")}`)
          : [],
      );
      expect(reached).toEqual([]);
      expect(rows.filter((row, index) => row.known !== undefined && seen[index]?.size === 0).map(({ name }) => name)).toEqual([]);
    }, 60_000);
  });
});
