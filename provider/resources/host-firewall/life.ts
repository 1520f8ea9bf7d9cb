import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { compileHostFirewall, HOST_CHAIN, HOST_FIREWALL } from "../../firewall/compile/host-firewall";
import type { CompiledUnit } from "../../firewall/compile/unit";
import { type ChainPair, listDrift } from "../../firewall/drift/list";
import { sameSet } from "../../firewall/model/change";
import { chainsIn, type Sets, toolOf } from "../../firewall/model/kernel";
import { standsInPlace } from "../../firewall/plan/plan";
import type { SavedTables } from "../../firewall/planes/xtables/saved";
import type { EgressRule, IngressRule } from "../../firewall/policy/fields";
import { newConnection } from "../../firewall/traffic/way-in";
import { readUnitRecord } from "../../host/keeps/units";
import { keptDeclaration } from "../../host/records/declaration";
import { recordFile } from "../../host/records/records";
import type { Host } from "../../host/session/host";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { DesiredHost } from "../../host/state/desired";
import type { Edit, Ownership } from "../../host/state/edit";
import { recordedJumps } from "../../host/state/jumps";
import { isUnitThere, lostRecords } from "../../host/state/lost-records";
import * as errors from "./errors";
import type { hostFirewallInputs, hostFirewallOutputs } from "./fields";

type Inputs = z.output<typeof hostFirewallInputs>;
type Outputs = z.output<typeof hostFirewallOutputs>;
type Known = State<typeof hostFirewallInputs, typeof hostFirewallOutputs>;

const SUBJECT = "the host's own firewall";
const TABLES = ["iptables.filter", "ip6tables.filter"] as const;

function edit(context: Context, inputs: Inputs, ownership: Ownership): Edit {
  const declaration = keptDeclaration(inputs);
  return { kind: "unit", ownership, unit: compileHostFirewall(inputs), owner: context.owner, declaration, guestDeclarations: new Map() };
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const snapshot = await host.snapshot({ signal: context.signal });
  // A host that the same program is about to adopt has no frame yet, and sets may come with it.
  if (snapshot.records.frame !== undefined) {
    const desired = new DesiredHost(host.name, await host.facts(), snapshot);
    try {
      desired.edit(edit(context, inputs, prior === undefined ? "new" : "held"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "set-missing")) throw error;
    }
  }
  if (inputs.enforce === "enforce") await checkAccess(context, host, inputs, snapshot.sets);
  return { drift: [] };
}

/** Whether the host would still take a new connection like the one that csp has to it. */
async function checkAccess(context: Context, host: Host, inputs: Inputs, sets: Sets): Promise<void> {
  // As sshd tells it; sudo may have taken it away, and then only the fresh connection will tell.
  const told = await host.ask('echo "$SSH_CONNECTION"', "asking where csp comes from");
  const [from = "", , to = "", port = ""] = told.trim().split(" ");
  if (port === "") return;
  const { verdict, rule } = newConnection(compileHostFirewall(inputs), sets, { from, to, port: Number(port) });
  if (verdict === "passes") return;
  const error = errors.wouldLockOut(host.name, from, rule);
  if (verdict !== "undecided" && inputs.accessCheck === "refuse") throw error;
  context.warn(error.message);
}

async function put(context: Context, inputs: Inputs, ownership: Ownership): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await host.apply(
    { subject: SUBJECT, edits: () => [edit(context, inputs, ownership)], confirm: true },
    { signal: context.signal, status: context.status },
  );
  return { drift: [] };
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  return readUnitRecord(context.hosts.get(id, connection), HOST_FIREWALL);
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof hostFirewallInputs, typeof hostFirewallOutputs>,
): Promise<Known | undefined> {
  const host = context.hosts.get(id, inputs.connection);
  const snapshot = await host.snapshot({ signal: context.signal });
  const unit = compileHostFirewall(inputs);
  if (!isUnitThere(snapshot, unit)) return undefined;
  const ingress = driftOf(unit, snapshot, "ingress", inputs.ingress);
  const egress = driftOf(unit, snapshot, "egress", inputs.egress);
  const jumps = recordedJumps(await host.facts(), snapshot);
  const lost = (unit.jumps ?? []).filter((jump) => !standsInPlace(jump, jumps, snapshot.tables[jump.table].foreign.get(jump.chain) ?? []));
  const findings = [
    ...lostRecords(snapshot, unit),
    ...ingress.findings,
    ...egress.findings,
    ...lost.map(({ table, chain }) => `${toolOf(table)}: the jump from ${chain} is missing or not in front`),
    ...[...unit.sets]
      .filter(([name, wanted]) => !sameAs(snapshot.sets, name, wanted))
      .map(([name]) => `IP set ${name} is gone or has other members`),
    ...snapshot.failures
      .filter(({ guest }) => `units/${guest}` === recordFile.unit(HOST_FIREWALL))
      .map(({ time, cause }) => `the hook failed at ${time}: ${cause}`),
  ];
  return { inputs: { ...inputs, ingress: [...ingress.rules], egress: [...egress.rules] }, outputs: { drift: findings } };
}

function sameAs(sets: Sets, name: string, wanted: Parameters<typeof sameSet>[1]): boolean {
  const is = sets.get(name);
  return is !== undefined && sameSet(is, wanted);
}

function driftOf<R extends IngressRule | EgressRule>(
  unit: CompiledUnit,
  { tables }: { readonly tables: SavedTables },
  list: "ingress" | "egress",
  rules: readonly R[],
) {
  const chain = HOST_CHAIN[list];
  const pairs = TABLES.map(
    (table): ChainPair => ({
      tool: toolOf(table),
      chain,
      where: "host",
      desired: chainsIn(unit.shared, table).get(chain) ?? [],
      actual: tables[table].chains.get(chain),
    }),
  );
  return listDrift(rules, list, undefined, pairs);
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, "held");
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const host = context.hosts.get(id, prior.inputs.connection);
  // What is left of others may be what shuts csp out.
  await host.apply(
    { subject: SUBJECT, edits: () => [{ kind: "no-unit", id: HOST_FIREWALL }], confirm: true },
    { signal: context.signal, status: context.status },
  );
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof hostFirewallInputs,
  typeof hostFirewallOutputs
>;
