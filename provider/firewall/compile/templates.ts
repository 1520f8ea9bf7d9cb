import { ChainBook, type ChainPart, type Jump, type Line, type Printer, TABLES, type Table } from "../model/kernel";
import type { Rule } from "../model/rule";
import { CURRENT } from "../planes/print";
import { shutCommands } from "../planes/shut";
import { addDispatchTree, type DispatchTree } from "./dispatch";

/**
 * What leads to guests' chains, before it is known which ports and bridges there are: rules with places in them. The compiler makes them
 * (frame.ts), `csp.Host` puts them on the host, and whoever knows the ports plants them: {@link plant} here, host/remote/plant.awk there. Neither
 * of the two knows a rule by itself; a property test checks that both give the same.
 *
 * Places: `@port` and `@vif` (see `vifId`) of a claimed port; `@below` and `@chain`, the beginning of several ports' names and the chain that
 * tells them apart; `@bridge`, `@mac` and `@zone` of a bridge that has guests' ports.
 */
export interface Templates {
  /** The beginnings of guests' ports' names. Each has its own tree. */
  readonly prefixes: readonly string[];
  readonly chains: readonly ChainTemplate[];
  readonly trees: readonly TreeTemplate[];
  /** The jumps from chains of others into these; see {@link Jump}. */
  readonly jumps: readonly Jump[];
  readonly settings: readonly Setting[];
  /** The words that rules are put into; default: those of current tools. */
  readonly print?: Printer;
}

export interface ChainTemplate {
  readonly table: Table;
  readonly chain: string;
  /** For nft: where packets come to the chain, "type filter hook prerouting priority -450", or what it is a map of (planes/nft/base.ts). */
  readonly base?: string;
  readonly rules: readonly RuleTemplate[];
}

/**
 * `once`: the rule as it is. `bridge`: one for each bridge. `port`: one for each claimed port. `named`: one for each claimed port whose name does
 * not begin as guests' ports do, so that it has no tree. Neighbouring rules of the same kind are written together: all rules of one bridge, then
 * all of the next.
 */
export interface RuleTemplate {
  readonly each: "once" | "bridge" | "port" | "named";
  /** For `port` and `named`: which ports. */
  readonly of?: Selector;
  /** The rule, with places in it. */
  readonly rule: Rule;
}

export interface TreeTemplate {
  readonly table: Table;
  /** Root of its chains' names: "csp-from" gives "csp-from-vif", "csp-from-vif1". */
  readonly root: string;
  /** The rules of a port in its chain. A port without rules is not in the tree. */
  readonly leaves: readonly TreeLeaf[];
  readonly branch: Rule;
  /** The last rule of each of its chains; undefined if there is none. */
  readonly close?: Rule;
}

export interface TreeLeaf {
  readonly of: Selector;
  readonly rule: Rule;
}

/** Properties of a vif's chains that decide what leads to them. */
export type Trait = "rcv" | "pin";

/** "*": every port; "+pin": ports whose vif has the trait; "-rcv": ports whose vif does not have it. */
export type Selector = "*" | `${"+" | "-"}${Trait}`;

/** A setting of each bridge or port, in a file below /sys/class/net, if the file exists: "bridge/nf_call_iptables", "brport/root_block". */
export interface Setting {
  readonly of: "bridge" | "port";
  readonly file: string;
  readonly value: string;
}

/** A port that a guest's policy claims. */
export interface Claim {
  readonly port: string;
  /** See {@link vifId}. */
  readonly vif: string;
  readonly traits: readonly Trait[];
}

/** A bridge with guests' ports. */
export interface Bridge {
  readonly name: string;
  readonly mac: string;
  /** Its connection tracking zone: a number that no other bridge of the host has. */
  readonly zone: number;
}

export function selects(of: Selector, traits: readonly Trait[]): boolean {
  if (of === "*") return true;
  return traits.includes(of.slice(1) as Trait) === of.startsWith("+");
}

export function fill(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/@(port|vif|below|chain|bridge|mac|zone)/g, (whole, place: string) => places[place] ?? whole);
}

const placesOf = ({ port, vif }: Claim) => ({ port, vif });

