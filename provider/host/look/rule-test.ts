import { nameOf, type Sets, type Table, toolOf } from "../../firewall/model/kernel";
import { setsOf } from "../../firewall/planes/xtables/sets";
import { trial } from "../../firewall/planes/xtables/trial";
import { withArguments } from "../../shell/program";
import { program } from "../remote/program";
import type { AskedHost } from "./asked";
import { splitSections } from "./snapshot";

/**
 * What the host's tool says when it is asked for a table that it or its kernel does not have; undefined if they have it. `apart`: in a network
 * namespace of its own, where nothing of the host changes. The legacy tools load a table that is asked for, in every namespace.
 */
export async function missingTable(host: AskedHost, table: Table, apart: boolean): Promise<string | undefined> {
  const script = withArguments(program("has-table.sh"), toolOf(table), nameOf(table), apart ? "apart" : "here");
  const answer = await host.ask(script, `asking ${toolOf(table)} for its table ${nameOf(table)}`);
  return splitSections(answer).get("missing")?.trim();
}

/** A rule's text and the field that it comes from. */
export interface RuleText {
  readonly at: string;
  readonly rule: string;
}

/** Texts that can be tried before anything is made. Rules that refer to a set which the same run will make cannot be tried yet. */
export function testable(texts: readonly RuleText[], sets: Sets): RuleText[] {
  return texts.filter(({ rule }) => setsOf(rule).every((set) => sets.has(set)));
}

/** This chain is never made, because `--test` ends before anything is committed. */
const TRIAL_CHAIN = "csp-trial";

/**
 * The first text that the host's iptables or ip6tables does not take. Nothing is changed: iptables-restore has `--test`; the other tools have
 * no such thing, and where iptables has not either, there is no answer.
 */
export async function refusedRule(
  host: AskedHost,
  table: Table,
  texts: readonly RuleText[],
): Promise<(RuleText & { readonly said: string }) | undefined> {
  const tool = toolOf(table);
  if (texts.length === 0 || (tool !== "iptables" && tool !== "ip6tables")) return undefined;
  const { text, before } = trial(
    table,
    TRIAL_CHAIN,
    texts.map(({ rule }) => rule.trim()),
  );
  const answer = await host.ask(withArguments(program("try-rules.sh", { RULES: text }), tool), `trying rules of ${tool}`);
  if (!splitSections(answer).has("refused")) return undefined;
  const message = answer.replace(/^@@csp refused$/m, "").trim();
  const line = Number(/\bline:? (\d+)\b/.exec(message)?.[1] ?? 0);
  const refused = texts[line - before - 1];
  return refused === undefined ? undefined : { ...refused, said: message };
}
