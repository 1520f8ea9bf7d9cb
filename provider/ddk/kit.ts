import { bootedBy, cspMenu, hasEntry, stockMenu } from "./menu";

/** The kernels of the CSP pack, and the trees that drivers are built against, one for each. */
export const FLAVOURS = ["xen", "kdump"] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** What a development kit is made into: the version of the csp kernels without the "csp" at its end, "2.6.32.12-0.7.1.xs5.6.100.307.170586". */
export interface Wanted {
  readonly version: string;
  /** Which kernel the kit runs. Drivers are built for the csp kernels in either case. */
  readonly boot: "csp" | "stock";
}

/** `uname -r` of a csp kernel. */
export function unameOf(version: string, flavour: Flavour): string {
  return `${version}csp${flavour}`;
}

/** A kit as it is found. */
export interface Kit {
  /** `uname -r`. */
  readonly kernel: string;
  /** Versions and releases of kernel-csp-xen and kernel-csp-kdump that are installed, by flavour. */
  readonly installed: Readonly<Record<Flavour, readonly string[]>>;
  readonly menu: string;
  /** Names in /usr/src/kernels. */
  readonly sources: readonly string[];
  /** Whether the csp tree of a flavour is complete, with the links that lead to it. */
  readonly trees: Readonly<Record<Flavour, boolean>>;
}

export type Step =
  | { readonly kind: "install"; readonly flavour: Flavour }
  | { readonly kind: "menu" }
  | { readonly kind: "reboot" }
  | { readonly kind: "sources"; readonly flavour: Flavour };

/** The menu as it should be. */
export function wantedMenu(menu: string, { version, boot }: Wanted): string {
  return (boot === "csp" ? cspMenu : stockMenu)(menu, unameOf(version, "xen"));
}

/** `uname -r` of the kernel that the kit should run. Undefined if its menu has no stock kernel to go back to. */
export function wantedKernel(menu: string, wanted: Wanted): string | undefined {
  const kernel = unameOf(wanted.version, "xen");
  if (wanted.boot === "csp") return kernel;
  const stock = bootedBy(wantedMenu(menu, wanted));
  return stock === kernel ? undefined : stock;
}

/** What is left to do, in the README's order. Nothing, when the kit is as it should be. */
export function stepsLeft(kit: Kit, wanted: Wanted): Step[] {
  const { version } = wanted;
  const steps: Step[] = [];
  // kdump first, as the README has it: the entry of the xen kernel then comes last into the menu.
  for (const flavour of ["kdump", "xen"] as const)
    if (!kit.installed[flavour].includes(`${version}csp`)) steps.push({ kind: "install", flavour });
  const kernel = wantedKernel(kit.menu, wanted);
  const menuRight =
    hasEntry(kit.menu, unameOf(version, "xen")) && bootedBy(kit.menu) === kernel && wantedMenu(kit.menu, wanted) === kit.menu;
  // Installing writes to the menu.
  if (steps.length > 0 || !menuRight) steps.push({ kind: "menu" });
  if (kit.kernel !== kernel) steps.push({ kind: "reboot" });
  for (const flavour of FLAVOURS) if (!kit.trees[flavour]) steps.push({ kind: "sources", flavour });
  return steps;
}

/** A step in words, as something that is not done. */
export function undone(step: Step, kit: Kit, wanted: Wanted): string {
  const { version } = wanted;
  const kernel = wantedKernel(kit.menu, wanted) ?? "a stock kernel";
  switch (step.kind) {
    case "install":
      return `kernel-csp-${step.flavour}-${version}csp is not installed`;
    case "menu":
      return `/boot/grub/menu.lst does not boot ${kernel} first`;
    case "reboot":
      return `the running kernel is ${kit.kernel} instead of ${kernel}`;
    case "sources":
      return `the sources of ${unameOf(version, step.flavour)} in /usr/src/kernels are not as they should be`;
  }
}

/** The stock sources a csp tree is made from. */
export function stockSources(version: string, flavour: Flavour): string {
  return `${version}${flavour}-i686`;
}
