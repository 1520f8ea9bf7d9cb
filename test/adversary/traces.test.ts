import { describeWith } from "../support/needs";
import { LESSONS } from "./learning";
import { Site } from "./site";
import { DEEDS } from "./traces";

for (const backend of ["nft", "legacy"] as const)
  describeWith(["root", backend], `what attacks leave behind: ${backend}`, () => {
    let site: Site;
    beforeAll(async () => {
      site = await Site.build({ name: `adv-t-${backend}`, backend });
    }, 180_000);
    afterAll(() => site?.down(), 180_000);

    /** Deeds that have left something, and what. `tries`: a bridge on a busy machine may miss what it is told once. */
    async function left(tries = 1): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      for (const [row, deed] of DEEDS.entries()) {
        let trace: string | undefined;
        for (let n = 0; n < tries && trace === undefined && (n === 0 || deed.never === undefined); n++)
          trace = await site.undergo(deed, row);
        if (trace !== undefined) found.set(deed.name, `${deed.leaves.of}: ${trace}`);
      }
      return found;
    }

    /** Wrong places that bridges have learned. */
    async function misled(): Promise<Map<string, string>> {
      const ports = await site.teach(LESSONS);
      const wrong = (row: number) => (LESSONS[row]?.new ? ports[row] !== undefined : ports[row] !== site.port("uplink"));
      return new Map(LESSONS.flatMap(({ name }, row) => (wrong(row) ? [[name, `at ${ports[row]}`] as const] : [])));
    }

    test("without a firewall, a bridge learns whatever it is told", async () => {
      const found = await misled();
      expect(LESSONS.filter(({ name, never }) => found.has(name) === (never !== undefined)).map(({ name }) => name)).toEqual([]);
    });

    test("each leaves something where nothing is in its way", async () => {
      const found = await left(3);
      expect(DEEDS.filter(({ name, never }) => found.has(name) === (never !== undefined)).map(({ name }) => name)).toEqual([]);
    }, 180_000);

    test("csp adopts the host", () => site.adopt(), 180_000);

    test("a bridge learns from guests only where they are", async () => {
      expect(Object.fromEntries(await misled())).toEqual({});
    });

    test("none leaves anything behind", async () => {
      const found = await left();
      for (const { name, known } of DEEDS) if (known !== undefined) expect([name, found.delete(name)]).toEqual([name, true]);
      expect(Object.fromEntries(found)).toEqual({});
    }, 180_000);
  });
