import { atLeast, type Target } from "../targets";
import { below } from "../xml/search";
import type { Mode } from "./mode";
import { type Report, shown } from "./report";
import { booleanOf, checkWordOf, requireAttribute } from "./values";
import { attributeOf, type View } from "./view";

/** E2, E3, E8, W4, W9: the disk to install to, and the other disks. */
export function checkDisks(view: View, mode: Mode, report: Report): void {
  const { target } = view;
  for (const raid of view.all("raid")) if (atLeast(target, "7.5")) requireAttribute(raid, "device", "the array needs a name", report);
  // 5.6 finds the disk through the installation that it replaces.
  if (target === "5.6" && mode === "reinstall") return;
  checkWordOf(view.root, atLeast(target, "6.1") ? ["sr-type", "srtype"] : ["srtype"], storageTypes(target), report);
  const primary = view.first("primary-disk");
  if (primary === undefined) return;
  const software = target === "xs9" && booleanOf(primary, ["swraid"], report) === true;
  if (atLeast(target, "6.0")) checkWordOf(primary, ["preserve-first-partition"], ["true", "yes", "false", "no", "if-utility"], report);
  if (target === "xs9") checkWordOf(primary, ["fs-type"], ["ext3", "ext4"], report);
  const onPrimary = booleanOf(primary, target === "5.6" ? ["gueststorage"] : ["guest-storage", "gueststorage"], report) ?? true;
  booleanOf(primary, ["sr-at-end"], report);
  if (primary.text === "") report("E2", { element: primary }, "it names no disk", "write the disk, like sda or disk/by-id/ID");
  else if (software) checkSoftwareRaid(primary.text, () => ({ element: primary }), report);
  else if (primary.text.startsWith("iscsi:") && atLeast(target, "7.6"))
    report(
      "E8",
      { element: primary },
      "installers from 7.6 on no longer know iscsi: disks, and stop",
      "log in by iBFT (use_ibft) and name the disk by its device",
    );

  const disks = software ? primary.text.split(",").map(device) : [device(primary.text)];
  const guests = view.all("guest-disk");
  for (const guest of guests) {
    if (guest.text === "") report("E2", { element: guest }, "it names no disk", "write the disk, like sdb, or remove it");
    else if (onPrimary && disks.includes(device(guest.text)))
      report(
        "W9",
        { element: guest },
        `${shown(guest.text)} is the primary disk, which has guest storage already`,
        'remove it, or write guest-storage="false" on primary-disk if that is what you mean',
      );
  }
  if (!onPrimary && guests.length === 0)
    report(
      "W9",
      { element: primary },
      "no disk is left for guests: the host will have no local storage",
      "add a <guest-disk>, or leave guest storage on the primary disk",
    );
}

/** E2, E3: the installation that an upgrade, or a reinstallation of 5.6, replaces. */
export function checkExisting(view: View, report: Report): void {
  const existing = view.first("existing-installation");
  if (existing === undefined) return;
  if (existing.text === "") report("E2", { element: existing }, "it names no disk", "write the disk the installation is on, like sda");
  else if (view.target === "5.6" && existing.text.startsWith("/"))
    report(
      "E3",
      { element: existing },
      `5.6 puts /dev/ before it and looks for /dev/${existing.text}`,
      `write ${existing.text.replace(/^\/dev\//, "")}`,
    );
  if (view.target === "xs9") checkWordOf(existing, ["fs-type"], ["ext3", "ext4"], report);
}

/** The last two are names for large-block storage: a product can give it its own name (feature large-block-capable-sr-type). */
function storageTypes(target: Target): readonly string[] {
  return atLeast(target, "8.3") ? ["lvm", "ext", "largeblock", "large-block-capable-sr-type"] : ["lvm", "ext"];
}

function checkSoftwareRaid(text: string, place: () => Parameters<Report>[1], report: Report): void {
  const disks = text.split(",").map((disk) => disk.trim());
  if (disks.length !== 2 || disks.includes(""))
    report(
      "E3",
      place(),
      `swraid takes exactly two disks, and ${shown(text)} names ${disks.filter((disk) => disk !== "").length}`,
      'write them with a comma: "sda,sdb"',
    );
  else if (disks.every((disk) => disk === "missing"))
    report("E3", place(), "only one of the two disks may be missing", "name at least one disk");
}

/** One spelling of a disk: with /dev/. */
function device(text: string): string {
  const disk = text.trim();
  return disk.startsWith("/dev/") ? disk : `/dev/${disk}`;
}

/** W4 for partitions: an installer skips a partition if one of its numbers is wrong. */
export function checkPartitions(view: View, report: Report): void {
  const [list] = view.all("initial-partitions");
  if (list === undefined || atLeast(view.target, "8.3")) return;
  for (const partition of below(list, "partition")) {
    for (const name of ["number", "size", "id"]) {
      const value = attributeOf(partition, name)?.value;
      if (value === undefined || !/^(0[xX][0-9a-fA-F]+|\d+)$/.test(value))
        report(
          "W4",
          { element: partition, attribute: name },
          "it is not a whole number, so the installer skips this partition",
          "write a number, like 2 or 0x82",
        );
    }
  }
}
