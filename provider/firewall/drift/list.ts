import type { Line, Tool } from "../model/kernel";
import { sameRules } from "../plan/agreement";
import { commentOf } from "../planes/read";
import { sameRule } from "../planes/same";
import type { EgressRule, IngressRule } from "../policy/fields";
import { declaredRule } from "./declared";

/**
 * Compares a declared list of rules with the kernel. Rules are recognized by the name in their comment. A rule whose lines are gone is gone; a
 * rule with other lines is shown as what they say now; lines that nobody declared are shown as rules made by hand.
 */

/** One chain with the list's rules, as it should be and as it is. Undefined: the chain itself is gone. */
export interface ChainPair {
  readonly tool: Tool;
  readonly chain: string;
  /** For the reader: "interface 0". */
  readonly where: string;
  readonly desired: readonly Line[];
  readonly actual: readonly string[] | undefined;
}

type AnyRule = IngressRule | EgressRule;

export interface ListDrift<R extends AnyRule> {
  /** The list as the kernel has it; the same object if nothing differs. */
  readonly rules: readonly R[];
  /** One sentence for each difference. */
  readonly findings: readonly string[];
}

/** `group`: the security group whose list this is; a guest's own list has none. */
export function listDrift<R extends AnyRule>(
  rules: readonly R[],
  list: "ingress" | "egress",
  group: string | undefined,
  pairs: readonly ChainPair[],
): ListDrift<R> {
  const changed = pairs.filter((pair) => !same(pair));
  if (changed.length === 0) return { rules, findings: [] };
  const findings = new Set<string>();
  const views = new Map<string, Set<string>>();
  const byHand: { readonly rule: R; readonly before: string | undefined }[] = [];
  let order: string[] | undefined;

  for (const pair of changed) {
    const actual = pair.actual ?? [];
    if (pair.actual === undefined) findings.add(`${pair.tool}, ${pair.where}: chain ${pair.chain} is gone`);
    else if (actual.length === 0 && pair.desired.length > 0) findings.add(`${pair.tool}, ${pair.where}: chain ${pair.chain} was flushed`);
    for (const rule of rules) {
      const wanted = pair.desired.filter((line) => isOf(line, list, group, rule.name)).map((line) => line.text);
      const found = actual.filter((text) => commentOf(pair.tool, text) === commentFor(group, rule.name));
      const state = compare(pair.tool, wanted, found);
      if (state !== "same") {
        const view = views.get(rule.name) ?? new Set();
        views.set(rule.name, view.add(state));
        findings.add(`${pair.tool}, ${pair.where}: ${list} rule ${rule.name} is ${state}`);
      }
    }
    const own = new Set(rules.map((rule) => commentFor(group, rule.name)));
    const declared = actual
      .map((text) => commentOf(pair.tool, text))
      .filter((comment): comment is string => comment !== undefined && own.has(comment));
    if (order === undefined && pair.actual !== undefined && isMoved(pair, list, group, declared)) {
      order = [...new Set(declared)];
      findings.add(`${pair.tool}, ${pair.where}: ${list} rules are in another order`);
    }
    for (const stranger of strangers(pair, list, group, own)) {
      findings.add(`${pair.tool}, ${pair.where}: rule added by hand: ${stranger.text}`);
      const rule = declaredRule([{ tool: pair.tool, text: stranger.text }], list, { name: `by hand: ${stranger.text}` }) as R;
      if (!byHand.some((other) => other.rule.name === rule.name)) byHand.push({ rule, before: stranger.before });
    }
    for (const missing of missingFixed(pair)) findings.add(`${pair.tool}, ${pair.where}: built-in rule is missing: ${missing}`);
  }

  let seen = rules.flatMap((rule): R[] => {
    const view = views.get(rule.name);
    if (view === undefined) return [rule];
    if (view.has("missing") && !view.has("changed")) return [];
    const lines = pairs.map(({ tool, desired, actual = [] }) => ({
      tool,
      wanted: desired.filter((line) => isOf(line, list, group, rule.name)).map((line) => line.text),
      found: actual.filter((text) => commentOf(tool, text) === commentFor(group, rule.name)),
    }));
    const read = (which: "wanted" | "found", from: typeof lines) =>
      declaredRule(
        from.flatMap((one) => one[which].map((text) => ({ tool: one.tool, text }))),
        list,
        rule,
      );
    const between = (from: typeof lines) => differences(read("wanted", from), read("found", from));
    // Peers are spread over the tables of the two families. Everything else is in both, and says what is declared where nothing changed.
    const peers = list === "ingress" ? "from" : "to";
    const { [peers]: _, ...fields } = between(lines.filter(({ tool, wanted, found }) => compare(tool, wanted, found) !== "same"));
    const everywhere = between(lines);
    return [{ ...rule, ...fields, ...(peers in everywhere ? { [peers]: everywhere[peers] } : {}) }];
  });
  if (order !== undefined) {
    const position = (rule: R) => order?.indexOf(commentFor(group, rule.name)) ?? -1;
    seen = [...seen].sort((a, b) => position(a) - position(b));
  }
  for (const { rule, before } of byHand) {
    const at = before === undefined ? seen.length : seen.findIndex((other) => commentFor(group, other.name) === before);
    seen.splice(at < 0 ? seen.length : at, 0, rule);
  }
  return { rules: seen, findings: [...findings] };
}

