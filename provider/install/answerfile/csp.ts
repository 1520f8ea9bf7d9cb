import { productOf } from "../targets";
import type { Mode } from "./mode";
import { type Report, shown } from "./report";
import type { View } from "./view";
import { isIn, OLD, reads } from "./vocabulary";

/**
 * E16, W14: what only a CSP host needs. Its guests' packets must pass the kernel's bridge filters, so it needs the Linux bridge. Before 6.1, its
 * tools come with a supplemental pack, whose script finishes the installation.
 */
export function checkCspHost(view: View, mode: Mode, report: Report): void {
  if (mode === "restore" || mode === undefined) return;
  const { target, root } = view;
  const elements = view.all("network-backend");
  // The parser of 5.6 and 6.0 ignores two.
  const element = isIn(OLD, target) && elements.length > 1 ? undefined : elements[0];
  const place = element === undefined ? { element: root, child: "network-backend" } : { element };
  if (!reads(target, "network-backend")) {
    report(
      "E16",
      place,
      "XenServer 9 has Open vSwitch only, and its guests' packets never pass the bridge's filters: it cannot be a CSP host",
      "install XCP-ng 8.3 or XenServer 8",
    );
    return;
  }
  if (element === undefined)
    report(
      "E16",
      place,
      `without network-backend ${productOf(target)} gets openvswitch, and a CSP host needs the Linux bridge`,
      "add <network-backend>bridge</network-backend>",
    );
  else if (element !== undefined && element.text !== "bridge")
    report(
      "E16",
      place,
      `a CSP host needs the Linux bridge, and this asks for ${shown(element.text)}`,
      "write <network-backend>bridge</network-backend>",
    );
  if (isIn(OLD, target) && mode !== "upgrade" && !runsAtTheEnd(view))
    report(
      "W14",
      { element: root, child: "install-failed-script" },
      "no script runs at the stage installation-complete, where post-install.sh of the Cloud Service Providers pack finishes the pack",
      'add <script stage="installation-complete"> (or <install-failed-script>) with the address of post-install.sh',
    );
}

function runsAtTheEnd(view: View): boolean {
  return (
    view.all("install-failed-script").length > 0 ||
    view.all("script").some((script) => script.attributes.get("stage")?.toLowerCase() === "installation-complete")
  );
}
