import type { z } from "zod";
import type { Life } from "../../core/define";
import { Incomplete, type Recorded, type State } from "../../core/define";
import { compileUnit, guestUnit } from "../../firewall/compile/unit";
import type { UnitDrift } from "../../firewall/drift/unit";
import { portsOf, resolveGuest } from "../../host/keeps/guest-ports";
import { lookAtGuests } from "../../host/keeps/guests";
import { units, type WantedUnit } from "../../host/keeps/units";
import type { Snapshot } from "../../host/look/snapshot";
import type { Host } from "../../host/session/host";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { splitId } from "../shared/identity";
import type { guestFirewallInputs, guestFirewallOutputs } from "./fields";
import { declareGuestFirewall, labelOf } from "./guest-declaration";

type Inputs = z.output<typeof guestFirewallInputs>;
type Outputs = z.output<typeof guestFirewallOutputs>;
type Current = State<typeof guestFirewallInputs, typeof guestFirewallOutputs>;

function wantedUnit(inputs: Inputs, uuid: string): WantedUnit {
  const unit = declareGuestFirewall(inputs, uuid);
  return { subject: subjectOf(inputs, uuid), compile: (print) => compileUnit(unit, print), guests: unit.guests, inputs };
}

const subjectOf = (inputs: Inputs, uuid: string): string => `guest ${labelOf(inputs, uuid)}`;

/** The hosts of a declaration, which may still hold unknown values. */
export function hostsOf(inputs: { readonly host?: string | undefined; readonly hosts?: readonly string[] | undefined }): readonly string[] {
  return inputs.hosts ?? (inputs.host === undefined ? [] : [inputs.host]);
}

/** A guest's hosts in a resource's ID: those it was made with. */
function hostsInId(id: string): readonly string[] {
  return (splitId(id)?.host ?? "").split(",").filter((host) => host !== "");
}

const reach = (context: Context, inputs: Inputs, host: string): Host => context.hosts.get(host, inputs.connection);

/** By its name on whichever of its hosts it runs. */
async function resolve(context: Context, inputs: Inputs): Promise<string> {
  if (inputs.guest.uuid !== undefined) return inputs.guest.uuid.toLowerCase();
  const hosts = hostsOf(inputs);
  const snapshots = await Promise.all(hosts.map((host) => reach(context, inputs, host).snapshot({ signal: context.signal })));
  const ports = snapshots.flatMap((snapshot) => snapshot.ports);
  return resolveGuest(hosts.join(", "), "", inputs.guest, { ports });
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const hosts = hostsOf(inputs);
  const uuid = prior?.outputs.uuid ?? (await resolve(context, inputs));
  const held = new Set(prior === undefined ? [] : hostsOf(prior.inputs));
  const seen = await Promise.all(
    hosts.map(async (name) => {
      const ownership = held.has(name) ? "held" : "new";
      const snapshot = await units.try(context, reach(context, inputs, name), wantedUnit(inputs, uuid), ownership, hosts.length > 1);
      return [name, snapshot] as const;
    }),
  );
  return outputs(uuid, seen);
}

type Seen = readonly (readonly [host: string, snapshot: Snapshot])[];

function outputs(uuid: string, seen: Seen, drift: readonly string[] = []): Outputs {
  const running = seen
    .map(([host, snapshot]) => [host, portsOf(uuid, snapshot)] as const)
    .filter(([, ports]) => Object.keys(ports).length > 0);
  return { uuid, ports: running[0]?.[1] ?? {}, runsOn: running.map(([host]) => host), drift: [...drift] };
}

/** Puts the guest on its hosts, all at once; what some of them refuse, the others have all the same. */
async function putOn(
  context: Context,
  inputs: Inputs,
  uuid: string,
  held: ReadonlySet<string>,
): Promise<{ readonly seen: Seen; readonly errors: readonly { readonly host: string; readonly error: Error }[] }> {
  const hosts = hostsOf(inputs);
  const results = await Promise.allSettled(
    hosts.map((name) => units.put(context, reach(context, inputs, name), wantedUnit(inputs, uuid), held.has(name) ? "held" : "new")),
  );
  const seen: (readonly [string, Snapshot])[] = [];
  const errors: { host: string; error: Error }[] = [];
  for (const [index, result] of results.entries()) {
    const host = hosts[index] ?? "";
    if (result.status === "fulfilled") seen.push([host, result.value]);
    else errors.push({ host, error: result.reason instanceof Error ? result.reason : new Error(String(result.reason)) });
  }
  return { seen, errors };
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  const uuid = await resolve(context, inputs);
  const id = `${hostsOf(inputs).join(",")}/${uuid}`;
  const { seen, errors } = await putOn(context, inputs, uuid, new Set());
  const [failed] = errors;
  if (failed === undefined) return { id, outputs: outputs(uuid, seen) };
  if (seen.length === 0) throw failed.error;
  throw new Incomplete(id, outputs(uuid, seen, missingOn(errors)), failed.error);
}

