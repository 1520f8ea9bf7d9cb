import { nameOf } from "../../model/kernel";
import { FROM, NAMED, NAMED_TO, POSTROUTING, PREROUTING, TO, ZONES } from "../../model/names";
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

const listed = (of: Readonly<Record<NftTable, Readonly<Record<string, string>>>>): string =>
  (Object.keys(of) as NftTable[])
    .flatMap((table) => Object.entries(of[table]).map(([chain, text]) => `${nameOf(table)} ${chain} ${text}`))
    .join("|");

/** Both for host/remote/nft.awk: "TABLE CHAIN TEXT", with "|" between them. */
export const HOOKS_TEXT = listed(HOOKS);
export const MAPS_TEXT = listed(MAPS);
