import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { netMembers } from "../../firewall/compile/guest";
import type { KernelSet } from "../../firewall/model/kernel";
import { canonicalMember } from "../../firewall/values/member-spelling";
import { type SetSeen, sets, type WantedSet } from "../../host/keeps/sets";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { splitId } from "../shared/identity";
import type { ipSetInputs, ipSetOutputs } from "./fields";

type Inputs = z.output<typeof ipSetInputs>;
type Outputs = z.output<typeof ipSetOutputs>;
type Current = State<typeof ipSetInputs, typeof ipSetOutputs>;

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

function wantedSet(inputs: Inputs): WantedSet {
  return { name: inputs.name, content: content(inputs), inputs };
}

function outputs(inputs: Inputs, drift: string[] = []): Outputs {
  return { peer: `${inputs.family === "inet" ? "set" : "set6"}:${inputs.name}`, drift };
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await sets.try(context, host, wantedSet(inputs), prior === undefined ? "new" : "held");
  return outputs(inputs);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  await sets.put(context, context.hosts.get(inputs.host, inputs.connection), wantedSet(inputs), "new");
  return { id: `${inputs.host}/${inputs.name}`, outputs: outputs(inputs) };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  return sets.recall(context.hosts.get(host, connection), rest);
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof ipSetInputs, typeof ipSetOutputs>,
): Promise<Current | undefined> {
  const { host, rest: name } = splitId(id) ?? { host: "", rest: "" };
  const seen = await sets.look(context, context.hosts.get(host, inputs.connection), { ...wantedSet(inputs), name });
  if (seen === undefined) return undefined;
  return { inputs: withMembers(inputs, seen), outputs: outputs(inputs, [...seen.findings]) };
}

/** With the members that there are: in the user's own spelling, and behind them those that the user does not know of. */
function withMembers(inputs: Inputs, { actual, missing, extra }: SetSeen): Inputs {
  if (actual === undefined) return { ...inputs, members: [] };
  if (missing.length + extra.length === 0) return inputs;
  return { ...inputs, members: [...inputs.members.filter((member) => !missing.includes(canonicalMember(member))), ...extra] };
}

async function update(context: Context, _id: string, _prior: Current, inputs: Inputs): Promise<Outputs> {
  await sets.put(context, context.hosts.get(inputs.host, inputs.connection), wantedSet(inputs), "held");
  return outputs(inputs);
}

async function remove(context: Context, id: string, { inputs }: Current): Promise<void> {
  const { host, rest } = splitId(id) ?? { host: inputs.host, rest: inputs.name };
  await sets.remove(context, context.hosts.get(host, inputs.connection), rest);
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof ipSetInputs, typeof ipSetOutputs>;
