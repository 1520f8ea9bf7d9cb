import type { Finding } from "../finding";
import { atLeast, productOf, type Target } from "../targets";
import { lintLegacy } from "./lint-legacy";
import { lintModern } from "./lint-modern";
import { duplicatePackIds } from "./pack-ids";
import type { Tree } from "./tree";

/**
 * Everything an installer of `target` would fail at in a repository, or take in a way nobody meant, found before it is published. `csp`: the
 * hosts are to be csp hosts, whose guests sit on a Linux bridge with ebtables, arptables and ipset.
 * The rules are listed in docs/repository.md. Errors come first, then by path.
 */
export function lintRepository(tree: Tree, target: Target, csp: boolean): Finding[] {
  const findings = atLeast(target, "7.1") ? lintModern(tree, target) : lintLegacy(tree, target, csp);
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
