import type { Finding } from "../finding";
import { productOf, type Target } from "../targets";
import { layoutOf } from "./layouts";
import { lintFolders } from "./lint-folders";
import { lintYum } from "./lint-yum";
import { duplicatePackIds } from "./pack-ids";
import { productFindings } from "./product-requirements";
import type { Tree } from "./tree";

/**
 * Finds everything in a repository that an installer of `target` would fail at, or would misunderstand, before the repository is published. `csp`:
 * the hosts are to be csp hosts, whose guests are on a Linux bridge with ebtables, arptables and ipset.
 * docs/repository.md lists the rules. Errors come first; then findings are sorted by path.
 */
export function lintRepository(tree: Tree, target: Target, csp: boolean): Finding[] {
  const { base, packs } = layoutOf(target);
  const findings = [
    ...(base === "yum" ? lintYum(tree, target) : []),
    ...(packs === "folders" ? lintFolders(tree, target, csp) : []),
    ...productFindings(tree, target),
  ];
  if (csp && target === "xs9") findings.push(noBridge());
  findings.push(...duplicatePackIds(tree));
  const rank = { error: 0, warning: 1 };
  return findings.sort(
    (a, b) => rank[a.severity] - rank[b.severity] || a.path.localeCompare(b.path, "en") || (a.line ?? 0) - (b.line ?? 0),
  );
}

function noBridge(): Finding {
  return {
    rule: "E16",
    severity: "error",
    path: "",
    message: `${productOf("xs9")} has Open vSwitch only, whose traffic the kernel's bridge filters never see`,
    remedy: "use XCP-ng 8.3 or XenServer 8 for csp hosts",
  };
}
