import type { GuestDeclaration } from "../../firewall/compile/guest";
import type { CompiledUnit } from "../../firewall/compile/unit";
import type { Jump, Plane, Printer } from "../../firewall/model/kernel";
import { Unsayable } from "../../firewall/model/unsayable";
import { standsInPlace } from "../../firewall/plan/plan";
import { type Dialect, type HostFacts, printerFor } from "../look/facts";
import type { Snapshot } from "../look/snapshot";
import { keptDeclaration } from "../records/declaration";
import { recordFile, unitRecord } from "../records/state-dir";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import { admit, recordedHoldings } from "../state/admission";
import type { Edit, Ownership } from "../state/edit";
import { recordedJumps } from "../state/jumps";
import { isUnitThere, lostRecords } from "../state/lost-records";
import * as errors from "./errors";
import { foreseeGuests, refuseGuests, refuseUnsaid } from "./guest-checks";
import { type Inputs, makeChange, type Noun, recallFrom } from "./noun";

/** What one resource has in a host's kernel besides sets and the frame: a GuestFirewall, a HostPolicy, a HostFirewall, a RuleSet. */

export interface UnitName {
  readonly id: string;
  /** What errors and progress call it: "guest web-1". */
  readonly subject: string;
  /** Its change could cut the way in: the host undoes it unless a fresh connection gets through. */
  readonly confirm?: boolean;
}

export interface WantedUnit extends Omit<UnitName, "id"> {
  /** In the words of a host's tools. */
  readonly compile: (print: Printer) => CompiledUnit;
  /** Left out: it is of no guest. */
  readonly guests?: readonly GuestDeclaration[];
  readonly inputs: Inputs;
  /** Inputs of guests that have a record of their own, by UUID. */
  readonly guestInputs?: ReadonlyMap<string, unknown>;
}

/** A unit as a host has it. */
export interface UnitSeen {
  readonly snapshot: Snapshot;
  readonly unit: CompiledUnit;
  /** Whether the host has it at all. */
  readonly isThere: boolean;
  /** Records that are gone or cut off though it is there, a sentence each. */
  readonly lost: readonly string[];
  /** Those of its jumps that are missing, or not in their place. */
  readonly displaced: readonly Jump[];
  /** What the hook could not do for it, a sentence each. */
  readonly failures: readonly string[];
}

function editOf({ owner }: Context, { inputs, guestInputs, compile }: WantedUnit, unit: CompiledUnit, ownership: Ownership): Edit {
  return {
    kind: "unit",
    ownership,
    unit,
    compile,
    owner,
    declaration: keptDeclaration(inputs),
    guestDeclarations: guestInputs ?? new Map(),
  };
}

/** `elsewhere`: its guests need not be on this host. Gives the host as it is. */
async function tryToPut(context: Context, host: Host, wanted: WantedUnit, ownership: Ownership, elsewhere = false): Promise<Snapshot> {
  const [snapshot, { dialect }] = await Promise.all([host.snapshot({ signal: context.signal }), host.facts()]);
  refuseUnsaid(host.name, wanted.guests ?? [], dialect, snapshot.records.frame?.plane);
  const unit = compileFor(host, wanted, dialect, snapshot.records.frame?.plane);
  // A host that the same program is about to adopt has no frame yet, and sets may come with it.
  if (snapshot.records.frame !== undefined) {
    try {
      admit(host.name, editOf(context, wanted, unit, ownership), recordedHoldings(snapshot));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "set-missing")) throw error;
    }
  }
  await foreseeGuests(context, host, wanted.guests ?? [], snapshot, elsewhere);
  return snapshot;
}

/** Gives the host after it. */
async function put(context: Context, host: Host, wanted: WantedUnit, ownership: Ownership): Promise<Snapshot> {
  const { subject, guests = [], confirm } = wanted;
  const { dialect } = await host.facts();
  return makeChange(context, host, {
    subject,
    confirm,
    edits: (now) => {
      refuseUnsaid(host.name, guests, dialect, now.records.frame?.plane);
      refuseGuests(host.name, guests, now);
      return [editOf(context, wanted, compileFor(host, wanted, dialect, now.records.frame?.plane), ownership)];
    },
  });
}

/** It is compiled while the host is asked, which takes about as long. */
async function look(context: Context, host: Host, wanted: Pick<WantedUnit, "compile" | "subject">): Promise<UnitSeen> {
  const asked = host.snapshot({ signal: context.signal });
  // Whoever waits for the snapshot hears of its failure.
  asked.catch(() => {});
  const facts = await host.facts();
  const unit = compileFor(host, wanted, facts.dialect, facts.plane);
  const snapshot = await asked;
  const plane = snapshot.records.frame?.plane ?? facts.plane;
  return compare(facts, snapshot, plane === facts.plane ? unit : compileFor(host, wanted, facts.dialect, plane));
}

/** The unit in the words of a host's tools. What they have no words for is an error of the unit's. */
function compileFor(
  host: Host,
  { compile, subject }: Pick<WantedUnit, "compile" | "subject">,
  dialect: Dialect,
  plane: Plane | undefined,
): CompiledUnit {
  try {
    return compile(printerFor(dialect, plane));
  } catch (error) {
    if (error instanceof Unsayable) throw errors.ruleUnsayable(host.name, subject, error);
    throw error;
  }
}

/** The same of a host that was looked at before. */
function compare(facts: Pick<HostFacts, "dialect">, snapshot: Snapshot, unit: CompiledUnit): UnitSeen {
  const isThere = isUnitThere(snapshot, unit);
  return {
    snapshot,
    unit,
    isThere,
    lost: isThere ? lostRecords(snapshot, unit) : [],
    displaced: displacedJumps(facts, snapshot, unit),
    failures: snapshot.failures
      .filter(({ guest }) => guest === unitRecord(unit.id))
      .map(({ time, cause }) => `the hook failed at ${time}: ${cause}`),
  };
}

function displacedJumps(facts: Pick<HostFacts, "dialect">, snapshot: Snapshot, { jumps = [] }: CompiledUnit): Jump[] {
  if (jumps.length === 0) return [];
  const all = recordedJumps(facts, snapshot);
  return jumps.filter((jump) => !standsInPlace(jump, all, snapshot.tables[jump.table].foreign.get(jump.chain) ?? []));
}

function recall(host: Host, { id }: Pick<UnitName, "id">): Promise<unknown> {
  return recallFrom(host, recordFile.unit(id));
}

async function remove(context: Context, host: Host, { id, subject, confirm }: UnitName): Promise<void> {
  await makeChange(context, host, { subject, confirm, edits: () => [{ kind: "no-unit", id }] });
}

/** A unit is about to change on these hosts: they get ready. The caller calls what it gets once the change has come, or will not. */
function expect(context: Context, hosts: readonly string[]): () => void {
  const ends = hosts.map((host) => context.hosts.known(host)?.expect());
  return () => {
    for (const end of ends) end?.();
  };
}

export const units = {
  ...({ try: tryToPut, put, look, recall, remove } satisfies Noun<WantedUnit, UnitName, UnitSeen>),
  compare,
  expect,
};
