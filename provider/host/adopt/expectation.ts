import type { HostFacts } from "../look/facts";
import { hasVersion, type InstalledPack, isCalled } from "../look/packs";

/** What a host must be before csp adopts it. csp does not check what is left out. */
export interface Expectation {
  /** "XenServer", "XCP-ng": the inventory's PRODUCT_BRAND. Upper and lower case make no difference. */
  readonly product?: string;
  /** "5.6.100", or its beginning: "5.6", "8.3". */
  readonly version?: string;
  readonly kernel?: HostFacts["kernelFlavour"];
  readonly packs?: readonly { readonly name: string; readonly version?: string }[];
}

/** One field in which a host differs from the declaration. */
export interface Mismatch {
  /** "expect.kernel". */
  readonly field: string;
  readonly declared: string;
  readonly found: string;
  readonly remedy: string;
}

type Is = Pick<HostFacts, "brand" | "version" | "kernel" | "kernelFlavour" | "packs">;

/** Compares only product and version: if they differ, the host may still have the system that is being replaced. */
export function productMismatches(expected: Expectation, facts: Pick<Is, "brand" | "version">): Mismatch[] {
  const { product, version } = expected;
  const wanted = [product, version].filter((part) => part !== undefined).join(" ");
  const remedy = `install ${wanted} on it, or correct what \`expect\` says`;
  const found: Mismatch[] = [];
  if (product !== undefined && product.toLowerCase() !== facts.brand.toLowerCase())
    found.push({ field: "expect.product", declared: product, found: facts.brand || "no product name", remedy });
  if (version !== undefined && !begins(facts.version, version))
    found.push({ field: "expect.version", declared: version, found: facts.version || "none", remedy });
  return found;
}

/** Every difference from the declaration. `rpms`: the installed RPMs among the declared packs' names ({@link rpmScript}). */
export function mismatches(expected: Expectation, facts: Is, rpms: readonly InstalledPack[]): Mismatch[] {
  const found = productMismatches(expected, facts);
  if (expected.kernel !== undefined && expected.kernel !== facts.kernelFlavour)
    found.push({
      field: "expect.kernel",
      declared: expected.kernel,
      found: facts.kernel,
      remedy: kernelRemedy(expected.kernel, facts, rpms),
    });
  for (const { name, version } of expected.packs ?? []) {
    const field = `expect.packs[${JSON.stringify(name)}]`;
    const installed = [...facts.packs, ...rpms].filter((pack) => isCalled(pack, name));
    if (installed.length === 0)
      found.push({ field, declared: version ?? "installed", found: `not installed${known(facts.packs)}`, remedy: packRemedy(name, facts) });
    else if (version !== undefined && !installed.some((pack) => hasVersion(pack, version)))
      found.push({ field, declared: version, found: installed.map((pack) => pack.version).join(", "), remedy: packRemedy(name, facts) });
  }
  return found;
}

/** The RPM of the CSP pack itself (host.md, 4: csp-pack-5.6.100-50867p.noarch). */
export const CSP_PACK_RPM = "csp-pack";

function kernelRemedy(wanted: string, { kernelFlavour, version }: Is, rpms: readonly InstalledPack[]): string {
  if (wanted === "standard" && kernelFlavour === "csp") return 'boot the product\'s own kernel, or declare `kernel: "csp"`';
  if (!begins(version, "5.6")) return "only XenServer 5.6 SP2 has a csp kernel, later versions need none: leave `expect.kernel` out";
  if (rpms.some(({ name }) => name === CSP_PACK_RPM))
    return "the Cloud Service Providers pack is installed, but the host did not boot the pack's kernel: its post-install.sh makes the initrd and the boot entry, and did not run";
  return "the Cloud Service Providers pack is missing, and there is no way to add it: reinstall the host with packages.cloud-supp in XS-REPOSITORY-LIST and the pack's post-install.sh";
}

function packRemedy(name: string, { version }: Is): string {
  return begins(version, "5.6")
    ? `reinstall the host with the pack: put ${name} into the XS-REPOSITORY-LIST that it is installed from`
    : `install the pack that goes with ${version || "this version"}, or reinstall the host with it`;
}

function known(packs: readonly InstalledPack[]): string {
  return packs.length === 0 ? "" : ` (there are ${packs.map(({ name, version }) => `${name} ${version}`).join(", ")})`;
}

/** Whether a version begins with these numbers: "8.3.0" begins with "8.3", "8.30" does not. */
export function begins(version: string, start: string): boolean {
  return version === start || version.startsWith(`${start}.`) || version.startsWith(`${start}-`);
}

/** "expect.version: declared 5.6.100, found 6.0.2". */
export function sentence({ field, declared, found }: Mismatch): string {
  return `${field}: declared ${declared}, found ${found}`;
}
