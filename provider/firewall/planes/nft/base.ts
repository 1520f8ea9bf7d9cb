import { ZONES } from "../../model/names";

/** Where packets come to a chain of nft's; of the chains of others none is ours. */
export const BASES: Readonly<Record<string, string>> = {
  // Before fragments are put together (-400).
  [ZONES]: "type filter hook prerouting priority -450; policy accept;",
};
