import type { Backend } from "../../lab/netns";
import { missingFeature } from "../../lab/netns/kernel";

/** What iptables may be on a lab host of this kernel, nft first. Without root nobody can tell, and the suites are skipped anyway. */
export const BACKENDS: readonly Backend[] =
  process.geteuid?.() === 0
    ? (["nft", "legacy"] as const).filter((backend) => missingFeature(`tables for iptables-${backend}`) === undefined)
    : ["nft", "legacy"];

/** The backend wanted, where this kernel has it; else the one that it has. */
export const nearest = (wanted: Backend): Backend => (BACKENDS.includes(wanted) ? wanted : (BACKENDS[0] ?? wanted));