/** The fields that differ. The others keep the user's own words ("group:web"), which the kernel's text does not contain. */
function differences(wanted: object, found: object): Record<string, unknown> {
  const before = new Map(Object.entries(wanted));
  const after = new Map(Object.entries(found));
  const differing: Record<string, unknown> = {};
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key))) differing[key] = after.get(key);
  }
  return differing;
}

function same({ tool, desired, actual }: ChainPair): boolean {
  return actual !== undefined && sameRules(tool, actual, desired);
}

function compare(tool: Tool, wanted: readonly string[], found: readonly string[]): "same" | "missing" | "changed" {
  if (wanted.length === found.length && wanted.every((text, index) => sameRule(tool, text, found[index] ?? ""))) return "same";
  return found.length === 0 ? "missing" : "changed";
}

function isOf(line: Line, list: string, group: string | undefined, rule: string): boolean {
  return line.origin !== undefined && line.origin.list === list && line.origin.group === group && line.origin.rule === rule;
}

function commentFor(group: string | undefined, rule: string): string {
  return group === undefined ? rule : `${group}/${rule}`;
}

/** Whether all declared rules are there, but in another order. */
function isMoved(pair: ChainPair, list: string, group: string | undefined, actual: readonly string[]): boolean {
  const names = (comments: readonly string[]) => [...new Set(comments)];
  const there = names(actual);
  const wanted = names(
    pair.desired
      .filter((line) => line.origin?.list === list && line.origin.group === group)
      .map((line) => commentFor(group, line.origin?.rule ?? "")),
  ).filter((comment) => there.includes(comment));
  return wanted.some((comment, index) => comment !== there[index]);
}

/** Lines nobody declared, each with the comment of the declared rule that follows it. */
function strangers(
  pair: ChainPair,
  list: string,
  group: string | undefined,
  own: ReadonlySet<string>,
): { text: string; before: string | undefined }[] {
  const actual = pair.actual ?? [];
  const fixed = pair.desired
    .filter((line) => line.origin === undefined || line.origin.group !== group || line.origin.list !== list)
    .map((line) => line.text);
  const left = [...fixed];
  const found: { text: string; before: string | undefined }[] = [];
  actual.forEach((text, index) => {
    const at = left.findIndex((wanted) => sameRule(pair.tool, wanted, text));
    if (at >= 0) {
      left.splice(at, 1);
      return;
    }
    const comment = commentOf(pair.tool, text);
    if (comment !== undefined && own.has(comment)) return;
    const before = actual
      .slice(index + 1)
      .map((other) => commentOf(pair.tool, other))
      .find((candidate) => candidate !== undefined && own.has(candidate));
    found.push({ text, before });
  });
  return found;
}

function missingFixed(pair: ChainPair): string[] {
  if (pair.actual === undefined || pair.actual.length === 0) return [];
  const left = [...pair.actual];
  return pair.desired
    .filter((line) => line.origin === undefined)
    .map((line) => line.text)
    .filter((wanted) => {
      const at = left.findIndex((text) => sameRule(pair.tool, wanted, text));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
}

/** One sentence for each difference of a chain without user rules. */
export function chainFindings(pair: ChainPair): string[] {
  if (same(pair)) return [];
  const at = `${pair.tool}, ${pair.where}`;
  if (pair.actual === undefined) return [`${at}: chain ${pair.chain} is gone`];
  if (pair.actual.length === 0) return [`${at}: chain ${pair.chain} was flushed`];
  const missing = [...pair.desired.map((line) => line.text)];
  const extra = pair.actual.filter((text) => {
    const found = missing.findIndex((wanted) => sameRule(pair.tool, wanted, text));
    if (found >= 0) missing.splice(found, 1);
    return found < 0;
  });
  const findings = [
    ...missing.map((text) => `${at}: rule is missing from ${pair.chain}: ${text}`),
    ...extra.map((text) => `${at}: rule added by hand to ${pair.chain}: ${text}`),
  ];
  return findings.length > 0 ? findings : [`${at}: rules of ${pair.chain} are in another order`];
}
