import { nameOf } from "../../model/kernel";
import { FROM, LOCAL_IN, NAMED, NAMED_TO, POSTROUTING, PREROUTING, TO, ZONES } from "../../model/names";
import { declarationOf, elementOf, sameOctets } from "./sets";
import type { NftTable } from "./tables";

/** Which chains are more than a list of rules in nft. */

/** Where packets come to a base chain, as `nft -y list` prints it. */
const HOOKS: Readonly<Record<NftTable, Readonly<Record<string, string>>>> = {
  "nft.csp": {
    // Before fragments are put together (-400).
    [ZONES]: "type filter hook prerouting priority -450; policy accept;",
  },
  "nft.bridge": {
    // Before conntrack's (-200) and br_netfilter's (0): what is dropped here is never tracked.
    [PREROUTING]: "type filter hook prerouting priority -300; policy accept;",
    // The last that a bridge does.
    [POSTROUTING]: "type filter hook postrouting priority 300; policy accept;",
    // What a bridge keeps for itself.
    [LOCAL_IN]: "type filter hook input priority -200; policy accept;",
  },
};

/** What a map looks at. */
export type MapKey = "iifname" | "oifname";

/** Chains whose every rule asks for one port's name are verdict maps: one look-up, however many ports there are. */
const MAPS: Readonly<Record<NftTable, Readonly<Record<string, MapKey>>>> = {
  "nft.csp": {},
  "nft.bridge": { [FROM]: "iifname", [TO]: "oifname", [NAMED]: "iifname", [NAMED_TO]: "oifname" },
};

export function hookOf(table: NftTable, chain: string): string | undefined {
  return HOOKS[table][chain];
}

export function mapKeyOf(table: NftTable, chain: string): MapKey | undefined {
  return MAPS[table][chain];
}

/** The same of a rule that leads there: names of maps are the same in every table. */
export function keyOfMap(chain: string): MapKey | undefined {
  for (const maps of Object.values(MAPS)) if (maps[chain] !== undefined) return maps[chain];
  return undefined;
}

/** What else than rules a chain is made with: its hook, or the key of a map as "map iifname". */
export function baseOf(table: NftTable, chain: string): string | undefined {
  const key = mapKeyOf(table, chain);
  return key === undefined ? hookOf(table, chain) : `map ${key}`;
}

/** The chains of `nft.bridge` that packets come to. */
export const HOOKED: readonly string[] = Object.keys(HOOKS["nft.bridge"]);

/** What comes before rules that compare octets (arp.ts). It may be there already. */
export const SAME_OCTETS_TEXT = `add set bridge csp ${sameOctets.name} { ${declarationOf(sameOctets.set)} elements = { ${[...sameOctets.set.members].map(elementOf).join(", ")} }; }`;

const listed = (of: Readonly<Record<NftTable, Readonly<Record<string, string>>>>): string =>
  (Object.keys(of) as NftTable[])
    .flatMap((table) => Object.entries(of[table]).map(([chain, text]) => `${nameOf(table)} ${chain} ${text}`))
    .join("|");

/** Both for host/remote/nft.awk: "TABLE CHAIN TEXT", with "|" between them. */
export const HOOKS_TEXT = listed(HOOKS);
export const MAPS_TEXT = listed(MAPS);
