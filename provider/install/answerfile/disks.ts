import { atLeast, productOf, type Target } from "../targets";
import type { XmlElement } from "../xml/document";
import { below } from "../xml/search";
import { type Mode, replacesByDisk } from "./mode";
import { UPGRADE_READS_DISK } from "./reading";
import { type Report, shown } from "./report";
import { booleanOf, checkWordOf, requireAttribute } from "./values";
import { attributeOf, type View } from "./view";
import { isIn, OLD, reads } from "./vocabulary";

/** E2, E3, E8, W4, W9: the disk to install to, and the other disks. */
export function checkDisks(view: View, mode: Mode, report: Report): void {
  const { target } = view;
  if (replacesByDisk(mode, target)) return;
  if (reads(target, "raid")) for (const raid of view.all("raid")) checkRaid(view, raid, report);
  const types = ["sr-type", "srtype"].filter((name) => reads(target, "installation", name));
  checkWordOf(target, view.root, types, report);
  const primary = view.first("primary-disk");
  if (primary === undefined) return;
  const software = reads(target, "primary-disk", "swraid") && booleanOf(primary, ["swraid"], report) === true;
  if (reads(target, "primary-disk", "preserve-first-partition")) checkWordOf(target, primary, ["preserve-first-partition"], report);
  if (reads(target, "primary-disk", "fs-type")) checkWordOf(target, primary, ["fs-type"], report);
  const storage = ["guest-storage", "gueststorage"].filter((name) => reads(target, "primary-disk", name));
  const onPrimary = booleanOf(primary, storage, report) ?? true;
  booleanOf(primary, ["sr-at-end"], report);
  if (primary.text === "") report("E2", { element: primary }, "it names no disk", "write the disk, like sda or disk/by-id/ID");
  else if (software) checkSoftwareRaid(target, primary, report);
  else checkIscsi(target, primary, report);

  const disks = software ? primary.text.split(",").map(device) : [device(primary.text)];
  const guests = view.all("guest-disk");
  for (const guest of guests) {
    if (guest.text === "") report("E2", { element: guest }, "it names no disk", "write the disk, like sdb, or remove it");
    else if (checkIscsi(target, guest, report)) continue;
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
export function checkExisting(view: View, mode: Mode, report: Report): void {
  const { target } = view;
  const existing = view.first("existing-installation");
  if (existing === undefined) return;
  if (existing.text === "") report("E2", { element: existing }, "it names no disk", "write the disk the installation is on, like sda");
  else if (isIn(OLD, target) && /^(\/|iscsi:)/.test(existing.text))
    report(
      "E3",
      { element: existing },
      `${productOf(target)} puts /dev/ before it and looks for /dev/${existing.text}`,
      `write ${existing.text.replace(/^\/dev\//, "")}`,
    );
  else checkIscsi(target, existing, report);
  if (reads(target, "existing-installation", "fs-type")) checkWordOf(target, existing, ["fs-type"], report);
  if (mode === "upgrade") checkUpgradeDisk(view, existing, report);
}

/** E3: an upgrade goes by the installation's disk, and then writes to the primary disk, if there is one. */
function checkUpgradeDisk(view: View, existing: XmlElement, report: Report): void {
  const [primary, second] = view.all("primary-disk");
  if (primary === undefined || second !== undefined || !isIn(UPGRADE_READS_DISK, view.target)) return;
  if (device(primary.text) === device(existing.text)) return;
  report(
    "E3",
    { element: primary },
    `the upgrade of the installation on ${existing.text} would be written to ${shown(primary.text)}`,
    "remove primary-disk: an upgrade has its disk from existing-installation",
  );
}

/** E8: the backup that a restoration takes. */
export function checkBackup(view: View, report: Report): void {
  const [only, ...more] = view.all("backup-disk");
  if (only === undefined) return;
  if (more.length === 0) checkIscsi(view.target, only, report);
  for (const element of more)
    report("W16", { element }, `there are ${more.length + 1} backup-disk elements, so the installer ignores them all`, "keep one");
}

function checkRaid({ target }: View, raid: XmlElement, report: Report): void {
  requireAttribute(raid, "device", "the array needs a name", report);
  checkIscsi(target, raid, report, "device");
  for (const disk of below(raid, "disk")) checkIscsi(target, disk, report);
}

/** E8: a disk that an installer logs in to. 87f8f23 (2018-07) removed what reads the address, wherever a disk is named. Returns whether it is one. */
function checkIscsi(target: Target, element: XmlElement, report: Report, attribute?: string): boolean {
  const text = attribute === undefined ? element.text : (element.attributes.get(attribute) ?? "");
  if (!text.startsWith("iscsi:") || !atLeast(target, "7.6")) return false;
  report(
    "E8",
    { element, ...(attribute === undefined ? {} : { attribute }) },
    "installers from 7.6 on no longer know iscsi: disks, and stop",
    "log in by iBFT (use_ibft) and name the disk by its device",
  );
  return true;
}

/** E3: two disks, of which XenServer 9 lets one be missing. The installer takes a blank beside the comma for a part of the name. */
function checkSoftwareRaid(target: Target, element: XmlElement, report: Report): void {
  const disks = element.text.split(",");
  const wrong = (message: string, remedy: string) => report("E3", { element }, message, remedy);
  if (disks.length !== 2 || disks.includes(""))
    wrong(
      `swraid takes exactly two disks, and ${shown(element.text)} names ${disks.filter((disk) => disk !== "").length}`,
      'write them with a comma: "sda,sdb"',
    );
  else if (disks.some((disk) => disk.trim() !== disk))
    wrong(`the blank in ${shown(element.text)} is a part of a disk's name`, `write ${disks.map((disk) => disk.trim()).join(",")}`);
  else if (target !== "xs9" && disks.includes("missing"))
    wrong(`${productOf(target)} looks for a disk of the name missing; XenServer 9 is the first that can do without one`, "name two disks");
  else if (disks.every((disk) => disk === "missing")) wrong("only one of the two disks may be missing", "name at least one disk");
}

/** One spelling of a disk: with /dev/. */
function device(text: string): string {
  const disk = text.trim();
  return disk.startsWith("/dev/") ? disk : `/dev/${disk}`;
}

/** W4 for partitions: an installer skips a partition if one of its numbers is wrong. */
export function checkPartitions(view: View, report: Report): void {
  const [list] = view.all("initial-partitions");
  if (list === undefined || !reads(view.target, "initial-partitions")) return;
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
