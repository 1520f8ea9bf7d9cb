import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import {
  compileRuleSet,
  type RuleSetDeclaration,
  type RuleSetName,
  ruleSetId,
  ruleSetTable,
  type UserTool,
} from "../../firewall/compile/rule-set";
import { chainFindings } from "../../firewall/drift/list";
import { chainsIn, nameOf, UNNAMED_TABLE } from "../../firewall/model/kernel";
import { userChain } from "../../firewall/model/names";
import { sameRule } from "../../firewall/planes/same";
import { isAdopted } from "../../host/keeps/frame";
import type { Ownership } from "../../host/keeps/noun";
import { type UnitSeen, units, type WantedUnit } from "../../host/keeps/units";
import { asPrinted } from "../../host/look/printed-rules";
import { missingTable, refusedRule, testable } from "../../host/look/rule-test";
import type { Snapshot } from "../../host/look/snapshot";
import type { Host } from "../../host/session/host";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { splitId } from "../shared/identity";
import * as errors from "./errors";
import type { ruleSetInputs, ruleSetOutputs } from "./fields";

type Inputs = z.output<typeof ruleSetInputs>;
type Outputs = z.output<typeof ruleSetOutputs>;
type Current = State<typeof ruleSetInputs, typeof ruleSetOutputs>;

function subjectOf(name: RuleSetName): string {
  return `rule set ${name.chain} of ${placeOf(name)}`;
}

/** The tool, and the table where it is not the one that most rule sets of the tool stand in. */
function placeOf({ tool, table }: Pick<RuleSetName, "tool" | "table">): string {
  return table === nameOf(UNNAMED_TABLE[tool]) ? tool : `${tool} ${table}`;
}

function idOf({ host, tool, table, chain }: Inputs): string {
  return `${host}/${tool}/${table}/${chain}`;
}

/** The unit that an ID stands for; the ID is the user's where it is imported. */
function partsOf(id: string): RuleSetName & { readonly host: string } {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  const [tool = "", table = "", chain = ""] = rest.split("/");
  return { host, tool: tool as UserTool, table, chain };
}

/** `printed`: the same in the tool's words, which are what the kernel gets and the record has. */
function wantedUnit(inputs: Inputs, printed: RuleSetDeclaration = inputs): WantedUnit {
  return { subject: subjectOf(inputs), compile: () => compileRuleSet(printed), inputs };
}

function outputs({ chain }: Pick<Inputs, "chain">, drift: string[] = []): Outputs {
  return { target: userChain(chain), drift };
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await checkTool(host, inputs);
  const snapshot = await units.try(context, host, wantedUnit(inputs), prior === undefined ? "new" : "held");
  if ((await hasTable(host, inputs, snapshot, "preview")) && isAdopted(snapshot)) await tryRules(host, inputs, snapshot);
  return outputs(inputs);
}

async function checkTool(host: Host, inputs: Inputs): Promise<void> {
  if (inputs.tool === "arptables" && (await host.facts()).dialect.arptables === undefined)
    throw errors.arptablesMissing(host.name, subjectOf(inputs));
}

/**
 * Whether the host has the table; an error of its own if it is found to have none. A preview changes nothing: what it cannot ask without loading
 * the table is asked when the rule set is put.
 */
async function hasTable(host: Host, inputs: Inputs, { tables }: Snapshot, when: "preview" | "put"): Promise<boolean> {
  const { tool } = inputs;
  const table = ruleSetTable(inputs);
  // The tools list a table with its built-in chains.
  if (tool === "arptables" || tables[table].foreign.size > 0) return true;
  const { dialect } = await host.facts();
  const looksAlone = (tool === "ebtables" ? dialect.ebtables : dialect.backend) === "nft";
  if (!looksAlone && when === "preview") return false;
  const message = await missingTable(host, table, looksAlone);
  if (message !== undefined) throw errors.tableMissing(host.name, subjectOf(inputs), tool, inputs.table, message);
  return true;
}

