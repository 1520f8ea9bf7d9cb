import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { compileRuleSet, type RuleSetDeclaration, ruleSetId, type UserTool } from "../../firewall/compile/rule-set";
import { chainFindings } from "../../firewall/drift/list";
import { chainsIn, MAIN_TABLE } from "../../firewall/model/kernel";
import { userChain } from "../../firewall/model/names";
import { standsInPlace } from "../../firewall/plan/plan";
import { sameRule } from "../../firewall/planes/xtables/canonical";
import { readUnitRecord, removeUnit } from "../../host/keeps/units";
import { asPrinted } from "../../host/look/printed-rules";
import { refusedRule, testable } from "../../host/look/rule-test";
import type { Snapshot } from "../../host/look/snapshot";
import { keptDeclaration } from "../../host/records/declaration";
import { recordFile } from "../../host/records/records";
import type { Host } from "../../host/session/host";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { DesiredHost } from "../../host/state/desired";
import type { Edit, Ownership } from "../../host/state/edit";
import { recordedJumps } from "../../host/state/jumps";
import { isUnitThere, lostRecords } from "../../host/state/lost-records";
import { splitId } from "../shared/identity";
import * as errors from "./errors";
import type { ruleSetInputs, ruleSetOutputs } from "./fields";

type Inputs = z.output<typeof ruleSetInputs>;
type Outputs = z.output<typeof ruleSetOutputs>;
type Known = State<typeof ruleSetInputs, typeof ruleSetOutputs>;

function subjectOf({ tool, chain }: Pick<Inputs, "tool" | "chain">): string {
  return `rule set ${chain} of ${tool}`;
}

function idOf({ host, tool, table, chain }: Inputs): string {
  return `${host}/${tool}/${table}/${chain}`;
}

/** The unit that an ID stands for; the ID is the user's where it is imported. */
function partsOf(id: string): { readonly host: string; readonly tool: UserTool; readonly chain: string } {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  const [tool = "", , chain = ""] = rest.split("/");
  return { host, tool: tool as UserTool, chain };
}

/** `printed`: the same in the tool's words, which are what the kernel gets and the record has. */
function edit(context: Context, inputs: Inputs, ownership: Ownership, printed: RuleSetDeclaration = inputs): Edit {
  const declaration = keptDeclaration(inputs);
  return { kind: "unit", ownership, unit: compileRuleSet(printed), owner: context.owner, declaration, guestDeclarations: new Map() };
}

function outputs({ chain }: Pick<Inputs, "chain">, drift: string[] = []): Outputs {
  return { target: userChain(chain), drift };
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await checkTool(host, inputs);
  const snapshot = await host.snapshot({ signal: context.signal });
  // A host that the same program is about to adopt has no frame yet, and sets may come with it.
  if (snapshot.records.frame === undefined) return outputs(inputs);
  const desired = new DesiredHost(host.name, await host.facts(), snapshot);
  try {
    desired.edit(edit(context, inputs, prior === undefined ? "new" : "held"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "set-missing")) throw error;
  }
  await tryRules(host, inputs, snapshot);
  return outputs(inputs);
}

async function checkTool(host: Host, inputs: Inputs): Promise<void> {
  if (inputs.tool === "arptables" && (await host.facts()).dialect.arptables === undefined)
    throw errors.arptablesMissing(host.name, subjectOf(inputs));
}

/** Asks the host's own tool about texts that csp cannot judge. */
async function tryRules(host: Host, inputs: Inputs, snapshot: Snapshot): Promise<void> {
  const texts = [
    ...inputs.rules.map((rule, index) => ({ at: `rules[${index}]`, rule })),
    ...inputs.jumps.map(({ match }, index) => ({ at: `jumps[${index}].match`, rule: match ?? "" })),
  ].filter(({ rule }) => rule !== "");
  const refused = await refusedRule(host, inputs.tool, testable(texts, snapshot.sets));
  if (refused !== undefined) throw errors.ruleRefused(host.name, subjectOf(inputs), refused.at, inputs.tool, refused.rule, refused.said);
}

