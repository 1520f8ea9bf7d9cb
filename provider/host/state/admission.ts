import { type CompiledUnit, guestUnit } from "../../firewall/compile/unit";
import type { KernelSet } from "../../firewall/model/kernel";
import { setReferences } from "../../firewall/planes/references";
import type { Snapshot } from "../look/snapshot";
import { type FrameRecord, isOwned, type WaitingFrame } from "../records/frame";
import type { GuestRecord } from "../records/guest";
import type { SetRecord } from "../records/set";
import { recordFile } from "../records/state-dir";
import type { UnitRecord } from "../records/unit";
import type { Edit, FrameEdit, Ownership, SetEdit, UnitEdit } from "./edit";
import * as errors from "./errors";

/** Who may have what of a host: an edit is admitted by what the host's records say that others have, or it is refused, before anything is changed. */

/** What there is, and whose it is. */
export interface Holdings {
  readonly frame: FrameRecord | WaitingFrame | undefined;
  readonly guests: ReadonlyMap<string, GuestRecord>;
  readonly units: ReadonlyMap<string, UnitRecord>;
  readonly sets: ReadonlyMap<string, SetRecord>;
  /** A set as rules will find it in the kernel; undefined: they will find none. */
  readonly kernelSet: (name: string) => KernelSet | undefined;
  /** Whether the kernel has a set of this name that was not csp's before any edit. */
  readonly isForeignSet: (name: string) => boolean;
}

/** What a host has on record and in its kernel, as long as nothing is changed. */
export function recordedHoldings({ records, sets }: Pick<Snapshot, "records" | "sets">): Holdings {
  return {
    frame: records.frame ?? records.waiting,
    guests: records.guests,
    units: records.units,
    sets: records.sets,
    kernelSet: (name) => sets.get(name),
    // One whose record is cut off is still csp's, and so is one that an earlier edit of the same transaction removes.
    isForeignSet: (name) => sets.has(name) && !records.sets.has(name) && !records.spoilt.includes(recordFile.set(name)),
  };
}

/** Throws when the edit may not be made. Whoever holds something may take it away, also when it is gone already. */
export function admit(host: string, edit: Edit, holdings: Holdings): void {
  switch (edit.kind) {
    case "frame":
      admitFrame(host, edit, holdings);
      break;
    case "no-frame":
      admitNoFrame(host, holdings);
      break;
    case "unit":
      admitUnit(host, edit, holdings);
      break;
    case "set":
      admitSet(host, edit, holdings);
      break;
  }
}

/** A host has one owner. A frame that an installation left is nobody's yet. */
export function admitOwner(host: string, frame: Holdings["frame"], owner: string, ownership: Ownership): void {
  if (ownership === "new" && frame !== undefined && isOwned(frame) && frame.owner !== owner) throw errors.hostOwned(host, frame.owner);
}

function admitFrame(host: string, { frame, ownership }: FrameEdit, holdings: Holdings): void {
  admitOwner(host, holdings.frame, frame.owner, ownership);
}

/** Rules of guests and of others would act on nothing, or be gone after a boot. */
function admitNoFrame(host: string, { guests, units }: Holdings): void {
  if (guests.size > 0)
    throw errors.guestsLeft(
      host,
      [...guests.values()].map(({ label }) => label),
    );
  const withRules = [...units.values()].filter(({ jumps, chains, sets }) => jumps.length + chains.length + sets.length > 0);
  if (withRules.length > 0)
    throw errors.rulesLeft(
      host,
      withRules.map(({ id }) => id),
    );
}

function admitUnit(host: string, { ownership, unit, owner }: UnitEdit, holdings: Holdings): void {
  const { frame, guests } = holdings;
  if (frame === undefined || !isOwned(frame)) throw errors.notAdopted(host);
  const holder = holdings.units.get(unit.id);
  if (ownership === "new" && holder !== undefined && holder.owner !== owner) {
    const [guest] = unit.guests;
    // A GuestFirewall's unit is its guest: nobody outside knows it by the unit's name.
    if (guest !== undefined && unit.id === guestUnit(guest.uuid)) throw errors.guestOwned(host, guest.label, guest.uuid, holder.owner);
    throw errors.unitOwned(host, unit.id, holder.owner);
  }
  for (const { uuid, label } of unit.guests) {
    const recorded = guests.get(uuid);
    if (recorded !== undefined && recorded.unit !== unit.id) throw errors.guestOwned(host, label, uuid, recorded.owner);
  }
  admitPorts(host, unit, frame, guests);
  admitSetReferences(host, unit, holdings);
}

/** Only ports that the frame sends to csp's chains can be anybody's, and each can be only one's. */
function admitPorts(host: string, unit: CompiledUnit, frame: WaitingFrame, guests: Holdings["guests"]): void {
  const claims = new Map<string, string>();
  for (const guest of guests.values()) {
    if (guest.unit === unit.id) continue;
    for (const { port } of guest.vifs) if (port !== undefined) claims.set(port, guest.label);
  }
  for (const { label, vifs } of unit.guests) {
    for (const { port } of vifs) {
      if (port === undefined) continue;
      if (!frame.guestPorts.some((prefix) => port.startsWith(prefix))) throw errors.portNotGuests(host, label, port, frame.guestPorts);
      const other = claims.get(port);
      if (other !== undefined) throw errors.portTwice(host, label, port, other);
      claims.set(port, label);
    }
  }
}

/** A rule may refer to an IpSet that the same transaction makes, or that is there; the kernel would refuse the whole table otherwise. */
function admitSetReferences(host: string, unit: CompiledUnit, { kernelSet }: Holdings): void {
  for (const chains of [...unit.guests.map((guest) => guest.chains), unit.shared]) {
    for (const { name, family, rule } of setReferences(chains)) {
      if (unit.sets.has(name)) continue;
      const set = kernelSet(name);
      if (set === undefined) throw errors.setMissing(host, name, rule ?? unit.id);
      if (set.family !== undefined && set.family !== family) throw errors.setFamily(host, name, set.family, rule ?? unit.id);
    }
  }
}

function admitSet(host: string, { ownership, name, owner }: SetEdit, { sets, isForeignSet }: Holdings): void {
  if (ownership === "held") return;
  const record = sets.get(name);
  if (record !== undefined && record.owner !== owner) throw errors.setOwned(host, name, record.owner);
  if (record === undefined && isForeignSet(name)) throw errors.setForeign(host, name);
}
