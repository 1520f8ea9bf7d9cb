import type { Backend } from "../../lab/netns";
import { missingFeature } from "../../lab/netns/kernel";

/** The backends of iptables that a lab host of this kernel can have, nft first. Without root csp cannot find out, but then the suites are skipped anyway. */
export const BACKENDS: readonly Backend[] =
  process.geteuid?.() === 0
    ? (["nft", "legacy"] as const).filter((backend) => missingFeature(`tables for iptables-${backend}`) === undefined)
    : ["nft", "legacy"];

/** The wanted backend if this kernel has it; otherwise the one that it has. */
export const nearest = (wanted: Backend): Backend => (BACKENDS.includes(wanted) ? wanted : (BACKENDS[0] ?? wanted));
