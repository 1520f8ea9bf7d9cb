import { sameSet } from "../../firewall/model/change";
import type { KernelSet } from "../../firewall/model/kernel";
import { Unsayable } from "../../firewall/model/unsayable";
import { printerFor } from "../look/facts";
import { keptDeclaration } from "../records/declaration";
import { recordFile } from "../records/state-dir";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import { admit, recordedHoldings } from "../state/admission";
import type { Edit, Ownership } from "../state/edit";
import { lostSetRecord } from "../state/lost-records";
import * as errors from "./errors";
import { type Inputs, makeChange, type Noun, recallFrom } from "./noun";

/** Sets of the kernel that are resources of their own: an IpSet's, by its name. */

export interface WantedSet {
  readonly name: string;
  readonly content: KernelSet;
  readonly inputs: Inputs;
}

export interface SetSeen {
  /** Undefined: only its record is there. */
  readonly actual: KernelSet | undefined;
  /** Wanted members that it lacks, and members that nobody wanted. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  /** What is not as it should be, a sentence each. */
  readonly findings: readonly string[];
}

/** The edit, with the set as the host keeps it. */
async function editOf({ owner }: Context, host: Host, { name, content, inputs }: WantedSet, ownership: Ownership): Promise<Edit> {
  return { kind: "set", ownership, name, content: await keptBy(host, name, content), owner, declaration: keptDeclaration(inputs) };
}

async function keptBy(host: Host, name: string, content: KernelSet): Promise<KernelSet> {
  const { dialect } = await host.facts();
  try {
    return printerFor(dialect).set(name, content);
  } catch (error) {
    if (error instanceof Unsayable) throw errors.ruleUnsayable(host.name, subjectOf(name), error);
    throw error;
  }
}

async function tryToPut(context: Context, host: Host, wanted: WantedSet, ownership: Ownership): Promise<void> {
  const snapshot = await host.snapshot({ signal: context.signal });
  admit(host.name, await editOf(context, host, wanted, ownership), recordedHoldings(snapshot));
}

async function put(context: Context, host: Host, wanted: WantedSet, ownership: Ownership): Promise<void> {
  const edit = await editOf(context, host, wanted, ownership);
  await makeChange(context, host, { subject: subjectOf(wanted.name), edits: () => [edit] });
}

/** Undefined where there is neither the set nor a record of it. */
async function look(context: Context, host: Host, { name, content: declared }: WantedSet): Promise<SetSeen | undefined> {
  const snapshot = await host.snapshot({ signal: context.signal });
  const content = await keptBy(host, name, declared);
  const actual = snapshot.sets.get(name);
  const subject = subjectOf(name);
  if (actual === undefined) {
    if (!snapshot.records.sets.has(name)) return undefined;
    return { actual, missing: [...content.members], extra: [], findings: [`${subject} is gone`] };
  }
  // One whose record is lost is still there, and what uses it does; a new one would be refused beside it.
  const lost = lostSetRecord(snapshot, name);
  const missing = [...content.members].filter((member) => !actual.members.has(member));
  const extra = [...actual.members].filter((member) => !content.members.has(member));
  const findings = [
    ...lost,
    ...missing.map((member) => `${subject}: member ${member} is missing`),
    ...extra.map((member) => `${subject}: member ${member} was added by hand`),
  ];
  if (missing.length + extra.length === 0 && !sameSet(actual, content)) findings.push(`${subject} was made anew with other settings`);
  return { actual, missing, extra, findings };
}

function recall(host: Host, name: string): Promise<unknown> {
  return recallFrom(host, recordFile.set(name));
}

async function remove(context: Context, host: Host, name: string): Promise<void> {
  await makeChange(context, host, { subject: subjectOf(name), edits: () => [{ kind: "no-set", name }] });
}

const subjectOf = (name: string) => `IP set ${name}`;

export const sets = { try: tryToPut, put, look, recall, remove } satisfies Noun<WantedSet, string, SetSeen | undefined>;
