import { compileUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import type { Plane } from "../../firewall/model/kernel";
import * as errors from "../adopt/errors";
import { type HostFacts, planesOf, printerFor } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import type { KeptDeclaration } from "../records/declaration";
import { parseRecordedUnits, type RecordedUnit } from "../records/recorded-units";
import { program } from "../remote/program";
import type { Host } from "../session/host";
import type { Edit } from "../state/edit";

export type { RecordedUnit } from "../records/recorded-units";

/** A host's plane, and how a host moves from one to another. */

/** A unit as a resource declared it, from what the host has on record; undefined if its resource has no guests. */
export type Redeclare = (unit: RecordedUnit) => UnitDeclaration | undefined;

export type PlaneChoice = Plane | "auto";

/** As declared; else as it is on record, and the tools on a host that csp has not been to. */
export function planeOf(declared: PlaneChoice | undefined, { records }: Pick<Snapshot, "records">): Plane {
  if (declared !== undefined && declared !== "auto") return declared;
  return records.frame?.plane ?? "xtables";
}

/** Throws if the host's kernel and tools cannot carry it. */
export function refusePlane(host: string, plane: Plane, { dialect }: HostFacts): void {
  if (!planesOf(dialect).includes(plane)) throw errors.planeImpossible(host, plane);
}

/** Every unit on record, where the host is about to get another plane; else none, for nobody has to be asked. */
export async function unitsThatMove(host: Host, plane: Plane, { records }: Snapshot): Promise<readonly RecordedUnit[]> {
  if (records.frame === undefined || records.frame.plane === plane) return [];
  return parseRecordedUnits(await host.ask(program("recorded-units.sh"), "reading what the guests' resources declared", "state"));
}

/**
 * What brings every guest to another plane together with the frame: its rules are compiled anew from what its resource declared. A unit that has
 * changed since it was read brings its own.
 */
export function movingEdits(units: readonly RecordedUnit[], redeclare: Redeclare, plane: Plane, { dialect }: HostFacts): Edit[] {
  return units.flatMap((recorded): Edit[] => {
    const declared = redeclare(recorded);
    if (declared === undefined) return [];
    const compile = (print: ReturnType<typeof printerFor>) => compileUnit(declared, print);
    return [
      {
        kind: "moved-unit",
        unit: compile(printerFor(dialect, plane)),
        compile,
        owner: recorded.owner,
        digest: recorded.digest,
        declaration: recorded.declaration as KeptDeclaration,
        guestDeclarations: recorded.guests,
      },
    ];
  });
}
