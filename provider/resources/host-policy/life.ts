import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { dictionary } from "../../dictionary";
import type { UnitDeclaration } from "../../firewall/compile/unit";
import type { UnitDrift } from "../../firewall/drift/unit";
import { lastMade } from "../../firewall/values/memo";
import * as errors from "../../host/keeps/errors";
import {
  expectUnit,
  lookAtUnit,
  portsOf,
  putUnit,
  readUnitRecord,
  removeUnit,
  resolveGuest,
  tryUnit,
  type UnitRequest,
} from "../../host/keeps/units";
import type { PortFinding } from "../../host/look/ports";
import type { Snapshot } from "../../host/look/snapshot";
import { keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { splitId } from "../shared/identity";
import type { hostPolicyInputs, hostPolicyOutputs } from "./fields";
import { declarePolicy, type Uuids, unitId } from "./policy-declaration";

type Inputs = z.output<typeof hostPolicyInputs>;
type Outputs = z.output<typeof hostPolicyOutputs>;
type Known = State<typeof hostPolicyInputs, typeof hostPolicyOutputs>;

/** A guest that was found by its name before keeps its UUID while it is not running. */
async function resolve(context: Context, inputs: Inputs, prior?: { readonly outputs: Partial<Outputs> }): Promise<Uuids> {
  const guests = Object.entries(inputs.guests);
  const before = guests.every(([, guest]) => guest.uuid !== undefined) ? new Map<string, string>() : uuidsOf(prior);
  const unknown = guests.some(([key, guest]) => guest.uuid === undefined && !before.has(key));
  const ports = unknown ? (await context.hosts.get(inputs.host, inputs.connection).snapshot({ signal: context.signal })).ports : [];
  return new Map(
    guests.map(([key, guest]) => [key, guest.uuid?.toLowerCase() ?? before.get(key) ?? resolveGuest(inputs.host, key, guest, { ports })]),
  );
}

function declare(inputs: Inputs, uuids: Uuids): UnitDeclaration {
  const labels = new Map<string, string>();
  for (const [label, uuid] of uuids) {
    const other = labels.get(uuid);
    if (other !== undefined) throw errors.guestTwice(inputs.host, label, uuid, other);
    labels.set(uuid, label);
  }
  return declarePolicy(inputs, uuids);
}

function request(inputs: Inputs, uuids: Uuids): UnitRequest {
  // Guests have records of their own.
  const { guests, ...record } = keptDeclaration(inputs);
  const guestRecords = new Map(Object.entries(guests).map(([key, guest]) => [uuids.get(key) ?? "", guest] as const));
  return { subject: `policy ${inputs.name}`, declaration: declare(inputs, uuids), record, guestRecords };
}

function outputs(uuids: Uuids, snapshot: Snapshot, drift: readonly string[] = []): Outputs {
  return {
    ...found(snapshot.ports, [snapshot.records.vifs, ...uuids.keys(), ...uuids.values()], () => find(uuids, snapshot)),
    drift: [...drift],
  };
}

/** The same objects for as long as no guest and no port is another: the ports of a thousand guests need no second look. */
const found = lastMade<readonly PortFinding[], Omit<Outputs, "drift">>();

function find(uuids: Uuids, snapshot: Snapshot): Omit<Outputs, "drift"> {
  const ports = dictionary([...uuids].map(([key, uuid]) => [key, portsOf(uuid, snapshot)]));
  return { uuids: dictionary(uuids), ports };
}

function uuidsOf(prior: { readonly outputs: Partial<Outputs> } | undefined): Uuids {
  // In the order of their keys, as everywhere else: the engine gives them in another one every time.
  return new Map(Object.entries(prior?.outputs.uuids ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const uuids = await resolve(context, inputs, prior);
  const snapshot = await tryUnit(context, host, request(inputs, uuids), prior === undefined ? "new" : "held");
  return outputs(uuids, snapshot);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  const uuids = await resolve(context, inputs);
  const snapshot = await putUnit(context, context.hosts.get(inputs.host, inputs.connection), request(inputs, uuids), "new");
  return { id: `${inputs.host}/${inputs.name}`, outputs: outputs(uuids, snapshot) };
}

/** The policy's own part, and a part for each guest. */
async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const host = context.hosts.get(name, connection);
  const record = await readUnitRecord(host, unitId(rest));
  if (typeof record !== "object") return undefined;
  const declarations = await host.guestDeclarations();
  const uuids = recordedUuids(await host.snapshot({ signal: context.signal }), rest);
  return { ...record, guests: Object.fromEntries([...uuids].map(([key, uuid]) => [key, declarations.get(uuid)])) };
}

/** Guest key to UUID, as the host has it on record. */
function recordedUuids(snapshot: Snapshot, policy: string): Uuids {
  const guests = [...snapshot.records.guests.values()].filter((guest) => guest.unit === unitId(policy));
  return new Map(guests.map((guest) => [guest.label, guest.uuid]));
}

async function read(
  context: Context,
  id: string,
  prior: Recorded<typeof hostPolicyInputs, typeof hostPolicyOutputs>,
): Promise<Known | undefined> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const host = context.hosts.get(name, prior.inputs.connection);
  const uuids = prior.outputs.uuids === undefined ? recordedUuids(await host.snapshot({ signal: context.signal }), rest) : uuidsOf(prior);
  const { snapshot, there, drift, findings } = await lookAtUnit(context, host, declare(prior.inputs, uuids));
  if (!there) return undefined;
  return { inputs: withDrift(prior.inputs, drift), outputs: outputs(uuids, snapshot, findings) };
}

function withDrift(inputs: Inputs, drift: UnitDrift): Inputs {
  if (drift.findings.length === 0) return inputs;
  const merge = <T extends object>(declared: Record<string, T>, seen: ReadonlyMap<string, object>): Record<string, T> =>
    Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, { ...value, ...seen.get(key) }]));
  return { ...inputs, guests: merge(inputs.guests, drift.guests), groups: merge(inputs.groups, drift.groups) };
}

function expect(context: Context, id: string): () => void {
  return expectUnit(context, [splitId(id)?.host ?? ""]);
}

async function update(context: Context, _id: string, prior: Known, inputs: Inputs): Promise<Outputs> {
  const uuids = await resolve(context, inputs, prior);
  return outputs(uuids, await putUnit(context, context.hosts.get(inputs.host, inputs.connection), request(inputs, uuids), "held"));
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const { host, rest } = splitId(id) ?? { host: prior.inputs.host, rest: prior.inputs.name };
  await removeUnit(context, context.hosts.get(host, prior.inputs.connection), unitId(rest), `policy ${rest}`);
}

export const life = { preview, create, recall, read, expect, update, delete: remove } satisfies Life<
  typeof hostPolicyInputs,
  typeof hostPolicyOutputs
>;
