import { parseDeclaration } from "./declaration";

/** A unit of guests as a host has it on record. */
export interface RecordedUnit {
  readonly id: string;
  readonly owner: string;
  readonly digest: string;
  readonly declaration: unknown;
  /** Declarations of guests that have one of their own, by UUID. */
  readonly guests: ReadonlyMap<string, unknown>;
  /** UUID to label. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Reads what host/remote/recorded-units.sh prints: a digest is the first line of each record. */
export function parseRecordedUnits(text: string): RecordedUnit[] {
  const units = new Map<string, RecordedUnit>();
  const guests: { uuid: string; unit: string; label: string; declaration: unknown }[] = [];
  for (const piece of text.split(/^(?=digest )/m)) {
    const value = (word: string) => new RegExp(`^${word} (.*)$`, "m").exec(piece)?.[1];
    const [id, uuid, declaration] = [value("unit"), value("uuid"), parseDeclaration(piece)];
    if (id === undefined) continue;
    if (uuid !== undefined) guests.push({ uuid, unit: id, label: value("label") ?? uuid, declaration });
    else
      units.set(id, { id, owner: value("owner") ?? "", digest: value("digest") ?? "", declaration, guests: new Map(), labels: new Map() });
  }
  for (const { uuid, unit, label, declaration } of guests) {
    const record = units.get(unit);
    if (record === undefined) continue;
    if (declaration !== undefined) (record.guests as Map<string, unknown>).set(uuid, declaration);
    (record.labels as Map<string, string>).set(uuid, label);
  }
  return [...units.values()];
}
