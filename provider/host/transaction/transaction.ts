import { type ChainChange, isUntouched, sameSet, type TablePlan } from "../../firewall/model/change";
import { TABLES, type Table, type Tool, toolOf } from "../../firewall/model/kernel";
import { PREROUTING, vifChain } from "../../firewall/model/names";
import { DROP, rule } from "../../firewall/model/rule";
import { nowHold } from "../../firewall/plan/agreement";
import type { KernelPlan } from "../../firewall/plan/plan";
import { mapKeyOf } from "../../firewall/planes/nft/base";
import { isNft } from "../../firewall/planes/nft/tables";
import { printRule } from "../../firewall/planes/print";
import { sameAsAsked, sameRule } from "../../firewall/planes/same";
import { arptablesBack, arptablesForward, arptablesScript } from "../../firewall/planes/xtables/arptables";
import { chainLines, restoreText, reversePlan, reverseSets, setText } from "../../firewall/planes/xtables/restore";
import { parseSets, rulesByChain } from "../../firewall/planes/xtables/saved";
import { formatDialect, type HostFacts } from "../look/facts";
import { keptTexts, type Snapshot } from "../look/snapshot";
import { program } from "../remote/program";
import type { HostPlan } from "../state/desired";
import type { Edit } from "../state/edit";

/** A change that a resource asks for. */
export interface Change {
  /** For errors and progress: "guest web-1". */
  readonly subject: string;
  /** Made from the host's newest snapshot, each time one is taken. Throws if the change is not allowed. */
  readonly edits: (snapshot: Snapshot) => readonly Edit[];
  /** The change could cut off SSH: the host undoes it unless a new connection confirms it afterwards. */
  readonly confirm?: boolean;
}

/** How a change was made. */
export interface Outcome {
  /** The number of changes that went together. */
  readonly together: number;
  /** The number of transactions of this process on this host, including this one. */
  readonly transaction: number;
  /** The host after it. */
  readonly snapshot: Snapshot;
}

/** From this many chains on, listing the whole table costs less than listing each chain. */
const LIST_CHAINS = 8;

/**
 * The files of one transaction as one stream, divided by lines `@@csp NAME`. The script (remote/transaction.sh) is the same for every
 * transaction and is sent before them.
 */
export function renderTransaction(plan: HostPlan, snapshot: Snapshot, facts: HostFacts): string {
  const files = new Map<string, string>();
  const { kernel } = plan;
  files.set("settings", `${formatDialect(facts.dialect)}generation='${snapshot.generation}'\n`);

  for (const table of TABLES) {
    const change = kernel.tables[table];
    if (isUntouched(change)) continue;
    const touched = touchedChains(change);
    files.set(`touched.${table}`, lines(touched));
    // Tools list built-in chains with their policy, which does not matter here.
    const listed = listsChains(table, facts) && change.jumps.length === 0 && touched.length <= LIST_CHAINS;
    files.set(`expect.${table}`, lines(expectedLines(change, snapshot, table, listed)));
    if (dependsOnWhatIsThere(table, change)) files.set(`verify.${table}`, "");
    if (listed) files.set(`list.${table}`, "");
    if (table === "arptables.filter") {
      files.set(`do.${table}`, arptablesScript(arptablesForward(change)));
      files.set(`undo.${table}`, arptablesScript(arptablesBack(change)));
    } else {
      files.set(`do.${table}`, restoreText(table, change));
      files.set(`undo.${table}`, restoreText(table, reversePlan(change)));
    }
  }
  for (const table of LAYER2) {
    const closing = closingPlan(table, plan);
    if (closing.chains.length > 0) files.set(`close.${table}`, restoreText(table, closing));
  }
  const { there, back } = ordersOf(kernel);
  if (there !== undefined) files.set("order.do", lines([there.join(" ")]));
  if (back !== undefined) files.set("order.undo", lines([back.join(" ")]));

  if (kernel.sets.length > 0) {
    const forward = setText(kernel.sets);
    const back = setText(reverseSets(kernel.sets));
    files.set("touched.ipset", lines(kernel.sets.map((change) => change.name)));
    files.set("do.ipset.before", forward.before);
    files.set("do.ipset.after", forward.after);
    files.set("undo.ipset.before", back.before);
    files.set("undo.ipset.after", back.after);
  }

  for (const [path, content] of plan.files.put) files.set(`put/${path}`, content());
  files.set("remove", lines(plan.files.remove));
  return `${[...files].map(([name, content]) => `@@csp ${name}\n${content}`).join("")}@@csp end\n`;
}

