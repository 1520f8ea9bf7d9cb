import { describeWith } from "../support/needs";
import { ATTACKS, type Attack } from "./attacks";
import { RIGHT } from "./right-traffic";
import { Site, type SiteSpec } from "./site";

const numbers = new Map(ATTACKS.map((attack, index) => [attack, index]));
const numbered = (attack: Attack): number => numbers.get(attack) ?? 0;

const SITES: readonly (readonly [title: string, spec: SiteSpec])[] = (["nft", "legacy"] as const).flatMap((backend) => [
  [`one bridge, ${backend}`, { name: `adv-1-${backend}`, backend }] as const,
  [`two bridges with the same addresses, ${backend}`, { name: `adv-2-${backend}`, backend, twins: true }] as const,
  [`a VLAN-aware bridge, ${backend}`, { name: `adv-v-${backend}`, backend, vlan: 10 }] as const,
]);

describe("the table", () => {
  test("has rows, each with its own name", () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(150);
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
  });
});

for (const [title, spec] of SITES)
  describeWith(["root", spec.backend, ...(spec.vlan === undefined ? [] : ["vlans" as const])], `what nobody may see: ${title}`, () => {
    let site: Site;
    const rows = ATTACKS.filter(({ needs }) => needs === undefined || spec[needs] !== undefined);
    beforeAll(async () => {
      site = await Site.build(spec);
    }, 180_000);
    afterAll(() => site?.down(), 180_000);

    const names = (which: (row: Attack, index: number) => boolean) => rows.filter(which).map(({ name }) => name);

    test("without a firewall, each row is seen", async () => {
      const seen = await site.send(rows, numbered);
      const reaches = (index: number) => seen[index]?.size !== 0;
      expect(names((row, index) => row.never !== undefined && reaches(index))).toEqual([]);
      const unable = names((row, index) => row.never === undefined && !reaches(index));
      // Such a bridge takes tagged frames of its ports' VLANs alone.
      if (spec.vlan === undefined) expect(unable).toEqual([]);
      else expect(unable.filter((name) => !name.includes("tag"))).toEqual([]);
    }, 180_000);

    /** Whom a row should have reached and has not. */
    async function missed(): Promise<string[]> {
      const wanted = RIGHT.map(({ seen, ...row }) => ({ ...row, unseen: seen }));
      const reached = await site.send(wanted, (row) => ATTACKS.length + wanted.indexOf(row as (typeof wanted)[number]), true);
      return RIGHT.flatMap(({ name, seen }, row) =>
        seen.filter((place) => !reached[row]?.has(place)).map((place) => `${name}: not at ${place}`),
      );
    }

    test("allowed traffic arrives before", async () => {
      expect(await missed()).toEqual([]);
    }, 180_000);

    test("csp adopts the host", () => site.adopt(), 180_000);

    test("no row is seen by anybody who must not see it", async () => {
      const seen = await site.send(rows, numbered);
      const reached = rows.flatMap(({ name, known, zones }, index) =>
        known === undefined && (zones === undefined || site.apart)
          ? [...(seen[index] ?? [])].map(([place, frame]) => `${name}: ${place} saw ${frame.toString("hex")}`)
          : [],
      );
      expect(reached).toEqual([]);
      expect(names((row, index) => row.known !== undefined && seen[index]?.size === 0)).toEqual([]);
    }, 180_000);

    test("allowed traffic still arrives", async () => {
      expect(await missed()).toEqual([]);
    }, 180_000);
  });
