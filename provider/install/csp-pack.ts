import type { Finding } from "./finding";
import type { PackageEntry } from "./legacy-repository";
import { atLeast, productOf, type Target } from "./targets";
import { join, type Tree } from "./tree";

/** The script the pack's README wants to run when the installation is complete. */
export const POST_INSTALL = "post-install.sh";

interface WithPackages {
  readonly folder: string;
  readonly packages: readonly PackageEntry[];
}

/**
 * What only a csp host demands of media that do not have it by themselves: the Cloud Service Providers supplemental pack (its README). On 5.6
 * SP2 that is the tools and a kernel, on 6.0 the tools; from 6.1 on all of it is part of the product.
 */
export function cspPackFindings(tree: Tree, repositories: readonly WithPackages[], target: Target): Finding[] {
  if (atLeast(target, "6.1")) return [];
  const files = repositories.flatMap(({ folder, packages }) => packages.map(({ file }) => join(folder, file)));
  const names = files.map((path) => tree.files.get(path)?.rpm?.name ?? path.slice(path.lastIndexOf("/") + 1));
  const has = (wanted: string) => names.some((name) => name === wanted || name.startsWith(`${wanted}-`));
  const wanted = ["arptables", "ebtables", "ipset", ...(target === "5.6" ? ["kernel-csp-xen"] : [])];
  const missing = wanted.filter((name) => !has(name));
  const findings: Finding[] = [];
  if (missing.length > 0)
    findings.push({
      rule: "E20",
      severity: "error",
      path: "XS-REPOSITORY-LIST",
      message: `a csp host on ${productOf(target)} needs ${missing.join(", ")}, and no listed repository has ${missing.length === 1 ? "it" : "them"}`,
      remedy:
        "add the Cloud Service Providers supplemental pack of this version (packages.cloud-supp): it can only be installed together with the host",
    });
  const kernels = files.flatMap((path) => {
    const rpm = tree.files.get(path)?.rpm;
    return rpm === undefined || !/^kernel-csp-(xen|kdump)$/.test(rpm.name) ? [] : [{ path, rpm }];
  });
  const versions = new Set(kernels.map(({ rpm }) => `${rpm.version}-${rpm.release}`));
  if (target === "5.6" && kernels.length > 0 && (kernels.length === 1 || versions.size > 1))
    findings.push({
      rule: "E14",
      severity: kernels.length === 1 ? "warning" : "error",
      path: kernels[0]?.path ?? "",
      message:
        kernels.length === 1
          ? `there is no ${kernels[0]?.rpm.name === "kernel-csp-xen" ? "kernel-csp-kdump" : "kernel-csp-xen"} beside ${kernels[0]?.rpm.name}: a crash of such a host leaves no dump`
          : `the csp kernels are of different builds (${[...versions].join(", ")})`,
      remedy: "take both kernels from one build of the pack",
    });
  if (target === "5.6" && missing.length === 0 && !tree.files.has(POST_INSTALL))
    findings.push({
      rule: "E20",
      severity: "warning",
      path: POST_INSTALL,
      message: "it is not there, and without it the pack's kernel gets no initrd and no boot entry",
      remedy: "copy post-install.sh from the pack, or have the answerfile run a csp.install.PostInstall that does its work",
    });
  return findings;
}
