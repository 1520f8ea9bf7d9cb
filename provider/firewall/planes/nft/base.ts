import { FROM, LOCAL_IN, NAMED, NAMED_TO, POSTROUTING, PREROUTING, TO, ZONES } from "../../model/names";

/**
 * What csp's chains in nft are besides lists of rules: where packets come to them, or verdict maps. A map is a chain of which each rule asks for
 * the name of one port; nft looks it up instead of asking one after the other.
 */
export const BASES: Readonly<Record<string, string>> = {
  // Before fragments are put together (-400).
  [ZONES]: "type filter hook prerouting priority -450; policy accept;",
  // Before a frame is taken for the bridge itself, or gets to the layers above.
  [PREROUTING]: "type filter hook prerouting priority -300; policy accept;",
  [POSTROUTING]: "type filter hook postrouting priority 300; policy accept;",
  [LOCAL_IN]: "type filter hook input priority -200; policy accept;",
  [FROM]: "map iifname",
  [NAMED]: "map iifname",
  [TO]: "map oifname",
  [NAMED_TO]: "map oifname",
};

/** The chains of `nft.bridge` that packets come to. */
export const HOOKED = [PREROUTING, POSTROUTING, LOCAL_IN];