/** Whether the tool can list one chain as it saves it. */
function listsChains(table: Table, { dialect: { lacks = [] } }: HostFacts): boolean {
  const tool = toolOf(table);
  return table === "nft.bridge" || ((tool === "iptables" || tool === "ip6tables") && !lacks.includes(`${tool}.list`));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

function touchedChains(change: TablePlan): string[] {
  return [...change.chains.map(({ chain }) => chain), ...change.jumps.map(({ chain }) => chain)];
}

/**
 * Whether a change is correct only if the chains are as they were read: positions in a chain of others, chains to remove, elements of a map, single commands. What a
 * restore writes as a whole has the same result, whatever was there.
 */
function dependsOnWhatIsThere(table: Table, change: TablePlan): boolean {
  const isMap = ({ chain, before }: ChainChange) => isNft(table) && before !== undefined && mapKeyOf(table, chain) !== undefined;
  if (change.chains.some(isMap)) return true;
  return table === "arptables.filter" || change.jumps.length > 0 || change.chains.some(({ after }) => after === undefined);
}

/** What the tool printed for the changed chains when the plan was made: an undo must restore it. */
function expectedLines(change: TablePlan, snapshot: Snapshot, table: Table, listed: boolean): string[] {
  const { chains, foreign } = snapshot.tables[table];
  return touchedChains(change).flatMap((chain) => {
    const rules = chains.get(chain) ?? foreign.get(chain);
    if (rules === undefined) return [];
    return chainLines(chain, rules, listed);
  });
}

/**
 * If an interface's layer-2 chain changes together with anything else, the interface is shut while the tables change one after another: its
 * new addresses with its old rules would be neither the old policy nor the new one.
 */
const SHUT = { "ebtables.nat": printRule("ebtables", rule([], DROP)), "nft.bridge": printRule("nft", rule([], DROP)) };
const LAYER2 = ["ebtables.nat", "nft.bridge"] as const;

function closingPlan(table: (typeof LAYER2)[number], { kernel }: HostPlan): TablePlan {
  const others =
    kernel.sets.length > 0 || (["iptables.filter", "ip6tables.filter"] as const).some((table) => kernel.tables[table].chains.length > 0);
  const prefix = vifChain.layer2("");
  const chains = others
    ? kernel.tables[table].chains.filter(
        ({ chain, before, after }) => chain.startsWith(prefix) && before !== undefined && after !== undefined,
      )
    : [];
  return { chains: chains.map(({ chain, before }) => ({ chain, before, after: [SHUT[table]] })), jumps: [] };
}

/**
 * The tables in another order than the usual one, where a host gets another plane: the new one's come first, the old one's go last. The way back
 * is another plane as well.
 */
function ordersOf({ tables }: KernelPlan): { readonly there?: readonly Table[]; readonly back?: readonly Table[] } {
  const frame = tables["nft.bridge"].chains.find(({ chain }) => chain === PREROUTING);
  const nftFirst = ["nft.bridge" as const, ...TABLES.filter((table) => table !== "nft.bridge")];
  if (frame === undefined) return {};
  if (frame.before === undefined) return { there: nftFirst };
  return frame.after === undefined ? { back: nftFirst } : {};
}

/** Makes ready for a transaction: takes its script as {@link PRELUDE} gives it, and becomes it. */
export const RECEIVE_COMMAND = program("receive.sh");

/** What a transaction's session begins with. The script says "@@csp ready" when it may be sent the transaction. */
export const PRELUDE = withLength(program("transaction.sh"));

/** The form that {@link RECEIVE_COMMAND} and its script read: a line with the length in bytes, then that many bytes. */
export function withLength(stream: string): string {
  return `${Buffer.byteLength(stream)}\n${stream}`;
}

/** Compares every changed chain and set, as read back, with what was asked for. Gives the difference, or undefined. */
export function compareReadBack(plan: HostPlan, sections: ReadonlyMap<string, string>): string | undefined {
  for (const table of TABLES) {
    const change = plan.kernel.tables[table];
    const tool = toolOf(table);
    const found = rulesByChain(sections.get(`is.${table}`) ?? "");
    for (const { chain, after } of change.chains) {
      if (!sameAsAsked(tool, found.get(chain) ?? [], after ?? []))
        return `${tool} chain ${chain}: ${firstDifference(tool, found.get(chain) ?? [], after ?? [])}`;
    }
    for (const { chain, after } of change.jumps) {
      const is = found.get(chain) ?? [];
      if (!after.every(({ text, position }) => sameAsAsked(tool, is.slice(position - 1, position), [text])))
        return `${tool} chain ${chain}`;
    }
  }
  const sets = parseSets(sections.get("is.ipset") ?? "");
  for (const { name, after } of plan.kernel.sets) {
    const is = sets.get(name);
    if (after === undefined ? is !== undefined : is === undefined || !sameSet(is, after)) return `IP set ${name}`;
  }
  return undefined;
}

/** The first rule that means something else, however it is spelt. */
function firstDifference(tool: Tool, is: readonly string[], asked: readonly string[]): string {
  const at = asked.findIndex((rule, index) => !sameRule(tool, rule, is[index] ?? ""));
  return at < 0
    ? `${is.length} rules instead of ${asked.length}`
    : `rule ${at + 1} is "${is[at] ?? "(none)"}", asked for "${asked[at] ?? "(none)"}"`;
}

/** The snapshot as it is after a confirmed plan, without asking the host again. */
export function snapshotAfter(
  snapshot: Snapshot,
  plan: HostPlan,
  sections: ReadonlyMap<string, string>,
  records: Snapshot["records"],
): Snapshot {
  const tables = { ...snapshot.tables };
  nowHold(tables, plan.parts);
  for (const table of TABLES) {
    const change = plan.kernel.tables[table];
    if (isUntouched(change)) continue;
    const found = rulesByChain(sections.get(`is.${table}`) ?? "");
    const chains = new Map(snapshot.tables[table].chains);
    for (const { chain, after } of change.chains) {
      const is = found.get(chain) ?? [];
      if (after === undefined) chains.delete(chain);
      else chains.set(chain, keptTexts(is, after));
    }
    const foreign = new Map(snapshot.tables[table].foreign);
    for (const { chain } of change.jumps) foreign.set(chain, found.get(chain) ?? []);
    tables[table] = { ...tables[table], chains, foreign };
  }
  const sets = new Map(snapshot.sets);
  for (const { name, after } of plan.kernel.sets) {
    if (after === undefined) sets.delete(name);
    else sets.set(name, after);
  }
  // The host counts the same way (remote/transaction.sh).
  return { ...snapshot, takenAt: Date.now(), tables, sets, records, generation: String(Number(snapshot.generation) + 1) };
}
