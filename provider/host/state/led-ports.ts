import type { Trait } from "../../firewall/compile/templates";
import { type Table, toolOf } from "../../firewall/model/kernel";
import { vifChain } from "../../firewall/model/names";
import type { SavedTables } from "../../firewall/planes/xtables/saved";
import type { PortClaim } from "../records/ports";

export interface PortChains {
  /** Whether the plan writes the chains of this guest's unit. */
  readonly isWritten: (uuid: string) => boolean;
  readonly tables: readonly Table[];
  /** What the kernel holds now. */
  readonly actual: SavedTables;
}

/**
 * The ports that trees can lead somewhere. A guest that the plan does not speak for may have lost its chains, after a boot for one, and a tree
 * that refers to them would be refused as a whole. The same array when all of them can.
 */
export function ledPorts(claims: readonly PortClaim[], { isWritten, tables, actual }: PortChains): readonly PortClaim[] {
  const leading = tables.filter((table) => leads(table, tables));
  const hasChains = ({ uuid, vif, traits }: PortClaim) =>
    isWritten(uuid) || leading.every((table) => vifChains(table, traits).every((chain) => actual[table].chains.has(chain(vif))));
  return claims.every(hasChains) ? claims : claims.filter(hasChains);
}

/** Where nft does layer 2, the other tools have only what is not of guests there. */
function leads(table: Table, tables: readonly Table[]): boolean {
  return !tables.includes("nft.bridge") || (toolOf(table) !== "ebtables" && toolOf(table) !== "arptables");
}

/** What a port's trees lead to in a table. */
function vifChains(table: Table, traits: readonly Trait[]): ((id: string) => string)[] {
  switch (toolOf(table)) {
    case "ebtables":
      return table === "ebtables.nat" ? [vifChain.layer2, ...(traits.includes("rcv") ? [vifChain.receive] : [])] : [];
    case "arptables":
      return [vifChain.layer2];
    case "nft":
      return table === "nft.bridge" ? [vifChain.layer2, vifChain.receive] : [];
    default:
      if (table === "iptables.filter" || table === "ip6tables.filter") return [vifChain.egress, vifChain.ingress];
      return (table === "iptables.raw" || table === "ip6tables.raw") && traits.includes("pin") ? [vifChain.pin] : [];
  }
}
