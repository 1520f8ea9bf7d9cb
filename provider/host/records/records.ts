import { type FrameRecord, isOwned, readFrame, type WaitingFrame } from "./frame";
import { type GuestRecord, readGuest } from "./guest";
import { type RecordLines, splitRecords } from "./lines";
import { readSet, type SetRecord } from "./set";
import { recordFile } from "./state-dir";
import { readUnit, type UnitRecord } from "./unit";
import { type GuestVif, sameVifs, vifsOf } from "./vifs";

/** All records of a host. */
export interface Records {
  readonly frame?: FrameRecord;
  /** In place of a frame: the one that an installation left. It has no owner and stops all guests until a Host adopts it. */
  readonly waiting?: WaitingFrame;
  readonly guests: ReadonlyMap<string, GuestRecord>;
  /** The interfaces of all guests. It is the same array as in an earlier snapshot if nothing changed. */
  readonly vifs: readonly GuestVif[];
  readonly units: ReadonlyMap<string, UnitRecord>;
  readonly sets: ReadonlyMap<string, SetRecord>;
  /** Records that are cut off or are not files: "guests/<uuid>". They count as missing. */
  readonly spoilt: readonly string[];
  /** Bridge to zone. */
  readonly zones: ReadonlyMap<string, number>;
  /** MD5 of each file of the state directory that is compared as a whole, by its name (sums.ts). */
  readonly sums: ReadonlyMap<string, string>;
}

/** First words of the lines that `grep` takes from the files for a snapshot. Everything after `declaration` is for import and boot. */
export const INDEX_WORDS = [
  "csp-frame",
  "csp-guest",
  "csp-unit",
  "csp-set",
  "digest",
  "owner",
  "label",
  "uuid",
  "unit",
  "vif",
  "chain",
  "set",
  "jump",
  "hook",
  "address",
  "network",
  "ports",
  "sysctl",
  "callers",
  "zones",
  "plane",
  "beside",
  "end",
];

/** Reads the index lines of all files, one file's after another's. `before`: an earlier look at the same host. */
export function parseIndex(
  text: string,
  { sums = new Map(), odd = [], zones = new Map() }: Partial<Pick<Records, "sums" | "zones">> & { readonly odd?: readonly string[] } = {},
  before?: Records,
): Records {
  const guests = new Map<string, GuestRecord>();
  const units = new Map<string, UnitRecord>();
  const sets = new Map<string, SetRecord>();
  const spoilt = [...odd];
  let frame: FrameRecord | undefined;
  let waiting: WaitingFrame | undefined;
  for (const lines of splitRecords(text)) {
    if (!lines.isWhole) spoilt.push(fileOf(lines));
    else if (lines.kind === "csp-guest") {
      const guest = readGuest(lines);
      guests.set(guest.uuid, guest);
    } else if (lines.kind === "csp-unit") {
      const unit = readUnit(lines);
      units.set(unit.id, unit);
    } else if (lines.kind === "csp-set") {
      const set = readSet(lines);
      sets.set(set.name, set);
    } else if (lines.kind === "csp-frame") {
      const found = readFrame(lines);
      if (isOwned(found)) frame = found;
      else waiting = found;
    }
  }
  const vifs = vifsOf(guests.values());
  return {
    ...(frame === undefined ? {} : { frame }),
    ...(waiting === undefined ? {} : { waiting }),
    guests,
    vifs: before !== undefined && sameVifs(before.vifs, vifs) ? before.vifs : vifs,
    units,
    sets,
    spoilt,
    zones,
    sums,
  };
}

/** The file that a record comes from, as far as the rest of the record says it. */
function fileOf(lines: RecordLines): string {
  switch (lines.kind) {
    case "csp-guest":
      return recordFile.guest(lines.value("uuid"));
    case "csp-unit":
      return recordFile.unit(lines.value("unit"));
    case "csp-set":
      return recordFile.set(lines.value("set"));
    default:
      return lines.kind.replace("csp-", "");
  }
}