/** The chains that the templates become with these ports and bridges. */
export function plant(templates: Templates, claims: readonly Claim[], bridges: readonly Bridge[]): ChainPart {
  const book = new ChainBook();
  const sorted = [...claims].sort((a, b) => (a.port < b.port ? -1 : 1));
  const named = sorted.filter(({ port }) => !templates.prefixes.some((prefix) => port.startsWith(prefix)));
  const sites = [...bridges].sort((a, b) => (a.name < b.name ? -1 : 1));
  const print = templates.print ?? CURRENT;
  for (const { table, chain, rules } of templates.chains)
    book.put(table, chain, plantRules(table, rules, { port: sorted, named }, sites, print));
  for (const template of templates.trees) {
    const { tree, leaves: texts } = printTree(template, print);
    const leaves = sorted.flatMap((claim) => {
      const own = texts.filter(({ of }) => selects(of, claim.traits)).map(({ text }) => fill(text, placesOf(claim)));
      return own.length === 0 ? [] : [{ port: claim.port, texts: own }];
    });
    for (const prefix of templates.prefixes) addDispatchTree(book, tree, prefix, leaves);
  }
  return book.part;
}

function printTree({ table, root, leaves, branch, close }: TreeTemplate, print: Printer) {
  const text = (rule: Rule) => textOf(table, rule, print);
  const tree: DispatchTree = { table, root, branch: text(branch), ...(close === undefined ? {} : { close: text(close) }) };
  return { tree, leaves: leaves.map(({ of, rule }) => ({ of, text: text(rule) })) };
}

/** A rule of the frame is one line with every host's tools. */
function textOf(table: Table, rule: Rule, print: Printer): string {
  const [line, ...more] = print.lines(table, [rule]);
  if (line === undefined || more.length > 0) throw new Error(`${table}: ${JSON.stringify(rule)} is not one line`);
  return line.text;
}

function plantRules(
  table: Table,
  rules: readonly RuleTemplate[],
  claims: Readonly<Record<"port" | "named", readonly Claim[]>>,
  bridges: readonly Bridge[],
  print: Printer,
): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < rules.length; ) {
    const { each } = rules[at] as RuleTemplate;
    let end = at + 1;
    while (each !== "once" && rules[end]?.each === each) end++;
    const group = rules.slice(at, end).map(({ of = "*", rule }) => ({ of, text: textOf(table, rule, print) }));
    if (each === "once") lines.push(...group.map(({ text }) => ({ text })));
    else if (each === "bridge")
      for (const { name, mac, zone } of bridges)
        for (const { text } of group) lines.push({ text: fill(text, { bridge: name, mac, zone: String(zone) }) });
    else
      for (const claim of claims[each])
        for (const { text, of } of group) if (selects(of, claim.traits)) lines.push({ text: fill(text, placesOf(claim)) });
    at = end;
  }
  return lines;
}

/** The templates as the file that the hook reads. The first word of a line says what it is; what it is for comes after it. Only for `tables`. */
export function formatTemplates(
  { prefixes, chains, trees, jumps, settings, print = CURRENT }: Templates,
  tables: readonly Table[],
): string {
  const isThere = ({ table }: { readonly table: Table }) => tables.includes(table);
  const used = new Set([...chains, ...trees, ...jumps].filter(isThere).map(({ table }) => table));
  const heads = new Set(jumps.filter(isThere).map(({ table, chain }) => `${table}/${chain}`));
  // What the hook needs each time comes first, one line each.
  const lines = [
    "csp-templates 1",
    `tables ${TABLES.filter((table) => used.has(table)).join(" ")}`,
    `prefixes ${prefixes.join(" ")}`,
    `heads ${[...heads].join(" ")}`,
  ];
  for (const { table, chain, base, rules } of chains.filter(isThere)) {
    lines.push(`chain ${table} ${chain}${base === undefined ? "" : ` ${base}`}`);
    for (const { each, of = "*", rule } of rules) {
      const text = textOf(table, rule, print);
      lines.push(each === "named" || each === "port" ? `${each} ${of} ${text}` : `${each === "once" ? "rule" : each} ${text}`);
    }
  }
  for (const template of trees.filter(isThere)) {
    const { tree, leaves } = printTree(template, print);
    lines.push(`tree ${tree.table} ${tree.root}`);
    for (const { of, text } of leaves) lines.push(`leaf ${of} ${text}`);
    lines.push(`branch ${tree.branch}`);
    if (tree.close !== undefined) lines.push(`close ${tree.close}`);
  }
  for (const { table, chain, text } of jumps.filter(isThere)) lines.push(`jump ${table} ${chain} ${text}`);
  for (const { of, file, value } of settings) lines.push(`set ${of} ${file} ${value}`);
  for (const { table, command } of shutCommands(prefixes, print.plane).filter(isThere)) lines.push(`shut ${table} ${command}`);
  return `${lines.join("\n")}\nend\n`;
}
