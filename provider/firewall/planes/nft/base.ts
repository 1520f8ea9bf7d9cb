import { ZONES } from "../../model/names";

/** Where packets come to csp's chains in nft. */
export const BASES: Readonly<Record<string, string>> = {
  // Before fragments are put together (-400).
  [ZONES]: "type filter hook prerouting priority -450; policy accept;",
};
