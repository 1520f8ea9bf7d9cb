import type { Plane } from "../../firewall/model/kernel";
import { isSwitchedByOther } from "../adopt/backend";
import { clearOther } from "../adopt/clear-other";
import * as errors from "../adopt/errors";
import { type CallerChoice, installCallers, resolveCallers } from "../look/callers";
import type { HostFacts } from "../look/facts";
import { RESTORE_SETTINGS } from "../look/settings";
import type { Snapshot } from "../look/snapshot";
import { besides, lookAround, type Surroundings, strayRules } from "../look/surroundings";
import { keptDeclaration } from "../records/declaration";
import type { FrameRecord, Zones } from "../records/frame";
import { parseIndex } from "../records/records";
import { recordFile, STATE_DIR } from "../records/state-dir";
import { restoreSysctls, SET_SYSCTLS } from "../remote/set-sysctls";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import { admit, admitOwner, recordedHoldings } from "../state/admission";
import type { Edit, FrameEdit, Ownership } from "../state/edit";
import { announceFrame, refuseFrame, zonesOf } from "./frame-checks";
import { besideDrift, frameDrift, hookDrift } from "./frame-drift";
import { prepareBoot, unprepareBoot } from "./next-boot";
import { type Inputs, makeChange, type Noun, recallFrom } from "./noun";
import { movingEdits, type PlaneChoice, planeOf, type Redeclare, refusePlane, unitsThatMove } from "./plane";

export type { Zones } from "../records/frame";

/** A host's frame: what makes it a csp host. Its record, the chains that every such host has, and the hook. A host has one, or none. */

export interface WantedFrame {
  readonly guestPorts: readonly string[];
  readonly callers: readonly CallerChoice[];
  /** Left out: as it is, or by bridge where csp has not been yet. */
  readonly zones?: Zones | undefined;
  /** Left out: as it is, or the tools where csp has not been yet. */
  readonly plane?: PlaneChoice | undefined;
  /** What brings guests along when the plane changes. */
  readonly redeclare: Redeclare;
  readonly inputs: Inputs;
}

/** A frame that was put: what the host was found to be, and how connections are kept apart there. */
export interface FramePut {
  readonly facts: HostFacts;
  readonly zones: Zones;
  readonly plane: Plane;
  readonly around: Surroundings;
}

export interface FrameSeen {
  readonly guestPorts: readonly string[];
  readonly zones: Zones;
  readonly plane: Plane;
  /** What is not as it should be, a sentence each. */
  readonly findings: readonly string[];
}

function editOf(
  { owner }: Context,
  { guestPorts, callers, inputs }: WantedFrame,
  facts: HostFacts,
  found: Pick<FrameRecord, "sysctls" | "zones" | "besides" | "plane">,
  ownership: Ownership,
): FrameEdit {
  const frame = { owner, guestPorts: [...new Set(guestPorts)], callers: resolveCallers(callers, facts), ...found };
  return { kind: "frame", ownership, frame, declaration: keptDeclaration(inputs) };
}

/** Says, too, what becomes otherwise for those who are on the host; gives how connections will be kept apart. */
async function tryToPut(
  context: Context,
  host: Host,
  wanted: WantedFrame,
  ownership: Ownership,
): Promise<Pick<FramePut, "zones" | "plane">> {
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  const around = await lookAround(host, facts.dialect);
  const found = foundOn(snapshot, wanted, around, facts);
  refuseFrame(host.name, wanted.zones, facts, snapshot);
  refusePlane(host.name, found.plane, facts);
  admit(host.name, editOf(context, wanted, facts, found, ownership), recordedHoldings(snapshot));
  announceFrame(context, host.name, wanted, facts, snapshot, around);
  // A guest's rule that the other plane has no words for is an error of the preview.
  movingEdits(await unitsThatMove(host, found.plane, snapshot), wanted.redeclare, found.plane, facts);
  return found;
}

/** What of a host goes into its frame: what the sysctls are before csp sets them, and what else decides there. */
function foundOn(snapshot: Snapshot, { zones, plane }: WantedFrame, around: Surroundings, { dialect }: HostFacts) {
  return {
    sysctls: snapshot.sysctls,
    zones: zonesOf(zones, snapshot),
    plane: planeOf(plane, snapshot),
    besides: besides(around, snapshot.tables, dialect),
  };
}

/** The record and the chains. From the moment when bridged packets reach iptables they meet these: {@link turnOn} comes after it. */
async function put(context: Context, host: Host, wanted: WantedFrame, ownership: Ownership): Promise<FramePut> {
  const facts = await host.facts();
  const around = await lookAround(host, facts.dialect);
  const before = await host.snapshot({ signal: context.signal });
  const moving = await unitsThatMove(host, planeOf(wanted.plane, before), before);
  let put: Pick<FramePut, "zones" | "plane"> = { zones: "shared", plane: "xtables" };
  const edits = (snapshot: Snapshot): Edit[] => {
    refuseFrame(host.name, wanted.zones, facts, snapshot);
    const found = foundOn(snapshot, wanted, around, facts);
    refusePlane(host.name, found.plane, facts);
    put = found;
    return [editOf(context, wanted, facts, found, ownership), ...movingEdits(moving, wanted.redeclare, found.plane, facts)];
  };
  await makeChange(context, host, { subject: subjectOf(host), edits });
  return { facts, around, zones: put.zones, plane: put.plane };
}

