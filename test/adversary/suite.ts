import { describeWith } from "../support/needs";
import { ATTACKS, type Attack } from "./attacks";
import { markOf } from "./marks";
import { RIGHT } from "./right-traffic";
import { Site, type SiteSpec } from "./site";

const numbers = new Map(ATTACKS.map((attack, index) => [attack, index]));
const numbered = (attack: Attack): number => numbers.get(attack) ?? 0;

/** The whole table on one site: without csp everything arrives; with csp only what is allowed. */
export function adversary(title: string, spec: SiteSpec): void {
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

    /** Receivers that a row should have reached and has not. `adopted`: if the host drops guests' IPv6, none of it may arrive. */
    async function missed(adopted = false): Promise<string[]> {
      const wanted = RIGHT.map(({ seen, ...row }) => ({ ...row, unseen: seen }));
      const reached = await site.send(wanted, (row) => ATTACKS.length + wanted.indexOf(row as (typeof wanted)[number]), true);
      return RIGHT.flatMap((right, row) => {
        const { name, seen } = right;
        if (adopted && spec.ipv6 === "drop" && isIpv6(right))
          return [...(reached[row]?.keys() ?? [])].map((place) => `${name}: at ${place}`);
        return seen.filter((place) => !reached[row]?.has(place)).map((place) => `${name}: not at ${place}`);
      });
    }

    test("allowed traffic arrives before", async () => {
      expect(await missed()).toEqual([]);
    }, 180_000);

    test("csp adopts the host", () => site.adopt(), 180_000);

    test("no row is seen by anybody who must not see it", async () => {
      const seen = await site.send(rows, numbered);
      const isKnown = ({ known, stopped }: Attack) => known !== undefined && (stopped === undefined || stopped !== spec.plane);
      const reached = rows.flatMap((row, index) => {
        return !isKnown(row) && site.keepsApart(row)
          ? [...(seen[index] ?? [])].map(([place, frame]) => `${row.name}: ${place} saw ${frame.toString("hex")}`)
          : [];
      });
      expect(reached).toEqual([]);
      expect(names((row, index) => isKnown(row) && !(spec.ipv6 === "drop" && isIpv6(row)) && seen[index]?.size === 0)).toEqual([]);
    }, 180_000);

    test("allowed traffic still arrives", async () => {
      expect(await missed(true)).toEqual([]);
    }, 180_000);
  });
}

/** Whether what a row sends is IPv6, under whichever tag, and not for or of the host alone. */
function isIpv6({ frame }: Pick<Attack, "frame">): boolean {
  const made = frame(markOf(0));
  const [first] = Buffer.isBuffer(made) ? [made] : made;
  const sent = first === undefined || Buffer.isBuffer(first) ? first : first.frame;
  return sent !== undefined && [12, 16].some((at) => sent.readUInt16BE(at) === 0x86dd && (at === 12 || sent.readUInt16BE(12) === 0x8100));
}
