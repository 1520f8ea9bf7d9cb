import { ATTACKS } from "./attacks";
import type { SiteSpec } from "./site";
import { adversary } from "./suite";

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

for (const [title, spec] of SITES) adversary(title, spec);