/** Asks the host's own tool about texts that csp cannot judge. */
async function tryRules(host: Host, inputs: Inputs, snapshot: Snapshot): Promise<void> {
  const texts = [
    ...inputs.rules.map((rule, index) => ({ at: `rules[${index}]`, rule })),
    ...inputs.jumps.map(({ match }, index) => ({ at: `jumps[${index}].match`, rule: match ?? "" })),
  ].filter(({ rule }) => rule !== "");
  const refused = await refusedRule(host, ruleSetTable(inputs), testable(texts, snapshot.sets));
  if (refused !== undefined) throw errors.ruleRefused(host.name, subjectOf(inputs), refused.at, inputs.tool, refused.rule, refused.said);
}

async function put(context: Context, inputs: Inputs, ownership: Ownership): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await checkTool(host, inputs);
  const snapshot = await host.snapshot({ signal: context.signal });
  await hasTable(host, inputs, snapshot, "put");
  const printed = await asPrinted(host, inputs, snapshot.sets);
  await units.put(context, host, wantedUnit(inputs, printed), ownership);
  return outputs(inputs);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: idOf(inputs), outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, ...parts } = partsOf(id);
  return units.recall(context.hosts.get(host, connection), { id: ruleSetId(parts) });
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof ruleSetInputs, typeof ruleSetOutputs>,
): Promise<Current | undefined> {
  const host = context.hosts.get(partsOf(id).host, inputs.connection);
  const seen = await units.look(context, host, wantedUnit(inputs));
  if (!seen.isThere) return undefined;
  const asWritten = compare(inputs, seen);
  if (asWritten.findings.length === 0) return { inputs, outputs: outputs(inputs, [...asWritten.lost]) };
  // Perhaps it is said in other words only.
  const { snapshot } = seen;
  const printed = await asPrinted(host, inputs, snapshot.sets);
  const { findings, jumps, lost } = compare(inputs, units.compare(await host.facts(), snapshot, compileRuleSet(printed)));
  const drift = [...findings, ...lost];
  if (findings.length === 0) return { inputs, outputs: outputs(inputs, drift) };
  const { tool } = inputs;
  const actual = snapshot.tables[ruleSetTable(inputs)].chains.get(userChain(inputs.chain)) ?? [];
  return { inputs: { ...inputs, rules: inTheirWords(tool, actual, printed.rules, inputs.rules), jumps }, outputs: outputs(inputs, drift) };
}

/** What the host has against the rule set as one of its spellings says it. */
function compare({ tool, table: tableName, chain: name, jumps }: Inputs, { snapshot, unit, lost, displaced, failures }: UnitSeen) {
  const chain = userChain(name);
  const table = ruleSetTable({ tool, table: tableName });
  const place = placeOf({ tool, table: tableName });
  const desired = chainsIn(unit.shared, table).get(chain) ?? [];
  const actual = snapshot.tables[table].chains.get(chain);
  const standing = jumps.filter(({ from }) => !displaced.some((jump) => jump.chain === from));
  const findings = [
    ...chainFindings({ tool, chain, where: `${place === tool ? "" : `table ${tableName}, `}rule set ${name}`, desired, actual }),
    ...jumps.filter((jump) => !standing.includes(jump)).map(({ from }) => `${place}: the jump from ${from} is missing or not in its place`),
    ...failures,
  ];
  return { findings, jumps: standing, lost };
}

/** Rules as the kernel has them, each in the user's words where it is one of theirs: `printed` are those in the tool's, in the same order. */
function inTheirWords(tool: UserTool, actual: readonly string[], printed: readonly string[], declared: readonly string[]): string[] {
  const left = declared.map((own, index) => ({ own, text: printed[index] ?? own }));
  return actual.map((text) => {
    const at = left.findIndex((one) => sameRule(tool, text, one.text.trim()));
    return at < 0 ? text : (left.splice(at, 1)[0]?.own ?? text);
  });
}

async function update(context: Context, _id: string, _prior: Current, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, "held");
}

async function remove(context: Context, id: string, { inputs }: Current): Promise<void> {
  const { host, ...parts } = partsOf(id);
  await units.remove(context, context.hosts.get(host, inputs.connection), { id: ruleSetId(parts), subject: subjectOf(inputs) });
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof ruleSetInputs, typeof ruleSetOutputs>;
