import type { HostFacts } from "../look/facts";

/** What the state keeps about a host since csp last set it up, to see later how the host has changed. */
export interface Adopted {
  readonly product: string;
  readonly version: string;
  readonly installation: string;
}

export type Becoming =
  /** Unchanged, or nothing is known about before. */
  | "same"
  /** Another installation: nothing from before is there. */
  | "reinstalled"
  /** The installer's upgrade keeps INSTALLATION_UUID and little else. */
  | "upgraded"
  /** And the pack that makes this version a csp host is missing. */
  | "upgraded-without-pack";

/** How a host has changed since then. */
export function becoming(before: Adopted | undefined, now: HostFacts): Becoming {
  if (before === undefined || before.installation === "") return "same";
  if (before.installation !== now.installation) return "reinstalled";
  if (before.version === now.version && before.product === now.product) return "same";
  return lacksPack(now) ? "upgraded-without-pack" : "upgraded";
}

/**
 * Whether this version needs the pack to be a csp host, and the pack is missing. On 5.6 SP2, the pack has kernel and tools, on 6.0 the tools;
 * from 6.1 on, all of it is part of the product (host.md, 4).
 */
export function lacksPack({ brand, version, kernelFlavour, tools }: HostFacts): boolean {
  if (brand.toLowerCase() !== "xenserver") return false;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 6) return kernelFlavour !== "csp";
  return major === 6 && minor === 0 && ["arptables", "ebtables", "ipset"].some((tool) => !(tool in tools));
}
