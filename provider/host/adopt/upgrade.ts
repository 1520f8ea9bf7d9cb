import type { HostFacts } from "../look/facts";

/** What of a host stays in the state, to tell later what became of it: kept from when csp last put the host in order. */
export interface Adopted {
  readonly product: string;
  readonly version: string;
  readonly installation: string;
}

export type Becoming =
  /** As it was, or nothing is known of before. */
  | "same"
  /** Another installation: nothing of before is there. */
  | "reinstalled"
  /** The installer's upgrade keeps INSTALLATION_UUID and little else. */
  | "upgraded"
  /** And what makes a csp host of this version did not come with it. */
  | "upgraded-without-pack";

/** What became of a host since. */
export function becoming(before: Adopted | undefined, now: HostFacts): Becoming {
  if (before === undefined || before.installation === "") return "same";
  if (before.installation !== now.installation) return "reinstalled";
  if (before.version === now.version && before.product === now.product) return "same";
  return lacksPack(now) ? "upgraded-without-pack" : "upgraded";
}

/**
 * Whether this is a version that is made a csp host by a pack, and the pack is not there: on 5.6 SP2 it has kernel and tools, on 6.0 the tools;
 * from 6.1 on all of it is part of the product (host.md, 4).
 */
export function lacksPack({ brand, version, kernelFlavour, tools }: HostFacts): boolean {
  if (brand.toLowerCase() !== "xenserver") return false;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 6) return kernelFlavour !== "csp";
  return major === 6 && minor === 0 && ["arptables", "ebtables", "ipset"].some((tool) => !(tool in tools));
}