async function put(context: Context, inputs: Inputs, ownership: Ownership): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  await checkTool(host, inputs);
  const printed = await asPrinted(host, inputs, (await host.snapshot({ signal: context.signal })).sets);
  await host.apply(
    { subject: subjectOf(inputs), edits: () => [edit(context, inputs, ownership, printed)] },
    { signal: context.signal, status: context.status },
  );
  return outputs(inputs);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: idOf(inputs), outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, ...parts } = partsOf(id);
  return readUnitRecord(context.hosts.get(host, connection), ruleSetId(parts));
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof ruleSetInputs, typeof ruleSetOutputs>,
): Promise<Known | undefined> {
  const { host: name } = partsOf(id);
  const host = context.hosts.get(name, inputs.connection);
  const snapshot = await host.snapshot({ signal: context.signal });
  const { tool } = inputs;
  const chain = userChain(inputs.chain);
  if (!isUnitThere(snapshot, compileRuleSet(inputs))) return undefined;
  const found = await compare(host, inputs, inputs, snapshot);
  if (found.findings.length === 0) return { inputs, outputs: outputs(inputs, found.lost) };
  // Perhaps it is said in other words only.
  const printed = await asPrinted(host, inputs, snapshot.sets);
  const { findings, jumps, lost } = await compare(host, inputs, printed, snapshot);
  const drift = [...findings, ...lost];
  if (findings.length === 0) return { inputs, outputs: outputs(inputs, drift) };
  const actual = snapshot.tables[MAIN_TABLE[tool]].chains.get(chain) ?? [];
  return { inputs: { ...inputs, rules: inTheirWords(tool, actual, printed.rules, inputs.rules), jumps }, outputs: outputs(inputs, drift) };
}

/** What the host has against the rule set as one of its spellings says it. */
async function compare(host: Host, inputs: Inputs, printed: RuleSetDeclaration, snapshot: Snapshot) {
  const { tool } = inputs;
  const chain = userChain(inputs.chain);
  const unit = compileRuleSet(printed);
  const { chains, foreign } = snapshot.tables[MAIN_TABLE[tool]];
  const desired = chainsIn(unit.shared, MAIN_TABLE[tool]).get(chain) ?? [];
  const findings = chainFindings({ tool, chain, where: `rule set ${inputs.chain}`, desired, actual: chains.get(chain) });
  const all = recordedJumps(await host.facts(), snapshot);
  const stands = ({ from }: { readonly from: string }) => {
    const jump = unit.jumps?.find((one) => one.chain === from);
    return jump !== undefined && standsInPlace(jump, all, foreign.get(from) ?? []);
  };
  const jumps = inputs.jumps.filter(stands);
  for (const { from } of inputs.jumps)
    if (!jumps.some((jump) => jump.from === from)) findings.push(`${tool}: the jump from ${from} is missing or not in its place`);
  const file = recordFile.unit(unit.id).slice("units/".length);
  for (const { time, guest, cause } of snapshot.failures) if (guest === file) findings.push(`the hook failed at ${time}: ${cause}`);
  return { findings, jumps, lost: lostRecords(snapshot, unit) };
}

/** Rules as the kernel has them, each in the user's words where it is one of theirs: `printed` are those in the tool's, in the same order. */
function inTheirWords(tool: UserTool, actual: readonly string[], printed: readonly string[], declared: readonly string[]): string[] {
  const left = declared.map((own, index) => ({ own, text: printed[index] ?? own }));
  return actual.map((text) => {
    const at = left.findIndex((one) => sameRule(tool, text, one.text.trim()));
    return at < 0 ? text : (left.splice(at, 1)[0]?.own ?? text);
  });
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, "held");
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const { host, ...parts } = partsOf(id);
  await removeUnit(context, context.hosts.get(host, prior.inputs.connection), ruleSetId(parts), subjectOf(prior.inputs));
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof ruleSetInputs, typeof ruleSetOutputs>;