/** Sends bridged packets through a frame that was put, and has the hook called. */
async function turnOn(
  context: Context,
  host: Host,
  { callers, guestPorts }: WantedFrame,
  { facts, around, plane }: FramePut,
): Promise<void> {
  context.status(`sending bridged packets on ${host.name} through the firewall`);
  const answer = await host.run(SET_SYSCTLS, "setting the bridge's sysctls");
  if (answer.includes("missing")) throw errors.sysctlMissing(host.name);
  const resolved = resolveCallers(callers, facts);
  context.status(`installing the hook on ${host.name}`);
  await host.run(installCallers(resolved, { guestPorts, plane }), "installing the hook");
  if (resolved.length > 0) await host.run(RUN_HOOK, "running the hook");
  // What is no longer read goes when what replaces it is there.
  if (strayRules(around, facts.dialect).length > 0) await clearOther(host, facts.dialect);
}

/** What it could not do is in its failures, which the next look shows. */
const RUN_HOOK = `sh ${STATE_DIR}/hook up >/dev/null 2>&1 || :\n`;

/** Undefined where there is none, or one that is nobody's. */
async function look(context: Context, host: Host, { callers }: Pick<WantedFrame, "callers">): Promise<FrameSeen | undefined> {
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  const { frame } = snapshot.records;
  if (frame === undefined) return undefined;
  const around = await lookAround(host, facts.dialect);
  return {
    guestPorts: frame.guestPorts,
    zones: frame.zones,
    plane: frame.plane,
    findings: [...frameDrift(facts, snapshot), ...besideDrift(facts, snapshot, around), ...hookDrift(callers, facts, snapshot)],
  };
}

function recall(host: Host): Promise<unknown> {
  return recallFrom(host, recordFile.frame);
}

/** Whether there is a record of one: for a host whose rules cannot be looked at. */
async function isOnRecord(host: Host): Promise<boolean> {
  return (await host.readState(recordFile.frame)) !== undefined;
}

/** Refuses a host that is somebody else's, by its record alone. */
async function refuseOwned({ owner }: Context, host: Host, ownership: Ownership): Promise<void> {
  const { frame } = parseIndex((await host.readState(recordFile.frame)) ?? "");
  admitOwner(host.name, frame, owner, ownership);
}

/** Leaves what the next boot loads the frame from, and nothing in the kernel. */
function prepare(context: Context, host: Host, wanted: WantedFrame, facts: HostFacts, ownership: Ownership): Promise<void> {
  const found = { sysctls: {}, zones: wanted.zones ?? "by-bridge", besides: [], plane: "xtables" as const };
  return prepareBoot(host, facts, editOf(context, wanted, facts, found, ownership));
}

/** `guestPorts`: as they were declared, for a host that has no record to say so. */
async function remove(context: Context, host: Host, { guestPorts }: Pick<WantedFrame, "guestPorts">): Promise<void> {
  if (isSwitchedByOther(await host.look()) && (await host.readState("ports")) === undefined) return unprepareBoot(host, guestPorts);
  const snapshot = await host.snapshot({ fresh: true, signal: context.signal });
  const frame = snapshot.records.frame ?? snapshot.records.waiting;
  const edit: Edit = { kind: "no-frame" };
  if (frame !== undefined) {
    admit(host.name, edit, recordedHoldings(snapshot));
    // The frame goes last: its record knows what the sysctls were, should this have to be done again.
    await host.run(installCallers([], frame), "taking the hook away");
    await host.run(restoreSysctls(frame.sysctls), "restoring the bridge's sysctls");
    await host.run(RESTORE_SETTINGS, "restoring the bridges' settings");
    const { dialect } = await host.facts();
    if (strayRules(await lookAround(host, dialect), dialect).length > 0) await clearOther(host, dialect);
  }
  await makeChange(context, host, { subject: subjectOf(host), edits: () => [edit] });
}

const subjectOf = ({ name }: Host) => `host ${name}`;

/** Whether a host was seen to be a csp host. */
export function isAdopted({ records }: Snapshot): boolean {
  return records.frame !== undefined;
}

export const frame = {
  ...({ try: tryToPut, put, look, recall, remove } satisfies Noun<WantedFrame, Pick<WantedFrame, "guestPorts">, FrameSeen | undefined>),
  turnOn,
  prepare,
  isOnRecord,
  refuseOwned,
};
