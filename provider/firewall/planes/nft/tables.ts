import type { Table } from "../../model/kernel";

/** csp's tables in nft, each by its family and name there. csp owns all of each of them. */
export const NFT_NAMES = {
  "nft.csp": "inet csp",
  "nft.bridge": "bridge csp",
} as const satisfies Readonly<Partial<Record<Table, string>>>;

export type NftTable = keyof typeof NFT_NAMES;

export function isNft(table: Table): table is NftTable {
  return table in NFT_NAMES;
}
