import type { ChainChange, TablePlan } from "../../model/change";

/**
 * A plan as single arptables commands, because the legacy tool has no restore, only a script that does the same. The commands are not atomic, so
 * the way back can begin at any command of the way there, and can itself be run again.
 */
export interface ArptablesStep {
  /** The command's arguments. */
  readonly args: string;
  /** "must": the next commands depend on it. "may": it may have been done before. "repeat": run it until it fails. */
  readonly how: "must" | "may" | "repeat";
}

/** First the new chains, because nothing leads to them yet. Then the other chains, the jumps from chains of others, and what is removed. */
export function arptablesForward(plan: TablePlan): ArptablesStep[] {
  const steps: ArptablesStep[] = [];
  for (const { chain, rules } of inOrder(plan.chains.filter(({ before }) => before === undefined).map(become))) {
    steps.push(must(`-N ${chain}`), ...rules.map((rule) => must(`-A ${chain} ${rule}`)));
  }
  for (const { chain, before, after } of plan.chains) {
    if (before === undefined || after === undefined) continue;
    if (endsInDrop(after)) steps.push(...inFront(chain, after), ...before.map(() => must(`-D ${chain} ${after.length + 1}`)));
    else steps.push(...(before.length > 0 ? [must(`-F ${chain}`)] : []), ...after.map((rule) => must(`-A ${chain} ${rule}`)));
  }
  for (const jump of plan.jumps) {
    for (const { position } of [...jump.before].reverse()) steps.push(must(`-D ${jump.chain} ${position}`));
    for (const { text, position } of jump.after) steps.push(must(`-I ${jump.chain} ${position} ${text}`));
  }
  const gone = plan.chains.filter(({ after }) => after === undefined);
  // Two of them may lead to each other.
  return [...steps, ...gone.map(({ chain }) => must(`-F ${chain}`)), ...gone.map(({ chain }) => must(`-X ${chain}`))];
}

/** Leads from any point on the way there back to what was there before. */
export function arptablesBack(plan: TablePlan): ArptablesStep[] {
  const steps: ArptablesStep[] = [];
  const kept = plan.chains.filter(({ before }) => before !== undefined).map(({ chain, before = [] }) => ({ chain, rules: before }));
  for (const { chain, rules } of inOrder(kept)) {
    steps.push(may(`-N ${chain}`));
    if (endsInDrop(rules)) steps.push(...inFront(chain, rules), { args: `-D ${chain} ${rules.length + 1}`, how: "repeat" });
    else steps.push(must(`-F ${chain}`), ...rules.map((rule) => must(`-A ${chain} ${rule}`)));
  }
  for (const { chain, before, after } of plan.jumps) {
    for (const text of new Set([...after, ...before].map((rule) => rule.text))) steps.push({ args: `-D ${chain} ${text}`, how: "repeat" });
    for (const { text, position } of before) steps.push(must(`-I ${chain} ${position} ${text}`));
  }
  const made = plan.chains.filter(({ before }) => before === undefined);
  return [...steps, ...made.map(({ chain }) => may(`-F ${chain}`)), ...made.map(({ chain }) => may(`-X ${chain}`))];
}

/** Shell that runs the steps with `$arptables`. It ends with status 1 if a step fails that must succeed. */
export function arptablesScript(steps: readonly ArptablesStep[]): string {
  const line = ({ args, how }: ArptablesStep) => {
    if (how === "must") return `$arptables ${args} || exit 1\n`;
    return how === "may" ? `$arptables ${args} 2>/dev/null || :\n` : `while $arptables ${args} 2>/dev/null; do :; done\n`;
  };
  return steps.map(line).join("");
}

interface Chain {
  readonly chain: string;
  readonly rules: readonly string[];
}

const become = ({ chain, after = [] }: ChainChange): Chain => ({ chain, rules: after });

const must = (args: string): ArptablesStep => ({ args, how: "must" });
const may = (args: string): ArptablesStep => ({ args, how: "may" });

/** Such a chain gets its new rules before the old ones are removed; others are emptied first. Neither way lets through what is not allowed. */
function endsInDrop(rules: readonly string[]): boolean {
  return rules.at(-1) === "-j DROP";
}

function inFront(chain: string, rules: readonly string[]): ArptablesStep[] {
  return rules.map((rule, index) => must(`-I ${chain} ${index + 1} ${rule}`));
}

/**
 * Each chain comes after those that it leads to, so that it can be made together with its rules. Each command reads and writes the whole table;
 * if all chains were made first, every command for a rule of a thousand guests would carry all of them along.
 */
function inOrder(chains: readonly Chain[]): Chain[] {
  const ordered: Chain[] = [];
  const left = new Map(chains.map((chain) => [chain.chain, chain]));
  const take = (name: string) => {
    const chain = left.get(name);
    if (chain === undefined) return;
    left.delete(name);
    for (const rule of chain.rules) take(/(?:^| )-j (\S+)/.exec(rule)?.[1] ?? "");
    ordered.push(chain);
  };
  for (const { chain } of chains) take(chain);
  return ordered;
}