const missingOn = (errors: readonly { readonly host: string }[]) => errors.map(({ host }) => `${host}: the guest's rules are not there`);

async function recall(context: Context, id: string, connection?: ConnectionFields, inState?: Inputs): Promise<unknown> {
  const uuid = splitId(id)?.rest.toLowerCase() ?? "";
  for (const host of new Set([...(inState === undefined ? [] : hostsOf(inState)), ...hostsInId(id)])) {
    const declared = await units.recall(context.hosts.get(host, connection), { id: guestUnit(uuid) });
    if (declared !== undefined) return declared;
  }
  return undefined;
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof guestFirewallInputs, typeof guestFirewallOutputs>,
): Promise<Current | undefined> {
  const uuid = splitId(id)?.rest.toLowerCase() ?? "";
  const declared = hostsOf(inputs);
  const hosts = declared.length > 0 ? declared : hostsInId(id);
  const looks = await Promise.all(hosts.map((name) => look(context, name, inputs, uuid)));
  if (looks.every(({ isThere }) => !isThere)) return undefined;
  const several = hosts.length > 1;
  const findings = looks.flatMap(({ host, findings: found }) => found.map((text) => (several ? `${host}: ${text}` : text)));
  // Rules are shown as the first host has them on which they are not as declared.
  const changed = looks.find(({ isThere, drift }) => isThere && drift.findings.length > 0)?.drift;
  return {
    inputs: changed === undefined ? inputs : withDrift(inputs, uuid, changed),
    outputs: outputs(
      uuid,
      looks.map(({ host, snapshot }) => [host, snapshot] as const),
      findings,
    ),
  };
}

function withDrift(inputs: Inputs, uuid: string, drift: UnitDrift): Inputs {
  const groups = inputs.groups.map((group) => ({ ...group, ...drift.groups.get(group.name) }));
  return { ...inputs, ...drift.guests.get(labelOf(inputs, uuid)), groups } as Inputs;
}

/** The guest on one of its hosts. */
async function look(context: Context, name: string, inputs: Inputs, uuid: string) {
  const seen = await lookAtGuests(context, reach(context, inputs, name), declareGuestFirewall(inputs, uuid));
  const findings = seen.isThere ? seen.findings : [`guest ${labelOf(inputs, uuid)}: its rules are not there`];
  return { ...seen, host: name, findings };
}

function expect(context: Context, id: string): () => void {
  return units.expect(context, hostsInId(id));
}

async function update(context: Context, _id: string, prior: Current, inputs: Inputs): Promise<Outputs> {
  const { uuid } = prior.outputs;
  const before = hostsOf(prior.inputs);
  const { seen, errors } = await putOn(context, inputs, uuid, new Set(before));
  const [failed] = errors;
  if (failed !== undefined) throw failed.error;
  // Last, so that a guest which moves at this moment has its rules wherever it is.
  const now = new Set(hostsOf(inputs));
  await removeFrom(
    context,
    prior,
    before.filter((host) => !now.has(host)),
  );
  return outputs(uuid, seen);
}

async function removeFrom(context: Context, { inputs, outputs: { uuid } }: Current, hosts: readonly string[]): Promise<void> {
  const results = await Promise.allSettled(
    hosts.map((host) => units.remove(context, reach(context, inputs, host), { id: guestUnit(uuid), subject: subjectOf(inputs, uuid) })),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function remove(context: Context, id: string, prior: Current): Promise<void> {
  const hosts = hostsOf(prior.inputs);
  await removeFrom(context, prior, hosts.length > 0 ? hosts : hostsInId(id));
}

export const life = { preview, create, recall, read, expect, update, delete: remove } satisfies Life<
  typeof guestFirewallInputs,
  typeof guestFirewallOutputs
>;
