import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { compileUnit, policyUnit, type UnitDeclaration } from "../../firewall/compile/unit";
import type { UnitDrift } from "../../firewall/drift/unit";
import * as errors from "../../host/keeps/errors";
import { guestsByKey, resolveGuest } from "../../host/keeps/guest-ports";
import { lookAtGuests, recallGuests, recordedGuests } from "../../host/keeps/guests";
import { units, type WantedUnit } from "../../host/keeps/units";
import type { Snapshot } from "../../host/look/snapshot";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { splitId } from "../shared/identity";
import type { hostPolicyInputs, hostPolicyOutputs } from "./fields";
import { declarePolicy, type Uuids } from "./policy-declaration";

type Inputs = z.output<typeof hostPolicyInputs>;
type Outputs = z.output<typeof hostPolicyOutputs>;
type Current = State<typeof hostPolicyInputs, typeof hostPolicyOutputs>;

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

function wantedUnit(inputs: Inputs, uuids: Uuids): WantedUnit {
  // Guests have records of their own.
  const { guests, ...own } = inputs;
  const unit = declare(inputs, uuids);
  return {
    subject: subjectOf(inputs.name),
    compile: (print) => compileUnit(unit, print),
    guests: unit.guests,
    inputs: own,
    guestInputs: new Map(Object.entries(guests).map(([key, guest]) => [uuids.get(key) ?? "", guest] as const)),
  };
}

const subjectOf = (name: string) => `policy ${name}`;

function outputs(uuids: Uuids, snapshot: Snapshot, drift: readonly string[] = []): Outputs {
  return { ...guestsByKey(uuids, snapshot), drift: [...drift] };
}

function uuidsOf(prior: { readonly outputs: Partial<Outputs> } | undefined): Uuids {
  // In the order of their keys, as everywhere else: the engine gives them in another one every time.
  return new Map(Object.entries(prior?.outputs.uuids ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const uuids = await resolve(context, inputs, prior);
  const snapshot = await units.try(context, host, wantedUnit(inputs, uuids), prior === undefined ? "new" : "held");
  return outputs(uuids, snapshot);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  const uuids = await resolve(context, inputs);
  const snapshot = await units.put(context, context.hosts.get(inputs.host, inputs.connection), wantedUnit(inputs, uuids), "new");
  return { id: `${inputs.host}/${inputs.name}`, outputs: outputs(uuids, snapshot) };
}

/** The policy's own part, and a part for each guest. */
async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const host = context.hosts.get(name, connection);
  const own = await units.recall(host, { id: policyUnit(rest) });
  if (typeof own !== "object") return undefined;
  return { ...own, guests: Object.fromEntries(await recallGuests(context, host, policyUnit(rest))) };
}

async function read(
  context: Context,
  id: string,
  prior: Recorded<typeof hostPolicyInputs, typeof hostPolicyOutputs>,
): Promise<Current | undefined> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const host = context.hosts.get(name, prior.inputs.connection);
  const uuids =
    prior.outputs.uuids === undefined ? recordedGuests(await host.snapshot({ signal: context.signal }), policyUnit(rest)) : uuidsOf(prior);
  const { snapshot, isThere, drift, findings } = await lookAtGuests(context, host, declare(prior.inputs, uuids));
  if (!isThere) return undefined;
  return { inputs: withDrift(prior.inputs, drift), outputs: outputs(uuids, snapshot, findings) };
}

function withDrift(inputs: Inputs, drift: UnitDrift): Inputs {
  if (drift.findings.length === 0) return inputs;
  const merge = <T extends object>(declared: Record<string, T>, seen: ReadonlyMap<string, object>): Record<string, T> =>
    Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, { ...value, ...seen.get(key) }]));
  return { ...inputs, guests: merge(inputs.guests, drift.guests), groups: merge(inputs.groups, drift.groups) };
}

function expect(context: Context, id: string): () => void {
  return units.expect(context, [splitId(id)?.host ?? ""]);
}

async function update(context: Context, _id: string, prior: Current, inputs: Inputs): Promise<Outputs> {
  const uuids = await resolve(context, inputs, prior);
  const snapshot = await units.put(context, context.hosts.get(inputs.host, inputs.connection), wantedUnit(inputs, uuids), "held");
  return outputs(uuids, snapshot);
}

async function remove(context: Context, id: string, prior: Current): Promise<void> {
  const { host, rest } = splitId(id) ?? { host: prior.inputs.host, rest: prior.inputs.name };
  const name = { id: policyUnit(rest), subject: subjectOf(rest) };
  await units.remove(context, context.hosts.get(host, prior.inputs.connection), name);
}

export const life = { preview, create, recall, read, expect, update, delete: remove } satisfies Life<
  typeof hostPolicyInputs,
  typeof hostPolicyOutputs
>;
