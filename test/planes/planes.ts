import type { HostSpec } from "../../lab/netns";
import type { Blindness } from "../../provider/firewall/traffic/card-layer2";
import type { Need } from "../support/needs";

/** A data plane that the corpus is sent through. */
export interface Plane {
  readonly name: string;
  /** How the lab makes a host of it. */
  readonly host: Partial<Omit<HostSpec, "name">>;
  /** Inputs of `csp.Host` besides the host's name. */
  readonly adoption: object;
  /** What it cannot see. */
  readonly blind: ReadonlySet<Blindness>;
  /** What this machine needs to have for it. */
  readonly needs: readonly Need[];
}

/** ebtables and ip6tables look at the sender of neighbour discovery, not at what it says, and ebtables not at IGMP's types (docs/security.md). */
export const FOUR_TOOLS: ReadonlySet<Blindness> = new Set(["neighbour-targets", "igmp-types", "tagged-receivers"]);

/** A new plane is a line here. */
export const PLANES: readonly Plane[] = [
  { name: "four tools, nft", host: { backend: "nft" }, adoption: {}, blind: FOUR_TOOLS, needs: ["nft"] },
  { name: "four tools, legacy", host: { backend: "legacy" }, adoption: {}, blind: FOUR_TOOLS, needs: ["legacy"] },
  { name: "nft-bridge, nft above", host: { backend: "nft" }, adoption: { plane: "nft-bridge" }, blind: new Set(), needs: ["nft"] },
  { name: "nft-bridge, legacy above", host: { backend: "legacy" }, adoption: { plane: "nft-bridge" }, blind: new Set(), needs: ["legacy"] },
];
