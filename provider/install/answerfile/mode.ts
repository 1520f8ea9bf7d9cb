import { atLeast, productOf, type Target } from "../targets";
import { type Report, shown } from "./report";
import type { View } from "./view";
import { isIn, OLD } from "./vocabulary";

/** What an installer does with the file. `undefined`: it stops at the file's first line. */
export type Mode = "fresh" | "reinstall" | "upgrade" | "restore" | undefined;

/** Whether the installer finds its disk by the installation on it: for an upgrade, and for a reinstallation by the parser of 5.6 and 6.0 (parseReinstall). */
export function replacesByDisk(mode: Mode, target: Target): boolean {
  return mode === "upgrade" || (mode === "reinstall" && isIn(OLD, target));
}

/** E1: what the installer must do. It reads the root `upgrade` like `installation`: only the attribute decides (answerfile.py). */
export function modeOf({ root, target }: View, report: Report): Mode {
  const place = { element: root };
  if (root.name === "restore") {
    if (atLeast(target, "6.2")) return "restore";
    report(
      "E1",
      place,
      `${productOf(target)} cannot restore a backup by answerfile`,
      "restore from the installer's menu, or install anew with <installation>",
    );
    return undefined;
  }
  if (root.name !== "installation" && root.name !== "upgrade" && isIn(OLD, target))
    report(
      "W1",
      place,
      `the top level element is ${shown(root.name)}: ${productOf(target)} takes any, and later versions stop`,
      "name it <installation>",
    );
  else if (root.name !== "installation" && root.name !== "upgrade") {
    report(
      "E1",
      place,
      `the top level element is ${shown(root.name)}, so the installer stops: it takes installation, upgrade and restore`,
      "name it <installation>",
    );
    return undefined;
  }
  const mode = root.attributes.get("mode") || "fresh";
  if (mode !== "fresh" && mode !== "reinstall" && mode !== "upgrade") {
    report(
      "E1",
      { element: root, attribute: "mode" },
      `the mode ${shown(mode)} is unknown`,
      "write fresh, reinstall or upgrade, in small letters",
    );
    return undefined;
  }
  if (root.name === "upgrade" && mode !== "upgrade")
    report(
      "E1",
      place,
      `<upgrade> without mode="upgrade" is a fresh installation: it wipes the disk`,
      'write <installation mode="upgrade">',
    );
  return mode;
}
