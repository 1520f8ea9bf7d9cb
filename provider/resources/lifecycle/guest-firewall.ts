import type { z } from "zod";
import type { GuestDeclaration } from "../../firewall/guest";
import { compileUnit, type UnitDeclaration } from "../../firewall/unit";
import { findUnitDrift } from "../../firewall/unit-drift";
import { DesiredHost } from "../../host/desired";
import { activeTools } from "../../host/facts";
import type { ConnectionFields } from "../../host/hosts";
import type { Snapshot } from "../../host/snapshot";
import type { Context, Recorded, State } from "../define";
import type { guestFirewallInputs, guestFirewallOutputs } from "../guest-firewall";
import { splitId } from "../identity";
import { hookFindings, portsOf, putUnit, readUnitRecord, removeUnit, resolveGuest, tryUnit, type UnitRequest } from "./unit";

type Inputs = z.output<typeof guestFirewallInputs>;
type Outputs = z.output<typeof guestFirewallOutputs>;
type Known = State<typeof guestFirewallInputs, typeof guestFirewallOutputs>;

const unitId = (uuid: string) => `guest/${uuid}`;

function labelOf(inputs: Inputs, uuid: string): string {
  return inputs.guest.name ?? uuid;
}

function declare(inputs: Inputs, uuid: string): UnitDeclaration {
  const groups = new Map([...inputs.peerGroups, ...inputs.groups].map((group) => [group.name, group] as const));
  const guest: GuestDeclaration = { ...inputs, label: labelOf(inputs, uuid), uuid, groups: inputs.groups.map((group) => group.name) };
  return { id: unitId(uuid), groups, guests: [guest], groupPeers: "inline" };
}

function request(inputs: Inputs, uuid: string): UnitRequest {
  // Credentials are never written to a host.
  const { connection: _, ...record } = inputs;
  return { subject: `guest ${labelOf(inputs, uuid)}`, declaration: declare(inputs, uuid), record, guestRecords: new Map() };
}

async function resolve(context: Context, inputs: Inputs): Promise<string> {
  if (inputs.guest.uuid !== undefined) return inputs.guest.uuid.toLowerCase();
  const snapshot = await context.hosts.get(inputs.host, inputs.connection).snapshot({ signal: context.signal });
  return resolveGuest(inputs.host, "", inputs.guest, snapshot);
}

export async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const uuid = prior?.outputs.uuid ?? (await resolve(context, inputs));
  const snapshot = await tryUnit(context, host, request(inputs, uuid), prior === undefined ? "new" : "held");
  return { uuid, ports: portsOf(uuid, snapshot), drift: [] };
}

export async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  const uuid = await resolve(context, inputs);
  const snapshot = await putUnit(context, context.hosts.get(inputs.host, inputs.connection), request(inputs, uuid), "new");
  return { id: `${inputs.host}/${uuid}`, outputs: outputs(uuid, snapshot) };
}

function outputs(uuid: string, snapshot: Snapshot): Outputs {
  return { uuid, ports: portsOf(uuid, snapshot), drift: [] };
}

export async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  return readUnitRecord(context.hosts.get(host, connection), unitId(rest.toLowerCase()));
}

export async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof guestFirewallInputs, typeof guestFirewallOutputs>,
): Promise<Known | undefined> {
  const { host: name, rest } = splitId(id) ?? { host: "", rest: "" };
  const uuid = rest.toLowerCase();
  const host = context.hosts.get(name, inputs.connection);
  const snapshot = await host.snapshot({ signal: context.signal });
  if (!snapshot.records.units.has(unitId(uuid))) return undefined;
  const facts = await host.facts();
  const declaration = declare(inputs, uuid);
  const desired = new DesiredHost(name, facts, snapshot);
  const frame = snapshot.records.frame ?? { guestPorts: [] };
  const drift = findUnitDrift(declaration, compileUnit(declaration), snapshot, frame, desired.claims(), activeTools(facts));
  const hook = hookFindings(declaration.guests, desired, snapshot);
  const lists = drift.guests.get(labelOf(inputs, uuid));
  const regrouped = (groups: Inputs["groups"]): Inputs["groups"] =>
    groups.map((group) => ({ ...group, ...drift.groups.get(group.name) })) as Inputs["groups"];
  return {
    inputs: { ...inputs, ...lists, groups: regrouped(inputs.groups) } as Inputs,
    outputs: { ...outputs(uuid, snapshot), drift: [...drift.findings, ...hook] },
  };
}

export async function update(context: Context, _id: string, prior: Known, inputs: Inputs): Promise<Outputs> {
  const { uuid } = prior.outputs;
  return outputs(uuid, await putUnit(context, context.hosts.get(inputs.host, inputs.connection), request(inputs, uuid), "held"));
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const { uuid } = prior.outputs;
  await removeUnit(
    context,
    context.hosts.get(splitId(id)?.host ?? prior.inputs.host, prior.inputs.connection),
    unitId(uuid),
    `guest ${labelOf(prior.inputs, uuid)}`,
  );
}

export { remove as delete };
