import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { compileHostFirewall, HOST_CHAIN, HOST_FIREWALL } from "../../firewall/compile/host-firewall";
import type { CompiledUnit } from "../../firewall/compile/unit";
import { type ChainPair, listDrift } from "../../firewall/drift/list";
import { sameSet } from "../../firewall/model/change";
import { chainsIn, type Sets, toolOf } from "../../firewall/model/kernel";
import { CURRENT } from "../../firewall/planes/print";
import type { SavedTables } from "../../firewall/planes/xtables/saved";
import type { EgressRule, IngressRule } from "../../firewall/policy/fields";
import { newConnection } from "../../firewall/traffic/way-in";
import type { Ownership } from "../../host/keeps/noun";
import { type UnitName, units, type WantedUnit } from "../../host/keeps/units";
import type { Host } from "../../host/session/host";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import * as errors from "./errors";
import type { hostFirewallInputs, hostFirewallOutputs } from "./fields";

type Inputs = z.output<typeof hostFirewallInputs>;
type Outputs = z.output<typeof hostFirewallOutputs>;
type Current = State<typeof hostFirewallInputs, typeof hostFirewallOutputs>;

/** What is left of others may be what shuts csp out: a removal is confirmed too. */
const NAME: UnitName = { id: HOST_FIREWALL, subject: "the host's own firewall", confirm: true };
const TABLES = ["iptables.filter", "ip6tables.filter"] as const;

function wantedUnit(inputs: Inputs): WantedUnit {
  const { subject, confirm } = NAME;
  return { subject, confirm, compile: (print) => compileHostFirewall(inputs, print), inputs };
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const snapshot = await units.try(context, host, wantedUnit(inputs), prior === undefined ? "new" : "held");
  if (inputs.enforce === "enforce") await checkAccess(context, host, inputs, snapshot.sets);
  return { drift: [] };
}

/** Whether the host would still take a new connection like the one that csp has to it. */
async function checkAccess(context: Context, host: Host, inputs: Inputs, sets: Sets): Promise<void> {
  // As sshd tells it; sudo may have taken it away, and then only the fresh connection will tell.
  const answer = await host.ask('echo "$SSH_CONNECTION"', "asking where csp comes from");
  const [from = "", , to = "", port = ""] = answer.trim().split(" ");
  if (port === "") return;
  const { verdict, rule } = newConnection(compileHostFirewall(inputs, CURRENT), sets, { from, to, port: Number(port) });
  if (verdict === "passes") return;
  const error = errors.wouldLockOut(host.name, from, rule);
  if (verdict !== "undecided" && inputs.accessCheck === "refuse") throw error;
  context.warn(error.message);
}

async function put(context: Context, inputs: Inputs, ownership: Ownership): Promise<Outputs> {
  await units.put(context, context.hosts.get(inputs.host, inputs.connection), wantedUnit(inputs), ownership);
  return { drift: [] };
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  return units.recall(context.hosts.get(id, connection), NAME);
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof hostFirewallInputs, typeof hostFirewallOutputs>,
): Promise<Current | undefined> {
  const seen = await units.look(context, context.hosts.get(id, inputs.connection), wantedUnit(inputs));
  if (!seen.isThere) return undefined;
  const { snapshot, unit, lost, displaced, failures } = seen;
  const ingress = driftOf(unit, snapshot, "ingress", inputs.ingress);
  const egress = driftOf(unit, snapshot, "egress", inputs.egress);
  const findings = [
    ...lost,
    ...ingress.findings,
    ...egress.findings,
    ...displaced.map(({ table, chain }) => `${toolOf(table)}: the jump from ${chain} is missing or not in front`),
    ...[...unit.sets]
      .filter(([name, wanted]) => !sameAs(snapshot.sets, name, wanted))
      .map(([name]) => `IP set ${name} is gone or has other members`),
    ...failures,
  ];
  return { inputs: { ...inputs, ingress: [...ingress.rules], egress: [...egress.rules] }, outputs: { drift: findings } };
}

function sameAs(sets: Sets, name: string, wanted: Parameters<typeof sameSet>[1]): boolean {
  const actual = sets.get(name);
  return actual !== undefined && sameSet(actual, wanted);
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

async function update(context: Context, _id: string, _prior: Current, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, "held");
}

async function remove(context: Context, id: string, prior: Current): Promise<void> {
  await units.remove(context, context.hosts.get(id, prior.inputs.connection), NAME);
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof hostFirewallInputs,
  typeof hostFirewallOutputs
>;
