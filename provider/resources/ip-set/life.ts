import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { netMembers } from "../../firewall/compile/guest";
import { sameSet } from "../../firewall/model/change";
import type { KernelSet } from "../../firewall/model/kernel";
import { canonicalMember } from "../../firewall/values/member-spelling";
import { keptDeclaration } from "../../host/records/declaration";
import { parseDeclaration, recordFile } from "../../host/records/records";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { DesiredHost } from "../../host/state/desired";
import type { Edit, Ownership } from "../../host/state/edit";
import { lostSetRecord } from "../../host/state/lost-records";
import { splitId } from "../shared/identity";
import type { ipSetInputs, ipSetOutputs } from "./fields";

type Inputs = z.output<typeof ipSetInputs>;
type Outputs = z.output<typeof ipSetOutputs>;
type Known = State<typeof ipSetInputs, typeof ipSetOutputs>;

const WITHOUT_FAMILY = new Set(["hash:mac", "bitmap:port", "list:set"]);

function content(inputs: Inputs): KernelSet {
  const members = inputs.type === "hash:net" ? netMembers(inputs.members) : new Set(inputs.members.map(canonicalMember));
  return {
    type: inputs.type,
    ...(WITHOUT_FAMILY.has(inputs.type) ? {} : { family: inputs.family }),
    ...limitOf(inputs, members.size),
    members,
  };
}

/** A bitmap holds its whole range. Older kernels set the room for a list of sets aside, so it gets what it needs (8 is their default). */
function limitOf({ type, maxElements }: Inputs, members: number): Pick<KernelSet, "range" | "maxElements"> {
  if (type === "bitmap:port") return { range: "0-65535" };
  if (type === "list:set") return { maxElements: Math.max(8, 2 ** Math.ceil(Math.log2(Math.max(members, 1)))) };
  return { maxElements };
}

function edit(context: Context, inputs: Inputs, ownership: Ownership): Edit {
  return {
    kind: "set",
    ownership,
    name: inputs.name,
    content: content(inputs),
    owner: context.owner,
    declaration: keptDeclaration(inputs),
  };
}

function outputs(inputs: Inputs, drift: string[] = []): Outputs {
  return { peer: `${inputs.family === "inet" ? "set" : "set6"}:${inputs.name}`, drift };
}

async function put(context: Context, inputs: Inputs, ownership: Ownership): Promise<void> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await host.apply(
    { subject: `IP set ${inputs.name}`, edits: () => [edit(context, inputs, ownership)] },
    { signal: context.signal, status: context.status },
  );
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const desired = new DesiredHost(host.name, await host.facts(), await host.snapshot({ signal: context.signal }));
  desired.edit(edit(context, inputs, prior === undefined ? "new" : "held"));
  return outputs(inputs);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  await put(context, inputs, "new");
  return { id: `${inputs.host}/${inputs.name}`, outputs: outputs(inputs) };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  const record = await context.hosts.get(host, connection).readState(recordFile.set(rest));
  return record === undefined ? undefined : parseDeclaration(record);
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof ipSetInputs, typeof ipSetOutputs>,
): Promise<Known | undefined> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const host = context.hosts.get(name, inputs.connection);
  const snapshot = await host.snapshot({ signal: context.signal });
  const actual = snapshot.sets.get(rest);
  // One whose record is lost is still there, and what uses it does; a new one would be refused beside it.
  if (actual === undefined && !snapshot.records.sets.has(rest)) return undefined;
  const lost = lostSetRecord(snapshot, rest);
  const wanted = content(inputs);
  if (actual !== undefined && sameSet(actual, wanted)) return { inputs, outputs: outputs(inputs, lost) };
  if (actual === undefined) return { inputs: { ...inputs, members: [] }, outputs: outputs(inputs, [`IP set ${rest} is gone`]) };
  const missing = [...wanted.members].filter((member) => !actual.members.has(member));
  const extra = [...actual.members].filter((member) => !wanted.members.has(member));
  const drift = [
    ...lost,
    ...missing.map((member) => `IP set ${rest}: member ${member} is missing`),
    ...extra.map((member) => `IP set ${rest}: member ${member} was added by hand`),
  ];
  const kept = inputs.members.filter((member) => !missing.includes(canonicalMember(member)));
  return {
    inputs: { ...inputs, members: [...kept, ...extra] },
    outputs: outputs(inputs, missing.length + extra.length > 0 ? drift : [...lost, `IP set ${rest} was made anew with other settings`]),
  };
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  await put(context, inputs, "held");
  return outputs(inputs);
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const { host: hostName, rest } = splitId(id) ?? { host: prior.inputs.host, rest: prior.inputs.name };
  const host = context.hosts.get(hostName, prior.inputs.connection);
  await host.apply(
    { subject: `IP set ${rest}`, edits: () => [{ kind: "no-set", name: rest }] },
    { signal: context.signal, status: context.status },
  );
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof ipSetInputs, typeof ipSetOutputs>;
