import type { Finding } from "../finding";
import { atLeast, productOf, type Target } from "../targets";
import type { PackageEntry } from "./folder-repository";
import { join, type Tree } from "./tree";

/** The script that must run when the installation is complete, according to the pack's README. */
export const POST_INSTALL = "post-install.sh";

interface WithPackages {
  readonly folder: string;
  readonly packages: readonly PackageEntry[];
}

/**
 * What media lack for a csp host: the Cloud Service Providers supplemental pack (see its README). On 5.6 SP2, it has the tools and a kernel, on 6.0
 * the tools; from 6.1 on, all of it is part of the product.
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
  if (target === "5.6" && missing.length === 0 && !tree.files.has(POST_INSTALL))
    findings.push({
      rule: "E20",
      severity: "warning",
      path: POST_INSTALL,
      message: "it is missing, and without it the pack's kernel gets no initrd and no boot entry",
      remedy: "copy post-install.sh from the pack, or have the answerfile run a csp.install.PostInstall that does its work",
    });
  return findings;
}

/** The pack's two kernels must come from one build. If the second one is missing, a crash leaves no dump. */
export function cspKernelFindings(tree: Tree, repositories: readonly WithPackages[]): Finding[] {
  const kernels = repositories.flatMap(({ folder, packages }) =>
    packages.flatMap(({ file }) => {
      const path = join(folder, file);
      const rpm = tree.files.get(path)?.rpm;
      const flavour = /^kernel-csp-(xen|kdump)$/.exec(rpm?.name ?? "")?.[1];
      return rpm === undefined || flavour === undefined ? [] : [{ path, flavour, version: `${rpm.version}-${rpm.release}` }];
    }),
  );
  return kernels.flatMap(({ path, flavour, version }): Finding[] => {
    const twin = flavour === "xen" ? "kdump" : "xen";
    if (kernels.some((other) => other.flavour === twin && other.version === version)) return [];
    const another = kernels.find((other) => other.flavour === twin);
    return [
      {
        rule: "E14",
        severity: "error",
        path,
        message:
          another === undefined
            ? `there is no kernel-csp-${twin} beside it`
            : `its kernel-csp-${twin} comes from another build, ${another.version}`,
        remedy: "take both kernels from one build of the pack",
      },
    ];
  });
}
